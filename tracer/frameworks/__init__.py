"""What RepoTour knows about each framework, as data: one file per framework, each with one `FRAMEWORK`.

Nothing here runs in the target and nothing here imports a framework. A landmark names framework functions by module
and name; the recorder notes each call of one with the repository's call stack above it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LandmarkSpec:
    """Framework functions on which the recorder stands a function breakpoint.

    `event` is what a call means; `modules` are module names, or prefixes when they end with a dot; `names` are function
    names, `"*"` any public one. `owner` is the class whose method is meant, `arguments` the parameters that are
    summarised. `direct` asks for calls straight from repository code only. `wide` summarises containers in full,
    `returns` also the result. `probe` names one of the recorder's own probes for what arguments alone do not show;
    `"training_step"`: the loops around a call of these are training loops.
    """

    event: str
    modules: tuple[str, ...]
    names: tuple[str, ...]
    owner: str = ""
    arguments: tuple[str, ...] = ()
    returns: bool = False
    direct: bool = False
    wide: bool = False
    probe: str = ""

    def to_dict(self) -> dict[str, object]:
        """As it stands in the plan."""
        return {
            "event": self.event,
            "modules": list(self.modules),
            "names": list(self.names),
            "owner": self.owner,
            "arguments": list(self.arguments),
            "returns": self.returns,
            "direct": self.direct,
            "wide": self.wide,
            "probe": self.probe,
        }


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework: how it is recognised, its landmarks, and the variables that make a run offline and readable."""

    name: str
    imports: tuple[str, ...]
    landmarks: tuple[LandmarkSpec, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    """Methods that the framework calls on the user's classes, and the stage they stand for."""


def all_frameworks() -> tuple[Framework, ...]:
    """Every framework, sorted by module name."""
    found = []
    for item in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        found.append(importlib.import_module(f"{__name__}.{item.name}").FRAMEWORK)
    return tuple(found)
