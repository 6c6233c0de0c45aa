"""Libraries that write logs of a run: nothing is sent, and one that is not there is quiet. Runs in the target.

`quiet` in the settings are the import names of those that are not installed: whatever is asked of them does nothing.
"""

from __future__ import annotations

import sys

from . import account_comet, account_mlflow, account_neptune, account_wandb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any, Optional

    from .harness import Harness

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
    for service in (account_wandb, account_mlflow, account_comet, account_neptune):
        service.arm(harness)
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


def _visdom(module: Any, harness: Harness) -> None:
    """visdom: there is no server that shows anything."""

    def Visdom(*_: Any, **__: Any) -> Any:
        harness.tell("visdom.Visdom() was answered by something that does nothing", "there is no server that shows it")
        return Quiet()

    module.Visdom = Visdom
