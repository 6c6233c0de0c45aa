"""Python files of settings: names, attributes, dictionaries and classes that hold literals. Host side, pure."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from tracer.fitting.documents.value import Value
from tracer.survey.arguments.parsed import is_literal, name_of

SUFFIXES = (".py",)


def values_of(text: str) -> list[Value]:
    """The literals that are given to a name: `epochs = 5`, `cfg.lr = 0.1`, `dict(lr=1)`, `{'lr': 1}`, class bodies."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lines = text.encode("utf-8").split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.decode("utf-8")) + 1)

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1][:column].decode("utf-8"))

    found = []
    for name, node in _settings(tree.body, ()):
        if node.end_lineno is not None and node.end_col_offset is not None:
            start, stop = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
            found.append(Value(name, text[start:stop], start, stop, node.lineno))
    return found


def _settings(body: list[ast.stmt], inside: tuple[str, ...]) -> Iterator[tuple[str, ast.expr]]:
    """Dotted names and literal values, of functions' and classes' bodies too."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _settings(statement.body, (*inside, statement.name))
        elif isinstance(statement, ast.FunctionDef):
            yield from _defaults(statement.args, inside)
            yield from _settings(statement.body, inside)
        elif isinstance(statement, (ast.If, ast.With, ast.Try)):
            yield from _settings(statement.body, inside)
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            yield from _given((*inside, name_of(statement.targets[0])), statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield from _given((*inside, name_of(statement.target)), statement.value)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            yield from _given(inside, statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield from _given((*inside, name_of(statement.value).rsplit(".", 1)[-1]), statement.value)


def _defaults(given: ast.arguments, inside: tuple[str, ...]) -> Iterator[tuple[str, ast.expr]]:
    """The literals that parameters have when nothing is given."""
    plain = [*given.posonlyargs, *given.args]
    pairs = [*zip(plain[len(plain) - len(given.defaults) :], given.defaults, strict=True)]
    for parameter, default in [*pairs, *zip(given.kwonlyargs, given.kw_defaults, strict=True)]:
        if default is not None:
            yield from _given((*inside, parameter.arg), default)


def _given(name: tuple[str, ...], value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The literals below a name, through dictionaries and calls with keywords."""
    if isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _given((*name, key.value), item)
    elif isinstance(value, ast.Call):
        for word in value.keywords:
            if word.arg:
                yield from _given((*name, word.arg), word.value)
        for argument in value.args:
            if isinstance(argument, (ast.Dict, ast.Call)):
                yield from _given(name, argument)
    elif all(name) and is_literal(value):
        yield ".".join(name), value
