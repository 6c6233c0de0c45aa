"""Ends what a running `for` loop draws from, so that the loop ends by itself. Runs in the target.

The way out of a loop that no jump can leave: one that is the last statement of its function, of a `with` or of another
loop. What is done, by what the loop draws from:

    range, list, tuple, str, bytes, reversed     the iterator is set behind its last item (its own `__setstate__`)
    a generator, of the repository or of a       closed, as it would be when the loop is left by `break`: its `finally`
    library (tqdm, accelerate)                   blocks run
    a torch DataLoader                           its iterator finds no more indices; what workers have loaded already
                                                 still comes, and the next epoch begins afresh
    an array of numpy                            set behind its last row
    enumerate, zip, map, filter, islice, chain   what they draw from is ended
    anything else (a class with `__next__`, a    not ended: nothing that the target wrote is called, and `next` may be
    dict, a file, itertools.cycle)               what somebody else waits for

It is done when the loop is about to draw again; the interpreter then finds the iterator exhausted. `else`, `with` and
`finally` run as they do when all items were seen, and no name is bound that the program did not bind.

The iterator of a running loop has no name; it lies on the value stack of its frame. Up to 3.10 the garbage collector's
own view of a frame shows it. From 3.11 to 3.13 it is read where the interpreter keeps it, after checking that what lies
around it is the frame and the code that are meant; on any other build nothing is read and the loop goes on.
"""

from __future__ import annotations

import gc
import opcode
import sys

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Optional

    Action = tuple[Callable[..., Any], tuple[Any, ...]]

SHOWN: bool = sys.version_info < (3, 11)
# Where things lie in a frame of 3.11 to 3.13, in bytes: (code, frame object), then what has not moved since 3.11.
CODE, OWNER = (32, 40) if sys.version_info < (3, 12) else (0, 48)
FRAME, DEPTH, SLOTS, WORD = 24, 64, 72, 8
DEPTH_OF_SOURCES = 6
LOADER = "torch.utils.data.dataloader._BaseDataLoaderIter"
FOR_ITER: int = opcode.opmap["FOR_ITER"]
EXTENDED_ARG: int = opcode.opmap["EXTENDED_ARG"]
_JUMPS = {opcode.opmap[name] for name in ("JUMP_BACKWARD", "JUMP_ABSOLUTE") if name in opcode.opmap}
PLAIN_ZIP = 2  # what a zip that is not strict reduces to: its class and its iterators
_SOURCES: tuple[Any, ...] = (range(1), [], (), "", "\xe9", b"", bytearray())
_FORWARD = {type(iter(source)) for source in _SOURCES}
_BACKWARD = {type(reversed([])), reversed}
_AROUND = {"builtins.enumerate", "builtins.filter", "itertools.islice"}
_SEVERAL = {"builtins.zip", "builtins.map", "itertools.chain"}
_SEQUENCE: Any = type(iter(type("_Rows", (), {"__getitem__": None})()))
_GENERATOR = type(_ for _ in ())


def _readers() -> Optional[tuple[Any, Any, Any]]:
    """(read a pointer, read an int, object at an address), or None on a build whose frames are not known here."""
    known = (3, 11) <= sys.version_info < (3, 14) and sys.implementation.name == "cpython"
    if not known or getattr(sys, "abiflags", None) or sys.maxsize != 2**63 - 1:
        return None
    try:
        import _ctypes
    except ImportError:
        return None
    simple: Any = _ctypes._SimpleCData
    pointer: Any = type("_Pointer", (simple,), {"_type_": "P"})
    number: Any = type("_Int", (simple,), {"_type_": "i"})
    return pointer.from_address, number.from_address, _ctypes.PyObj_FromPtr


_READ = _readers()


def stands_before_drawing(frame: FrameType, one_line: bool) -> bool:
    """Whether a frame is about to draw the next item of a `for` loop, so that its iterator is on top of the stack."""
    instructions, where = frame.f_code.co_code, frame.f_lasti
    while instructions[where] == EXTENDED_ARG:
        where += 2
    here = instructions[where]
    return here == FOR_ITER or (one_line and here in _JUMPS)


