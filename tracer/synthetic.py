"""Which shims make up data for the libraries that a repository uses, and how they are armed. Runs on the host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracer.plan import RunPlan, Shim
from tracer.trace import Trace

PREFIX = "synthetic_"
"""How the names of shims that make up data begin; the tour labels all that they reach."""

SHIMS = {
    "torchvision": ("synthetic_torchvision", "synthetic_weights"),
    "torch": ("synthetic_weights",),
    "timm": ("synthetic_weights",),
    "torch_geometric": ("synthetic_geometric",),
    "transformers": ("synthetic_models",),
    "sentence_transformers": ("synthetic_models",),
    "datasets": ("synthetic_datasets",),
    "sklearn": ("synthetic_sklearn",),
    "keras": ("synthetic_keras", "synthetic_weights"),
    "tensorflow": ("synthetic_keras", "synthetic_weights"),
}
"""Shims by the top-level package for which they stand in."""


def arm(plan: RunPlan, packages: Iterable[str], *, full: bool = False) -> RunPlan:
    """The plan with the shims for the packages that a repository imports; `full`: as many items as the real data."""
    known = dict.fromkeys(name for package in sorted(packages) for name in SHIMS.get(package, ()))
    kept = tuple(shim for shim in plan.shims if shim.name not in known)
    settings = {"full": True} if full else {}
    return replace(plan, shims=(*kept, *(Shim(name, dict(settings)) for name in known)))


def armed(plan: RunPlan) -> bool:
    """Whether a plan makes up data."""
    return any(shim.name in {name for row in SHIMS.values() for name in row} for shim in plan.shims)


def made(trace: Trace) -> list[str]:
    """What was really made up in a run, in words."""
    rows = [row for row in trace.adapted if str(row.get("what", "")).startswith(PREFIX)]
    return list(dict.fromkeys(str(row.get("text", "")) for row in rows))
