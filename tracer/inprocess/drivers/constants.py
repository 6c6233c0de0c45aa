"""Runs a script as the interpreter would, with other numbers in the place of some that its source holds. In the target.

The files stay as they are: what is changed is the text that is compiled, within a line, so that lines keep their
numbers. Modules of the repository that the script imports are changed in the same way.
"""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
import tokenize

from . import tracebacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, Optional

    Edit = tuple[int, int, str, str]


def run(data: str) -> None:
    """Run the script that the file `data` describes: argv0, the root, and edits by the path of a file below the root.

    An edit is (start, stop, old text, new text) in characters of the file as it is read for compiling.
    """
    with open(data, encoding="utf-8") as handle:
        plan = json.load(handle)
    main = sys.modules["__main__"].__dict__
    for name in ("sys", "run"):  # of the lines that brought us here
        main.pop(name, None)
    script = plan["argv0"]
    edits = {os.path.realpath(os.path.join(plan["root"], path)): rows for path, rows in plan["edits"].items()}
    sys.argv[0] = script
    folder = os.path.dirname(os.path.realpath(script))
    if sys.path and sys.path[0] == "":
        sys.path[0] = folder
    else:
        sys.path.insert(0, folder)
    sys.meta_path.insert(0, _Finder(edits))
    sys.excepthook = tracebacks.without_ours(sys.excepthook)
    main.update(__file__=os.path.abspath(script), __cached__=None)
    exec(changed_code(os.path.realpath(script), edits, os.path.abspath(script)), main)


def changed_code(path: str, edits: dict[str, list[Edit]], shown: str) -> CodeType:
    """The code of a file with other numbers; `shown` is the name that the code has for its file."""
    with tokenize.open(path) as handle:
        text = handle.read()
    for start, stop, old, new in sorted(edits.get(path, ()), reverse=True):
        if text[start:stop] == old:
            text = text[:start] + new + text[stop:]
    code: CodeType = compile(text, shown, "exec", dont_inherit=True)
    return code


class _Finder:
    """Finds what is found anyway, and gives the files that are to be changed a loader that changes them."""

    def __init__(self, edits: dict[str, list[Edit]]) -> None:
        self.edits = edits

    def find_spec(self, name: str, path: Any = None, target: Optional[ModuleType] = None) -> Any:
        """The spec of a changed module; None for all others (finder protocol)."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        origin = spec.origin if spec is not None else None
        if spec is None or origin is None or os.path.realpath(origin) not in self.edits:
            return None
        spec.loader = _Loader(name, origin, self.edits)
        spec.cached = None
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one changed module; its code is never kept in a cache that a later run would find."""

    def __init__(self, name: str, path: str, edits: dict[str, list[Edit]]) -> None:
        super().__init__(name, path)
        self.edits = edits

    def get_code(self, fullname: str) -> CodeType:
        """The code (loader protocol)."""
        path = self.get_filename(fullname)
        return changed_code(os.path.realpath(path), self.edits, path)
