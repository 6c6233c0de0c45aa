"""What the source pane shows of a file: its numbered lines, how often each ran, and what the tour does not carry."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from walkthroughs.statements import statements
from walkthroughs.tour import Tour
from walkthroughs.visible import visible


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file. `number` 0: lines that the tour does not carry stand here. `runs` None: it was not seen
    running; 0: it was, nobody counted how often. `idle`: it belongs to a statement that was not seen running."""

    number: int
    text: str
    runs: int | None = None
    at_least: bool = False
    idle: bool = False

    @property
    def count(self) -> str:
        """How often the line ran, in at most five characters."""
        if not self.runs:
            return ""
        return short_count(self.runs) + ("+" if self.at_least else "")


PART = 300
"""Rows of a listing that are coloured together, at least."""


class Listing:
    """The lines of one file that a tour carries, in order."""

    def __init__(self, tour: Tour, file: str) -> None:
        self.file = file
        source = tour.recording.source(file) if tour.recording is not None else None
        texts: dict[int, str] = {}
        ran: dict[int, int] = {}
        for stop in tour.stops:
            if stop.location.file == file:
                texts.update(enumerate(stop.excerpt.lines, stop.excerpt.first_line))
                ran.update(dict.fromkeys(stop.excerpt.executed, 0))
        if source is not None:
            for part in source.parts:
                texts.update(enumerate(part.lines, part.first_line))
            ran.update(zip(source.ran, source.counts, strict=False))
        at_least = source is not None and source.at_least
        whole = source is not None and len(texts) == source.length
        spans = statements(file, [texts[number] for number in sorted(texts)]) if whole else []
        self._ends = dict(spans)
        idle = {line for first, last in spans if first not in ran for line in range(first, last + 1)}
        for first, last in spans:
            # Of a statement over several lines the first one is recorded and counted; all of it ran.
            if first in ran:
                for line in range(first + 1, last + 1):
                    ran.setdefault(line, 0)
        self.rows = _rows(texts, ran, at_least, source.length if source is not None else 0, idle - set(ran))
        self.parts = self._parts()
        self.positions = {row.number: position for position, row in enumerate(self.rows) if row.number}
        self.most = max(ran.values(), default=0)

    def _parts(self) -> list[int]:
        """Where parts of the listing begin that can be coloured apart: at a statement at the left margin, or after a
        gap; never inside of a text over several lines. Some hundred rows each: long files are not coloured at once."""
        found = [0]
        for position, row in enumerate(self.rows):
            starts = row.number in self._ends and not row.text.startswith(" ")
            after_gap = position > 0 and not self.rows[position - 1].number
            if after_gap or (starts and position - found[-1] >= PART):
                found.append(position)
        return found

    def part_of(self, position: int) -> range:
        """The positions of the part that a row belongs to."""
        number = bisect_right(self.parts, position)
        end = self.parts[number] if number < len(self.parts) else len(self.rows)
        return range(self.parts[number - 1], end)

    def end_of(self, line: int) -> int:
        """The last line of the statement that begins on a line."""
        return self._ends.get(line, line)

    def position(self, line: int) -> int | None:
        """Where a line stands among the rows; None when the tour does not carry it."""
        return self.positions.get(line)


def short_count(count: int) -> str:
    """A count in at most four characters: `999`, `9999`, `12k`, `3.4M`."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if count >= size:
            share = count / (1000 if letter == "k" else size)
            return f"{int(share * 10) / 10}{letter}" if share < 10 else f"{int(share)}{letter}"
    return str(count)


def _rows(texts: dict[int, str], ran: dict[int, int], at_least: bool, length: int, idle: set[int]) -> list[Row]:
    rows: list[Row] = []
    last = 0
    for number in sorted(texts):
        if number > last + 1:
            rows.append(_missing(last + 1, number - 1))
        rows.append(Row(number, visible(texts[number]), ran.get(number), at_least, number in idle))
        last = number
    if length > last:
        rows.append(_missing(last + 1, length))
    return rows or [Row(0, "The tour does not carry the source of this file.")]


def _missing(first: int, last: int) -> Row:
    lines = f"lines {first} to {last} are" if last > first else f"line {first} is"
    return Row(0, f"· · · {lines} not in the tour")
