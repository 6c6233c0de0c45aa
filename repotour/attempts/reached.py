"""How far one attempt got, and which attempt of a tour got furthest. Runs on the host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.shelf import Shelf, forget
from repotour.attempts.worth import WELL, Worth, has_trained, worth_of
from repotour.outcomes import load_traces
from tracer.stages import Stage

if TYPE_CHECKING:
    from repotour.attempts.account import Entry
    from repotour.attempts.candidate import Candidate
    from tracer.engines.recorder import RunResult
    from tracer.plan import RunPlan


BEHIND = frozenset((Stage.EVALUATION.value, Stage.CHECKPOINT.value))
"""What a run shows only when its training comes to an end, or pauses."""


@dataclass(eq=False)
class Reached:
    """One attempt at a program: the `number`th recorded run, how it ended, and the recordings that belong to it.

    What is asked of its recordings must be asked before the next attempt takes their place.
    """

    number: int
    candidate: Candidate
    plan: RunPlan
    result: RunResult
    kind: str
    detail: str
    traces: tuple[Path, ...]
    entry: Entry

    @cached_property
    def trained(self) -> bool:
        """Whether it trained: by the marks of frameworks, else by what the rules of the tour find."""
        return has_trained(load_traces(self.result.trace)) or self.worth.trained

    @property
    def done(self) -> bool:
        """Whether nothing better is to be had: it trained, and ended as it should."""
        return self.kind in WELL and self.trained

    @cached_property
    def unseen(self) -> tuple[str, ...]:
        """Stages behind the training that reading found in files that this run executed, and that it did not show."""
        found = load_traces(self.result.trace)
        traces = (*found.told, *found.others) if found is not None else ()
        files = {code.file for trace in traces for code in trace.codes.values()}
        expected = {place.stage for place in self.plan.awaited if place.file in files and place.stage in BEHIND}
        return tuple(stage.value for stage in Stage if stage.value in expected - self.worth.seen)

    @property
    def hurried(self) -> bool:
        """Whether we ended it for its time before it had shown what reading promises."""
        return bool(cut_of(self.result)) and bool(self.unseen)

    @cached_property
    def worth(self) -> Worth:
        """What it showed."""
        return worth_of(load_traces(self.result.trace), self.kind, self.plan.root)


def cut_of(result: RunResult) -> str:
    """Why we ended a run, when it was for its time; "" for every other end."""
    return result.reason if result.reason and not result.interrupted and not result.excess else ""


@dataclass
class Standing:
    """The attempts made so far, and the best of them, whose recordings are safe from those that follow."""

    shelf: Shelf
    best: Reached | None = None
    latest: Reached | None = None
    written: set[Path] = field(default_factory=set)
    """Every recording that was ever begun."""

    def add(self, reached: Reached) -> None:
        """An attempt ended."""
        self.latest = reached

    def protect(self) -> None:
        """Before the next attempt: judge the latest, and put the best where it is not overwritten."""
        latest = self.latest
        if latest is None:
            return
        if self.best is None or _is_better(latest, self.best):
            self.best = latest
        if self.best is latest:
            self.shelf.keep(latest.number, latest.traces)
        _ = latest.worth, latest.unseen  # read now: its recordings are about to be overwritten
        self.latest = None

    def settle(self) -> Reached | None:
        """Nothing more is tried: the recordings of the best attempt, and no others, lie in their place. The best."""
        latest = self.latest
        if latest is not None and (self.best is None or _is_better(latest, self.best)):
            self.best = latest
            self.shelf.clear()
        else:
            self.shelf.bring_back()
        told: Iterable[Path] = self.best.traces if self.best is not None else ()
        for trace in self.written - set(told):
            forget(trace)
        return self.best


def _is_better(new: Reached, old: Reached) -> bool:
    """Of attempts at one program the later one where they are equal; another program has to show more stages."""
    if new.done and old.done:
        return new.worth.stages > old.worth.stages  # a shortened run has to show more than the program as it is
    if new.done or old.done:
        return new.done
    if _goes_on(new) and not _goes_on(old):
        # Behind a failure that was passed over there must be more to tell than the failure.
        return (new.worth.trained, new.worth.stages) > (old.worth.trained, old.worth.stages)
    if new.candidate is old.candidate:
        return new.worth >= old.worth
    return (new.worth.trained, new.worth.stages) > (old.worth.trained, old.worth.stages)


def _goes_on(reached: Reached) -> bool:
    """Whether a notebook was run on behind cells that fail."""
    return reached.plan.launch == "notebook" and reached.plan.driver is not None
