"""What each line of a code object binds, read from its bytecode. Runs in the target.

Bytecode, not source, because it is always there and always true: `exec`-ed code and decorated functions have it too.
"""

from __future__ import annotations

import opcode

from .instructions import instructions_of, line_starts
from .visits import is_cleanup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Optional

    from .instructions import Instruction
    from .logical_lines import Folds

    Facts = dict[int, "LineFacts"]
    Stack = list[Optional[str]]

_STORES = {"STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"}
_LOADS = {
    "LOAD_FAST",
    "LOAD_NAME",
    "LOAD_GLOBAL",
    "LOAD_DEREF",
    "LOAD_CLASSDEREF",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_BORROW",
}
# Names that the compiler binds on its own account, most of them in class bodies.
_HIDDEN = set("__module__ __qualname__ __firstlineno__ __static_attributes__ __classcell__ __annotations__".split())
_INDIRECT = {"exec", "globals", "setattr", "vars", "locals", "eval"}
# Instructions that take values off the stack and put none there; all others put one result where those lay.
_TAKERS = ("STORE_", "POP_", "DELETE_", "RETURN_", "JUMP_", "RAISE_", "SETUP_")
_STILL = {"NOP", "CACHE", "EXTENDED_ARG", "RESUME", "TO_BOOL", "KW_NAMES", "GET_AWAITABLE"}
# These take the last value away: the other arm of a conditional expression leaves its own in the same place
# (JUMP_FORWARD), an `await` what was awaited; PRECALL, of 3.11, stands for what the call that follows is given.
_DROPS = {"JUMP_FORWARD", "YIELD_FROM", "END_SEND", "PRECALL"}
if "SEND" in opcode.opmap and "END_SEND" not in opcode.opmap:
    _DROPS.add("JUMP_BACKWARD_NO_INTERRUPT")
_INTRINSICS = {"CALL_INTRINSIC_1", "CALL_INTRINSIC_2"}
_TWO_PLACES = "PUSH_NULL" in opcode.opmap
_ENTERS = {"SETUP_WITH", "BEFORE_WITH", "BEFORE_ASYNC_WITH", "LOAD_SPECIAL"}
PART = "[]"
RESULT = "()"
_ROTATIONS = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}


class LineFacts:
    """What one line stores: names, (object, attribute) pairs, containers, objects that it calls methods of."""

    __slots__ = ("names", "attributes", "touched", "indirect")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.touched: list[str] = []
        self.indirect = False


def line_facts(code: CodeType, folds: Folds) -> tuple[Facts, set[int], bool]:
    """(facts, busy, jumps) of a code object, its nested code objects not included.

    `facts` maps each line that stores something to its LineFacts. `busy` are the lines that call something and are not
    there to raise. `folds` tells which lines belong to a statement that began above: all are told at its first line.
    `jumps` says whether a line jumps back to itself, as a loop on one line does.
    """
    facts: Facts = {}
    busy: set[int] = set()
    raising: set[int] = set()
    places: dict[int, int] = {}
    jumps = False
    line = code.co_firstlineno
    stack: Stack = []
    steps = instructions_of(code)
    starts = dict(line_starts(code))
    for index, step in enumerate(steps):
        started = starts.get(step.offset)
        started = line if started is None else folds.get(started, started)
        if started != line:
            line = started
        op = step.opname
        places[step.offset] = line
        if op.startswith("CALL") or op == "BEFORE_WITH":
            busy.add(line)
        elif op == "RAISE_VARARGS":
            raising.add(line)
        elif op.startswith("JUMP_") and type(step.argval) is int and places.get(step.argval) == line:
            jumps = True
        if not (index and (is_cleanup(steps, index - 1) or _is_left(steps, index))):
            _note(facts, line, op, step.argval, stack)
        _follow(stack, step)
    return facts, busy - raising, jumps


def _note(facts: Facts, line: int, op: str, value: Any, stack: Stack) -> None:
    if op in _STORES:
        if value in _HIDDEN:
            return
        _add(_of(facts, line).names, value)
    elif op in ("STORE_FAST_STORE_FAST", "STORE_FAST_LOAD_FAST"):
        for name in value if op == "STORE_FAST_STORE_FAST" else value[:1]:
            _add(_of(facts, line).names, name)
    elif op == "STORE_ATTR":
        owner = stack[-1] if stack else None
        if owner and PART not in owner and RESULT not in owner and owner.count(".") < 3:
            _add(_of(facts, line).attributes, (owner, value))
    elif op in ("STORE_SUBSCR", "STORE_SLICE"):
        depth = 2 if op == "STORE_SUBSCR" else 3
        owner = stack[-depth] if len(stack) >= depth else None
        if owner and owner not in _HIDDEN and RESULT not in owner:
            _add(_of(facts, line).touched, owner.partition(PART)[0])
    elif op == "POP_TOP":
        owner = _receiver(stack[-1] if stack else None)
        if owner:
            _add(_of(facts, line).touched, owner)
    elif op in ("LOAD_GLOBAL", "LOAD_NAME") and value in _INDIRECT:
        _of(facts, line).indirect = True


