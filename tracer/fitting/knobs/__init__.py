"""Knobs: the kinds of changes that a program's own options allow. One file per kind; each module has `KNOB`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from tracer.fitting.subject import Subject
from tracer.remedies import Adaptation


class Knob(Protocol):
    """Knows one kind of change. Knobs are asked in the order of `order`, then of their names."""

    order: int

    def adapt(self, subject: Subject) -> Adaptation | None:
        """The changed plan with what and why, or None when there is nothing to change."""


@cache
def all_knobs() -> tuple[Knob, ...]:
    """Every knob, in the order in which they are asked."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Knob] = [importlib.import_module(f"{__name__}.{name}").KNOB for name in names]
    return tuple(sorted(found, key=lambda knob: knob.order))
