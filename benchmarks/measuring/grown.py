"""Tours of any size, made of a recorded one: its stops, source and recorded lines over and over, under other names.

What is measured on them is how faces grow with a tour; what they tell is not true of any program.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracer.location import Location
from walkthroughs.recording import BoundAt, PrintedAt, RecordedFrame, Recording
from walkthroughs.tour import FileRole, Stop, Tour

MOST_STEPS = 6000
"""No tour carries more recorded lines than that, whatever was toured."""


def grown(tour: Tour, *, stops: int, lines: int) -> Tour:
    """A tour with so many stops, files of so many lines together, and as many recorded lines as a tour may have."""
    recording = tour.recording
    if recording is None or not tour.stops or not recording.order:
        raise ValueError("only a tour with stops and a recording can be grown")
    own = sum(source.length for source in recording.sources)
    copies = max(1, -(-lines // own), -(-stops // len(tour.stops)))
    length = len(recording.order)
    carried = max(1, min(copies, MOST_STEPS // length))
    made = [
        _stop(stop, number, number * length if number < carried else None)
        for number in range(copies)
        for stop in tour.stops
    ]
    return replace(
        tour,
        title=f"{tour.title} ×{copies}",
        stops=tuple(made[:: max(1, len(made) // stops)][:stops]),
        files=tuple(_file(file, number) for number in range(copies) for file in tour.files),
        recording=_repeated(recording, copies, carried),
    )


def _repeated(recording: Recording, copies: int, carried: int) -> Recording:
    length, frames = len(recording.order), len(recording.frames)
    rows: dict[str, tuple[Any, ...]] = {
        "sources": tuple(
            replace(source, path=_path(source.path, number)) for number in range(copies) for source in recording.sources
        ),
        "frames": tuple(_frame(frame, number, frames) for number in range(carried) for frame in recording.frames),
        "order": tuple(index + number * frames for number in range(carried) for index in recording.order),
        "lines": recording.lines * carried,
        "times": recording.times * carried,
        "bound": tuple(
            _later(row, number * length, frames * number) for number in range(carried) for row in recording.bound
        ),
        "printed": tuple(_later(row, number * length) for number in range(carried) for row in recording.printed),
        "gaps": tuple(step + number * length for number in range(carried) for step in recording.gaps),
    }
    for name in ("unbound", "raised", "missed", "left"):
        rows[name] = tuple(
            replace(row, step=row.step + number * length)
            for number in range(carried)
            for row in getattr(recording, name)
        )
    rows["resumed"] = tuple(
        replace(
            row, step=row.step + number * length, parent=None if row.parent is None else row.parent + number * frames
        )
        for number in range(carried)
        for row in recording.resumed
    )
    return replace(recording, **rows)


def _later(row: Any, steps: int, frames: int = 0) -> BoundAt | PrintedAt:
    if isinstance(row, BoundAt) and row.frame is not None:
        return replace(row, step=row.step + steps, frame=row.frame + frames)
    moved: BoundAt | PrintedAt = replace(row, step=row.step + steps)
    return moved


def _frame(frame: RecordedFrame, number: int, frames: int) -> RecordedFrame:
    parent = None if frame.parent is None else frame.parent + number * frames
    outer = tuple(_place(place, number) for place in frame.outer)
    return replace(frame, location=_place(frame.location, number), parent=parent, outer=outer)


def _stop(stop: Stop, number: int, steps: int | None) -> Stop:
    step = None if steps is None or stop.step is None else stop.step + steps
    stack = tuple(_place(place, number) for place in stop.call_stack)
    return replace(stop, id=f"{stop.id}-{number}", location=_place(stop.location, number), call_stack=stack, step=step)


def _file(file: FileRole, number: int) -> FileRole:
    return replace(file, path=_path(file.path, number))


def _place(place: Location, number: int) -> Location:
    return replace(place, file=_path(place.file, number))


def _path(path: str, number: int) -> str:
    return path if not number or path.startswith(("site-packages/", "<")) else f"part_{number}/{path}"
