"""What becomes of names besides being bound: `global`, `del`, the end of an `except … as`. Runs on the host.

The trace tells what a line bound; that a name is somebody else's, or gone, stands in the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from tracer.trace import Code, Frame, Line
from walkthroughs.recording import Unbound
from walkthroughs.sources import SourceFile, Sources

Row = tuple[int, Frame, Line]
"""A step: the number of its chapter, its frame, its line."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def declared_global(sources: Sources, code: Code) -> frozenset[str]:
    """The names that a function declares `global`."""
    source = sources.get(code.file)
    if source is None or code.type not in ("function", "generator"):
        return frozenset()
    found: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Global) and code.line <= node.lineno <= code.end_line:
            around = next((one for one in source.parents(node) if isinstance(one, (*FUNCTIONS, ast.ClassDef))), None)
            if isinstance(around, FUNCTIONS) and around.name == code.name:
                found.update(node.names)
    return frozenset(found)


def taken_away(sources: Sources, rows: Iterable[Row]) -> Iterator[Unbound]:
    """The names that are gone behind a step's line, in the order of steps."""
    found: list[Unbound] = []
    handlers = cache(lambda file: _handlers(sources.get(file)))
    held: dict[tuple[int, int], list[ast.ExceptHandler]] = {}
    last: dict[tuple[int, int], int] = {}
    for step, (number, frame, line) in enumerate(rows):
        key = (number, frame.id)
        kept = []
        for handler in held.get(key, ()):
            if handler.lineno <= line.line <= (handler.end_lineno or handler.lineno):
                kept.append(handler)
            else:
                found.append(Unbound(last[key], str(handler.name)))
        entered = handlers(frame.code.file).get(line.line)
        if entered is not None and any(row.name == entered.name for row in line.bound):
            kept.append(entered)
        held[key] = kept
        last[key] = step
        if not line.raised:
            found.extend(Unbound(step, name) for name in _deleted(sources.get(frame.code.file), line.line))
    return iter(sorted(found, key=lambda row: row.step))


def _handlers(source: SourceFile | None) -> dict[int, ast.ExceptHandler]:
    """The `except … as name` of a file by the line on which they stand."""
    nodes = source.nodes if source is not None else ()
    return {node.lineno: node for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}


def _deleted(source: SourceFile | None, line: int) -> list[str]:
    """The names that a `del` on a line takes away."""
    node = source.statement(line) if source is not None else None
    if not isinstance(node, ast.Delete):
        return []
    return [item.id for item in node.targets if isinstance(item, ast.Name)]
