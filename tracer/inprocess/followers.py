"""What goes along with a running frame of the target. Runs in the target."""

from __future__ import annotations

import sys
from _thread import interrupt_main

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Optional

    from .frames import CodeRecord


class Follower:
    """Something of ours that goes along with one running frame of the target: the frame's `f_trace` leads to it.

    Nothing else holds the two together, so that a frame that goes away unseen takes its follower with it.
    """

    __slots__ = ()

    def ignored(self, frame: FrameType, event: str, arg: Any) -> None:
        """What the interpreter would call if the target set a trace function of its own: nothing of ours."""


class Raised:
    """Stands for what a library function gave back when an exception left it."""


class Waker(Follower):
    """Calls `woken` when the frame that it was given to is gone: however it ended, and without any event."""

    __slots__ = ("woken", "entry", "begun", "caller")

    def __init__(self, woken: Callable[[Waker], None], entry: Optional[CodeRecord], begun: float) -> None:
        self.caller = (0, 0)  # the frame that called, and the instruction at which
        self.woken = woken
        self.entry = entry
        self.begun = begun

    def __del__(self) -> None:
        self.woke()

    def caller_waits(self) -> bool:
        """Whether the caller of a call that is over still stands at that call.

        An exception that left the call keeps its frame: then the caller's handler has run, and nobody looked.
        """
        frame: Optional[FrameType] = sys._getframe(1)
        for _ in range(8):
            if frame is None:
                return False
            if id(frame) == self.caller[0]:
                return frame.f_lasti == self.caller[1]
            frame = frame.f_back
        return False

    def woke(self, _: Any = None) -> None:
        """It is over (also: the callback of a weak reference)."""
        try:
            self.woken(self)
        except KeyboardInterrupt:
            interrupt_main()  # it was meant for the target
        except Exception:  # noqa: BLE001 - the interpreter would print it among what the target prints
            pass


def follower_of(frame: FrameType) -> Optional[Follower]:
    """What of ours goes along with a frame, or None."""
    trace: Any = frame.f_trace
    owner = trace.__self__ if type(trace) is _METHOD else None
    return owner if issubclass(type(owner), Follower) else None


_METHOD: Any = type(Follower().ignored)
