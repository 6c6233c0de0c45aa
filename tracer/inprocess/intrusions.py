"""Exceptions of the target's that come up while code of ours runs. Runs in the target.

A signal handler of the target is run by the interpreter between any two instructions, ours among them, and may raise.
What it raises is meant for the target and has to reach it.
"""

from __future__ import annotations

from _signal import NSIG, getsignal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Optional


def intrudes(error: BaseException) -> bool:
    """Whether an exception that was caught by code of ours was raised by a signal handler of the target."""
    handlers = {id(code) for code in map(code_of, map(_handler, range(1, NSIG))) if code is not None}
    step: Any = BaseException.__dict__["__traceback__"].__get__(error)
    while step is not None:
        if id(step.tb_frame.f_code) in handlers:
            return True
        step = step.tb_next
    return False


def pass_on(error: BaseException) -> None:
    """Raise what is the target's; anything else is for the caller to deal with."""
    if intrudes(error):
        raise error


def _handler(number: int) -> Any:
    try:
        return getsignal(number)
    except (ValueError, OSError):
        return None


def code_of(function: Any) -> Optional[CodeType]:
    """The code of a function or method written in Python; None for all other things."""
    if type(function) is _METHOD:
        function = function.__func__
    found: Optional[CodeType] = function.__code__ if type(function) is _FUNCTION else None
    return found


class _Any:
    def method(self) -> None:
        """Only its type is of interest."""


_FUNCTION: Any = type(code_of)
_METHOD: Any = type(_Any().method)
