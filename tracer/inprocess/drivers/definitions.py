"""Brings the definitions of a file of the repository into being: by import, else without what the file does.

Runs in the target. A training script cannot be imported without training; of such a file only its imports, functions,
classes and settings are run, at their own lines, and what of that fails is left out.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_LOUD = {
    "open", "read", "load", "train", "fit", "main", "run", "input", "system", "download", "read_csv", "backward",
    "step", "save", "show", "mkdir", "makedirs", "exit",
}  # fmt: skip
"""Calls whose results are no settings: they read, write, train or wait."""


def imported(module: str) -> dict[str, Any]:
    """The names of a module of the repository."""
    return importlib.import_module(module).__dict__


class Definitions:
    """The definitions of one file: `text` is its source, `path` where it lies, `module` its name when imported."""

    def __init__(self, path: str, text: str, module: str) -> None:
        self.path = path
        self.module = module
        self.tree = ast.parse(text, path)
        self.failed: list[int] = []
        self.missing: dict[str, str] = {}

    def chosen(self, wanted: str) -> list[ast.stmt]:
        """The statements that define something, and those that set what `wanted` and what it uses read."""
        found = [node for node in self.tree.body if isinstance(node, _KEPT) or _is_guarded_import(node)]
        needed = self._read_by(wanted)
        added = True
        while added:
            added = False
            for node in self.tree.body:
                if node in found or not isinstance(node, _ASSIGNS) or _is_loud(node):
                    continue
                if _stored(node) & needed:
                    found.append(node)
                    needed |= _loaded(node)
                    added = True
        return sorted(found, key=lambda node: node.lineno)

    def _read_by(self, wanted: str) -> set[str]:
        """The names that a class reads, with those read by the classes and functions of the file that it uses."""
        bodies = {node.name: node for node in self.tree.body if isinstance(node, _KEPT[2:])}
        pending, done, names = [wanted], set(), set()
        while pending:
            name = pending.pop()
            if name in bodies and name not in done:
                done.add(name)
                read = _loaded(bodies[name])
                names |= read
                pending += read
        return names

    def tried(self, wanted: str) -> dict[str, Any]:
        """The names, each statement run by itself; `failed` has the lines of those that did not work, and `missing`
        the names that they would have set, with why."""
        space = self._space()
        for node in self.chosen(wanted):
            try:
                exec(self._compiled([node]), space)
            except Exception as error:  # noqa: BLE001 - the code of a repository may fail in any way
                self.failed.append(node.lineno)
                why = "%s: %s" % (type(error).__name__, error)
                self.missing.update((name, why) for name in _stored(node))
        return space

    def whole(self, wanted: str, failed: list[int]) -> dict[str, Any]:
        """The names, without the statements that are known to fail."""
        space = self._space()
        exec(self._compiled([node for node in self.chosen(wanted) if node.lineno not in failed]), space)
        return space

    def _space(self) -> dict[str, Any]:
        module = types.ModuleType(self.module)
        module.__file__ = self.path
        module.__package__ = self.module.rpartition(".")[0]
        sys.modules[self.module] = module
        return module.__dict__

    def _compiled(self, body: list[ast.stmt]) -> Any:
        return compile(ast.Module(body=body, type_ignores=[]), self.path, "exec", 0, True)


def _is_guarded_import(node: ast.stmt) -> bool:
    """`try: import x except ImportError: ...`, and the like under an `if`."""
    if not isinstance(node, (ast.Try, ast.If)):
        return False
    inner = [item for item in ast.walk(node) if isinstance(item, ast.stmt) and item is not node]
    return any(isinstance(item, _KEPT[:2]) for item in inner) and not _is_loud(node)


def _is_loud(node: ast.AST) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in _LOUD:
                return True
    return False


def _stored(node: ast.stmt) -> set[str]:
    found = {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    return found


def _loaded(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)}


def text_of(path: str, texts: dict[str, str]) -> Optional[str]:
    """The Python of a file; of a notebook that which was written for it."""
    try:
        with open(texts.get(path, path), encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return None


def real(root: str, file: str) -> str:
    """Where a file of the repository lies."""
    return os.path.join(root, *file.split("/"))
