"""Whether a tour's recording says what its traces show: each visit, its lines in order, what they bound and printed.

Runs on the host, needs no checkout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tracer.trace import Frame, Line, Trace
from walkthroughs.recording import RecordedFrame, Recording
from walkthroughs.records import significant
from walkthroughs.stop import Variable
from walkthroughs.tour import Tour
from walkthroughs.values import variable


def recording_problems(tour: Tour, traces: Sequence[Trace]) -> Iterator[tuple[str, str]]:
    """(where, what differs) of everything that a tour's recording says and the traces do not show."""
    if tour.recording is None:
        return
    yield from _Checking(tour.recording, traces).problems()
    for stop in tour.stops:
        source = tour.recording.source(stop.location.file)
        for number, line in enumerate(stop.excerpt.lines, stop.excerpt.first_line):
            shown = source.line(number) if source is not None else None
            if shown is not None and shown != line:
                yield stop.id, f"shows line {number} of {stop.location.file} otherwise than the recording"
        if stop.step is not None and not 0 <= stop.step < len(tour.recording.order):
            yield stop.id, f"stands at step {stop.step}, which the recording does not have"


class _Checking:
    """One recording against the traces of its programs."""

    def __init__(self, recording: Recording, traces: Sequence[Trace]) -> None:
        self.recording = recording
        self.traces = {trace.chapter: trace for trace in traces}
        self.seen: dict[tuple[Any, ...], list[Frame]] = defaultdict(list)  # those that no visit of the tour is yet
        for trace in traces:
            for frame in sorted(trace.frames.values(), key=lambda frame: frame.seq):
                self.seen[_place(trace.chapter, frame)].append(frame)
        self.steps: dict[int, list[int]] = defaultdict(list)
        for step, number in enumerate(recording.order):
            self.steps[number].append(step)
        self.bound: dict[int, list[tuple[str, bool, int]]] = defaultdict(list)
        self.printed = {row.step: row.text for row in recording.printed}
        self.raised = {row.step: (row.type, row.message) for row in recording.raised}
        self.found: dict[int, Frame] = {}

    def problems(self) -> Iterator[tuple[str, str]]:
        """What differs, visit by visit."""
        recording = self.recording
        if len(recording.lines) != len(recording.order) or not set(recording.order) <= set(
            range(len(recording.frames))
        ):
            yield "recording", "has columns that do not fit together"
            return
        for row in recording.bound:
            self.bound[row.step].append((row.name, row.touched, row.value))
        for number, frame in enumerate(recording.frames):
            known = self._find(number, frame)
            where = f"recording, {frame.location}"
            if known is None:
                yield where, f"has a visit of {frame.location.qualname} whose lines no trace shows in that order"
                continue
            self.found[number] = known
            yield from ((where, text) for text in self._visit(number, frame, known))
        yield from self._order()

    def _find(self, number: int, frame: RecordedFrame) -> Frame | None:
        """The recorded visit that a frame is, by its place, its time and its lines."""
        lines = [self.recording.lines[step] for step in self.steps[number]]
        place = (frame.chapter, frame.location.file, frame.location.qualname, frame.kind, significant(frame.began))
        fits = (
            known for known in self.seen.get(place, ()) if [line.line for line in known.lines[: len(lines)]] == lines
        )
        return next((known for known in fits if known not in self.found.values()), None)

    def _visit(self, number: int, frame: RecordedFrame, known: Frame) -> Iterator[str]:
        if (frame.visit, frame.raised) != (known.visit, known.raised):
            yield "says of a visit what its trace does not show"
        cut = known.gap or not known.return_seq or len(known.lines) > len(self.steps[number])
        if frame.cut is not cut:
            yield "says that a visit is whole, or cut, and its trace shows otherwise"
        args = {row.name: variable("", row.value, depth=1) for row in known.args}
        if not all(row.name in args and self._fits(row.value, args[row.name]) for row in frame.args):
            yield "gives an argument a value that was not recorded"
        returned = variable("", known.returned or {}, depth=1)
        if frame.returned is not None and not self._fits(frame.returned, returned):
            yield "returns a value that was not recorded"
        parent = self.found.get(frame.parent) if frame.parent is not None else None
        if frame.parent is not None and (
            parent is None or known.parent != parent.id or (known.called_from or (0, 0))[1] != frame.called_from
        ):
            yield "was not called from where it is said to be"
        for step, line in zip(self.steps[number], known.lines, strict=False):
            yield from self._step(step, line, frame, known)

    def _step(self, step: int, line: Line, frame: RecordedFrame, known: Frame) -> Iterator[str]:
        shown = {(row.name, row.touched): variable("", row.value, depth=1) for row in line.bound}
        for name, touched, number in self.bound.get(step, ()):
            known_value = shown.get((name, touched))
            if known_value is None or not self._fits(number, known_value):
                yield f"binds `{name}` on line {line.line} to a value that was not recorded"
        if self.printed.get(step, "") != line.out + line.err:
            yield f"prints on line {line.line} what was not recorded"
        if (step in self.recording.gaps) is not line.gap:
            yield f"says before line {line.line} otherwise than the trace whether lines ran unrecorded"
        if step in self.raised:
            events = self.traces[frame.chapter].events
            raised = {
                (event.name, str(event.data.get("message", "")))
                for event in events
                if event.kind == "exception" and event.place.frame == known.id and event.place.line == line.line
            }
            if self.raised[step] not in raised:
                yield f"raises on line {line.line} what was not recorded"

    def _order(self) -> Iterator[tuple[str, str]]:
        """The steps of one program must be in the order in which their lines began."""
        last: dict[str, int] = {}
        at: dict[int, int] = defaultdict(int)
        for number in self.recording.order:
            known = self.found.get(number)
            if known is None:
                continue
            seq = known.lines[at[number]].seq
            at[number] += 1
            chapter = self.recording.frames[number].chapter
            if seq < last.get(chapter, 0):
                yield "recording", "has lines in another order than they ran in"
                return
            last[chapter] = seq

    def _fits(self, number: int, recorded: Variable) -> bool:
        values = self.recording.values
        shown = values[number] if 0 <= number < len(values) else Variable("?")
        return value_key(shown) == value_key(recorded) and pictures_fit(shown, recorded)


def _place(chapter: str, frame: Frame) -> tuple[Any, ...]:
    began = significant(round(frame.t / 1000.0, 4))
    return chapter, frame.code.file, frame.code.qualname, frame.code.type, began


def value_key(row: Variable) -> tuple[Any, ...]:
    """What identifies a value, with numbers as a tour file keeps them."""
    stats = row.stats
    numbers = (stats.min, stats.max, stats.mean, stats.std, stats.zeros, stats.nan) if stats is not None else ()
    kept = tuple(None if value is None else significant(value) for value in numbers)
    items = tuple(value_key(item) for item in row.items)
    return row.name, row.type, row.value, row.shape, row.dtype, row.device, row.length, kept, items


def pictures_fit(shown: Variable, recorded: Variable) -> bool:
    """Whether the pictures that a value is shown with, if any, are those that were recorded."""
    own = (shown.grid, shown.channels, shown.part), (recorded.grid, recorded.channels, recorded.part)
    items = zip(shown.items, recorded.items, strict=False)
    # As texts, in which what is no number is equal to itself; numbers as a tour file keeps them.
    texts = [repr([[significant(one) for one in row] for row in grid[0]]) + repr(grid[1:]) for grid in own]
    return (not shown.grid or texts[0] == texts[1]) and all(pictures_fit(one, other) for one, other in items)
