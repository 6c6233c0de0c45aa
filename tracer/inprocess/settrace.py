"""The engine of Pythons up to 3.11: `sys.settrace`. Runs in the target.

The trace function runs at every call of the whole program. It tells modules apart by their file, functions of the
repository by file and first line: reading a frame's code, or an `id()`, is audited and several times as dear as the
rest. What has shown all it has runs with the trace function taken away, until its frame is gone (`Waker`): the import
of a library, and calls of functions whose every line that calls something has been seen.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from _weakref import ref

from .executed import IMPORTS, beginnings, entries, is_module_s_own
from .followers import Raised, Waker, follower_of
from .frames import PRESSED, CodeRecord, FrameRecord, way_out
from .landmarks import Landmark
from .namespaces import FILLED, module_name, renew
from .reading import module_namespace
from .resuming import Resumed, outwards
from .slices import KEEPS_LINES, Slices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional, Union

    from .hook import Hook

    TraceFunction = Optional[Callable[[FrameType, str, Any], Any]]
    Starts = dict[int, Union[CodeRecord, "Passed"]]

AGAIN = 4095  # a quiet function is asked at one call in 4096 whether it may run with the recorder off
PROBE = 63  # of a function that runs with the recorder off one call in 64 is looked at
BRIEF = 40e-6  # seconds that a call must take for switching off to be worth it
# Seconds from which on a run is looked after: it may be ended by Ctrl-C, which takes the trace function away.
LONG = 3.0
LOST = 15  # one audited action in 16 checks that what was switched off is still running


class Passed:
    """Stands for what begins, or goes on, at a line and is never looked at."""

    __slots__ = ("quiet", "calls", "hush")

    def __init__(self) -> None:
        self.quiet = True
        self.hush = False
        self.calls = 0


class SettraceEngine:
    """Events of `sys.settrace` for a `Hook`."""

    name = "settrace"

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self.tables: dict[str, Optional[Starts]] = {}
        # Lines, of one file and of all, on which other code begins too: there nothing can be told from the line.
        self.marks: set[tuple[str, int]] = set()
        self.barred: set[int] = set()
        self.begins: dict[str, dict[int, list[str]]] = {}
        # Of each thread that runs with the recorder off: (id of the waker, since when); what it imports, if it does.
        self.hushed: dict[int, tuple[int, float]] = {}
        self.importing: dict[int, Any] = {}
        self.seconds_off = 0.0
        self.hushed_calls = 0
        self.threads_followed = False
        self.stopped = False
        self.lost = 0
        self._unguarded = True
        self._intruded: Optional[FrameRecord] = None
        self._audits = 0
        self._passed = Passed()
        self._first = self.on_first
        self.slices = Slices(hook, None, self.look_for_hushed)
        self.tracer = self.slices.tracer = self.trace_function()
        hook.pressed = self.slices.pressed

    # -- the protocol ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin: the next frame without a caller is the target's outermost one."""
        sys.settrace(self._first)

    def resume(self, frame: Optional[FrameType]) -> None:
        """Begin in a forked child, with the frames that are running there."""
        sys.settrace(self.tracer)
        self.follow_threads()
        for level, ours, outermost in outwards(self.hook, frame):
            if ours:
                level.f_trace = Resumed(lambda frame: self.tracer(frame, "call", None), outermost).traced
            elif outermost:
                level.f_trace = self.outermost

    def stop(self) -> None:
        """No event from now on."""
        away = sys.gettrace() is None and not self.slices.off and get_ident() not in self.hushed
        if away and get_ident() == self.hook.main_thread:
            self.lost += 1
        self.stopped = True
        self.slices.end()
        sys.settrace(None)

    def follow(self, record: FrameRecord, frame: FrameType) -> None:
        """Bring the events of a frame to its record."""
        frame.f_trace = record.traced

    def wake(self, entry: CodeRecord) -> None:
        """Calls are looked at again: the trace function asks each time."""

    def look_after(self) -> None:
        """Put the trace function back where nobody traces; say so once where somebody else does."""
        current = sys.gettrace()
        if current is None and self.slices.off:
            self.slices.back()  # something other than computing happens
        elif current is None:
            if self.hook.main_thread in self.hushed:
                self._audits += 1
                if not self._audits & LOST:
                    self.look_for_hushed()
                return
            self.restore()
        elif not self.is_ours(current):
            self.hook.tell_taken(current)

    def restore(self) -> None:
        """Put the trace function back that the interpreter, or the target, has taken away: for a while nobody looked.

        The interpreter does so, with the frame's own one, when an exception goes through it, as at Ctrl-C.
        """
        self.lost += 1
        self.hook.landmarks.modules.forget_running()
        self.hook.slices += 1
        record, self._intruded = self._intruded, None
        sys.settrace(self.tracer)
        if record is None:
            return
        frame: Optional[FrameType] = sys._getframe(1)
        found = []
        while frame is not None:
            if frame.f_code is record.code.code:
                found.append(frame)
            frame = frame.f_back
        if len(found) == 1 and found[0].f_trace is None:
            found[0].f_trace = record.traced

    def on_intrusion(self, record: Optional[FrameRecord]) -> None:
        """An exception of the target's goes through a trace function: the interpreter drops it, and we come back."""
        if get_ident() == self.hook.main_thread:
            self._intruded = record
            self.slices.recall()

    def open_below(self) -> None:
        """What may have been called while nobody looked was called at least as often as was counted."""
        codes = self.hook.codes
        pending = list(codes) if self.slices.count or self.lost else [entry for entry in codes if entry.open]
        while pending:
            entry = pending.pop()
            entry.open = True
            pending.extend(codes[index] for index in entry.callees if not codes[index].open)

    def is_ours(self, function: Any) -> bool:
        """Whether a trace function is the engine's own."""
        return function is self.tracer or function is self._first

    def gap(self) -> dict[str, Any]:
        """For how long the trace function was taken away while code of the repository ran."""
        if not self.hushed_calls and not self.slices.count and not self.lost:
            return {}
        self.open_below()
        found: dict[str, Any] = {"calls": self.hushed_calls, "seconds": round(self.seconds_off, 3)}
        if self.lost:
            found["lost"] = self.lost
        if self.slices.count:
            found["slices"] = [self.slices.count, round(self.slices.seconds, 3)]
        return found

    # -- calls -------------------------------------------------------------------------------------------------------

    def on_first(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function until the program's outermost frame begins."""
        if frame.f_back is not None or module_name(frame) not in ("__main__", "runpy"):
            return None
        sys.settrace(self.tracer)
        local = self.tracer(frame, event, arg)
        record = getattr(local, "__self__", None)
        if type(record) is FrameRecord:
            record.outermost = True
            return local
        return self.outermost

    def outermost(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function of an outermost frame that is not the repository's own."""
        try:
            if event == "exception":
                self.hook.ending.on_exception(*arg)
            elif event == "return":
                self.hook.ending.on_leave(way_out(frame, None))
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.hook.failed("ending", error)
        return self.outermost

    def trace_function(self) -> Any:
        """The global trace function (`sys.settrace` protocol).

        A closure without a call of its own for all that needs no look, so that little is added to a call, and the
        target's recursion limit is met where it was.
        """
        missing = object()
        tables: Callable[..., Any] = self.tables.get
        of_globals: Callable[..., Any] = dict.get
        look = self.look
        hush = self.hush
        press = self.press

        def on_call(frame: FrameType, event: str, arg: Any) -> Any:
            file = of_globals(frame.f_globals, "__file__")
            if type(file) is str:
                table = tables(file, missing)
                if table is None:
                    return None
                if table is not missing:
                    entry = table.get(frame.f_lineno)
                    if entry is not None and entry.quiet:
                        entry.calls += 1
                        if entry.hush:
                            hush(frame, entry)
                        elif not entry.calls & PRESSED:
                            press(entry)
                        return None
            try:
                return look(frame, file)
            except RecursionError:
                return None  # the target is about to meet its limit; there is no room to say anything

        return on_call

    def press(self, entry: Union[CodeRecord, Passed]) -> None:
        """Another few hundred calls of a quiet function: perhaps by now its calls may run with the recorder off."""
        self.slices.pressed()
        if type(entry) is CodeRecord and entry.brief < 3 and not entry.calls & AGAIN and KEEPS_LINES:
            self.hook.wake(entry)

    def look(self, frame: FrameType, file: Any) -> TraceFunction:
        """A call that the trace function does not know how to pass over."""
        hook = self.hook
        if hook.off:
            return None
        try:
            if self._unguarded and hook.clock() - hook.start > LONG:
                self._unguarded = False
                self.slices.keep()
            code = frame.f_code
            key = id(code)
            entry = hook.known[key] if key in hook.known else self.first_look(frame, code, file)
            if type(entry) is CodeRecord:
                return self.look_at(entry, frame, file)
            if type(entry) is Landmark:
                done = hook.guarded(hook.landmarks.on_call, entry, frame)
                return self.at_return(frame, done) if done is not None else None
            if code.co_name == "<module>":
                self.on_import(frame)
            elif code.co_filename == file and (code.co_name[0] == "<" or frame.f_lineno != code.co_firstlineno):
                self.pass_in_library(file, frame.f_lineno)
        except RecursionError:
            pass
        except BaseException as error:  # noqa: BLE001 - the target must never see a failure of ours
            hook.at_error("call", error)
        finally:
            if FILLED and frame.f_code.co_freevars:
                renew(frame)
        return None

    def look_at(self, entry: CodeRecord, frame: FrameType, file: Any) -> TraceFunction:
        """A call of repository code, or a generator of it that goes on."""
        hook = self.hook
        if entry.folded:
            self.pass_line(file, frame.f_lineno)
        elif entry.begins is not None and frame.f_lasti > entry.begins:
            # A generator that goes on is no new call; its frame keeps the trace function that it has.
            self.pass_line(file, frame.f_lineno)
        else:
            if not entry.quiet:
                record = hook.guarded(hook.on_repository_call, entry, frame)
                if record is not None:
                    return record.traced  # type: ignore[no-any-return]
            else:
                entry.calls += 1
                if not entry.calls & PRESSED:
                    self.press(entry)
            if entry.hush:
                self.hush(frame, entry)
        return None

    def at_return(self, frame: FrameType, done: Callable[[Any], None]) -> TraceFunction:
        """A local trace function that calls `done` with what a library frame returns, and sees no line of it."""
        frame.f_trace_lines = False
        hook = self.hook

        def local(frame: FrameType, what: str, value: Any) -> Any:
            if what == "return" and not hook.off:
                hook.guarded(done, Raised if value is None and way_out(frame, None) == "raise" else value)
            return local

        return local

    # -- what is passed over -----------------------------------------------------------------------------------------

    def first_look(self, frame: FrameType, code: CodeType, file: Any) -> Any:
        """Classify a code object, and note what can be told of its kind from file and line alone."""
        if not self.threads_followed:
            self.follow_threads()
        hook = self.hook
        entry = hook.classify(code, frame)
        if type(file) is not str:
            return entry
        if entry is None and file not in self.tables and not hook.repository_file(file):
            name = module_name(frame)
            # Not for `__main__`: there, any library runs the repository's code.
            if name and name != "__main__" and not hook.landmarks.may_lie_in(name):
                self.tables[file] = None
                return entry
        table = self.tables.setdefault(file, {})
        if table is None:
            return entry
        line = code.co_firstlineno
        # Not by its name: up to 3.10 the code of a script has the name that was given, its `__file__` a whole path.
        own = hook.repository_file(code.co_filename)
        here = code.co_filename == file or (own is not None and own == hook.repository_file(file))
        if type(entry) is Landmark or not here:
            self.marks.add((file, line))
            table.pop(line, None)
        elif type(entry) is CodeRecord:
            if code.co_name == "<module>":
                self.begins[file] = beginnings(code)
            alone = self.begins.get(file, _NONE).get(line) == [code.co_name] and self.is_free(file, line)
            if alone and not entry.folded and entry.begins is None:
                table[line] = entry
        elif self.is_plain_library(code, file) and frame.f_lineno == line and self.is_free(file, line):
            table[line] = self._passed
        return entry

    def is_free(self, file: str, line: int) -> bool:
        """Whether no code of another kind, or of another file, is known to begin on a line of a file as well."""
        return line not in self.barred and (file, line) not in self.marks

    def on_exec(self, code: CodeType) -> None:
        """Code is about to be executed (an audited action): by an import, or by `exec` in any namespace."""
        me = get_ident()
        if me in self.importing and self.hook.repository_file(code.co_filename) is not None:
            # A library that is being imported brings in the repository's code, as one does that looks for plugins.
            self.hushed.pop(me, None)
            self.importing.pop(me, None)
            sys.settrace(self.tracer)
        if not is_module_s_own():
            fresh = entries(code) - self.barred
            self.barred |= fresh
            for table in filter(None, list(self.tables.values()) if fresh else ()):
                for line in fresh.intersection(table):
                    table.pop(line, None)

    def is_plain_library(self, code: CodeType, file: str) -> bool:
        """Whether code is a function of a library's own file: there no two functions begin on one line."""
        return code.co_filename == file and file not in self.begins and code.co_name[0] != "<"

    def pass_line(self, file: Any, line: int) -> None:
        """A generator goes on, or a comprehension begins, at this line: so it does every time."""
        begins = self.begins.get(file) if type(file) is str else None
        table = self.tables.get(file) if begins is not None else None
        known = begins is not None and all(name[0] == "<" for name in begins.get(line, ()))
        if known and table is not None and self.is_free(file, line):
            table[line] = self._passed

    def pass_in_library(self, file: Any, line: int) -> None:
        """A generator of a library goes on, or a comprehension or lambda of it begins, at this line."""
        table = self.tables.get(file) if type(file) is str and file not in self.begins else None
        if table is not None and self.is_free(file, line):
            table[line] = self._passed

    def on_import(self, frame: FrameType) -> None:
        """A library is imported: nothing in it is of the repository, and there are very many calls in it."""
        back = frame.f_back
        name = module_name(frame)
        if back is None or module_name(back) not in IMPORTS or name == "__main__":
            return
        # The import system holds a lock of its own for each module while it imports it, and drops it right behind that.
        lock = self.import_lock(name)
        if lock is not None:
            me = get_ident()
            waker = Waker(self.on_woken, None, self.hook.clock())
            self.importing[me] = ref(lock, waker.woke)
            self.hushed[me] = (id(waker), waker.begun)
            sys.settrace(None)

    @staticmethod
    def import_lock(name: str) -> Any:
        """The lock of a module that is being imported, or None."""
        locks = getattr(sys.modules.get("_frozen_importlib"), "_module_locks", None)
        reference = locks.get(name) if type(locks) is dict else None
        return reference() if type(reference) is ref else None

    # -- with the trace function taken away --------------------------------------------------------------------------

    def hush(self, frame: FrameType, entry: CodeRecord) -> None:
        """A call of a function that has nothing new to show begins: look at one in 64 all the same."""
        if entry.brief < 3 and entry.calls & PROBE and KEEPS_LINES:
            waker = Waker(self.on_woken, entry, self.hook.clock())
            back = frame.f_back
            if back is not None:
                waker.caller = (id(back), back.f_lasti)
            frame.f_trace = waker.ignored
            self.hushed[get_ident()] = (id(waker), waker.begun)
            entry.open = True
            self.hook.gaps += 1
            # Something may keep the frame, as an exception does that is put away: then nothing tells that it is over.
            self.slices.guard()
            sys.settrace(None)

    def on_woken(self, waker: Waker) -> None:
        """The frame is gone."""
        me = get_ident()
        if self.hushed.get(me, _NOBODY)[0] != id(waker):
            main = self.hook.main_thread
            if self.hushed.get(main, _NOBODY)[0] == id(waker):
                # Another thread let go of it last: threads that import the same module share one lock.
                self.importing.pop(main, None)
                self.slices.guard()
            return
        self.slices.switching = True  # at any moment the call may come that was asked for
        self.hushed.pop(me, None)
        self.importing.pop(me, None)
        if waker.entry is not None:
            seconds = self.hook.clock() - waker.begun
            self.seconds_off += seconds
            self.hushed_calls += 1
            waker.entry.brief = waker.entry.brief + 1 if seconds < BRIEF else 0
            if not waker.caller_waits():
                self.lost += 1
                self.hook.slices += 1
        if not self.stopped and sys.gettrace() is None:
            sys.settrace(self.tracer)
        self.slices.switching = False

    def look_for_hushed(self) -> None:
        """In the main thread: go on recording if the call that runs with the recorder off is not on the stack."""
        main = self.hook.main_thread
        waker, begun = self.hushed.get(main, _NOBODY)
        if not waker and get_ident() == main and sys.gettrace() is None and not self.stopped:
            self.restore()
        if not waker or main in self.importing or get_ident() != main:
            return
        frame: Optional[FrameType] = sys._getframe(1)
        while frame is not None:
            if id(follower_of(frame)) == waker:
                self.slices.guard()  # it may be kept when it is over
                return
            frame = frame.f_back
        self.hushed.pop(main, None)
        self.seconds_off += self.hook.clock() - begun
        self.hushed_calls += 1
        self.lost += 1  # whatever ran since that call was over was not seen
        self.hook.slices += 1
        if not self.stopped and sys.gettrace() is None:
            sys.settrace(self.tracer)

    def follow_threads(self) -> None:
        """Let threads that the target starts be recorded too, once it has imported `threading` itself."""
        names = module_namespace("threading") or {}
        settrace = names.get("settrace")
        if type(settrace) is type(beginnings):
            self.threads_followed = True
            there: Any = names.get("_trace_hook")
            # The target's own stays; that of the process this one was forked from is no more.
            if there is None or (type(there) is type(beginnings) and there.__code__ is self.tracer.__code__):
                settrace(self.tracer)


_NONE: dict[int, list[str]] = {}
_NOBODY = (0, 0.0)
