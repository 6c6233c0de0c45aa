"""Finding text in a tour: in stops, in the source that ran, in the names and values of the recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from walkthroughs.captions import variable_text
from walkthroughs.prose import bare
from walkthroughs.stop import Stop, Variable
from walkthroughs.tour import Tour

MOST = 200
"""Hits that are listed at most."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: what it says, and where it leads: to a stop (from 0), to a step, or to a line of a file
    that did not run while it was recorded."""

    where: str
    text: str
    stop: int | None = None
    step: int | None = None
    file: str = ""
    line: int = 0
    prose: bool = False


def find(tour: Tour, typed: str, most: int = MOST) -> list[Hit]:
    """Everything that contains the typed text in any case: stops first, then lines of source, then recorded values."""
    wanted = typed.strip().casefold()
    found: list[Hit] = []
    for hit in _hits(tour, wanted) if wanted else ():
        found.append(hit)
        if len(found) == most:
            break
    return found


def _hits(tour: Tour, wanted: str) -> Iterator[Hit]:
    for position, stop in enumerate(tour.stops):
        text = _in_stop(stop, wanted)
        if text:
            yield Hit(f"stop {position + 1}", text, stop=position, prose=True)
    yield from _in_sources(tour, wanted)
    yield from _in_values(tour, wanted)


def _in_stop(stop: Stop, wanted: str) -> str:
    """The title of a stop, with what in it was found when that is not in the title."""
    title = stop.title or stop.stage_title
    if wanted in f"{stop.id} {bare(title)} {stop.stage_title} {stop.location.qualname} {stop.location}".casefold():
        return title
    texts = [bare(stop.note), stop.output, *(variable_text(variable) for variable in stop.variables)]
    for text in texts:
        at = text.casefold().find(wanted)
        if at >= 0:
            around = " ".join(text[max(0, at - 24) : at + len(wanted) + 40].split())
            return f"{title}: …{around}…"
    return ""


def _in_sources(tour: Tour, wanted: str) -> Iterator[Hit]:
    first: dict[tuple[str, int], int] = {}
    if tour.recording is not None:
        rows = zip(tour.recording.order, tour.recording.lines, strict=True)
        for step, (frame, line) in enumerate(rows):
            first.setdefault((tour.recording.frames[frame].location.file, line), step)
    for file, number, text in _lines(tour):
        if wanted in text.casefold():
            yield Hit(f"{file}:{number}", text.strip(), step=first.get((file, number)), file=file, line=number)


def _lines(tour: Tour) -> Iterator[tuple[str, int, str]]:
    known: set[tuple[str, int]] = set()
    sources = tour.recording.sources if tour.recording is not None else ()
    parts = [(source.path, part) for source in sources for part in source.parts]
    for file, part in [*parts, *((stop.location.file, stop.excerpt) for stop in tour.stops)]:
        for number, text in enumerate(part.lines, part.first_line):
            if (file, number) not in known:
                known.add((file, number))
                yield file, number, text


def _in_values(tour: Tour, wanted: str) -> Iterator[Hit]:
    recording = tour.recording
    if recording is None:
        return
    told: set[tuple[str, int]] = set()
    for row in recording.bound:
        value: Variable = recording.values[row.value]
        if (row.name, row.value) in told or (
            wanted not in row.name.casefold() and wanted not in value.value.casefold()
        ):
            continue
        told.add((row.name, row.value))
        frame = recording.frames[recording.order[row.step]]
        where = f"{frame.location.file}:{recording.lines[row.step]}"
        yield Hit(f"{where} binds", f"{row.name} {variable_text(value).strip()}", step=row.step)
