"""How the run ended, and where in the repository: the last event of a trace. Runs in the target."""

from __future__ import annotations

import sys

from . import failures
from .reading import derives

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Optional

    from .files import Files
    from .hook import Hook

    Event = dict[str, Any]


class Ending:
    """Follows the outermost frame of the main thread and tells, when the interpreter ends, what ended the program.

    The interpreter itself keeps an exception that nobody caught (`sys.last_value`), but not a `SystemExit`: that is
    noted while it passes through the outermost frame. Only texts and numbers are kept.
    """

    def __init__(self, hook: Hook, files: Files) -> None:
        self.hook = hook
        self.files = files
        self.tour_end = ""
        self._exit: Optional[Event] = None
        self._returned = False

    def on_exception(self, kind: Any, value: Any, traceback: Optional[TracebackType]) -> None:
        """An exception passes through the outermost frame."""
        leaves = isinstance(kind, type) and issubclass(kind, SystemExit)
        self._exit = self.of_exit(value, traceback) if leaves else None

    def on_leave(self, how: str) -> None:
        """The outermost frame ends."""
        self._returned = how == "return"

    def event(self) -> Event:
        """The `end` event."""
        if self.tour_end:
            return {**self._base(), "outcome": "ended", "detail": self.tour_end}
        if self._exit is not None and not self._returned:
            return {**self._exit, "t": self.hook.since(self.hook.clock())}
        error: Any = getattr(sys, "last_exc", None)
        if error is None:  # never by its truth, which may be code of the target's
            error = getattr(sys, "last_value", None)
        if self._returned:
            return {**self._base(), "outcome": "finished"}
        if not derives(type(error), BaseException):
            # Nobody looked when the outermost frame ended: of a `sys.exit` the interpreter keeps nothing.
            return {**self._base(), "outcome": "unseen"}
        return self.of_exception(error)

    def told(self, end: Event) -> Event:
        """The `end` event of a process whose way out is known."""
        return {**self._base(), **end}

    def _base(self) -> Event:
        return {"kind": "end", "t": self.hook.since(self.hook.clock()), "exit_code": 0, "outcome": "", "detail": ""}

    def of_exit(self, error: Any, traceback: Optional[TracebackType]) -> Event:
        """The program left by `sys.exit`."""
        event = self._base()
        code = failures.exit_code_of(error)
        event["exit_code"] = 0 if code is None else int(code) if type(code) is int or type(code) is bool else 1
        # `python -m` begins its complaint with the interpreter's own path.
        event["detail"] = self.hook.clean(code.replace(str(sys.executable) + ": ", "")) if type(code) is str else ""
        event["outcome"] = "finished" if event["exit_code"] == 0 else "exited"
        event["stack"] = self.files.traceback(traceback)
        return event

    def of_exception(self, error: BaseException) -> Event:
        """The program ended by an exception that nobody caught."""
        event = self._base()
        interrupted = derives(type(error), KeyboardInterrupt)
        event["outcome"] = "interrupted" if interrupted else "raised"
        event["exit_code"] = 130 if interrupted else 1
        event["type"] = failures.name_of(type(error))
        event["detail"] = self.hook.message(error)
        event["stack"] = self.files.traceback(failures.traceback_of(error))
        if derives(type(error), SyntaxError):
            file, line, message = failures.syntax_of(error)
            if file:
                event["syntax"] = [self.hook.repository_file(file), line]
                event["detail"] = self.hook.clean(message)
        return event
