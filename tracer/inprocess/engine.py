"""The seam between the interpreter's events and the recorder: one protocol, two engines. Runs in the target.

Up to Python 3.11 events come from `sys.settrace`, from 3.12 on from `sys.monitoring`. What is recorded does not depend
on it: both call the same `Hook` with the same frames in the same order.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Optional, Protocol

    from .frames import CodeRecord, FrameRecord
    from .hook import Hook

    class Engine(Protocol):
        """Brings the interpreter's events to a `Hook`."""

        name: str

        def start(self) -> None:
            """Begin: the next frame without a caller is the target's outermost one."""

        def resume(self, frame: Optional[FrameType]) -> None:
            """Begin in a forked child; frames of the repository from `frame` outwards are recorded as they go on."""

        def stop(self) -> None:
            """No event from now on. In a forked child the parent's engine goes on."""

        def follow(self, record: FrameRecord, frame: FrameType) -> None:
            """Bring the events of a frame, which may be running already, to its record from now on."""

        def wake(self, entry: CodeRecord) -> None:
            """Calls of a function that had become quiet are looked at again."""

        def on_intrusion(self, record: Optional[FrameRecord]) -> None:
            """An exception of the target's goes through code of ours, at an event of `record` perhaps."""

        def on_exec(self, code: CodeType) -> None:
            """Code is about to be executed, by an import or by `exec`: an audited action."""

        def look_after(self) -> None:
            """Called at audited actions of the main thread: put back what the target has taken away."""

        def is_ours(self, function: Any) -> bool:
            """Whether a trace function is the engine's own."""

        def gap(self) -> dict[str, Any]:
            """What the engine was switched off for, for the end of the trace; {} when it never was."""


def engine_for(hook: Hook, wanted: str = "") -> tuple[Engine, str]:
    """The engine for this interpreter, or the one that is wanted by name; and why it is not the usual one, if not."""
    reason = ""
    if sys.version_info >= (3, 12):
        from .monitoring import MonitoringEngine, taken_tools

        reason = "it was asked for" if wanted == "settrace" else taken_tools()
        if not reason:
            return MonitoringEngine(hook), ""
    from .settrace import SettraceEngine

    return SettraceEngine(hook), reason
