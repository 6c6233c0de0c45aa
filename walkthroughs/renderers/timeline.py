"""When things happened in a program of a tour: the timed runs of stops, the recorded calls, spans laid into lanes.

Only what the recording times is given: a run of a line ends where the next recorded line of the same frame began, and
when lines ran unrecorded in between, its end is not known and the run is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tracer.location import Location
from walkthroughs.recording import Recording
from walkthroughs.stepping import Seen, Walk
from walkthroughs.tour import Stop, Tour

RESUMED = ("generator", "coroutine", "async_generator")
"""Kinds of frames that stop and go on, so that the time from their start to their end is not time spent in them."""

Run = tuple[float, float, str, "int | None"]
"""A timed run: when it began and ended, its own name ("" for that of the stop), the step whose line it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something with a beginning and an end in seconds; `ended` None is a moment, or with `open` never seen to end."""

    name: str
    began: float
    ended: float | None
    kind: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    open: bool = False


class Timeline:
    """The times of one program (`chapter`) of a tour."""

    def __init__(self, tour: Tour, chapter: str) -> None:
        self.chapter = chapter
        self.recording = tour.recording or Recording()
        self.stops = [stop for stop in tour.stops if stop.chapter == chapter]
        self._walk = Walk(self.recording)
        self._loops = {(loop.file, loop.line) for loop in tour.loops}
        self._frames = [index for index, frame in enumerate(self.recording.frames) if frame.chapter == chapter]

    @property
    def file(self) -> str:
        """The file that the program started in, when its recording begins there."""
        first = self.recording.frames[self._frames[0]] if self._frames else None
        return first.location.file if first is not None and first.kind == "module" else ""

    def calls(self, *, resumed: bool) -> list[int]:
        """The recorded visits, those of functions that stop and go on apart from the others."""
        return [index for index in self._frames if (self.recording.frames[index].kind in RESUMED) is resumed]

    def binds(self, step: int) -> list[Seen]:
        """What the line of a step went on to bind."""
        return self._walk.binds(step)

    def code(self, place: Location) -> str:
        """The first line of a place, without its indentation; empty where the tour does not carry it."""
        source = self.recording.source(place.file)
        return ((source.line(place.line) if source is not None else None) or "").strip()

    def runs(self, stop: Stop) -> Iterator[Run]:
        """The timed runs of a stop's code: calls of the function it defines, iterations of its loop, or its lines."""
        place = stop.location
        for index in self._frames:
            frame = self.recording.frames[index]
            if frame.location.file != place.file or frame.location.qualname != place.qualname:
                continue
            if frame.location.line == place.line and frame.kind != "module":
                # What a class body does when it is defined is not what its stop tells of.
                if frame.kind == "function" and frame.ended:
                    yield frame.began, frame.ended, "", None
            elif len(self.recording.times) == len(self.recording.order):
                rows = self._iterations if (place.file, place.line) in self._loops else self._statements
                yield from rows(index, range(place.line, max(place.line, place.end_line) + 1))

    def _iterations(self, index: int, lines: range) -> Iterator[Run]:
        """From each run of a loop's header to its next one in the same frame."""
        own = self._walk.steps_of[index]
        times = self.recording.times
        headers = [position for position, step in enumerate(own) if self.recording.lines[step] == lines[0]]
        for number, (position, following) in enumerate(pairwise(headers)):
            if not any(self._walk.after_gap(step) for step in own[position + 1 : following + 1]):
                yield times[own[position]], times[own[following]], f"iteration {number + 1}", own[position]

    def _statements(self, index: int, lines: range) -> Iterator[Run]:
        """From where a statement's lines began to the next line of the frame outside of it."""
        own = self._walk.steps_of[index]
        frame = self.recording.frames[index]
        started: int | None = None
        for position, step in enumerate([*own, None]):
            inside = step is not None and self.recording.lines[step] in lines
            if inside and started is None:
                started = position
            if not inside and started is not None:
                ended = self._end(step, frame.ended, cut=frame.cut)
                if ended is not None:
                    yield self.recording.times[own[started]], ended, "", own[position - 1]
                started = None

    def _end(self, step: int | None, frame_ended: float, *, cut: bool) -> float | None:
        """When the line before a step of the same frame was over; None when that is not known."""
        if step is None:
            return None if cut or not frame_ended else frame_ended
        return None if self._walk.after_gap(step) else self.recording.times[step]


def lanes(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans in as few lanes as it takes for those of one lane to lie in or behind each other, each in order of time."""
    found: list[list[Span]] = []
    stacks: list[list[float]] = []
    for span in sorted(spans, key=lambda span: (span.began, -(span.ended or span.began))):
        end = float("inf") if span.open else span.ended if span.ended is not None else span.began
        for lane, stack in zip(found, stacks, strict=True):
            while stack and stack[-1] <= span.began:
                stack.pop()
            if not stack or end <= stack[-1]:
                lane.append(span)
                stack.append(end)
                break
        else:
            found.append([span])
            stacks.append([end])
    return found
