"""neptune: offline; what cannot be had so is kept in memory. Runs in the target."""

from __future__ import annotations

from .account_calls import OFFLINE, changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness


def arm(harness: Harness) -> None:
    """Wait for neptune, of which older versions have the present interface in `neptune.new`."""
    for name in ("neptune", "neptune.new"):
        harness.after(name, lambda module: _offline(module, harness))


def _offline(module: Any, harness: Harness) -> None:
    def kept(mode: str, told: str) -> Any:
        return lambda given, named: (given, {**named, "mode": mode}, told)

    # The functions are the classes themselves; only a run can be offline.
    for name in ("Run", "Project", "Model", "ModelVersion"):
        cls = getattr(module, name, None)
        if isinstance(cls, type) and _takes_mode(vars(cls).get("__init__")):
            mode, told = ("offline", OFFLINE) if name == "Run" else ("debug", "kept what it was given in memory")
            changed(cls, "__init__", harness, "neptune.%s()" % name, kept(mode, told))
    for name in ("init_run", "init"):
        if _takes_mode(getattr(module, name, None)):
            changed(module, name, harness, "neptune.%s()" % name, kept("offline", OFFLINE))


def _takes_mode(function: Any) -> bool:
    """Whether a function, below what decorates it, can be told where to write; that of the first versions cannot."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    return code is not None and "mode" in code.co_varnames
