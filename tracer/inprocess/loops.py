"""The loops of a source file, and where each may be left safely. Runs in the target.

A jump is only safe to a line inside the same `with` and `try` blocks as the loop: jumping out of `with
torch.no_grad()` would leave gradients off for good, and jumping past a `finally` would skip it.
"""

from __future__ import annotations

import sys

from .instructions import line_starts
from .landings import Landing, anchors_of, first_line, is_constant
from .syntax import is_a, parse, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType
    from typing import Any, Optional

    Branch = tuple[int, int, frozenset[str]]  # first line, last line, what it calls

TESTS_ONCE: bool = sys.version_info < (3, 10)
_QUIET = set("print info debug warning log write set_description set_postfix update format append".split())
"""Calls in a branch for whose sake alone no loop runs on."""
_KEEPING = set("append extend add put write writerow save dump send insert appendleft copy_ create_dataset".split())


class Loop:
    """One `for` or `while` statement."""

    __slots__ = (
        "line", "header_end", "first", "first_end", "end", "landing", "breaks", "branches", "is_for", "count",
        "training", "evaluation", "left", "tests", "draws",
        "endless", "no_landing", "entry", "opens", "start", "collects", "unseen", "waits",
    )  # fmt: skip

    def __init__(self, line: int, header_end: int, first: int, first_end: int, end: int, is_for: bool) -> None:
        self.line = line
        self.header_end = header_end
        self.first = first
        self.first_end = first_end
        self.end = end
        self.is_for = is_for
        self.landing: Optional[Landing] = None
        self.breaks: list[int] = []
        self.branches: list[Branch] = []
        self.waits = 0.0  # since when it runs on for the sake of a branch that has not run
        self.count = 0
        self.training = False
        self.evaluation = False
        self.left = 0
        self.tests = False  # its body begins with a `while`
        self.collects = False  # its body puts what it made into something that lasts
        self.entry: Optional[int] = None  # where in the code the body begins
        self.opens = first  # and on which line
        self.start: Optional[int] = None  # what runs once, when the loop is entered
        self.draws = False  # a plain `for`: it draws from an iterator
        self.endless = False  # that could not be ended
        self.unseen = False  # it has drawn an item at a time when it should have been ended
        self.no_landing = False  # a jump behind it was tried, and refused

    def find_entry(self, code: CodeType) -> None:
        """Find the instruction with which each pass begins, the first of the first statement, and that of the loop."""
        if self.first != self.line:
            starts = [(offset, line) for offset, line in line_starts(code) if line]
            self.entry, self.opens = min(
                (item for item in starts if self.first <= item[1] <= self.first_end), default=(None, self.first)
            )
            if self.is_for:  # the test of a `while` runs again at each `continue`
                head = [offset for offset, line in starts if self.line <= line <= self.header_end]
                self.start = min(head, default=None)

    def turns(self) -> set[int]:
        """The lines on which an item is drawn or a pass begins: what happens on the others needs no look."""
        return {*range(self.line, self.header_end + 1), self.opens}

    def starts_iteration(self, position: int, line: int, previous: int) -> bool:
        """Whether arriving at an instruction, on `line` from `previous`, begins another pass through the body."""
        if self.entry is None:
            return line == self.first
        if position != self.entry:
            return False
        # Up to 3.9 the test of a `while` is the same instruction each time.
        return not (TESTS_ONCE and self.tests and self.first <= previous <= self.first_end)

    def can_be_jumped(self, code: CodeType) -> bool:
        """Whether a jump behind the loop has a line to go to."""
        return self.landing is not None and not self.no_landing and self.landing.reachable(code, self.is_for)

    def way_outs(self, code: CodeType) -> list[int]:
        """The lines of its own `break` and `return` statements, as far as the compiler made code of them."""
        lines = {line for _, line in line_starts(code)}
        return [line for line in self.breaks if line in lines]


def loops_of(source: bytes, filename: str) -> tuple[list[Loop], set[int]]:
    """(every loop of a file, outermost first; lines of statements after which their function or module is over)."""
    try:
        tree = parse(source, filename)
    except (SyntaxError, ValueError, RecursionError):
        return [], set()
    found: list[Loop] = []
    _visit_block(tree.body, found, None, anchors_of(tree.body))
    last: set[int] = set()
    _note_last(tree.body, last)
    for node in walk(tree):
        if is_a(node, "FunctionDef", "AsyncFunctionDef"):
            _note_last(node.body, last)
    return found, last


def _note_last(statements: Sequence[Any], last: set[int]) -> None:
    """Note the lines of the statements behind which nothing of the block is left to do."""
    if not statements:
        return
    node = statements[-1]
    if is_a(node, "If"):
        _note_last(node.body, last)
        _note_last(node.orelse, last)
    elif is_a(node, "With", "AsyncWith"):
        _note_last(node.body, last)
    elif is_a(node, "For", "AsyncFor", "While"):
        last.add(node.lineno)
    elif not is_a(node, "Try", "FunctionDef", "AsyncFunctionDef", "ClassDef"):
        last.update(range(node.lineno, last_line(node) + 1))


