"""The engine of Python 3.12 and later: `sys.monitoring`. Runs in the target.

Two tool ids. The finder sees each code object begin once, wherever it is, and asks for nothing more from it. The
watcher has events on code of the repository and on landmarks only, and only as long as they have something to show:
lines while a recorded frame runs, calls until they have been counted often enough. What is switched off costs nothing.
"""

from __future__ import annotations

import sys
from sys import monitoring  # type: ignore[attr-defined]

from .followers import Follower, Raised, Waker, follower_of
from .frames import CodeRecord, FrameRecord
from .landmarks import Landmark
from .namespaces import module_name
from .resuming import Resumed, outwards

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional

    from .hook import Hook

NAME = "repotour"
IDS = (3, 4)  # the two that no convention gives to anybody
COUNTED = 1000  # calls of a function, and runs of a line, that are counted
WASTED = 2000  # lines of frames that nobody records, because another frame of the same code is recorded


def taken_tools() -> str:
    """Who has the tool ids of the engine, in words; "" while they are free."""
    users = [(number, monitoring.get_tool(number)) for number in IDS]
    told = ["id %d by %s" % (number, name if type(name) is str else "?") for number, name in users if name is not None]
    return "sys.monitoring is not to be had: tool " + ", ".join(told) + " is taken" if told else ""


class Returning(Follower):
    """Goes along with a call of a landmark: `done` is called with what it returns."""

    __slots__ = ("done",)

    def __init__(self, done: Callable[[Any], None]) -> None:
        self.done = done


class Outermost(Follower):
    """Goes along with the program's outermost frame when that is not the repository's own."""

    __slots__ = ()


