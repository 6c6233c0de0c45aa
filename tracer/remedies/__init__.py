"""Remedies: known failures of a run, and what to change so that the next attempt gets further. One file per failure.

A remedy never edits the repository's source: it changes the plan, and says what it changed and why. Each module has
`REMEDY`.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Protocol

from tracer.plan import RunPlan
from tracer.survey import EntryPoint
from tracer.trace import Trace


@dataclass(frozen=True, slots=True)
class Situation:
    """A run that failed: what was planned, what was recorded, and what reading said of the entry point."""

    plan: RunPlan
    trace: Trace
    entry: EntryPoint | None = None

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
    """The plan of the next attempt, with what was changed and why, for the tour to tell."""

    plan: RunPlan
    what: str
    why: str


class Remedy(Protocol):
    """Diagnoses one known failure."""

    def adapt(self, situation: Situation) -> Adaptation | None:
        """The changed plan, or None when this is not the failure that the remedy knows."""


def next_attempt(situation: Situation) -> Adaptation | None:
    """What the first remedy that knows this failure would change; None when none does."""
    for item in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        remedy: Remedy = importlib.import_module(f"{__name__}.{item.name}").REMEDY
        adaptation = remedy.adapt(situation)
        if adaptation is not None and adaptation.plan != situation.plan:
            return adaptation
    return None
