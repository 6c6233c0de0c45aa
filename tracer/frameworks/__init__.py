"""What RepoTour knows about each framework, as data: one file per framework, each with one `FRAMEWORK`.

Nothing here runs in the target and nothing here imports a framework. A landmark names framework functions by module
and name; the recorder notes each call of one with the repository's call stack above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.open_folder import offered


@dataclass(frozen=True, slots=True)
class Cap:
    """An argument that says how often a library repeats something, and how a short run bounds it.

    `argument` is a parameter, or with a dot an attribute of one (`self.max_steps`). `times` is how often as many as a
    loop of the repository's own would run. `kind`: `"count"` lowers what is higher or unlimited (None, -1), `"given"`
    only what is higher, `"share"` also sets what is None or a fraction. `behind` names a parameter to count on from.
    """

    argument: str
    kind: str = "count"
    times: int = 1
    behind: str = ""


@dataclass(frozen=True, slots=True)
class LandmarkSpec:
    """Framework functions on which the recorder stands a function breakpoint.

    `event` is what a call means; `modules` are module names, or prefixes when they end with a dot; `names` are function
    names, `"*"` any public one. `owner` is the class whose method is meant, `arguments` the parameters that are
    summarised. `direct` asks for calls straight from repository code only. `wide` summarises containers in full,
    `returns` also the result. `probe` names one of the recorder's own probes for what arguments alone do not show;
    `"training_step"`: the loops around a call of these are training loops. `caps` bound the loops that the library runs
    itself, which no jump can leave.
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
    caps: tuple[Cap, ...] = ()

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
            "caps": [[cap.argument, cap.kind, cap.times, cap.behind] for cap in self.caps],
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
    return tuple(offered(__name__, "FRAMEWORK"))
