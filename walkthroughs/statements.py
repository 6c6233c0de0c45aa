"""Which lines of a file hold statements, so that a face can say of a line that it did not run, and mean it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
"""First and last line, from 1."""


def statements(path: str, lines: Sequence[str]) -> list[Span]:
    """The lines of each statement that runs (of a compound one its header), in order; none where Python cannot read
    the text as a whole file."""
    if not path.endswith((".py", ".pyi")):
        return []
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return sorted({span for node in ast.walk(tree) if isinstance(node, ast.stmt) for span in _span(node)})


def _span(node: ast.stmt) -> Iterator[Span]:
    if isinstance(node, ast.Global | ast.Nonlocal | ast.Pass | ast.Try):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if isinstance(body, list) and body:
        first = min((item.pattern if isinstance(item, ast.match_case) else item).lineno for item in body)
        last = max(node.lineno, min(first - 1, _header_end(node)))
    else:
        last = node.end_lineno or node.lineno
    yield node.lineno, last


def _header_end(node: ast.stmt) -> int:
    """The last line of what stands before a compound statement's block."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.lineno
    parts = [part for name in ("test", "iter", "subject", "items") for part in _list(getattr(node, name, None))]
    return max(
        (getattr(child, "end_lineno", 0) or 0 for part in parts for child in ast.walk(part)), default=node.lineno
    )


def _list(part: object) -> list[ast.AST]:
    found = part if isinstance(part, list) else [part]
    return [item for item in found if isinstance(item, ast.AST)]