def _is_left(steps: list[Instruction], index: int) -> bool:
    """Whether an instruction takes away the first part of an `and` or `or`, which did not decide."""
    return steps[index].opname == "POP_TOP" and steps[index - 1].opname.startswith(("POP_JUMP_", "NOT_TAKEN"))


def _of(facts: Facts, line: int) -> LineFacts:
    found = facts.get(line)
    if found is None:
        found = facts[line] = LineFacts()
    return found


def _add(items: list[Any], item: Any) -> None:
    if item not in items:
        items.append(item)


def _names(value: Any) -> list[str]:
    """The names of a load; 3.13 loads two at once."""
    return list(value) if isinstance(value, tuple) else [value]


def _is_load(op: str) -> bool:
    return op in _LOADS or op.startswith("LOAD_FAST")


def _follow(stack: Stack, step: Any) -> None:
    """Keep `stack` as the interpreter's after an instruction: the dotted name that each value came from, or None.

    A part of a container is marked as such: `self.params["w"].data` is told as `self.params[].data`; and so is what a
    call gave: `self.open(path)` is `self.open()`.
    """
    op, value = step.opname, step.argval
    if op in _STILL or _shuffle(stack, op, step.arg):
        return
    if op == "STORE_FAST_LOAD_FAST":
        _replace(stack, 1, value[1:])
    elif _is_load(op):
        effect = _effect(step)
        _replace(stack, 0, [None] * (effect - len(_names(value))) + _names(value))
    elif op in ("LOAD_ATTR", "LOAD_METHOD"):
        holder = stack[-1] if stack else None
        _replace(stack, 1, [holder + "." + value if holder else None] + [None] * _effect(step))
    elif op in ("BINARY_SUBSCR", "BINARY_SLICE") or (op == "BINARY_OP" and step.argval == "[]"):
        _replace(stack, 2 if op == "BINARY_SLICE" else 1, [])
        if stack and stack[-1]:
            stack[-1] += PART
    elif op in _DROPS:
        _replace(stack, step.arg if op == "PRECALL" else 1, [])
    elif op in _ENTERS:
        _replace(stack, 1, [None, None])  # the way out, and what entering gave
    elif op.startswith("CALL") and op not in _INTRINSICS:
        taken = 1 - _effect(step)
        called = _callee(stack[-taken:]) if 0 < taken <= len(stack) else None
        _replace(stack, taken, [called + RESULT if called else None])
    else:
        effect = _effect(step)
        if op.startswith(_TAKERS):
            _replace(stack, -effect, [])
        else:
            _replace(stack, max(0, 1 - effect), [None] * max(1, effect))
    del stack[:-60]


def _shuffle(stack: Stack, op: str, depth: int) -> bool:
    """Whether an instruction only copies or reorders what is on the stack; if so, that is done."""
    if op in ("COPY", "DUP_TOP", "DUP_TOP_TWO"):
        count = 2 if op == "DUP_TOP_TWO" else 1
        start = len(stack) - (depth if op == "COPY" else count)
        stack.extend(stack[start : start + count] if start >= 0 else [None] * count)
    elif op == "SWAP":
        if len(stack) >= depth:
            stack[-1], stack[-depth] = stack[-depth], stack[-1]
    elif op in _ROTATIONS:
        if len(stack) >= _ROTATIONS[op]:
            stack.insert(-_ROTATIONS[op] + 1, stack.pop())
    else:
        return False
    return True


def _replace(stack: Stack, taken: int, given: Any) -> None:
    """Take values off the stack, as far as they are there, and put others on it."""
    if taken > 0:
        del stack[-taken:]
    stack.extend(given)


def _effect(step: Any) -> int:
    """By how much an instruction that does not jump changes the height of the stack."""
    try:
        return opcode.stack_effect(step.opcode, step.arg, jump=False)
    except ValueError:  # an instruction of the interpreter's own that has no fixed effect
        return 0


def _callee(taken: Stack) -> Optional[str]:
    """The name of what is called, of the values that a call takes off the stack.

    From 3.11 on it is one of the first two; the other one is empty, or the object that a method is called of.
    """
    return taken[0] or (taken[1] if _TWO_PLACES and len(taken) > 1 else None)


def _receiver(popped: Optional[str]) -> Optional[str]:
    """The dotted name a call-only statement starts from: `p.data` of `p.data.add_(...)`, `xs` of `xs.append(...)`."""
    called, call, _ = (popped or "").partition(RESULT)
    if not call:
        return None
    container, part, _ = called.partition(PART)
    return (container if part else called.rpartition(".")[0]) or None