def _visit_block(
    statements: Sequence[Any],
    found: list[Loop],
    after: Optional[Landing],
    anchors: list[int],
    returns: Sequence[int] = (),
) -> None:
    """Collect the loops of one block.

    `after` is where control goes behind the block, if that is safe; `anchors` are lines of the same stack. `returns`
    are lines with a bare `return` where control leaves the function behind the block, so that either does the same.
    """
    for index, node in enumerate(statements):
        following = next((item for item in statements[index + 1 :] if not is_constant(item)), None)
        landing = Landing(following, anchors) if following is not None else after
        alike = returns if following is None else ()
        if is_a(node, "For", "AsyncFor", "While"):
            loop = _loop(node, landing)
            loop.breaks.extend(line for line in alike if not loop.line <= line <= loop.end)
            found.append(loop)
            # Behind a nested loop's body control goes on with the next pass, which no jump can enter.
            inner = anchors if is_a(node, "While") else anchors_of(node.body)
            _visit_block(node.body, found, None, inner)
            _visit_block(node.orelse, found, landing, anchors, alike)
        elif is_a(node, "If"):
            _visit_block(node.body, found, landing, anchors, alike)
            _visit_block(node.orelse, found, landing, anchors, alike)
        elif is_a(node, "FunctionDef", "AsyncFunctionDef"):
            _visit_block(node.body, found, None, anchors_of(node.body), _bare_returns(node.body))
        elif is_a(node, "With", "AsyncWith", "ClassDef"):
            _visit_block(node.body, found, None, anchors_of(node.body))
        elif is_a(node, "Try", "TryStar"):
            for block in (node.body, node.orelse, *(handler.body for handler in node.handlers)):
                _visit_block(block, found, None, anchors_of(block))
            before = len(found)
            _visit_block(node.finalbody, found, None, [])
            for loop in found[before:]:
                # The compiler writes a `finally` out once for each way into it: a line of it is in several places.
                loop.landing, loop.breaks = None, []
        elif is_a(node, "Match"):
            for case in node.cases:
                _visit_block(case.body, found, landing, anchors, alike)


def _bare_returns(statements: Sequence[Any]) -> list[int]:
    """Lines of a function's `return` statements that give None and stand in no loop, `with` or `try`."""
    lines: list[int] = []
    for node in statements:
        if is_a(node, "Return"):
            if node.value is None or (is_a(node.value, "Constant") and node.value.value is None):
                lines.append(node.lineno)
        elif is_a(node, "If"):
            inside = _bare_returns(node.body) + _bare_returns(node.orelse)
            lines.extend(line for line in inside if line > (node.test.end_lineno or node.lineno))
    return lines


def last_line(node: Any) -> int:
    """The last line of a statement."""
    return int(node.end_lineno or node.lineno)


def _loop(node: Any, landing: Optional[Landing]) -> Loop:
    head = node.iter if is_a(node, "For", "AsyncFor") else node.test
    body: list[Any] = node.body
    # A docstring-like or `pass` line has no instruction of its own on every version; the first real statement has.
    first: Any = next((item for item in body if not _is_silent(item)), body[0])
    is_for = not is_a(node, "While")
    loop = Loop(node.lineno, last_line(head), first_line(first), last_line(first), last_line(body[-1]), is_for)
    loop.tests = is_a(first, "While")
    loop.draws = is_a(node, "For")
    loop.collects = any(_keeps(item) for statement in body for item in walk(statement))
    loop.landing = landing
    loop.breaks = _breaks(body)
    loop.branches = _late_branches(node)
    return loop


def _is_silent(node: Any) -> bool:
    return is_a(node, "Pass") or is_constant(node)


def _breaks(body: Sequence[Any]) -> list[int]:
    """Lines of `break` and bare `return` statements of this very loop that stand in no with or try of the body."""
    lines: list[int] = []
    for node in body:
        if is_a(node, "Break") or (is_a(node, "Return") and (node.value is None or is_a(node.value, "Constant"))):
            lines.append(node.lineno)
        elif is_a(node, "If"):
            # `if x: break` on one line shares its line with the test: landing there would only test again.
            lines.extend(line for line in _breaks(node.body) + _breaks(node.orelse) if line != node.lineno)
    return lines


def _keeps(node: Any) -> bool:
    """Whether a node puts something away: into a list, an item, a file, or to who asks for the next."""
    if is_a(node, "Call"):
        return is_a(node.func, "Attribute") and node.func.attr in _KEEPING
    if is_a(node, "Subscript"):
        return is_a(node.ctx, "Store")
    return is_a(node, "Yield", "YieldFrom")


def _late_branches(loop: Any) -> list[Branch]:
    """Bodies of `if` statements in the loop that may run in a later pass.

    Only where the test depends on something the loop changes, and the body calls something worth waiting for.
    """
    bound = {name.id for name in walk(loop) if is_a(name, "Name") and is_a(name.ctx, "Store")}
    changed = [node.target for node in walk(loop) if is_a(node, "AugAssign")]
    bound |= {target.attr for target in changed if is_a(target, "Attribute")}
    found: list[Branch] = []
    for node in walk(loop):
        if not is_a(node, "If"):
            continue
        read = {item.id for item in walk(node.test) if is_a(item, "Name")}
        read |= {item.attr for item in walk(node.test) if is_a(item, "Attribute")}
        if not read & bound:
            continue
        periodic = any(is_a(item, "Mod") for item in walk(node.test))
        for block in (node.body, node.orelse):
            if block and any(_worth_waiting(item, periodic) for item in block):
                names = frozenset(_name_of(call) for item in block for call in walk(item) if is_a(call, "Call"))
                found.append((first_line(block[0]), last_line(block[-1]), names))
    return found


def _name_of(call: Any) -> str:
    """The last part of the name of what is called, or ""."""
    name = call.func.attr if is_a(call.func, "Attribute") else getattr(call.func, "id", "")
    return name if type(name) is str else ""


def _worth_waiting(node: Any, periodic: bool) -> bool:
    for item in walk(node):
        if is_a(item, "Call") and (periodic or _name_of(item) not in _QUIET):
            return not is_a(node, "Raise", "Assert")
    return False
