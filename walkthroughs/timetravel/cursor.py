"""Where a debugger stands in a recording, and how it gets from there to elsewhere. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass

from walkthroughs.stepping import Level, Walk
from walkthroughs.timetravel.breakpoints import Breakpoint, Breakpoints
from walkthroughs.timetravel.expressions import Scope


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a move ended, and why: at its goal (`step`), a `breakpoint`, or an end of the recording (`end`, `start`).

    `passed` says that lines were gone through in the order of the run.
    """

    step: int
    reason: str = "step"
    breakpoints: tuple[Breakpoint, ...] = ()
    passed: bool = False


class Cursor:
    """A position in a walk; every move stops at breakpoints in between."""

    def __init__(self, walk: Walk, step: int = 0) -> None:
        self.walk = walk
        self.step = step
        self.breakpoints = Breakpoints(walk)

    # -- moves -------------------------------------------------------------------------------------------------------

    def into(self) -> Arrival:
        """One line on, in whatever function."""
        return self.to(self.walk.into(self.step))

    def over(self) -> Arrival:
        """To the next line of this function, or of those that called it."""
        return self.to(self.walk.over(self.step))

    def out(self) -> Arrival:
        """Behind the return from this function."""
        return self.to(self.walk.out(self.step))

    def resume(self) -> Arrival:
        """On to the next breakpoint, or the end."""
        return self.to(None)

    def until(self, line: int = 0) -> Arrival:
        """On to a line of this function below this one (`line` or below, if given), or behind its return."""
        order, lines = self.walk.recording.order, self.walk.recording.lines
        least = line or lines[self.step] + 1
        own = self.walk.steps_of[order[self.step]]
        goal = next((step for step in own if step > self.step and lines[step] >= least), None)
        return self.to(goal if goal is not None else self.walk.out(self.step))

    def to_return(self) -> Arrival:
        """To the last line of this function that was recorded; when standing there, behind its return."""
        last = self.walk.steps_of[self.walk.recording.order[self.step]][-1]
        return self.to(last) if last > self.step else self.out()

    def back(self) -> Arrival:
        """One line back, in whatever function."""
        return self.to(self.walk.back(self.step), forward=False)

    def back_over(self) -> Arrival:
        """Back to the line before this one in this function, or to the line that called it."""
        return self.to(self.walk.back_over(self.step), forward=False)

    def back_out(self) -> Arrival:
        """Back to the line that called this function."""
        return self.to(self.walk.back_out(self.step), forward=False)

    def resume_back(self) -> Arrival:
        """Back to the breakpoint before, or to the start."""
        return self.to(None, forward=False)

    def to(self, goal: int | None, *, forward: bool = True) -> Arrival:
        """Towards a step, stopping at breakpoints on the way; without a goal to the end, or the start."""
        begun = self.step
        ends = len(self.walk) - 1 if forward else 0
        last = ends if goal is None else goal
        for step in range(begun + 1, last + 1) if forward else range(begun - 1, last - 1, -1):
            hit = self.breakpoints.hit(step)
            if hit:
                self.step = step
                return Arrival(step, "breakpoint", tuple(hit), forward)
        self.step = last
        reason = "step" if goal is not None else "end" if forward else "start"
        return Arrival(last, reason, (), forward and last > begun)

    # -- what is seen ------------------------------------------------------------------------------------------------

    def stack(self) -> list[Level]:
        """The call stack, innermost first."""
        return self.walk.stack(self.step)

    def scope(self, level: int = 0) -> Scope:
        """The names at a level of the call stack."""
        return Scope(self.walk.names(self.step, level), self.walk.outer_names(self.step, level))
