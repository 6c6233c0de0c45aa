"""Remedies: known failures of a run, and what to change so that the next attempt gets further. One file per failure.

A remedy never edits the repository's source: it changes the plan, and says what it changed and why. Each module has
`REMEDY`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from tracer.command import TargetCommand
from tracer.machine import Machine
from tracer.open_folder import offered
from tracer.plan import RunPlan
from tracer.survey import EntryPoint, Survey
from tracer.trace import Trace


@dataclass(frozen=True, slots=True)
class Situation:
    """A run that did not get where it should: what was planned, what was recorded, and what is known beside that.

    `outcome` is the tour's word for how it ended (finished, exited, raised, limit, killed, timed_out) and `trained`
    whether it trained: a remedy may also help a run that ended well without having trained. `printed` is the end of
    what it wrote to standard output and error. `synthetic` says whether the user allows made-up data. `tried` are the
    slugs of the adaptations made so far.

    `cut` says why we ended the run, when it was for its time; `seconds` is how long it lasted, and `unseen` are the
    stages that reading expects of it and that it did not show. `written` are the files, relative to the plan's root,
    that programs before it wrote, the newest first.
    """

    plan: RunPlan
    trace: Trace
    entry: EntryPoint | None = None
    survey: Survey | None = None
    machine: Machine = field(default_factory=Machine)
    outcome: str = ""
    trained: bool = False
    printed: str = ""
    synthetic: bool = False
    tried: tuple[str, ...] = ()
    cut: str = ""
    seconds: float = 0.0
    unseen: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def error(self) -> str:
        """The type of the exception that ended the run, or ""."""
        end = self.trace.end or {}
        return str(end.get("type", "")) if end.get("outcome") == "raised" else ""

    @property
    def message(self) -> str:
        """The exception's text."""
        return str((self.trace.end or {}).get("detail", ""))


@dataclass(frozen=True, slots=True)
class Adaptation:
    """The plan of the next attempt, with what was changed and why, for the tour to tell.

    `before` are programs to run first, in the same workspace; `packages` are distributions (as pip names them) that
    the run needs beside what the interpreter has. `slug` names the adaptation, so that it is not made twice.
    """

    plan: RunPlan
    what: str
    why: str
    slug: str = ""
    before: tuple[TargetCommand, ...] = ()
    packages: tuple[str, ...] = ()


class Remedy(Protocol):
    """Diagnoses one known failure. Remedies are asked in the order of `order`, then of their names."""

    order: int

    def adapt(self, situation: Situation) -> Adaptation | None:
        """The changed plan, or None when this is not the failure that the remedy knows."""


@cache
def all_remedies() -> tuple[Remedy, ...]:
    """Every remedy, in the order in which they are asked."""
    found: list[Remedy] = offered(__name__, "REMEDY")
    return tuple(sorted(found, key=lambda remedy: remedy.order))


def next_attempt(situation: Situation, remedies: Iterable[Remedy] | None = None) -> Adaptation | None:
    """What the first remedy (of all, or of some) that knows this failure would change; None when none does."""
    for remedy in all_remedies() if remedies is None else remedies:
        adaptation = remedy.adapt(situation)
        if adaptation is None or (adaptation.slug and adaptation.slug in situation.tried):
            continue
        if adaptation.plan != situation.plan or adaptation.before or adaptation.packages:
            return adaptation
    return None
