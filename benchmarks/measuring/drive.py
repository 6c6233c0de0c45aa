"""Runs a script under a tool that has no command line of its own. Runs in the measured process.

Usage: drive.py TOOL ROOT OUT SCRIPT [ARGUMENTS]. The depth of the snoopers counts from this file: the script's module
is 2, its `main` 3, what `main` calls 4.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

MAIN_AND_BELOW = 4
EVERYTHING = 12


@contextmanager
def _hunter(root: str, out: Path, name: str) -> Iterator[None]:
    hunter: Any = import_module("hunter")
    with open(out / "hunter.txt", "w", encoding="utf-8") as stream:
        action = getattr(hunter, name)(stream=stream, force_colors=False)
        with hunter.trace(hunter.Q(filename_startswith=root), action=action):
            yield


def _snoop(out: Path, depth: int) -> Any:
    configuration: Any = import_module("snoop.configuration")
    return configuration.Config(out=str(out / "snoop.txt"), color=False).snoop(depth=depth)


def _pysnooper(out: Path, depth: int) -> Any:
    pysnooper: Any = import_module("pysnooper")
    return pysnooper.snoop(str(out / "pysnooper.txt"), depth=depth, color=False)


def main() -> None:
    """Put the script in the place of `__main__` and run it."""
    tool, root, out, script, *arguments = sys.argv[1:]
    folder = Path(out)
    tools: dict[str, Callable[[], AbstractContextManager[object]]] = {
        "hunter": lambda: _hunter(root, folder, "CodePrinter"),
        "hunter-vars": lambda: _hunter(root, folder, "VarsSnooper"),
        "snoop": lambda: _snoop(folder, MAIN_AND_BELOW),
        "snoop-deep": lambda: _snoop(folder, EVERYTHING),
        "pysnooper": lambda: _pysnooper(folder, MAIN_AND_BELOW),
        "pysnooper-deep": lambda: _pysnooper(folder, EVERYTHING),
    }
    place = Path(script).resolve()
    sys.argv[:] = [script, *arguments]
    sys.path[0] = str(place.parent)
    module = types.ModuleType("__main__")
    module.__file__ = str(place)
    code = compile(place.read_text(encoding="utf-8"), str(place), "exec")
    traced = tools[tool]()
    sys.modules["__main__"] = module
    with traced:
        exec(code, module.__dict__)


main()
