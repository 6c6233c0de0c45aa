"""What a setup.py says, without running it: the arguments of its call of `setup`, as far as they can be read. Host."""

from __future__ import annotations

import ast
from pathlib import Path

from tracer.environment.declared.declaration import Declarations, declare
from tracer.environment.declared.requirements_file import place_of, read_requirements


def read_setup_script(path: Path, root: Path) -> Declarations:
    """The requirements of a setup.py: written there, or read by it from a requirements file beside it."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return Declarations()
    script = _Script(tree, path, root)
    found = Declarations()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            for keyword in node.keywords:
                found += script.keyword(keyword)
    return found


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


class _Script:
    """A setup.py with the values of its names."""

    def __init__(self, tree: ast.Module, path: Path, root: Path) -> None:
        self.path = path
        self.root = root
        self.place = place_of(path, root)
        self.values: dict[str, ast.expr] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.values.setdefault(node.targets[0].id, node.value)
            elif isinstance(node, ast.FunctionDef):
                self.functions[node.name] = node
            elif isinstance(node, ast.With):
                for item in node.items:
                    if isinstance(item.optional_vars, ast.Name):
                        self.values.setdefault(item.optional_vars.id, item.context_expr)

    def keyword(self, keyword: ast.keyword) -> Declarations:
        """One argument of `setup`."""
        if keyword.arg == "python_requires":
            return Declarations(
                pythons=tuple((text, f"{self.place}:{line}") for text, line in self.strings(keyword.value)[:1])
            )
        if keyword.arg == "install_requires":
            return self.requirements(keyword.value)
        if keyword.arg == "extras_require":
            value = self.resolved(keyword.value)
            found = Declarations()
            if isinstance(value, ast.Dict):
                for key, part in zip(value.keys, value.values, strict=True):
                    name = key.value if isinstance(key, ast.Constant) else "extra"
                    found += self.requirements(part).in_group(str(name))
            return found
        return Declarations()

    def requirements(self, node: ast.expr) -> Declarations:
        """The strings of a list, or those of the file that is read here."""
        found = Declarations()
        for text, line in self.strings(node):
            if text.endswith((".txt", ".in")):
                found += read_requirements((self.path.parent / text).resolve(), self.root)
            elif not text.startswith("#") and "\n" not in text:
                found += declare(text, f"{self.place}:{line}")
        return found

    def resolved(self, node: ast.expr) -> ast.expr:
        """What a name stands for."""
        for _ in range(5):
            if not isinstance(node, ast.Name) or node.id not in self.values:
                break
            node = self.values[node.id]
        return node

    def strings(self, node: ast.expr, depth: int = 0) -> list[tuple[str, int]]:
        """The strings that a value is made of, with their lines; names are followed, and functions that read files."""
        node = self.resolved(node)
        if depth > 8:
            return []
        if isinstance(node, ast.Constant):
            return [(node.value, node.lineno)] if isinstance(node.value, str) else []
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return [found for part in node.elts for found in self.strings(part, depth + 1)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [*self.strings(node.left, depth + 1), *self.strings(node.right, depth + 1)]
        return [found for found in self._read_files(node) if found[0].endswith((".txt", ".in"))]

    def _read_files(self, node: ast.AST) -> list[tuple[str, int]]:
        """The names of files in a call that reads one, or in the function and the names that the call uses."""
        found: list[tuple[str, int]] = []
        waiting, seen = [node], set()
        while waiting:
            here = waiting.pop()
            for part in ast.walk(here):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.append((part.value.rpartition("/")[2], part.lineno))
                name = part.id if isinstance(part, ast.Name) else ""
                if name and name not in seen:
                    seen.add(name)
                    waiting += [item for item in (self.functions.get(name), self.values.get(name)) if item is not None]
        return found
