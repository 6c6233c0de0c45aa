"""Which of an interpreter's line events begin a statement, on every version alike. Runs in the target.

Versions differ in the lines of a statement over several lines that they visit, and in what order; in whether a `with`
is visited again when it is left, and a `return` after its `finally`. A reader follows statements: each is told once for
each time that it runs, at its first line.
"""

from __future__ import annotations

import sys

from .instructions import JUMPS, instructions_of, line_starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from .instructions import Instruction
    from .logical_lines import Folds

    Runs = list[tuple[int, list[Instruction]]]

_ENTERS = {"SETUP_WITH", "SETUP_ASYNC_WITH", "BEFORE_WITH", "BEFORE_ASYNC_WITH", "LOAD_SPECIAL"}
_TOLD_AT_JUMP: bool = sys.version_info >= (3, 13)
_ENDS = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_ABSOLUTE", "JUMP_FORWARD"}
_UNWINDS = _ENDS | {"POP_BLOCK", "POP_EXCEPT", "POP_TOP", "ROT_TWO", "ROT_THREE", "ROT_FOUR", "LOAD_CONST"}


class Visits:
    """What is needed to tell a new visit of a statement from the same one going on.

    `heads`: instructions that a jump goes back to, where another pass begins. `echoes`: instructions where a line is
    visited again although its statement has run: a `with` that is left, a `return` behind its `finally`.
    """

    __slots__ = ("folds", "heads", "echoes")

    def __init__(self, code: CodeType, folds: Folds) -> None:
        self.folds = folds
        steps = instructions_of(code)
        self.heads = frozenset(_heads(steps))
        echoes = {step.offset for step in steps if step.opname == "END_ASYNC_FOR"}
        echoes.update(steps[index].offset for index in range(len(steps)) if is_cleanup(steps, index))
        runs = _runs(code, folds, steps)
        _add_exits(runs, echoes)
        _add_resumptions(runs, echoes)
        self.echoes = frozenset(echoes)

    def begins(self, line: int, position: int, current: int) -> int:
        """The first line of the statement that an event at `line` and instruction `position` begins; 0 for none.

        `current` is the first line of the statement that is running.
        """
        first = self.folds.get(line, line)
        if position in self.echoes or (first == current and position not in self.heads):
            return 0
        return first


def _heads(steps: list[Instruction]) -> Iterator[int]:
    """Where passes begin: the targets of jumps that go back, and from 3.13 on the jumps themselves."""
    for step in steps:
        # Waiting for an awaitable is a loop of the interpreter's own.
        if step.opcode in JUMPS and step.argval <= step.offset and step.opname != "JUMP_BACKWARD_NO_INTERRUPT":
            yield step.argval
            if _TOLD_AT_JUMP:
                yield step.offset


def is_cleanup(steps: list[Instruction], index: int) -> bool:
    """Whether the compiler takes away the name of `except … as name` here: `name = None; del name`."""
    if index + 3 > len(steps):
        return False
    load, store, delete = steps[index : index + 3]
    return (
        load.opname == "LOAD_CONST"
        and load.argval is None
        and store.opname.startswith("STORE_")
        and delete.opname.startswith("DELETE_")
        and store.argval == delete.argval
    )


def _runs(code: CodeType, folds: Folds, steps: list[Instruction]) -> Runs:
    """The instructions in stretches of one statement each: (its first line, instructions)."""
    starts = dict(line_starts(code))
    found: Runs = []
    for step in steps:
        line = starts.get(step.offset)
        first = folds.get(line, line) if line else 0
        if first and (not found or found[-1][0] != first):
            found.append((first, []))
        if found:
            found[-1][1].append(step)
    return found


def _add_exits(runs: Runs, echoes: set[int]) -> None:
    """From 3.10 on the line of a `with` is visited again when it is left."""
    withs = {line for line, steps in runs if any(step.opname in _ENTERS for step in steps)}
    for line, steps in runs:
        if line in withs and not any(step.opname in _ENTERS for step in steps):
            echoes.update(step.offset for step in steps)


def _add_resumptions(runs: Runs, echoes: set[int]) -> None:
    """Up to 3.9 a `return`, `break` or `continue` is visited again behind the `finally` that runs in between."""
    last: dict[int, str] = {}
    for line, steps in runs:
        names = [step.opname for step in steps]
        if line in last and last[line] not in _ENDS and names[-1] in _ENDS and _UNWINDS.issuperset(names):
            echoes.update(step.offset for step in steps)
        last[line] = names[-1]


def last_line(code: CodeType) -> int:
    """The last line that a code object, or one inside it, has an instruction on."""
    lines = [line for _, line in line_starts(code) if line]
    inside = [last_line(one) for one in code.co_consts if type(one) is type(code)]
    return max(code.co_firstlineno, *lines, *inside) if lines or inside else code.co_firstlineno
