"""Stepping through a recording, forward and backward, as a debugger does through a program. Runs on the host.

Steps are counted from 0; a step stands *before* its line. Each move gives the step that it leads to, or None where the
recording has none. Nothing here keeps a position: every face has its own.

What faces may rely on: `into` and `back` go through all steps; `over`, `out` and their like through those of the
functions on the call stack, and where these end in the recording, to the nearest step that no recorded function called,
so that a reader never gets stuck before the last step or behind the first. The call stack is what was seen: where the
caller of a function is not carried it ends, and `above` tells what is known of the rest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracer.location import Location
from walkthroughs.recording import BoundAt, LoopLeft, MissedCall, RaisedAt, RecordedFrame, Recording
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
    """One level of a call stack: the frame, the line that it is busy with, and the last step of it up to there.

    The step stands on that line unless the line ran unrecorded.
    """

    frame: int
    step: int
    line: int


class Walk:
    """The moves through a recording and what is seen at each step."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.steps_of: dict[int, list[int]] = defaultdict(list)
        for step, frame in enumerate(recording.order):
            self.steps_of[frame].append(step)
        self._printed = {row.step: row.text for row in recording.printed}
        self._raised = {row.step: row for row in recording.raised}
        self._left = {row.step: row for row in recording.left}
        self._missed: dict[int, list[MissedCall]] = defaultdict(list)
        for missed in recording.missed:
            self._missed[missed.step].append(missed)
        self._gaps = frozenset(recording.gaps)
        self._changes: dict[int, list[tuple[int, BoundAt | str]]] = defaultdict(list)
        self._bound: dict[int, list[BoundAt]] = defaultdict(list)
        self._collect_changes()
        self._modules = {
            (frame.location.file, frame.chapter): number
            for number, frame in reversed(list(enumerate(recording.frames)))
            if frame.kind == "module"
        }
        self._callers: list[Level | None] = _find_callers(recording, self.steps_of)

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.recording.order)

    def _collect_changes(self) -> None:
        """By frame: what its names became, and which were taken away, in the order of steps."""
        order = self.recording.order
        for row in self.recording.bound:
            self._bound[row.step].append(row)
            self._changes[order[row.step] if row.frame is None else row.frame].append((row.step, row))
        for gone in self.recording.unbound:
            self._changes[order[gone.step]].append((gone.step, gone.name))
        for rows in self._changes.values():
            rows.sort(key=lambda row: row[0])

    # -- where -------------------------------------------------------------------------------------------------------

    def frame(self, step: int) -> RecordedFrame:
        """The frame that a step stands in."""
        return self.recording.frames[self.recording.order[step]]

    def location(self, step: int) -> Location:
        """The line that is about to run, with the function it is in."""
        return self.place(Level(self.recording.order[step], step, self.recording.lines[step]))

    def place(self, level: Level) -> Location:
        """The line of a stack level, with the function it is in."""
        frame = self.recording.frames[level.frame]
        return Location(frame.location.file, level.line, level.line, frame.location.qualname)

    def caller(self, step: int) -> Level | None:
        """The level of the call stack above a step's frame; None where the caller is not carried."""
        return self._callers[step]

    def stack(self, step: int) -> list[Level]:
        """The call stack at a step, innermost first; each level stands at the line that it is busy with."""
        found = [Level(self.recording.order[step], step, self.recording.lines[step])]
        above = self._callers[step]
        while above is not None:
            found.append(above)
            above = self._callers[above.step]
        return found

    def above(self, step: int) -> tuple[Location, ...]:
        """The call stack above the last level of `stack`, the caller first, as far as it is known."""
        last = self.stack(step)[-1]
        resumed = any(
            row.step <= last.step and self.recording.order[row.step] == last.frame for row in self.recording.resumed
        )
        return () if resumed else self.recording.frames[last.frame].outer

    def places(self, step: int) -> list[Location]:
        """The whole call stack at a step as places, the step's own line first."""
        return [*(self.place(level) for level in self.stack(step)), *self.above(step)]

    # -- moves -------------------------------------------------------------------------------------------------------

    def into(self, step: int) -> int | None:
        """The next line that ran, in whatever function."""
        return step + 1 if step + 1 < len(self) else None

    def over(self, step: int) -> int | None:
        """The next line of this function, or of those that called it: calls are passed over."""
        return self._nearest(step, range(step + 1, len(self)), {level.frame for level in self.stack(step)})

    def out(self, step: int) -> int | None:
        """The first line behind the return from this function."""
        return self._nearest(step, range(step + 1, len(self)), {level.frame for level in self.stack(step)[1:]})

    def back(self, step: int) -> int | None:
        """The line that ran before this one, in whatever function."""
        return step - 1 if step > 0 else None

    def back_over(self, step: int) -> int | None:
        """The line before this one in this function, or the line that called it."""
        return self._nearest(step, range(step - 1, -1, -1), {level.frame for level in self.stack(step)})

    def back_out(self, step: int) -> int | None:
        """The line that called this function (the recorded line before it, where that one ran unrecorded)."""
        caller = self._callers[step]
        if caller is not None:
            return caller.step
        return self._nearest(step, range(self.steps_of[self.recording.order[step]][0] - 1, -1, -1), set())

    def _nearest(self, step: int, steps: Iterable[int], frames: set[int]) -> int | None:
        """The first of some steps that stands in one of the frames; where none does, the first that nobody called."""
        root: int | None = None
        for at in steps:
            frame = self.recording.order[at]
            if frame in frames:
                return at
            if root is None and self._callers[at] is None and frame != self.recording.order[step]:
                root = at
        return root

    def next_at(self, step: int, file: str, lines: range) -> int | None:
        """The next step on one of some lines of a file."""
        return next((at for at in range(step + 1, len(self)) if self._is_at(at, file, lines)), None)

    def previous_at(self, step: int, file: str, lines: range) -> int | None:
        """The last step before this one on one of some lines of a file."""
        return next((at for at in range(step - 1, -1, -1) if self._is_at(at, file, lines)), None)

    def runs_of(self, file: str, line: int) -> list[int]:
        """The steps at a line, in order."""
        return [at for at in range(len(self)) if self._is_at(at, file, range(line, line + 1))]

    def _is_at(self, step: int, file: str, lines: range) -> bool:
        return self.recording.lines[step] in lines and self.frame(step).location.file == file

    # -- what is seen ------------------------------------------------------------------------------------------------

    def names(self, step: int, level: int = 0) -> dict[str, Seen]:
        """What the names of a stack level held when they were last seen before a step, in the order of first binding.

        A name whose value is not in the recording is not among them.
        """
        return self._names_of(self.stack(step)[level], step, level == 0)

    def outer_names(self, step: int, level: int = 0) -> dict[str, Seen]:
        """The same of the module that a stack level's function is defined in; {} where that was not recorded."""
        stack = self.stack(step)
        frame = self.recording.frames[stack[level].frame]
        module = self._modules.get((frame.location.file, frame.chapter))
        if module is None or module == stack[level].frame:
            return {}
        own = self.steps_of[module]
        before = bisect_left(own, step)
        if not before:
            return {}
        done = before == len(own)
        place = Level(module, own[before - 1], 0 if done else self.recording.lines[own[before - 1]])
        return self._names_of(next((one for one in stack if one.frame == module), place), step, False)

    def _names_of(self, place: Level, step: int, current: bool) -> dict[str, Seen]:
        """The names of a frame; the line that a level is busy with has bound nothing yet."""
        number = place.frame
        frame = self.recording.frames[number]
        found = {row.name: Seen(row.name, self.recording.values[row.value]) for row in frame.args}
        busy = current or place.line == self.recording.lines[place.step]
        own = self.steps_of[number]
        before = bisect_left(own, step)
        last = own[before - 1] if current and before else None
        for at, row in self._changes.get(number, ()):
            if at >= step:
                break
            if busy and at == place.step:
                continue
            if isinstance(row, str):
                found.pop(row, None)
            else:
                found[row.name] = Seen(row.name, self.recording.values[row.value], at, at == last)
        return found

    def binds(self, step: int) -> list[Seen]:
        """What the line of a step goes on to bind."""
        return [Seen(row.name, self.recording.values[row.value], step, True) for row in self._bound.get(step, ())]

    def printed(self, step: int) -> str:
        """The text that the line of a step goes on to print."""
        return self._printed.get(step, "")

    def output(self, begun: int, end: int) -> str:
        """What the program printed between two steps, the later one given last.

        A line's text holds that of the lines which it called: those that are done speak for what ran inside them, those
        that are still busy at the end leave it to these.
        """
        busy = {level.step for level in self.stack(end) if level.line == self.recording.lines[level.step]}
        parts = []
        told: set[int] = set()
        for step in range(begun, end):
            caller = self._callers[step]
            if caller is not None and caller.step in told:
                told.add(step)
            elif step in self._printed and step not in busy:
                told.add(step)
                parts.append(self._printed[step])
        return "".join(parts)

    def raises(self, step: int) -> RaisedAt | None:
        """The exception that the line of a step goes on to raise, or to let through."""
        return self._raised.get(step)

    def lets_through(self, step: int, end: int) -> RaisedAt | None:
        """The exception that came out of what a step's line called, when a later step `end` has been reached."""
        found: RaisedAt | None = None
        out = False
        for at in range(step + 1, end):
            found = self._raised.get(at, found)
            caller = self._callers[at]
            if caller is not None and caller.step == step and self.frame(at).raised:
                out = True
        return found if out else None

    def returns(self, step: int) -> Variable | None:
        """What the function gives back, when this is the last line that ran in it."""
        frame = self.frame(step)
        last = self.steps_of[self.recording.order[step]][-1] == step and not frame.cut
        return self.recording.values[frame.returned] if last and frame.returned is not None else None

    def after_gap(self, step: int) -> bool:
        """Whether lines of this frame ran, or may have, unrecorded just before this step."""
        return step in self._gaps

    def after_loop(self, step: int) -> LoopLeft | None:
        """The loop of this frame that RepoTour left early just before this step."""
        return self._left.get(step)

    def missed(self, step: int) -> list[MissedCall]:
        """The calls that a step's line made of repository functions and that cannot be stepped into, if known."""
        return self._missed.get(step, [])


def _find_callers(recording: Recording, steps_of: dict[int, list[int]]) -> list[Level | None]:
    """For each step, the level of the calling frame during which it happened."""
    resumed = {row.step: row for row in recording.resumed}
    callers: list[Level | None] = []
    current: dict[int, Level | None] = {}
    runs_for: dict[int, tuple[int | None, int]] = {}
    for step, index in enumerate(recording.order):
        frame = recording.frames[index]
        if step in resumed:
            runs_for[index] = (resumed[step].parent, resumed[step].line)
        elif index not in runs_for:
            runs_for[index] = (frame.parent, frame.called_from)
        if index not in current or frame.kind == "generator":
            current[index] = _called_by(recording, steps_of, step, *runs_for[index])
        callers.append(current[index])
    return callers


def _called_by(
    recording: Recording, steps_of: dict[int, list[int]], step: int, parent: int | None, line: int
) -> Level | None:
    """The level of a frame that called another one, the first step of which is given."""
    steps = steps_of[parent] if parent is not None else []
    found = bisect_right(steps, step) - 1
    if parent is None or found < 0:
        return None
    return Level(parent, steps[found], line or recording.lines[steps[found]])
