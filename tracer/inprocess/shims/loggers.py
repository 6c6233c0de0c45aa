"""Libraries that write logs of a run: nothing is sent, and one that is not there is quiet. Runs in the target.

`quiet` in the settings are the import names of those that are not installed: whatever is asked of them does nothing.
"""

from __future__ import annotations

import os
import sys

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness

WHY = "nothing of a run is sent anywhere"
_MADE: list[Any] = []  # the modules that stand in for others
BOARD = "torch.utils.tensorboard"


class Quiet:
    """Whatever is asked of a logger: it answers with itself, and does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Itself; a decorator gives back what it decorates."""
        return given[0] if len(given) == 1 and callable(given[0]) and not named else self

    def __getattr__(self, name: str) -> Any:
        if name[:2] == name[-2:] == "__":
            raise AttributeError(name)
        return Quiet()

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __getitem__(self, key: Any) -> Any:
        return Quiet()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: Any) -> bool:
        return False

    def __str__(self) -> str:
        return ""

    def __fspath__(self) -> str:
        return "."


def arm(harness: Harness) -> None:
    """Wait for the libraries."""
    for name in harness.settings.get("quiet", ()):
        harness.instead(str(name) + ".", lambda asked: _quiet(asked, harness))
        if name in ("tensorboard", "tensorflow"):
            harness.after("torch", lambda torch: _board(harness))
    harness.after("wandb", lambda module: _wandb(module, harness))
    harness.after("mlflow", lambda module: _mlflow(module, harness))
    harness.after("comet_ml", lambda module: _comet(module, harness))
    harness.after("neptune", lambda module: _neptune(module, harness))
    harness.after("visdom", lambda module: _visdom(module, harness))


def _module(name: str) -> ModuleType:
    """A module of which every name is quiet."""
    module: ModuleType = type(sys)(name, "Does nothing.")
    _MADE.append(module)

    def __getattr__(attribute: str) -> Any:
        if attribute[:2] == attribute[-2:] == "__":
            raise AttributeError("module %r has no attribute %r" % (name, attribute))
        # A name in capitals is a class: it may be derived from, or asked for by `isinstance`.
        return type(attribute, (Quiet,), {}) if attribute[:1].isupper() else Quiet()

    vars(module).update(__getattr__=__getattr__, __path__=[], __version__="0")
    return module


def _quiet(name: str, harness: Harness) -> Optional[ModuleType]:
    top = name.partition(".")[0]
    if name != top:
        return _module(name) if sys.modules.get(top) in _MADE else None
    if harness.finds(top):
        return None
    told = "%s, which is not installed, was answered by something that does nothing" % top
    harness.tell(told, "it only writes logs")
    return _module(name)


def _board(harness: Harness) -> None:
    """`torch.utils.tensorboard` needs a package that is not there."""
    if not harness.finds("tensorboard"):
        sys.modules[BOARD] = _module(BOARD)


def _changed(module: Any, name: str, harness: Harness, shown: str, change: Any) -> None:
    """Let a function of a library be called with what `change` makes of its arguments."""
    function = getattr(module, name, None)
    if function is None:
        return

    def offline(*given: Any, **named: Any) -> Any:
        given, named, told = change(given, named)
        if told:
            harness.tell("%s.%s() %s" % (shown, name, told), WHY)
        return function(*given, **named)

    setattr(module, name, like(offline, function))


def _wandb(module: Any, harness: Harness) -> None:
    """wandb: offline, whatever the program asks for, and no question for a key."""

    def offline(given: Any, named: dict[str, Any]) -> Any:
        if named.get("mode") == "disabled":
            return given, named, ""
        return given, {**named, "mode": "offline"}, "wrote its logs into the workspace (offline)"

    _changed(module, "init", harness, "wandb", offline)

    def login(*_: Any, **__: Any) -> bool:
        harness.tell("wandb.login() was left out", WHY)
        return True

    module.login = like(login, module.login)


def _mlflow(module: Any, harness: Harness) -> None:
    """mlflow: a folder in the workspace in place of a server."""

    def local(given: Any, named: dict[str, Any]) -> Any:
        uri = str(given[0] if given else named.get("uri", ""))
        if uri.startswith(("http", "databricks", "postgresql", "mysql")):
            return ("mlruns",), {}, "was given a folder in the workspace in place of a server"
        return given, named, ""

    _changed(module, "set_tracking_uri", harness, "mlflow", local)
    if os.environ.get("MLFLOW_TRACKING_URI", "").startswith("http"):
        os.environ["MLFLOW_TRACKING_URI"] = "mlruns"


def _comet(module: Any, harness: Harness) -> None:
    """comet: an experiment that is kept in the workspace."""
    offline = getattr(module, "OfflineExperiment", None)
    if offline is None:
        return

    def experiment(*_: Any, **named: Any) -> Any:
        harness.tell("comet_ml.Experiment() wrote its logs into the workspace (offline)", WHY)
        kept = {name: named[name] for name in ("project_name", "workspace") if name in named}
        return offline(offline_directory=".", **kept)

    module.Experiment = experiment
    _changed(module, "init", harness, "comet_ml", lambda given, named: ((), {}, "was left without a key"))


def _neptune(module: Any, harness: Harness) -> None:
    """neptune: offline."""
    for name in ("init_run", "init_project", "init_model", "init"):
        _changed(
            module,
            name,
            harness,
            "neptune",
            lambda given, named: (given, {**named, "mode": "offline"}, "wrote its logs into the workspace (offline)"),
        )


def _visdom(module: Any, harness: Harness) -> None:
    """visdom: there is no server that shows anything."""

    def Visdom(*_: Any, **__: Any) -> Any:
        harness.tell("visdom.Visdom() was answered by something that does nothing", "there is no server that shows it")
        return Quiet()

    module.Visdom = Visdom
