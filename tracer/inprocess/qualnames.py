"""Qualified names of functions for Pythons whose code objects have none (up to 3.10). Runs in the target."""

from __future__ import annotations

from .syntax import children, is_a, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    Names = dict[tuple[int, str], str]

_FILES: dict[str, Names] = {}
TEXTS: dict[str, str] = {}  # where the text of a file stands that is no Python as it is


def qualified_name(code: CodeType) -> str:
    """The name as newer Pythons give it, found in the source by line and name; the bare name where that fails."""
    names = _FILES.get(code.co_filename)
    if names is None:
        names = _FILES[code.co_filename] = {}
        try:
            with open(TEXTS.get(code.co_filename, code.co_filename), "rb") as handle:
                _collect(parse(handle.read(), code.co_filename), "", names)
        except (OSError, SyntaxError, ValueError, RecursionError):
            pass
    return names.get((code.co_firstlineno, code.co_name), code.co_name)


def _collect(node: Any, prefix: str, names: Names) -> None:
    for child in children(node):
        inner = prefix
        if is_a(child, "FunctionDef", "AsyncFunctionDef", "ClassDef"):
            name = prefix + child.name
            first = child.decorator_list[0].lineno if child.decorator_list else child.lineno
            names[first, child.name] = name
            inner = name + (".<locals>." if not is_a(child, "ClassDef") else ".")
        _collect(child, inner, names)
