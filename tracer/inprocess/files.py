"""Which files the repository's code opens, and where an exception came from. Runs in the target."""

from __future__ import annotations

import os
import sys
from _thread import get_ident

from .frames import CodeRecord
from .namespaces import local_names, module_name
from .qualnames import qualified_name
from .reading import module_name as module_of
from .reading import module_namespace
from .tracefile import FILE_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Callable, Optional

    from .hook import Hook
    from .writer import Writer

PER_PLACE = 3
# What the recorder itself does all the time, and what a program does most.
OWN = frozenset(["object.__getattr__", "builtins.id", "sys._getframe", "sys.settrace"])
# Library code that reads source and byte code: not files of the program.
IMPORTERS = ("importlib.", "_repotour", "linecache", "tokenize", "inspect", "_frozen_importlib")


class Files:
    """An audit hook for `open`. Audit hooks cannot be removed, so it does nothing once the recorder has stopped.

    Being called at many moments, it also sees when the trace function was lost (an exception that arrives while it
    runs takes it away) and puts it back, and when the target sets one of its own.
    """

    def __init__(self, hook: Hook, writer: Writer) -> None:
        self.hook = hook
        self.writer = writer
        self.places: dict[tuple[int, int, bool, str], int] = {}
        self._inside: set[int] = set()
        self._taken = False
        self.on_other: Callable[[str, tuple[Any, ...]], None] = lambda event, arguments: None

    def unseen(self, action: Callable[[], Any]) -> Any:
        """Do something that is audited without noting it: our own doing."""
        me = get_ident()
        first = me not in self._inside
        self._inside.add(me)
        try:
            return action()
        finally:
            if first:
                self._inside.discard(me)

    def on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audited action: only `open` by repository code is noted."""
        hook = self.hook
        if hook.off:
            return
        me = get_ident()
        if me in self._inside:
            return
        self._inside.add(me)
        try:
            if event == "open":
                self.on_open(*arguments)
            elif event == "resource.setrlimit":
                self.on_limit(*arguments)
            elif event == "exec":
                self.on_exec(arguments[0])
            self.on_other(event, arguments)
            if me == hook.main_thread:
                hook.engine.look_after()
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            hook.at_error("open", error)
        finally:
            self._inside.discard(me)

    def tell_taken(self, other: Any) -> None:
        """Somebody else traces: say once who, and what line of the repository was running."""
        if self._taken:
            return
        self._taken = True
        event = {"kind": "elided", "reason": "the program traces itself", "by": tracer_of(other)}
        frame: Optional[FrameType] = sys._getframe(1)
        while frame is not None and module_name(frame).startswith("_repotour"):
            frame = frame.f_back
        self.writer.put({**event, "stack": self.hook.stack(frame)}, True)

    def look_back(self) -> None:
        """The program ends: was its tracing, or that of its threads, taken over by the target meanwhile?"""
        engine = self.hook.engine
        for function in (sys.gettrace(), (module_namespace("threading") or {}).get("_trace_hook")):
            if function is not None and not engine.is_ours(function):
                self.tell_taken(function)

    def on_exec(self, code: Any) -> None:
        """Code is about to be executed."""
        if type(code) is _CODE:
            self.hook.engine.on_exec(code)

    def on_limit(self, resource: Any, limits: Any) -> None:
        """The target limits itself: the trace must not be what goes beyond."""
        if resource == FILE_SIZE and type(limits) is tuple and limits and type(limits[0]) is int:
            self.writer.limit_size(limits[0])

    def on_open(self, path: Any, mode: Any, flags: Any) -> None:
        """Note who opened what, and whether to read or to write."""
        if type(path) is bytes:
            path = os.fsdecode(path)
        if type(path) is not str or path == self.writer.path or path.startswith(("/dev/", "/proc/", "/sys/")):
            return
        shown = self.shown(path)
        if shown.endswith((".pyc", ".py", ".so")):
            return
        found = self.opener(sys._getframe(3))
        if found is None:
            return
        frame, entry, via = found
        writing = bool(type(flags) is int and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        place = (entry.index, frame.f_lineno, writing, os.path.splitext(shown)[1])
        seen = self.places.get(place, 0)
        self.places[place] = seen + 1
        if seen >= PER_PLACE:
            return
        hook = self.hook
        mine = hook.take_turn()
        try:
            noted = {"kind": "file", "seq": hook.next_sequence(), "mode": "write" if writing else "read", "path": shown}
            noted["stack"] = hook.stack(frame)
            noted["t"] = hook.since(hook.clock())
            if via is not None:
                noted["via"] = via
            self.writer.put(noted)
        finally:
            if mine is not None:
                hook.end_turn(mine)

    def opener(self, frame: Optional[FrameType]) -> Optional[tuple[FrameType, CodeRecord, Optional[str]]]:
        """(frame, its CodeRecord, library function between) of the repository's line that opens a file."""
        via = None
        for _ in range(40):
            if frame is None:
                return None
            entry = self.hook.running(frame)
            if type(entry) is CodeRecord:
                if not entry.folded:
                    return frame, entry, via
            else:
                name = module_name(frame)
                if name:
                    if name.startswith(IMPORTERS):
                        return None
                    via = name + "." + frame.f_code.co_name
            frame = frame.f_back
        return None

    def shown(self, path: str) -> str:
        """A path as it may stand in a trace: relative to the repository, or only its last part."""
        full = os.path.realpath(path)
        if full.startswith(self.hook.root):
            return full[len(self.hook.root) :].replace(os.sep, "/")
        return "<outside>/" + os.path.basename(full)

    def traceback(self, traceback: Optional[TracebackType]) -> list[dict[str, Any]]:
        """The repository's frames of a traceback, innermost first, with the variables of the innermost three."""
        rows: list[tuple[str, int, str, FrameType]] = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            file = self.hook.repository_file(code.co_filename)
            if file is not None:
                name = getattr(code, "co_qualname", None) or qualified_name(code)
                rows.append((file, traceback.tb_lineno, name, traceback.tb_frame))
            traceback = traceback.tb_next
        rows.reverse()
        found: list[dict[str, Any]] = []
        for index, (file, line, name, frame) in enumerate(rows[:20]):
            row: dict[str, Any] = {"file": file, "line": line, "qualname": name}
            if index < 3:
                named = [(key, one) for key, one in list(local_names(frame).items()) if type(key) is str]
                kept = [(key, one) for key, one in named[:40] if not key.startswith("__")]
                row["variables"] = [(key, self.hook.values.summary(one)) for key, one in kept]
            found.append(row)
        return found


def owner_of(function: Any) -> Any:
    """The object that a method is bound to; None for all other things."""
    held: Any = function
    return held.__self__ if type(function) is _METHOD else None


def tracer_of(other: Any) -> str:
    """Who traces, by the module of a trace function: `pdb`, `coverage`; empty for the program's own."""
    owner = owner_of(other)
    if owner is not None:
        name = module_of(type(owner))
    elif type(other) is _FUNCTION:
        written: Any = other
        found = dict.get(written.__globals__, "__name__")
        name = found if type(found) is str else ""
    else:
        name = module_of(type(other))
    return "" if name == "__main__" else name.partition(".")[0]


_METHOD: type = type(Files.on_open.__get__(object()))
_FUNCTION: type = type(owner_of)
_CODE: Any = type(owner_of.__code__)
