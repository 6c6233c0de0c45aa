"""The source text of a repository and its shape: statements, functions, classes, loops.

Runs on the host; never imports the target.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tracer.notebooks import source_text

Function = ast.FunctionDef | ast.AsyncFunctionDef
LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of lines, both ends included."""

    line: int
    end_line: int

    def __contains__(self, line: object) -> bool:
        return isinstance(line, int) and self.line <= line <= self.end_line


class SourceFile:
    """One Python file: its lines, its tree, and what stands at each line."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        try:
            self.tree: ast.Module | None = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            self.tree = None
        self._statements: dict[int, ast.stmt] | None = None
        self._parents: dict[ast.AST, ast.AST] = {}

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the file as `ast.walk` gives them: many parts of a tour look through all of them."""
        return tuple(ast.walk(self.tree)) if self.tree is not None else ()

    @cached_property
    def imported(self) -> tuple[str, ...]:
        """The modules that the file imports, anywhere in it; relative ones without their dots."""
        found: list[str] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found.extend(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.append(node.module)
        return tuple(found)

    def line(self, number: int) -> str:
        """The text of one line, stripped; "" when there is none."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

    def _index(self) -> dict[int, ast.stmt]:
        if self._statements is None:
            self._statements = {}
            if self.tree is not None:
                for node in self.nodes:
                    for child in ast.iter_child_nodes(node):
                        self._parents[child] = node
                    if isinstance(node, ast.stmt):
                        span = header_span(node)
                        for number in range(span.line, span.end_line + 1):
                            known = self._statements.get(number)
                            # The innermost statement of a line wins: `if x: y = 1` is told as `y = 1`.
                            if known is None or header_span(known).line <= span.line:
                                self._statements[number] = node
        return self._statements

    def statement(self, line: int) -> ast.stmt | None:
        """The innermost statement whose own lines (of a compound statement: its header) include `line`."""
        return self._index().get(line)

    def span(self, line: int) -> Span:
        """The lines of the statement at `line`; the line itself when nothing is known."""
        node = self.statement(line)
        return header_span(node) if node is not None else Span(line, line)

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        self._index()
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def loops(self, line: int) -> list[ast.For | ast.AsyncFor | ast.While]:
        """The loops of the same function around a line, innermost first; a loop's own header counts as inside it."""
        node = self.statement(line)
        if node is None:
            return []
        found = [node] if isinstance(node, LOOPS) else []
        for parent in self.parents(node):
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                break
            if isinstance(parent, LOOPS):
                found.append(parent)
        return found

    def function(self, line: int) -> Function | None:
        """The innermost function around a line."""
        node = self.statement(line)
        if node is None:
            return None
        for parent in (node, *self.parents(node)):
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return parent
        return None

    def enclosing_class(self, line: int) -> ast.ClassDef | None:
        """The innermost class around a line."""
        node = self.statement(line)
        if node is None:
            return None
        for parent in (node, *self.parents(node)):
            if isinstance(parent, ast.ClassDef):
                return parent
        return None

    def classes(self) -> list[ast.ClassDef]:
        """Every class of the file."""
        return [node for node in self.nodes if isinstance(node, ast.ClassDef)]

    def qualname(self, node: ast.AST) -> str:
        """The dotted name of a function or class."""
        names = [getattr(node, "name", "")]
        for parent in self.parents(node):
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.append(parent.name)
        return ".".join(reversed([name for name in names if name]))


class Sources:
    """The files of one repository, read once each."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, SourceFile | None] = {}

    def get(self, path: str) -> SourceFile | None:
        """A file by its path relative to the repository, or None when it cannot be read."""
        if path not in self._files:
            try:
                self._files[path] = SourceFile(path, source_text(self.root / path))
            except OSError:
                self._files[path] = None
        return self._files[path]


def header_span(node: ast.AST) -> Span:
    """The lines of a statement; of a compound statement or definition those of its header."""
    start = int(getattr(node, "lineno", 0))
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        head_end = max((_end(part) for part in _head_parts(node)), default=start)
        return Span(
            start, max(start, min(head_end, max(start, body[0].lineno - 1) if body[0].lineno > start else start))
        )
    return Span(start, int(getattr(node, "end_lineno", None) or start))


def _end(node: ast.AST) -> int:
    end = getattr(node, "end_lineno", None)
    return int(end if end else getattr(node, "lineno", 0))


def _head_parts(node: ast.AST) -> list[ast.AST]:
    parts: list[ast.AST] = []
    for name in ("test", "iter", "target", "args", "returns", "subject"):
        part = getattr(node, name, None)
        if isinstance(part, ast.arguments):
            parts.extend([*part.args, *part.kwonlyargs, *part.defaults, *[d for d in part.kw_defaults if d]])
            parts.extend(item for item in (part.vararg, part.kwarg) if item is not None)
        elif isinstance(part, ast.AST):
            parts.append(part)
    for name in ("items", "bases", "keywords"):
        for item in getattr(node, name, None) or []:
            parts.append(item.context_expr if isinstance(item, ast.withitem) else item)
    return parts


def as_written(source: SourceFile, node: ast.expr) -> str:
    """An expression in the words of its file, on one line."""
    found = ast.get_source_segment("\n".join(source.lines), node)
    return " ".join(found.split()) if found and "#" not in found else ast.unparse(node)


def loaded_names(node: ast.AST | None) -> list[str]:
    """Dotted names a statement reads, in order; bodies of compound statements left out.

    `self.model(x)` reads `self.model` and `x`.
    """
    if node is None:
        return []
    found: list[str] = []
    for part in _own_expressions(node):
        for item in ast.walk(part):
            name = dotted(item)
            if name and isinstance(getattr(item, "ctx", None), ast.Load) and name not in found:
                found.append(name)
    return found


def _own_expressions(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        parts: list[ast.AST] = [node.value] if node.value is not None else []
        if isinstance(node, ast.AugAssign):
            target = ast.copy_location(ast.parse(ast.unparse(node.target), mode="eval").body, node.target)
            parts.append(target)
        return parts
    if getattr(node, "body", None) and isinstance(node, ast.stmt):
        parts = []
        for name in ("test", "iter", "subject"):
            part = getattr(node, name, None)
            if part is not None:
                parts.append(part)
        for item in getattr(node, "items", None) or []:
            parts.append(item.context_expr)
        return parts
    return [node]


def stored_names(node: ast.AST | None) -> list[str]:
    """Dotted names a statement binds."""
    if node is None:
        return []
    targets: list[ast.AST] = []
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor)):
        targets = [node.target]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    found = []
    for target in targets:
        for item in ast.walk(target):
            name = dotted(item)
            if name and isinstance(getattr(item, "ctx", None), ast.Store):
                found.append(name)
    return found


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute chain, or ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def called_names(node: ast.AST | None) -> list[str]:
    """Dotted names of what a statement calls; `.name` for methods of an expression."""
    if node is None:
        return []
    found = []
    for part in _own_expressions(node):
        for item in ast.walk(part):
            if isinstance(item, ast.Call):
                name = dotted(item.func)
                if not name and isinstance(item.func, ast.Attribute):
                    name = "." + item.func.attr
                if name:
                    found.append(name)
    return found


def is_literal(node: ast.AST | None) -> bool:
    """Whether an expression node is a literal: a number, a text, a truth value, or a container of such."""
    if node is None:
        return False
    try:
        ast.literal_eval(node)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True
