"""The instructions of a code object, as far as the recorder reads them. Runs in the target.

What the `dis` module would say of them, without it: it brings `collections` and others with it, which no target that is
small should pay for, and takes several times as long.
"""

from __future__ import annotations

import opcode
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

JUMPS: frozenset[int] = frozenset((*opcode.hasjrel, *opcode.hasjabs))
_OLD: bool = sys.version_info < (3, 10)  # jumps count bytes, not instructions, and lines lie in `co_lnotab`
_NAMED: bool = sys.version_info >= (3, 11)  # one numbering for all the variables of a function
_OPERATORS: Any = getattr(opcode, "_nb_ops", ())
_EXTENDED: int = opcode.opmap["EXTENDED_ARG"]
_CONST, _NAME, _BACK, _AHEAD, _ABSOLUTE, _LOCAL, _FREE, _PAIR, _OPERATOR = range(1, 10)
_PAIRS = ("LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")


class Instruction:
    """One instruction: where it stands in the code, in bytes, and what it does.

    `argval` is what `arg` stands for: a constant, a name, the two names of a double load, the place that a jump goes
    to, the text of an operator; `arg` itself for all others, and None where there is none.
    """

    __slots__ = ("offset", "opcode", "opname", "arg", "argval")

    def __init__(self, offset: int, code: int, name: str, arg: int | None, value: Any) -> None:
        self.offset = offset
        self.opcode = code
        self.opname = name
        self.arg = arg
        self.argval = value


def _meanings() -> dict[int, int]:
    """{opcode: what its argument stands for} of all that stand for something."""
    names = opcode.opname
    found = dict.fromkeys(opcode.hasconst, _CONST)
    found.update(dict.fromkeys(opcode.hasname, _NAME))
    found.update(dict.fromkeys(opcode.haslocal, _LOCAL))
    found.update(dict.fromkeys(opcode.hasfree, _LOCAL if _NAMED else _FREE))
    found.update((code, _BACK if "JUMP_BACKWARD" in names[code] else _AHEAD) for code in opcode.hasjrel)
    found.update(dict.fromkeys(opcode.hasjabs, _ABSOLUTE))
    found.update((opcode.opmap[name], _PAIR) for name in _PAIRS if name in opcode.opmap)
    if "BINARY_OP" in opcode.opmap:
        found[opcode.opmap["BINARY_OP"]] = _OPERATOR
    return found


def _shifts() -> dict[int, int]:
    """{opcode: lowest bits of its argument that are no part of a name's number}."""
    since = {"LOAD_GLOBAL": ((3, 11), 1), "LOAD_ATTR": ((3, 12), 1), "LOAD_SUPER_ATTR": ((3, 12), 2)}
    return {opcode.opmap[name]: bits for name, (first, bits) in since.items() if sys.version_info >= first}


def _caches() -> dict[int, int]:
    """{opcode: units behind it that the interpreter keeps for itself}."""
    known: Any = getattr(opcode, "_inline_cache_entries", {})
    if type(known) is dict:
        return {opcode.opmap[name]: count for name, count in known.items() if name in opcode.opmap}
    return {code: count for code, count in enumerate(known) if count}


_MEANINGS = _meanings()
_SHIFTS = _shifts()
_CACHES = _caches()
_WITH_ARGUMENT: frozenset[int] = frozenset(getattr(opcode, "hasarg", range(opcode.HAVE_ARGUMENT, len(opcode.opname))))
_UNIT = 1 if _OLD else 2


def instructions_of(code: CodeType) -> list[Instruction]:
    """Every instruction of a code object, EXTENDED_ARG among them; those inside it not included."""
    found: list[Instruction] = []
    names, taking = opcode.opname, _WITH_ARGUMENT
    text = code.co_code
    offset = high = 0
    while offset < len(text):
        op = text[offset]
        if op in taking:
            arg = text[offset + 1] | high
            found.append(Instruction(offset, op, names[op], arg, _meant(code, op, arg, offset)))
            high = arg << 8 if op == _EXTENDED else 0
        else:
            found.append(Instruction(offset, op, names[op], None, None))
            high = 0
        offset += 2 + 2 * _CACHES.get(op, 0)
    return found


def _meant(code: Any, op: int, arg: int, offset: int) -> Any:
    """What the argument of an instruction stands for."""
    meaning = _MEANINGS.get(op)
    if meaning is None:
        return arg
    if meaning == _CONST:
        return code.co_consts[arg]
    if meaning == _NAME:
        return code.co_names[arg >> _SHIFTS.get(op, 0)]
    if meaning == _LOCAL:
        return code._varname_from_oparg(arg) if _NAMED else code.co_varnames[arg]
    if meaning == _FREE:
        return (code.co_cellvars + code.co_freevars)[arg]
    if meaning == _PAIR:
        return code._varname_from_oparg(arg >> 4), code._varname_from_oparg(arg & 15)
    if meaning == _OPERATOR:
        return _OPERATORS[arg][1]
    if meaning == _ABSOLUTE:
        return arg * _UNIT
    return offset + 2 + 2 * _CACHES.get(op, 0) + (-arg if meaning == _BACK else arg) * _UNIT


def line_starts(code: Any) -> Iterator[tuple[int, int]]:
    """(instruction, line) wherever the code goes on with another line."""
    last = None
    for start, line in _old_lines(code) if _OLD else ((start, line) for start, _, line in code.co_lines()):
        if line is not None and line != last:
            last = line
            yield start, line


def _old_lines(code: Any) -> Iterator[tuple[int, int]]:
    """The same of 3.9, before those that do not change the line are left out."""
    table = code.co_lnotab
    offset, line = 0, code.co_firstlineno
    for step, change in zip(table[0::2], table[1::2]):
        if step:
            yield offset, line
            offset += step
            if offset >= len(code.co_code):
                return
        line += change - 256 if change >= 128 else change
    yield offset, line