class MonitoringEngine:
    """Events of `sys.monitoring` for a `Hook`."""

    name = "sys.monitoring"

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self.finder, self.watcher = IDS
        self.begun = False
        self.watched: set[int] = set()
        self.resumed: set[int] = set()
        self.outermost: Optional[CodeType] = None
        self._frame = sys._getframe
        events = monitoring.events
        self._start: int = events.PY_START
        self._lines: int = events.PY_START | events.PY_RETURN | events.PY_YIELD | events.LINE
        self._returns: int = events.PY_START | events.PY_RETURN
        self._everywhere: int = events.RAISE | events.PY_UNWIND
        self._disable = monitoring.DISABLE

    # -- the protocol ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the next frame without a caller is the target's outermost one."""
        events = monitoring.events
        for number in IDS:
            monitoring.use_tool_id(number, NAME)
        monitoring.register_callback(self.finder, events.PY_START, self.on_found)
        callbacks = {
            events.PY_START: self.on_start,
            events.PY_RETURN: self.on_return,
            events.PY_YIELD: self.on_yield,
            events.PY_UNWIND: self.on_unwind,
            events.RAISE: self.on_raise,
            events.LINE: self.on_line,
            events.JUMP: self.on_jump,
        }
        for event, callback in callbacks.items():
            monitoring.register_callback(self.watcher, event, callback)
        monitoring.set_events(self.finder, events.PY_START)
        # These two exist only for the whole process; they cost nothing but where an exception passes.
        monitoring.set_events(self.watcher, self._everywhere)

    def resume(self, frame: Optional[FrameType]) -> None:
        """Begin in a forked child, with the frames that are running there."""
        self.begun = True
        self.start()
        # What the parent's engine had switched off is to be seen once more.
        monitoring.restart_events()
        for level, ours, outermost in outwards(self.hook, frame):
            if ours:
                # Nothing is told of it until it goes on.
                self.resumed.add(id(level.f_code))
                monitoring.set_local_events(self.watcher, level.f_code, self._lines)
                level.f_trace = Resumed(None, outermost).ignored
            elif outermost:
                self.outermost = level.f_code
                level.f_trace = Outermost().ignored
                monitoring.set_local_events(self.watcher, level.f_code, self._returns)

    def begin_resumed(self, owner: Resumed, frame: FrameType) -> Optional[Follower]:
        """The first event of a frame that goes on in a forked child: it is told as a call that begins here."""
        frame.f_trace = None
        key = id(frame.f_code)
        entry = self.hook.known.get(key) or self.hook.guarded(self.hook.classify, frame.f_code, frame)
        if type(entry) is CodeRecord and not entry.folded:
            self.watched.add(key)
            self.begin(entry, frame, owner.outermost)
        return follower_of(frame)

    def stop(self) -> None:
        """No event from now on."""
        for number in IDS:
            if monitoring.get_tool(number) == NAME:
                monitoring.set_events(number, 0)
        for entry in self.hook.codes:
            entry.live = 0
            self.watch(entry, 0)
        for number in IDS:
            if monitoring.get_tool(number) == NAME:
                monitoring.free_tool_id(number)

    def follow(self, record: FrameRecord, frame: FrameType) -> None:
        """Bring the events of a frame to its record."""
        entry = record.code
        if frame.f_trace is None:
            entry.live += 1
            record.lost = self.lose
            frame.f_trace = record.ignored
        elif follower_of(frame) is not record:
            return  # a trace function of the target's own, which is left in its place
        self.watch_lines(entry)

    def wake(self, entry: CodeRecord) -> None:
        """Calls are looked at again."""
        if not entry.live:
            self.watch(entry, 0)
            self.watch(entry, self._start)
        else:
            self.watch_lines(entry)

    def on_intrusion(self, record: Optional[FrameRecord]) -> None:
        """Callbacks stay where they are."""

    def on_exec(self, code: CodeType) -> None:
        """Nothing is told from lines alone here, and nothing is switched off while modules are imported."""

    def look_after(self) -> None:
        """Others may trace beside us: it is only said."""
        current = sys.gettrace()
        if current is not None:
            self.hook.tell_taken(current)

    def is_ours(self, function: Any) -> bool:
        """Whether a trace function is the engine's own: it has none."""
        return False

    def gap(self) -> dict[str, Any]:
        """Nothing is ever switched off as a whole."""
        return {}

    # -- which events ------------------------------------------------------------------------------------------------

    def watch(self, entry: CodeRecord, events: int) -> None:
        """Ask for these events of a code object, and of no others."""
        for code in entry.bodies:
            monitoring.set_local_events(self.watcher, code, events)

    def watch_lines(self, entry: CodeRecord) -> None:
        """Ask for every line of a code object, those that were switched off included."""
        entry.read()
        # What is asked for anew is switched on everywhere; what is asked for still is left as it is.
        self.watch(entry, 0)
        self.watch(entry, self._lines | (monitoring.events.JUMP if entry.jumps else 0))
        entry.disabled = False

    # -- calls -------------------------------------------------------------------------------------------------------

    def on_found(self, code: CodeType, offset: int) -> Any:
        """A code object begins for the first time."""
        hook = self.hook
        try:
            frame = self._frame(1)
            outermost = not self.begun and self.begins_program(frame)
            if not self.begun:
                return None
            key = id(code)
            if key in self.watched:
                return self._disable  # another thread has just found it, and the watcher sees this call
            entry = hook.known.get(key)
            if entry is None:
                entry = hook.guarded(hook.classify, code, frame)
            if type(entry) is CodeRecord:
                if not entry.folded:
                    self.watched.add(key)
                    monitoring.set_local_events(self.watcher, code, self._start)
                    self.begin(entry, frame, outermost)
            elif type(entry) is Landmark:
                self.watched.add(key)
                monitoring.set_local_events(self.watcher, code, self._returns)
                self.begin_landmark(entry, frame)
        except RecursionError:
            return None  # the target is about to meet its limit; there is no room to say anything
        return self._disable

    def begins_program(self, frame: FrameType) -> bool:
        """Whether a frame is the program's outermost one, with which recording begins."""
        if frame.f_back is not None or module_name(frame) not in ("__main__", "runpy"):
            return False
        self.begun = True
        if self.hook.repository_file(frame.f_code.co_filename) is None:
            self.outermost = frame.f_code
            frame.f_trace = Outermost().ignored
            monitoring.set_local_events(self.watcher, frame.f_code, self._returns)
        return True

    def on_start(self, code: CodeType, offset: int) -> Any:
        """A function of the repository, or a landmark, begins."""
        try:
            entry = self.hook.known.get(id(code))
            if type(entry) is CodeRecord:
                if not entry.quiet:
                    self.begin(entry, self._frame(1))
                    return None
                entry.calls += 1
                if entry.calls >= COUNTED:
                    entry.open = True
                    return self._disable
            elif type(entry) is Landmark:
                self.begin_landmark(entry, self._frame(1))
        except RecursionError:
            pass
        return None

    def begin(self, entry: CodeRecord, frame: FrameType, outermost: bool = False) -> None:
        """A call of repository code."""
        hook = self.hook
        if hook.off:
            return
        record = hook.guarded(hook.on_repository_call, entry, frame)
        if record is not None:
            record.outermost = outermost
            self.follow(record, frame)

    def begin_landmark(self, mark: Landmark, frame: FrameType) -> None:
        """A call of a landmark."""
        hook = self.hook
        if hook.off:
            return
        done = hook.guarded(hook.landmarks.on_call, mark, frame)
        if done is not None and frame.f_trace is None:
            frame.f_trace = Returning(done).ignored

    def mute(self, entry: CodeRecord, frame: FrameType) -> None:
        """Recursion below recorded frames: no lines of it until its outermost call that is not recorded is over."""
        entry.wasted = 0
        recorded = 0
        outermost = None
        step: Optional[FrameType] = frame
        while step is not None:
            if self.hook.known.get(id(step.f_code)) is entry:
                if type(follower_of(step)) is FrameRecord:
                    recorded += 1
                elif not recorded and step.f_trace is None:
                    outermost = step
            step = step.f_back
        if outermost is None or recorded != entry.live:
            return  # another thread may be in a frame whose lines are wanted
        self.watch(entry, 0)
        entry.open = True
        outermost.f_trace = Waker(self.on_woken, entry, 0.0).ignored

    def on_woken(self, waker: Waker) -> None:
        """A muted call is over."""
        entry = waker.entry
        if entry is not None and not self.hook.off:
            entry.wasted = 0
            self.watch_lines(entry)

    # -- ends --------------------------------------------------------------------------------------------------------

    def on_return(self, code: CodeType, offset: int, value: Any) -> Any:
        """A frame returns."""
        try:
            self.leave(code, self._frame(1), value, "return")
        except RecursionError:
            pass

    def on_yield(self, code: CodeType, offset: int, value: Any) -> Any:
        """A generator or coroutine is suspended."""
        try:
            self.leave(code, self._frame(1), value, "yield")
        except RecursionError:
            pass

    def on_unwind(self, code: CodeType, offset: int, error: BaseException) -> Any:
        """An exception leaves a frame; called for every frame of the process."""
        try:
            if self.hook.known.get(id(code)) is not None or code is self.outermost or id(code) in self.resumed:
                owner = follower_of(self._frame(1))
                if type(owner) is FrameRecord:
                    owner.closing = type(error) is GeneratorExit
                elif type(owner) is Waker:
                    # Its frame may outlive this in a traceback, and what handles the exception is to be seen.
                    owner.woke()
                    owner.entry = None
                self.leave(code, self._frame(1), None, "raise")
        except RecursionError:
            pass

    def leave(self, code: CodeType, frame: FrameType, value: Any, how: str) -> None:
        """Tell the follower of a frame that it ends or is suspended."""
        owner: Any = follower_of(frame)
        hook = self.hook
        if hook.off:
            return
        if type(owner) is Resumed:
            owner = self.begin_resumed(owner, frame)
        kind = type(owner)
        if kind is FrameRecord:
            hook.guarded(owner.on_leave, frame, value, how)
            if how != "yield":
                frame.f_trace = None
                owner.lost = None
                self.lose(owner.code)
        elif kind is Returning:
            frame.f_trace = None
            hook.guarded(owner.done, Raised if how == "raise" else value)
        elif kind is Outermost:
            hook.ending.on_leave(how)

    def lose(self, entry: CodeRecord) -> None:
        """A recorded frame is over: without another one, the code's lines are not asked for any more."""
        if not entry.live or self.hook.off:
            return
        entry.live -= 1
        if not entry.live and not entry.loops:
            self.watch(entry, self._start)
            entry.disabled = False

    def on_raise(self, code: CodeType, offset: int, error: BaseException) -> Any:
        """An exception is raised in a frame or passes through it; called for every frame of the process."""
        try:
            if self.hook.known.get(id(code)) is None and code is not self.outermost and id(code) not in self.resumed:
                return
            owner = follower_of(self._frame(1))
            if type(owner) is Resumed and not self.hook.off:
                owner = self.begin_resumed(owner, self._frame(1))
            if owner is None or self.hook.off:
                return
            traceback = BaseException.__dict__["__traceback__"].__get__(error)
            if type(owner) is FrameRecord:
                self.hook.guarded(owner.on_exception, self._frame(1), type(error), error, traceback)
            elif type(owner) is Outermost:
                self.hook.guarded(self.hook.ending.on_exception, type(error), error, traceback)
        except RecursionError:
            pass

    # -- lines -------------------------------------------------------------------------------------------------------

    def on_line(self, code: CodeType, line: int) -> Any:
        """A line of a code object that has recorded frames is about to run."""
        try:
            frame = self._frame(1)
            owner = follower_of(frame)
            if type(owner) is Resumed:
                owner = self.begin_resumed(owner, frame)
            if type(owner) is not FrameRecord or self.hook.off:
                entry = self.hook.known.get(id(code))
                if type(entry) is CodeRecord:
                    entry.wasted += 1
                    if not entry.live:
                        return self._disable
                    if entry.wasted > WASTED and entry.begins is None:
                        self.mute(entry, frame)
                return None
            entry = owner.code
            if not owner.keep and owner.passes_by(frame, line):
                # Another frame that is followed may still want the line.
                if entry.live > 1 or entry.hits.get(entry.folds.get(line, line), 0) < COUNTED:
                    return None
                entry.disabled = entry.uncounted = True
                return self._disable
            self.hook.guarded(owner.on_line, frame, line)
            if owner.keep and entry.disabled:
                # The next line, whichever it is, is when this one is done.
                self.watch_lines(entry)
        except RecursionError:
            pass
        return None

    def on_jump(self, code: CodeType, offset: int, destination: int) -> Any:
        """A jump: one back to its own line is the next pass of a loop on one line, which is no `LINE` event."""
        try:
            if destination < offset:
                frame = self._frame(1)
                owner = follower_of(frame)
                line = frame.f_lineno
                # On 3.12 the frame stands at its destination already: what runs is still the line that jumps.
                if type(owner) is FrameRecord and not self.hook.off and owner.stays(line, line_at(code, destination)):
                    self.hook.guarded(owner.on_line, frame, line, destination)
        except RecursionError:
            pass
        return None


def line_at(code: CodeType, offset: int) -> Optional[int]:
    """The line of an instruction."""
    for first, end, line in code.co_lines():
        if first <= offset < end:
            return line
    return None
