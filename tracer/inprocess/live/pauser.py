"""Lets the program run until it comes to a stop of the tour, and hands it to the debugger there. Runs in the target."""

from __future__ import annotations

import sys

from ..leaver import go_behind
from ..loops import loops_of
from ..values import Summarizer
from .borrowing import debugger_class
from .debugger import debugger_of
from .stops import Stops, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional

    from ..loops import Loop


class Pauser:
    """Traces the target: cheaply between stops, as a debugger does while the user steps."""

    def __init__(self, plan: dict[str, Any]) -> None:
        live = plan["live"]
        self.stops = Stops(live["stops"], plan["root"], live.get("first", ""), live.get("stage", ""))
        self.notes: str = live["notes"]
        self.borrowed: tuple[list[str], list[str]] = tuple(live.get("borrowed") or ((), ()))
        self.past_breakpoints = False
        self.frame: FrameType = sys._getframe()
        self.debugger: Any = None
        self._inside = False
        self._leaving: Optional[tuple[FrameType, Loop]] = None
        self._summarizer = Summarizer()
        self._loops: dict[str, list[Loop]] = {}

    def start(self) -> None:
        """Begin: the next thing that runs is the target."""
        import signal  # here, when what was loaded before the target has been put away: its own modules
        import threading

        signal.signal(signal.SIGINT, self.on_interrupt)
        sys.breakpointhook = self.on_breakpoint
        threading.settrace(self.on_call)
        sys.settrace(self.on_call)

    # -- events ------------------------------------------------------------------------------------------------------

    def on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
        """A call (`sys.settrace` protocol)."""
        if self._inside:
            return None
        debugger = self.debugger
        seen = debugger is not None and debugger.busy() and not self.past_breakpoints
        if seen and self._pass_on(frame, event, arg) is not None:
            return self.on_event
        return self.on_event if self.stops.within(frame.f_code) else None

    def on_event(self, frame: FrameType, event: str, arg: Any) -> Any:
        """A line, return or exception of a frame that is looked at."""
        if self._inside:
            return self.on_event
        if event == "line":
            if self._leaving is not None and self._leaving[0] is frame:
                self._leave(frame)
            found = self.stops.at(frame.f_code, frame.f_lineno)
            if found:
                self.pause(frame, found)
                return self.on_event
        debugger = self.debugger
        if debugger is not None and debugger.busy() and not self.past_breakpoints:
            self._pass_on(frame, event, arg)
        return self.on_event

    def _pass_on(self, frame: FrameType, event: str, arg: Any) -> Any:
        """An event for the debugger, which may talk to the user."""
        self._inside, self.frame = True, frame
        try:
            found = self.debugger.trace_dispatch(frame, event, arg)
        except sys.modules["bdb"].BdbQuit:
            found = None  # `quitting` says it too
        finally:
            self._inside = False
        self._after(frame)
        return found

    def pause(self, frame: FrameType, found: list[dict[str, Any]]) -> None:
        """Stand still in a frame, at some stops or at none."""
        self._inside, self.frame = True, frame
        self.past_breakpoints = False
        try:
            debugger = self._ready(frame)
            for stop in found:
                debugger.show_panel(stop)
            debugger.interaction(frame, None)
        finally:
            self._inside = False
        self._after(frame)

    def _ready(self, frame: FrameType) -> Any:
        """The debugger, made when it is first needed, with the frames of the stack in its sight."""
        if self.debugger is None:
            base, reason = debugger_class(*self.borrowed)
            self.debugger = debugger_of(base, self)
            self.debugger.reset()
            if reason:
                self.debugger.message(reason)
        bottom = frame
        level: Optional[FrameType] = frame
        while level is not None:
            level.f_trace = self.on_event
            bottom, level = level, level.f_back
        self.debugger.botframe = bottom
        self.debugger.set_continue()
        return self.debugger

    def _after(self, frame: FrameType) -> None:
        """The user has said how to go on."""
        if self.debugger.quitting:
            sys.settrace(None)
            sys.modules["threading"].settrace(None)
            self.stops.pending.clear()
            raise SystemExit(0)
        if not (any(self.stops.pending.values()) or self.debugger.busy() or self._leaving):
            sys.settrace(None)  # there is nothing left to stop at
        elif sys.gettrace() is None:
            sys.settrace(self.on_call)

    def on_interrupt(self, number: int, frame: Optional[FrameType]) -> None:
        """Ctrl-C: stand still where the program is; a second one at the prompt is the debugger's affair."""
        if self._inside or frame is None:
            raise KeyboardInterrupt
        level: Optional[FrameType] = frame
        while level is not None and self.stops.file_of(level.f_code) is None:
            level = level.f_back
        self.pause(level or frame, [])

    def on_breakpoint(self, *args: Any, **kwargs: Any) -> None:
        """A `breakpoint()` of the program's own: the same debugger."""
        caller = sys._getframe(1)
        self.pause(caller, [])

    # -- what the commands ask ---------------------------------------------------------------------------------------

    def summary(self, value: Any) -> dict[str, Any]:
        """What a reader is told of a value; nothing of the value's runs."""
        return self._summarizer.summary(value, stats=False)

    def repository_frames(self, frame: FrameType) -> list[tuple[FrameType, str]]:
        """The frames of the repository from `frame` outwards, with their files."""
        found = []
        level: Optional[FrameType] = frame
        while level is not None:
            file = self.stops.file_of(level.f_code)
            if file is not None:
                found.append((level, file))
            level = level.f_back
        return found

    def loop_around(self, frame: FrameType) -> Optional[tuple[str, int]]:
        """Mark the innermost training loop on the stack, or else the innermost loop, to be left; its file and line."""
        around = [
            (level, file, loop)
            for level, file in self.repository_frames(frame)
            for loop in reversed(self._enclosing(level))
        ]
        training = [row for row in around if self._trains(row[1], row[2])]
        for level, file, loop in training[:1] or around[:1]:
            level.f_trace = self.on_event
            self._leaving = (level, loop)
            return file, loop.line
        return None

    def _trains(self, file: str, loop: Loop) -> bool:
        """Whether the tour has a loop as one that trains."""
        return any(
            stop["stage"] == "train_loop" and stop["file"] == file and loop.line in stop["lines"]
            for stop in self.stops.all
        )

    def _enclosing(self, frame: FrameType) -> list[Loop]:
        """The loops of a frame's own code that it stands in, outermost first."""
        name = frame.f_code.co_filename
        if name not in self._loops:
            try:
                with open(name, "rb") as handle:
                    self._loops[name] = loops_of(handle.read(), name)[0]
            except OSError:
                self._loops[name] = []
        own = lines_of(frame.f_code)
        found = [loop for loop in self._loops[name] if loop.line in own and loop.line <= frame.f_lineno <= loop.end]
        for loop in found:
            loop.find_entry(frame.f_code)
        return found

    def _leave(self, frame: FrameType) -> None:
        """Go behind the loop that is to be left, if a pass of it is about to begin."""
        assert self._leaving is not None
        loop = self._leaving[1]
        if not loop.line <= frame.f_lineno <= loop.end:
            self._leaving = None  # it is over by itself
        elif loop.starts_iteration(frame.f_lasti, frame.f_lineno, 0):
            self._leaving = None
            if not go_behind(frame, loop):
                self.pause_with(frame, "this loop cannot be left safely: there is no line behind it to go to")

    def pause_with(self, frame: FrameType, text: str) -> None:
        """Stand still to say something."""
        self._ready(frame).message(text)
        self.pause(frame, [])
