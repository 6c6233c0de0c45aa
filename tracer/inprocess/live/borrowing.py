"""Finds ipdb, and what it needs, in a folder of ours when the target's environment has none. Runs in the target."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Optional


class Borrowed:
    """A finder that comes last and gives a few named packages only: nothing else of ours is there for the target."""

    def __init__(self, folders: list[str], names: list[str]) -> None:
        self.folders = folders
        self.names = frozenset(names)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """The protocol of `sys.meta_path`."""
        if path is not None or name not in self.names:
            return None
        return PathFinder.find_spec(name, self.folders)


def debugger_class(folders: list[str], names: list[str]) -> tuple[type, str]:
    """ipdb's debugger, or that of the standard library with the reason why it is not ipdb's."""
    if folders:
        sys.meta_path.append(Borrowed(folders, names))
    hooks = sys.excepthook, sys.displayhook
    try:
        from IPython.terminal.ipapp import TerminalIPythonApp

        # Made here and not by ipdb, for the sake of what a program in a debugger has no use for.
        app = TerminalIPythonApp.instance()
        app.interact = False
        app.initialize(["--no-term-title", "--HistoryManager.enabled=False"])
        from ipdb.__main__ import _get_debugger_cls

        return _get_debugger_cls(), ""
    except Exception as error:  # noqa: BLE001 - a version that does not suit this Python, a terminal that is none
        import pdb  # noqa: T100 - it is what is wanted here

        return pdb.Pdb, "ipdb cannot be used here (%s: %s), so this is pdb" % (type(error).__name__, error)
    finally:
        sys.excepthook, sys.displayhook = hooks  # the program's failures are to look as they do without us
