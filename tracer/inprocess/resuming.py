"""Frames that were running when their process was forked go on in the child, recorded anew. Runs in the target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional

    from .hook import Hook


class Resumed:
    """The local trace function of such a frame until its first event: a child that never returns to it tells nothing.

    `outermost`: the program's outermost frame, which shows how the child ends.
    """

    def __init__(self, hook: Hook, outermost: bool) -> None:
        self.hook = hook
        self.outermost = outermost

    def local(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The first event: the frame is told as a call that begins here (`sys.settrace` protocol)."""
        local: Any = self.hook.tracer(frame, "call", None)
        if local is None:
            return None
        record = getattr(local, "__self__", None)
        if self.outermost and record is not None:
            record.outermost = True
        frame.f_trace = local
        return local(frame, event, arg)


def resume(hook: Hook, frame: Optional[FrameType]) -> None:
    """Let the frames of the repository from `frame` outwards be recorded when they go on."""
    while frame is not None:
        outermost = frame.f_back is None
        if hook.repository_file(frame.f_code.co_filename) is not None:
            frame.f_trace = Resumed(hook, outermost).local
        elif outermost:
            frame.f_trace = hook.ending.local
        frame = frame.f_back
