"""All stops as plain text, chapter by chapter: for pipes, mail and terminals without a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from walkthroughs.captions import command_text, origin_text, outcome_text, variable_text, visits_text, window
from walkthroughs.prose import bare, parse
from walkthroughs.tour import Location, Stop, Tour, stage_title
from walkthroughs.visible import visible, visible_lines

NARROWEST = 40
DEEPEST_STACK = 6
OUTPUT_LINES = 8
LINES_BEFORE, LINES_AFTER = 6, 4


class TextRenderer:
    """A tour as plain text of `width` columns; code and values may not be broken, so long lines of code are cut."""

    name = "text"
    suffix = ".txt"
    summary = "all stops as plain text"

    def __init__(self, width: int = 80) -> None:
        self.width = max(NARROWEST, width)

    def render(self, tour: Tour) -> str:
        """The text, with every stop in the order of telling."""
        return "\n".join(line.rstrip() for line in self._lines(tour)) + "\n"

    def stop(self, tour: Tour, position: int) -> str:
        """The text of one stop, by its position from 0."""
        return "\n".join(line.rstrip() for line in self._stop(tour, position)) + "\n"

    def _lines(self, tour: Tour) -> Iterator[str]:
        yield from self._wrap(visible(tour.title))
        yield "=" * min(self.width, max(4, len(visible(tour.title))))
        yield from self._wrap(visible(f"From {origin_text(tour)}."))
        if tour.command:
            yield from self._wrap(visible(f"Run as: {command_text(tour.command)}"))
        if tour.outcome.kind:
            yield from self._wrap(visible(f"How it went: {outcome_text(tour.outcome)}."))
        if tour.rung == "static":
            yield from self._wrap("Made by reading alone: everything below is inferred.")
        for need in tour.needs:
            yield from self._wrap(visible(f"What is missing: {bare(need.text)}."))
        if tour.next_command:
            yield from self._wrap(visible(f"To try next: {command_text(tour.next_command)}"))
        position = 0
        for chapter in tour.chapters:
            yield ""
            yield from ("", f"{chapter.title} ".ljust(self.width, "-"))
            for _ in chapter.stops:
                yield ""
                yield from self._stop(tour, position)
                position += 1
        yield from self._processes(tour)
        yield from self._not_seen(tour)

    def _stop(self, tour: Tour, position: int) -> Iterator[str]:
        stop = tour.stops[position]
        yield from self._wrap(visible(f"[{position + 1}/{len(tour.stops)}] {bare(stop.title) or stop.stage_title}"))
        seen = "" if stop.basis == "observed" else f", {stop.basis}"
        visits = f", {visits_text(stop)}" if visits_text(stop) else ""
        where = f"{stop.location} in {stop.location.qualname}" if stop.location.qualname else str(stop.location)
        yield from self._wrap(visible(f"{where}  ({stop.stage_title.lower()}{visits}{seen})"), "  ")
        for text in stop.adapted:
            yield from self._wrap(visible(f"~ {bare(text)}"), "  ", "    ")
        if stop.call_stack:
            yield from self._wrap(visible(f"called from {_stack(stop.call_stack)}"), "  ", "    ")
        if stop.excerpt.lines:
            yield ""
            yield from self._code(stop)
        if stop.note:
            yield ""
            yield from self._note(stop.note)
        if stop.variables:
            yield ""
            for variable in stop.variables:
                mark = "* " if variable.changed else "  "
                yield from self._wrap(visible(variable_text(variable)), "  " + mark, "      ")
        yield from self._output(stop)

    def _code(self, stop: Stop) -> Iterator[str]:
        rows = window(stop, LINES_BEFORE, LINES_AFTER)
        last = rows[-1][0] if rows else 0
        for number, line in rows:
            active = stop.location.line <= number <= stop.location.end_line
            mark = ">" if active else "|" if number in stop.excerpt.executed else " "
            yield self._fit(f"  {mark} {number:>{len(str(last))}}  {visible(line)}".rstrip())

    def _note(self, note: str) -> Iterator[str]:
        for index, block in enumerate(parse(note)):
            if index and block.kind != "item":
                yield ""
            if block.kind == "fence":
                yield from (self._fit("      " + line) for line in visible_lines(block.text))
            else:
                yield from self._wrap(visible(block.text), "  - " if block.kind == "item" else "  ", "  ")

    def _output(self, stop: Stop) -> Iterator[str]:
        lines = visible_lines(stop.output.rstrip("\n")) if stop.output.strip() else []
        if lines:
            yield from ("", "  printed:")
            yield from self._cut(lines)

    def _cut(self, lines: list[str]) -> Iterator[str]:
        for line in lines[:OUTPUT_LINES]:
            yield self._fit("    " + line)
        if len(lines) > OUTPUT_LINES:
            yield f"    … and {len(lines) - OUTPUT_LINES} more lines"

    def _processes(self, tour: Tour) -> Iterator[str]:
        if tour.processes:
            yield from ("", "", "Processes ".ljust(self.width, "-"))
        for item in tour.processes:
            yield from self._wrap(visible(bare(item.text)), "  ", "    ")

    def _not_seen(self, tour: Tour) -> Iterator[str]:
        if tour.not_seen:
            yield from ("", "", "Not seen ".ljust(self.width, "-"))
        for item in tour.not_seen:
            yield from self._wrap(visible(f"{stage_title(item.stage)}: {bare(item.reason)}"), "  ", "    ")

    def _fit(self, line: str) -> str:
        """The line, its end replaced by `…` where it is too long."""
        return line if len(line) <= self.width else line[: self.width - 1] + "…"

    def _wrap(self, text: str, first: str = "", rest: str = "") -> list[str]:
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest or " " * len(first),
            break_on_hyphens=False,
        ) or [""]


def _stack(frames: tuple[Location, ...]) -> str:
    """The calling frames in one line, the nearest first; the middle of a long stack is left out."""
    texts = [f"{frame.qualname} ({frame})" for frame in frames]
    if len(texts) > DEEPEST_STACK:
        texts[DEEPEST_STACK - 2 : -1] = [f"… {len(texts) - DEEPEST_STACK + 1} more …"]
    return " < ".join(texts)


RENDERER = TextRenderer()
