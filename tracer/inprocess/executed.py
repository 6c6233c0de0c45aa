"""Code that is about to be executed: what begins on which of its lines, and whether a module is imported by it.

Runs in the target. What `exec` is given runs in any namespace, often in that of a module of another file.
"""

from __future__ import annotations

import sys

from .instructions import line_starts
from .namespaces import module_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType
    from typing import Optional

IMPORTS = ("_frozen_importlib", "importlib._bootstrap")  # what runs modules, until `importlib` is imported and then
_GENERATOR = 0x20 | 0x80 | 0x200


def every_code(code: CodeType) -> Iterator[CodeType]:
    """A code object, and everything that is defined in it."""
    pending = [code]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(inner for inner in one.co_consts if type(inner) is type(code))


def beginnings(code: CodeType) -> dict[int, list[str]]:
    """{line: names of the code objects that begin there} for a module and everything defined in it."""
    found: dict[int, list[str]] = {}
    for one in every_code(code):
        found.setdefault(one.co_firstlineno, []).append(one.co_name)
    return found


def entries(code: CodeType) -> set[int]:
    """The lines on which something of a code object begins, or, as generators do, may go on."""
    found = set()
    for one in every_code(code):
        found.add(one.co_firstlineno)
        if one.co_flags & _GENERATOR:
            found.update(line for _, line in line_starts(one))
    return found


def is_module_s_own() -> bool:
    """Whether what is about to be executed runs in a namespace of its own file: an import, `python -m`, the script."""
    frame: Optional[FrameType] = sys._getframe(1)
    while frame is not None and module_name(frame).startswith("_repotour"):
        frame = frame.f_back
    return frame is None or module_name(frame) in (*IMPORTS, "runpy")
