"""Knobs: the kinds of changes that a program's own options allow. One file per kind; each module has `KNOB`."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from tracer.fitting.subject import Subject
from tracer.open_folder import offered
from tracer.remedies import Adaptation


class Knob(Protocol):
    """Knows one kind of change. Knobs are asked in the order of `order`, then of their names."""

    order: int

    def adapt(self, subject: Subject) -> Adaptation | None:
        """The changed plan with what and why, or None when there is nothing to change."""


@cache
def all_knobs() -> tuple[Knob, ...]:
    """Every knob, in the order in which they are asked."""
    found: list[Knob] = offered(__name__, "KNOB")
    return tuple(sorted(found, key=lambda knob: knob.order))
