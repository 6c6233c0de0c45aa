"""Comprehensions that the compiler put into the function itself, as it does from Python 3.12 on. Runs in the target.

Up to 3.11 a comprehension is a function of its own, told as the line it stands on; here are the means to tell these
alike.
"""

from __future__ import annotations

import opcode

from .instructions import instructions_of, line_starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

    from .logical_lines import Folds
    from .statements import LineFacts

    Ranges = list[tuple[int, int]]

_CLEAR = "LOAD_FAST_AND_CLEAR"


def inlined(code: CodeType) -> Ranges:
    """(first, last) instruction of the loop of each comprehension in a code object."""
    found: Ranges = []
    if _CLEAR not in opcode.opmap:
        return found
    waiting = False
    asynchronous: list[int] = []
    for step in instructions_of(code):
        if step.opname == _CLEAR:
            waiting = True
        elif step.opname in ("FOR_ITER", "GET_ANEXT"):
            if step.opname == "GET_ANEXT":
                asynchronous.append(step.offset)
            if waiting:
                found.append((step.offset, step.offset))
            waiting = False
        elif step.opname == "END_ASYNC_FOR" and asynchronous:
            begun = asynchronous.pop()
            found = [(first, step.offset if first == begun else last) for first, last in found]
        elif step.opname.startswith("JUMP_BACKWARD"):
            found = [(first, step.offset if step.argval == first else last) for first, last in found]
    return found


def is_inside(ranges: Ranges, position: int) -> bool:
    """Whether an instruction lies in one of the ranges."""
    return any(first <= position <= last for first, last in ranges)


def forget_loop_names(code: CodeType, ranges: Ranges, facts: dict[int, LineFacts], folds: Folds) -> None:
    """Take from `facts` the names that only comprehensions bind: they are put back before the line is done.

    Each is stored twice for that, once on the way on and once on the way out of an exception; a name that is stored
    more often outside the loops is the function's own too.
    """
    stores: dict[tuple[int, str], int] = {}
    line = code.co_firstlineno
    starts = dict(line_starts(code))
    for step in instructions_of(code):
        line = starts.get(step.offset) or line
        line = folds.get(line, line)
        if step.opname == _CLEAR:
            stores[line, step.argval] = stores.get((line, step.argval), 0) - 2
        elif step.opname.startswith("STORE_"):
            values = step.argval if type(step.argval) is tuple else (step.argval,)
            count = 0 if is_inside(ranges, step.offset) else 1
            for name in values[:1] if step.opname == "STORE_FAST_LOAD_FAST" else values:
                stores[line, name] = stores.get((line, name), 0) + count
    cleared = {(line, name) for (line, name), count in stores.items() if count <= 0}
    for line, found in facts.items():
        found.names = [name for name in found.names if (line, name) not in cleared]
