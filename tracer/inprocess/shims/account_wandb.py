"""wandb: offline, whatever the program asks for, and no question for a key. Runs in the target."""

from __future__ import annotations

from .account_calls import OFFLINE, WHY, changed, left_out
from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness


def arm(harness: Harness) -> None:
    """Wait for wandb."""
    harness.after("wandb", lambda module: _offline(module, harness))


def _offline(module: Any, harness: Harness) -> None:
    sweep = Sweep(harness)

    def offline(given: Any, named: dict[str, Any]) -> Any:
        if named.get("mode") == "disabled":
            return given, named, ""
        config = named.get("config")
        if sweep.running and (config is None or isinstance(config, dict)):
            named["config"] = {**(config or {}), **sweep.chosen}
        return given, {**named, "mode": "offline"}, OFFLINE

    changed(module, "init", harness, "wandb.init()", offline)
    left_out(module, "login", harness, "wandb.login()", True)
    if hasattr(module, "sweep") and hasattr(module, "agent"):

        def begin(*given: Any, **named: Any) -> str:
            return sweep.begin(*given, **named)

        def agent(*given: Any, **named: Any) -> None:
            sweep.run(*given, **named)

        module.sweep, module.agent = like(begin, module.sweep), like(agent, module.agent)


class Sweep:
    """A search for the best settings, which the service would lead: here one run with the first of all settings."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.chosen: dict[str, Any] = {}
        self.running = False

    def begin(self, sweep: Any = None, *_: Any, **__: Any) -> str:
        """`wandb.sweep`: remember what may be chosen."""
        config = sweep() if callable(sweep) else sweep
        parameters = config.get("parameters") if isinstance(config, dict) else None
        self.chosen = _first(parameters) if isinstance(parameters, dict) else {}
        self.harness.tell("wandb.sweep() was left with the program, and no service leads it", WHY)
        return "offline"

    def run(self, sweep_id: Any = None, function: Any = None, *_: Any, **__: Any) -> None:
        """`wandb.agent`: one run."""
        if not callable(function):
            self.harness.tell("wandb.agent() was left out", WHY)
            return
        told = "wandb.agent() ran its function once, with the first value of each setting of the sweep"
        self.harness.tell(told, "no service chooses them")
        self.running = True
        try:
            function()
        finally:
            self.running = False


def _first(parameters: dict[str, Any]) -> dict[str, Any]:
    """The first value of each setting, the smallest where there is only a range."""
    found: dict[str, Any] = {}
    for name, row in parameters.items():
        if not isinstance(row, dict):
            continue
        values = row.get("values")
        if "value" in row:
            found[name] = row["value"]
        elif isinstance(values, (list, tuple)) and values:
            found[name] = values[0]
        elif "min" in row and not str(row.get("distribution", "uniform")).startswith(("log", "inv")):
            found[name] = row["min"]
        elif isinstance(row.get("parameters"), dict):
            found[name] = _first(row["parameters"])
    return found
