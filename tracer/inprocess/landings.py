"""Where a jump out of a loop may land, and how it gets there without harm. Runs in the target.

From 3.11 on the interpreter lands on the instruction of a line that keeps most of the value stack: from a `for`, whose
iterator lies there, that may be the end of a `with` statement instead of its beginning, or the middle of an expression.
The way around is an anchor, a line of the same block with one beginning only: a jump there takes the iterator off the
stack, and from there, before anything ran, the next jump finds the line that is meant.
"""

from __future__ import annotations

import sys

from .instructions import line_starts
from .syntax import is_a, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, FrameType
    from typing import Any, Optional

KEEPS_STACK: bool = sys.version_info >= (3, 11)
_WITHS = ("With", "AsyncWith")
_SIMPLE = ("Assign", "AugAssign", "Expr", "Return", "Raise", "Import", "ImportFrom")
_SPREAD = ("ListComp", "SetComp", "DictComp", "IfExp", "BoolOp", "Await", "Yield", "YieldFrom")


class Landing:
    """A statement behind a loop: its own lines (of a compound statement the header's), and anchors on the way to it."""

    __slots__ = ("line", "end", "plain", "anchors")

    def __init__(self, node: Any, anchors: list[int]) -> None:
        self.line = first_line(node)
        self.end = _header_end(node)
        self.plain = self.line == self.end and not is_a(node, *_WITHS)
        self.anchors = anchors

    def target(self, code: CodeType) -> int:
        """The line on which the statement really begins: for `x = (` that of the first value; 0 for no line."""
        lines = [line for _, line in sorted(line_starts(code)) if line and self.line <= line <= self.end]
        return lines[0] if lines else 0

    def reachable(self, code: CodeType, iterates: bool) -> bool:
        """Whether `jump` has a way there to try at all."""
        target = self.target(code)
        return bool(target) and (
            not KEEPS_STACK or not iterates or self.plain or any(anchor != target for anchor in self.anchors)
        )

    def jump(self, frame: FrameType, iterates: bool) -> Optional[int]:
        """Go there from a loop; `iterates`: the loop has an iterator. None when there is no safe way."""
        target = self.target(frame.f_code)
        if not target:
            return None
        if not KEEPS_STACK or not iterates or self.plain:
            return target if set_line(frame, target) else None
        for anchor in self.anchors:
            if anchor != target and set_line(frame, anchor) and frame.f_lineno == anchor:
                return target if set_line(frame, target) else None
        return None


def set_line(frame: Any, target: int) -> bool:
    """The debugger's jump: `target` runs next. False when the interpreter refuses."""
    try:
        frame.f_lineno = target
    except ValueError:
        return False
    return True


def anchors_of(statements: Sequence[Any]) -> list[int]:
    """Lines of one block, and of the branches in it, that hold one simple statement and nothing else."""
    found: list[int] = []
    for node in statements:
        if is_a(node, *_SIMPLE) and node.lineno == node.end_lineno and not is_constant(node):
            if not any(is_a(part, *_SPREAD) for part in walk(node)):
                found.append(node.lineno)
        elif is_a(node, "If", "While") and node.body[0].lineno > node.test.lineno:
            found.extend(anchors_of([*node.body, *node.orelse]))
    return [line for line in found if found.count(line) == 1]


def is_constant(node: Any) -> bool:
    """Whether a statement is a docstring or the like, of which the compiler makes nothing."""
    return is_a(node, "Expr") and is_a(node.value, "Constant")


def first_line(node: Any) -> int:
    """The line on which a statement begins: a decorated definition begins at its first decorator."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else node.lineno)


def _header_end(node: Any) -> int:
    """The last line of a simple statement, or of the header of a compound one."""
    if is_a(node, "For", "AsyncFor"):
        return int(node.iter.end_lineno or node.lineno)
    if is_a(node, "While", "If"):
        return int(node.test.end_lineno or node.lineno)
    if is_a(node, *_WITHS):
        return max(int(item.context_expr.end_lineno or 0) for item in node.items)
    return int(node.lineno if hasattr(node, "body") else node.end_lineno)
