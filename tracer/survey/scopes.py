"""Resolved names of one file from `ast` alone: quick, and right but for the odd corners of Python's scopes. Host side.

The fallback for `source.py` (files that are long, many, or not readable by libcst); both give the same table.
"""

from __future__ import annotations

import ast

from tracer.survey.program import NameTable, Place, place_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def resolve_names(tree: ast.Module, text: str) -> NameTable:
    """What every name and attribute refers to; see `source.resolve_names` for the form."""
    lines = text.split("\n")
    table: NameTable = {}
    _Scope(tree, "", None, table, lines).walk()
    return table


class _Scope:
    """One module, function or class body, with the names bound in it."""

    def __init__(self, node: ast.AST, prefix: str, parent: _Scope | None, table: NameTable, lines: list[str]) -> None:
        self.node = node
        self.prefix = prefix
        self.parent = parent
        self.table = table
        self.lines = lines
        self.names: dict[str, str] = {}
        self.is_class = isinstance(node, ast.ClassDef)
        self._bind_all()

    def _bind_all(self) -> None:
        node = self.node
        outer: set[str] = set()
        if isinstance(node, _FUNCTIONS):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            for argument in every:
                if argument is not None:
                    self._bind(argument.arg)
        for part in _own_nodes(node):
            if isinstance(part, (ast.Global, ast.Nonlocal)):
                outer.update(part.names)
            elif isinstance(part, (ast.Import, ast.ImportFrom)):
                self._bind_import(part)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self._bind(part.id)
            elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)):
                self._bind(part.name or "")
        for name in outer:
            self.names.pop(name, None)

    def _bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                self.names[alias.asname or first] = alias.name if alias.asname else first
            return
        stem = "." * node.level + (node.module or "")
        for alias in node.names:
            joint = "" if stem.endswith(".") else "."
            self.names[alias.asname or alias.name] = f"{stem}{joint}{alias.name}"

    def _bind(self, name: str) -> None:
        self.names.setdefault(name, f"{self.prefix}{name}")

    def lookup(self, name: str) -> str:
        """The qualified name of a plain name as seen from here."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope.parent
        return f"builtins.{name}"

    def walk(self) -> None:
        """Resolve what stands in this scope, then in the scopes within."""
        for part in _own_nodes(self.node):
            if isinstance(part, ast.Name):
                self.table[self._place(part)] = self.lookup(part.id)
            elif isinstance(part, ast.Attribute):
                name = self._attribute(part)
                if name:
                    self.table[self._place(part)] = name
            if part is not self.node and isinstance(part, (*_FUNCTIONS, ast.ClassDef)):
                self._inner(part)

    def _inner(self, part: ast.AST) -> None:
        name = getattr(part, "name", "<lambda>")
        joint = "" if isinstance(part, ast.ClassDef) else "<locals>."
        _Scope(part, f"{self.prefix}{name}.{joint}", self, self.table, self.lines).walk()

    def _attribute(self, node: ast.Attribute) -> str:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return ""
        return ".".join([self.lookup(inner.id), *reversed(parts)])

    def _place(self, node: ast.expr) -> Place:
        return place_of(node, self.lines)


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    """All nodes of a scope; functions and classes within are listed, not entered, but for their decorators."""
    result: list[ast.AST] = []
    waiting: list[ast.AST]
    if isinstance(node, ast.Lambda):
        waiting = [node.body]
    elif isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        waiting = list(reversed(node.body))
    else:
        waiting = []
    while waiting:
        part = waiting.pop()
        result.append(part)
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting.extend([*part.decorator_list, *part.args.defaults, *[d for d in part.args.kw_defaults if d]])
        elif isinstance(part, ast.ClassDef):
            waiting.extend([*part.decorator_list, *part.bases])
        elif not isinstance(part, ast.Lambda):
            waiting.extend(reversed(list(ast.iter_child_nodes(part))))
    return result