def iterator_of(frame: FrameType) -> Any:
    """What lies on top of the value stack of a running frame; None if unknown."""
    code = frame.f_code
    if SHOWN:
        return gc.get_referents(frame)[-1]
    if _READ is None:
        return None
    pointer, number, at = _READ
    base = pointer(id(frame) + FRAME).value
    if not base or pointer(base + CODE).value != id(code) or pointer(base + OWNER).value != id(frame):
        return None
    depth = number(base + DEPTH).value
    names = len({*code.co_varnames, *code.co_cellvars}) + len(code.co_freevars)
    if not names < depth <= names + code.co_stacksize:
        return None
    address = pointer(base + SLOTS + WORD * (depth - 1)).value
    return at(address) if address else None


def end(iterator: Any) -> Optional[tuple[str, int]]:
    """End an iterator: (what it is, how many items still come); None when there is no way and nothing was done."""
    if iterator is None:
        return None
    actions: list[Action] = []
    waiting = _find(iterator, actions, 0)
    if waiting is None:
        return None
    for function, arguments in actions:
        try:
            function(*arguments)
        except Exception:  # noqa: BLE001 - a `finally` of a generator may raise: lost, as when a loop is left by `break`
            if getattr(arguments[0], "gi_frame", None) is not None:
                return None
    return type(iterator).__name__, waiting


def _find(iterator: Any, actions: list[Action], depth: int) -> Optional[int]:
    """Note what has to be done to end an iterator; gives the items that still come, None when it cannot be ended."""
    kind = type(iterator)
    if depth > DEPTH_OF_SOURCES:
        return None
    if kind in _FORWARD:
        actions.append((kind.__setstate__, (iterator, sys.maxsize)))
        return 0
    if kind in _BACKWARD:
        actions.append((kind.__setstate__, (iterator, -1)))
        return 0
    if kind is _GENERATOR:
        if iterator.gi_running:
            return None
        actions.append((_GENERATOR.close, (iterator,)))
        return 0
    if kind is _SEQUENCE:
        return _end_rows(iterator, actions)
    # By name: the target may have an `itertools` of its own, with classes of its own.
    name = _name(kind)
    if name in _AROUND:
        below = _below(iterator)
        return _find(below[0], actions, depth + 1) if below else None
    if name in _SEVERAL:
        return _find_each(iterator, name, actions, depth)
    return _end_loader(iterator, actions)


def _name(kind: type) -> str:
    """The full name of a class, read without running code of its own."""
    module = type.__dict__["__module__"].__get__(kind)
    return "%s.%s" % (module, type.__dict__["__name__"].__get__(kind)) if type(module) is str else ""


def _below(iterator: Any) -> list[Any]:
    """What an iterator of the interpreter's own holds, but for its class, which from 3.12 on is among it."""
    return [one for one in gc.get_referents(iterator) if one is not type(iterator)]


def _find_each(iterator: Any, name: str, actions: list[Action], depth: int) -> Optional[int]:
    """Of a zip or map one is enough; all of a chain, which would go on, and of a strict zip, which would complain."""
    below = _below(iterator)
    if name != "itertools.chain":
        below = list(below[0]) if below and type(below[0]) is tuple else []
    found = [_find(one, actions, depth + 1) for one in below]
    waiting = [one for one in found if one is not None]
    every = name == "itertools.chain" or (type(iterator) is zip and len(zip.__reduce__(iterator)) > PLAIN_ZIP)
    if not waiting or (every and len(waiting) < len(found)):
        return None
    return max(waiting) if every else min(waiting)


def _end_rows(iterator: Any, actions: list[Action]) -> Optional[int]:
    """Rows of a numpy array: the only sequence whose length can be read without running code of the target's."""
    rows = gc.get_referents(iterator)
    if not rows or _name(type(rows[0])) != "numpy.ndarray":
        return None
    actions.append((_SEQUENCE.__setstate__, (iterator, rows[0].shape[0])))
    return 0


def _end_loader(iterator: Any, actions: list[Action]) -> Optional[int]:
    """The iterator of a torch DataLoader: its sampler has no more indices."""
    if LOADER not in map(_name, type.__dict__["__mro__"].__get__(type(iterator))):
        return None
    space = reading.instance_dict(iterator)
    if type(space) is not dict or "_sampler_iter" not in space:
        return None
    actions.append((space.__setitem__, ("_sampler_iter", iter(()))))
    sent, received = space.get("_send_idx"), space.get("_rcvd_idx")
    return max(0, sent - received) if type(sent) is int and type(received) is int else 0
