"""The files of a repository as syntax trees, and what a name in one of them stands for. Host side, purely static."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tracer.notebooks import source_text
from tracer.survey import Survey
from tracer.survey.names import in_side_folder

MOST_FILES = 160
MOST_BYTES = 2_000_000

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class File:
    """A parsed file: `classes` and `functions` by their plain names, `imports` from local name to dotted name."""

    path: str
    tree: ast.Module
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.asname or "." not in alias.name
                    self.imports[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if whole else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                stem = "." * node.level + (node.module or "")
                for alias in node.names:
                    if alias.name == "*":
                        self.stars.append(stem)
                    else:
                        joint = "" if stem.endswith(".") else "."
                        self.imports[alias.asname or alias.name] = f"{stem}{joint}{alias.name}"
        for statement in self.tree.body:
            if isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = statement
            elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions[statement.name] = statement

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function around a node."""
        inside = (item for item in self.around(node) if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)))
        return next(inside, None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The innermost class around a node."""
        return next((item for item in self.around(node) if isinstance(item, ast.ClassDef)), None)

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call in the file, in the order of its lines."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    @cached_property
    def works(self) -> bool:
        """Whether importing the file does more than define things: a call or a loop stands outside of any function."""
        return any(
            isinstance(statement, (ast.For, ast.While, ast.With))
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
            or (isinstance(statement, ast.If) and "__name__" not in ast.unparse(statement.test) and _calls(statement))
            for statement in self.tree.body
        )


def _calls(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in ast.walk(statement))


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for: something of the repository (`file` is set, `node` its definition) or of a library."""

    file: str
    name: str
    node: ast.AST | None = None


class Repository:
    """The files of a survey that matter for a model, read when they are asked for; the entry and its kin first."""

    def __init__(self, root: Path, found: Survey, entry: str) -> None:
        self.root = root
        self.survey = found
        self.entry = entry
        near = [entry, *dict.fromkeys(sighting.location.file for sighting in found.sightings)]
        rest = [facts.path for facts in found.files if not in_side_folder(facts.path)]
        self.paths = [path for path in dict.fromkeys((*near, *rest)) if path][:MOST_FILES]
        self._files: dict[str, File | None] = {}
        self._read = 0

    def files(self) -> Iterable[File]:
        """Every file that parses, nearest first."""
        return [file for file in map(self.get, self.paths) if file is not None]

    def get(self, path: str) -> File | None:
        """A file by its path relative to the root; None when it cannot be read or parsed."""
        if path not in self._files:
            self._files[path] = self._parsed(path)
        return self._files[path]

    def _parsed(self, path: str) -> File | None:
        if self._read > MOST_BYTES:
            return None
        try:
            text = source_text(self.root / path)
            self._read += len(text)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return File(path, ast.parse(text))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    # -- names -------------------------------------------------------------------------------------------------------

    def symbol(self, file: File, dotted: str, depth: int = 0) -> Symbol | None:
        """What a dotted name in a file stands for; None when that is not known."""
        first, _, rest = dotted.partition(".")
        own = file.classes.get(first) or file.functions.get(first)
        if own is not None:
            return Symbol(file.path, dotted, own) if not rest else None
        if first in file.imports:
            return self._imported(file, file.imports[first] + (f".{rest}" if rest else ""), depth)
        for star in file.stars:
            joint = "" if star.endswith(".") else "."
            found = self._imported(file, f"{star}{joint}{dotted}", depth)
            if found is not None and found.file:
                return found
        return Symbol("", f"builtins.{dotted}") if hasattr(builtins, first) else None

    def _imported(self, file: File, dotted: str, depth: int) -> Symbol | None:
        """What an imported dotted name stands for: of the repository where a file of it fits, else of a library."""
        parts = dotted.lstrip(".").split(".")
        level = len(dotted) - len(dotted.lstrip("."))
        for size in range(len(parts), 0, -1):
            path = self._module(file.path, "/".join(parts[:size]), level)
            target = self.get(path) if path else None
            if target is None:
                continue
            rest = ".".join(parts[size:])
            if not rest:
                return Symbol(path, "", target.tree)
            return self.symbol(target, rest, depth + 1) if depth < 6 else None
        return None if level else Symbol("", dotted)

    def _module(self, importer: str, module: str, level: int) -> str:
        """The file of a module, seen from the file that imports it; "" when the repository has none."""
        folder = importer.rpartition("/")[0]
        bases = [folder]
        if level:
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            bases = [folder]
        else:
            while folder:
                folder = folder.rpartition("/")[0]
                bases.append(folder)
            bases.append("src")
        for base in bases:
            stem = f"{base}/{module}".strip("/")
            for path in (f"{stem}.py", f"{stem}/__init__.py"):
                if path in self._known:
                    return path
        return ""

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(facts.path for facts in self.survey.files)


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of names and attributes, "" of anything else."""
    if isinstance(node, ast.Attribute):
        stem = dotted(node.value)
        return f"{stem}.{node.attr}" if stem else ""
    return node.id if isinstance(node, ast.Name) else ""
