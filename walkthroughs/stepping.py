"""Stepping through a recording, forward and backward, as a debugger does through a program. Runs on the host.

Steps are counted from 0; a step stands *before* its line. Each move gives the step that it leads to, or None where the
recording has none. Nothing here keeps a position: every face has its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass

from tracer.location import Location
from walkthroughs.recording import BoundAt, RecordedFrame, Recording
from walkthroughs.stop import Variable


@dataclass(frozen=True, slots=True)
class Seen:
    """The value of a name at a step: `since` is the step whose line bound it (None: an argument of the call), `changed`
    whether the frame's line before this step did."""

    name: str
    value: Variable
    since: int | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a call stack: the frame and the step at which it stands."""

    frame: int
    step: int


class Walk:
    """The moves through a recording and what is seen at each step."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.steps_of: dict[int, list[int]] = defaultdict(list)
        for step, frame in enumerate(recording.order):
            self.steps_of[frame].append(step)
        self._bound: dict[int, list[BoundAt]] = defaultdict(list)
        for row in recording.bound:
            self._bound[row.step].append(row)
        self._printed = {row.step: row.text for row in recording.printed}
        self._gaps = frozenset(recording.gaps)
        self._callers = self._find_callers()

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.recording.order)

    def frame(self, step: int) -> RecordedFrame:
        """The frame that a step stands in."""
        return self.recording.frames[self.recording.order[step]]

    def location(self, step: int) -> Location:
        """The line that is about to run, with the function it is in."""
        frame, line = self.frame(step), self.recording.lines[step]
        return Location(frame.location.file, line, line, frame.location.qualname)

    def into(self, step: int) -> int | None:
        """The next line that ran, in whatever function."""
        return step + 1 if step + 1 < len(self) else None

    def over(self, step: int) -> int | None:
        """The next line of this function, or of those that called it: calls are passed over."""
        frames = {level.frame for level in self.stack(step)}
        return next((at for at in range(step + 1, len(self)) if self.recording.order[at] in frames), None)

    def out(self, step: int) -> int | None:
        """The first line behind the return from this function."""
        frames = {level.frame for level in self.stack(step)[1:]}
        return next((at for at in range(step + 1, len(self)) if self.recording.order[at] in frames), None)

    def back(self, step: int) -> int | None:
        """The line that ran before this one, in whatever function."""
        return step - 1 if step > 0 else None

    def back_over(self, step: int) -> int | None:
        """The line before this one in this function, or the line that called it."""
        frames = {level.frame for level in self.stack(step)}
        return next((at for at in range(step - 1, -1, -1) if self.recording.order[at] in frames), None)

    def back_out(self, step: int) -> int | None:
        """The line that called this function."""
        return self._callers[step]

    def next_at(self, step: int, file: str, lines: range) -> int | None:
        """The next step on one of some lines of a file."""
        return next((at for at in range(step + 1, len(self)) if self._is_at(at, file, lines)), None)

    def previous_at(self, step: int, file: str, lines: range) -> int | None:
        """The last step before this one on one of some lines of a file."""
        return next((at for at in range(step - 1, -1, -1) if self._is_at(at, file, lines)), None)

    def _is_at(self, step: int, file: str, lines: range) -> bool:
        return self.recording.lines[step] in lines and self.frame(step).location.file == file

    def stack(self, step: int) -> list[Level]:
        """The call stack at a step, innermost first; each level stands at the line that it is busy with."""
        found = [Level(self.recording.order[step], step)]
        above = self._callers[step]
        while above is not None:
            found.append(Level(self.recording.order[above], above))
            above = self._callers[above]
        return found

    def names(self, step: int, level: int = 0) -> dict[str, Seen]:
        """What the names of a stack level held at a step, in the order in which they were first bound."""
        place = self.stack(step)[level]
        frame = self.recording.frames[place.frame]
        found = {row.name: Seen(row.name, self.recording.values[row.value]) for row in frame.args}
        own = self.steps_of[place.frame]
        before = own[: bisect_left(own, place.step)]
        for at in before:
            for row in self._bound.get(at, ()):
                recent = at == before[-1] and level == 0
                found[row.name] = Seen(row.name, self.recording.values[row.value], at, recent)
        return found

    def binds(self, step: int) -> list[Seen]:
        """What the line of a step goes on to bind."""
        return [Seen(row.name, self.recording.values[row.value], step, True) for row in self._bound.get(step, ())]

    def printed(self, step: int) -> str:
        """The text that the line of a step goes on to print."""
        return self._printed.get(step, "")

    def returns(self, step: int) -> Variable | None:
        """What the function gives back, when this is the last line that ran in it."""
        frame = self.frame(step)
        last = self.steps_of[self.recording.order[step]][-1] == step
        return self.recording.values[frame.returned] if last and frame.returned is not None else None

    def after_gap(self, step: int) -> bool:
        """Whether lines of this frame ran unrecorded just before this step."""
        return step in self._gaps

    def runs_of(self, file: str, line: int) -> list[int]:
        """The steps at a line, in order."""
        return [at for at in range(len(self)) if self._is_at(at, file, range(line, line + 1))]

    def _find_callers(self) -> list[int | None]:
        """For each step, the step of the calling frame during which it happened."""
        order, frames = self.recording.order, self.recording.frames
        callers: list[int | None] = []
        current: dict[int, int | None] = {}
        for step, index in enumerate(order):
            frame = frames[index]
            if index not in current or (frame.kind == "generator" and not self._within(callers, step - 1, index)):
                current[index] = self._resumed_by(step, frame) if index in current else self._called_by(step, frame)
            callers.append(current[index])
        return callers

    def _within(self, callers: list[int | None], step: int, index: int) -> bool:
        """Whether a frame was running, itself or in what it called, at a step."""
        at: int | None = step
        while at is not None:
            if self.recording.order[at] == index:
                return True
            at = callers[at]
        return False

    def _called_by(self, step: int, frame: RecordedFrame) -> int | None:
        if frame.parent is None:
            return None
        steps = self.steps_of[frame.parent]
        found = bisect_right(steps, step) - 1
        return steps[found] if found >= 0 else None

    def _resumed_by(self, step: int, frame: RecordedFrame) -> int | None:
        """Who went on with a generator: who began it, if that is still running; else whoever ran just before."""
        if frame.parent is not None and self.steps_of[frame.parent][-1] > step:
            return self._called_by(step, frame)
        return step - 1
