"""Reads the names of running frames without leaving anything behind in them. Runs in the target.

Up to Python 3.12 `frame.f_locals` of a function is one dict, kept by the frame and filled anew at each reading: it
keeps alive what the function drops, `locals()` hands that very dict to the target, and after a trace function ran its
contents are written back over variables that another thread may have changed meanwhile. So it is read once, copied and
emptied. Python 3.9 and 3.10 fill it before each call of a trace function, whoever reads it: there it cannot be emptied,
and a function that asks for its `locals()` is not followed from there on.
"""

from __future__ import annotations

import sys

from .instructions import JUMPS, instructions_of, line_starts
from .reading import derives

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional

    Release = Callable[[FrameType, int], None]

OPTIMIZED = 0x1  # the code flag of functions, whose variables do not lie in a dict
LIVE: bool = sys.version_info >= (3, 13)  # `f_locals` of a function is a view that holds nothing
FILLED: bool = sys.version_info < (3, 11)  # by the interpreter itself, whenever it calls a trace function
ASKING = {"locals", "vars", "f_locals"}
CLASS = "__class__"
_HELD = 3  # references to the dict of a frame that nobody else has: the frame's, ours, that of the call that counts
_MANY = 5000  # code objects whose answer is remembered


def _release() -> Optional[Release]:
    """The interpreter's own function that takes back what reading `f_locals` announced; None where there is none."""
    if LIVE or FILLED:
        return None
    try:
        import _ctypes
    except ImportError:
        return None
    made = _ctypes.CFuncPtr
    simple: Any = _ctypes._SimpleCData
    handed = type("_Handed", (simple,), {"_type_": "O"})
    number = type("_Number", (simple,), {"_type_": "i"})
    flags = _ctypes.FUNCFLAG_PYTHONAPI | _ctypes.FUNCFLAG_CDECL
    shape = {"_flags_": flags, "_restype_": None, "_argtypes_": (handed, number)}
    ourselves: Any = None
    try:
        address = _ctypes.dlsym(_ctypes.dlopen(ourselves, 0), "PyFrame_LocalsToFast")
    except (AttributeError, OSError, TypeError):  # a platform or a build that does not offer it
        return None
    return type("_Release", (made,), shape)(address)  # type: ignore[no-any-return]


_give_back = _release()
_asked: dict[int, tuple[CodeType, int]] = {}


def local_names(frame: FrameType) -> Mapping[str, Any]:
    """{name: value} of a frame; empty where reading them would show in what the target itself asked for."""
    code = frame.f_code
    if not code.co_flags & OPTIMIZED:
        if code.co_cellvars and not LIVE and CLASS in code.co_cellvars and CLASS in code.co_names:
            return {}  # the interpreter would take the body's own `__class__` away, for the cell that `super()` uses
        return plain(frame.f_locals)
    if LIVE:
        return frame.f_locals
    if hands_out(frame):
        return {}
    names = frame.f_locals
    found = dict.copy(names)
    if _give_back is not None:
        _give_back(frame, 0)
        if sys.getrefcount(names) == _HELD:
            _empty(names, frame.f_code)
    return found


def _empty(names: dict[str, Any], code: CodeType) -> None:
    """Take a function's own variables out of its dict; what `exec` put there stays."""
    if len(names) <= code.co_nlocals + len(code.co_freevars):
        own = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        if own.issuperset(names):
            names.clear()
            return
    for name in (*code.co_varnames, *code.co_cellvars, *code.co_freevars):
        names.pop(name, None)


def shares(code: CodeType) -> bool:
    """Whether a trace function must `renew` the frames of a function: others may change its variables meanwhile."""
    return FILLED and bool(code.co_freevars or code.co_cellvars)


def renew(frame: FrameType) -> None:
    """Read the variables once more, as the last thing a trace function does.

    The interpreter writes back what it read before that, over what other threads did to shared variables meanwhile.
    """
    frame.f_locals  # noqa: B018 - reading it is the effect


def outer_names(frame: FrameType) -> dict[str, Any]:
    """The global names of a frame. The caller must not change them."""
    return plain(frame.f_globals)


def module_name(frame: FrameType) -> str:
    """The name of the module that a frame runs in; empty when it has none that is a text."""
    name = dict.get(frame.f_globals, "__name__")
    return name if type(name) is str else ""


def plain(names: Any) -> dict[str, Any]:
    """A namespace as a dict of its own kind: class bodies and `exec` may have any mapping."""
    if type(names) is dict:
        return names
    # Not `dict.copy`: that asks a subclass which brings its own iteration.
    return dict(dict.items(names)) if derives(type(names), dict) else {}


def assign(frame: FrameType, values: dict[str, Any]) -> None:
    """Give variables of a function new values: the debugger's way of changing an argument."""
    names = frame.f_locals
    names.update(values)
    if _give_back is not None:
        _give_back(frame, 0)
        _empty(names, frame.f_code)


def hands_out(frame: FrameType) -> bool:
    """Whether the target may hold the dict of this frame, by `locals()` or `vars()`, from here on."""
    code = frame.f_code
    if LIVE or not code.co_flags & OPTIMIZED:
        return False
    known = _asked.get(id(code))
    if known is None or known[0] is not code:
        if len(_asked) >= _MANY:
            _asked.clear()
        known = _asked[id(code)] = (code, _first_asking(code))
    return frame.f_lasti >= known[1]


def asks_on(frame: FrameType, line: int) -> bool:
    """Whether the line that is about to run, or one before it, hands the frame's dict to the target."""
    code = frame.f_code
    if LIVE or ASKING.isdisjoint(code.co_names) or not code.co_flags & OPTIMIZED:
        return False
    if hands_out(frame):
        return True
    first = _asked[id(code)][1]
    return any(position <= first < end for position, end in _ranges(code, line))


def _ranges(code: CodeType, line: int) -> list[tuple[int, int]]:
    starts = [*line_starts(code), (len(code.co_code), 0)]
    return [(begin, end) for (begin, number), (end, _) in zip(starts, starts[1:]) if number == line]


def _first_asking(code: CodeType) -> int:
    """The first instruction behind which the target may hold the dict; beyond the code when it never asks."""
    beyond = len(code.co_code)
    if ASKING.isdisjoint(code.co_names):
        return beyond
    steps = instructions_of(code)
    first = min((step.offset for step in steps if step.argval in ASKING and "LOAD" in step.opname), default=beyond)
    # A loop around it comes back to lines that stand before it.
    for step in steps:
        if step.offset >= first and step.opcode in JUMPS and type(step.argval) is int:
            first = min(first, step.argval)
    return first
