"""Frames that were running when their process was forked go on in the child, recorded anew. Runs in the target."""

from __future__ import annotations

from .followers import Follower

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any, Callable, Optional

    from .hook import Hook


class Resumed(Follower):
    """Goes along with such a frame until its first event: a child that never returns to it tells nothing.

    `begin` takes the frame and gives its trace function from then on, where there is one. `outermost`: the program's
    outermost frame, which shows how the child ends.
    """

    __slots__ = ("begin", "outermost")

    def __init__(self, begin: Optional[Callable[[FrameType], Any]], outermost: bool) -> None:
        self.begin = begin
        self.outermost = outermost

    def traced(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The first event: the frame is told as a call that begins here (`sys.settrace` protocol)."""
        local: Any = self.begin(frame) if self.begin is not None else None
        if local is None:
            return None
        record = getattr(local, "__self__", None)
        if self.outermost and record is not None:
            record.outermost = True
        frame.f_trace = local
        return local(frame, event, arg)


def outwards(hook: Hook, frame: Optional[FrameType]) -> Iterator[tuple[FrameType, bool, bool]]:
    """(frame, whether it is the repository's, whether it is the outermost) from `frame` outwards."""
    while frame is not None:
        yield frame, hook.repository_file(frame.f_code.co_filename) is not None, frame.f_back is None
        frame = frame.f_back
