"""Up to Python 3.11: programs of millions of tiny calls run with the recorder switched off most of the time.

Runs in the target. Being called at every call is several times as dear as a tiny function. Where there has been nothing
new for a second and events still come very fast, the trace function is taken away, and put back five times a second to
see whether there is something new. What happens only in between is not seen; how long that was is in the trace.

Nothing of the target's can put it back, least of all a signal: a thread that sleeps asks the interpreter to call us in
the main thread (`Py_AddPendingCall`). It exists only while it is needed.
"""

from __future__ import annotations

import sys
import time
from _thread import get_ident, interrupt_main, start_new_thread

from .followers import Waker
from .frames import PATIENCE, PRESSED, record_of
from .namespaces import module_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Optional

    from .hook import Hook

# Up to 3.9 a frame with a local trace function believes what the last event said of its line: with events switched off
# its tracebacks would show the wrong one. There nothing but imports is ever switched off.
KEEPS_LINES: bool = sys.version_info >= (3, 10)
RATE = 200_000  # events a second with nothing in them that are too many
WINDOW = 0.02  # seconds that are looked at between two slices
SLICE = 0.2  # seconds without the recorder


class Slices:
    """Switches the engine off and on while nothing new happens fast.

    `look` is called in the main thread now and then once `guard` has been called.
    """

    def __init__(self, hook: Hook, tracer: Any, look: Callable[[], None]) -> None:
        self.hook = hook
        self.tracer = tracer
        self.look = look
        self.off = False
        self.count = 0
        self.seconds = 0.0
        self.began = 0.0
        self.ended = False
        self.switching = False  # between off and on: whoever looks in then must not take it for lost
        self.guarded = False
        self.always = False
        self._window = hook.start
        self._events = 0
        self._thread = False
        self._wanted: Optional[Callable[[], None]] = None
        self._main = get_ident()
        self._clock = time.perf_counter

    def pressed(self) -> None:
        """Another few hundred events had nothing in them: switch off if they come too fast."""
        if get_ident() != self._main or self.ended or not KEEPS_LINES:
            return
        now = self._clock()
        news = self.hook.last_news
        self._events += PRESSED + 1
        if self._window < news:
            self._window, self._events = now, 0
            return
        patience = WINDOW if self.count and news < self.began else PATIENCE
        if now - news < patience or now - self._window < WINDOW:
            return
        fast = self._events > RATE * (now - self._window)
        self._window, self._events = now, 0
        if fast and self.timer():
            self.hook.slices += 1
            self.hook.landmarks.modules.forget_running()
            self.count += 1
            self.began = now
            self.off = True
            self.watch_end()
            sys.settrace(None)

    def watch_end(self) -> None:
        """Have the slice end with the call that the innermost recorded frame is in: what follows it may be new.

        A frame that itself calls the tiny functions has no such call: there the slice ends with the frame.
        """
        frame: Optional[FrameType] = sys._getframe(1)
        below: list[FrameType] = []
        record = None
        while frame is not None:
            record = record_of(frame)
            if record is not None and not record.light:
                break
            if not module_name(frame).startswith("_repotour"):
                below.append(frame)
            frame = frame.f_back
        if len(below) > 1:
            record = record_of(below[-1])
            if record is None and below[-1].f_trace is None:
                below[-1].f_trace = Waker(self.on_over, None, self.began).ignored
        if record is not None and record.over is None:
            record.over = Waker(self.on_over, None, self.began)

    def on_over(self, _: Waker) -> None:
        """That call is over."""
        self.back()

    def back(self) -> None:
        """In the main thread: put the trace function back."""
        if not self.off or get_ident() != self._main:
            return
        self.switching = True
        self.off = False
        now = self._clock()
        self.seconds += now - self.began
        self._window, self._events = now, 0
        if not self.ended and sys.gettrace() is None:
            sys.settrace(self.tracer)
        self.switching = False

    def called(self) -> None:
        """What the thread asked for, in the main thread."""
        try:
            if self.off:
                self.back()
            elif not self.ended and not self.switching:
                self.look()
        except KeyboardInterrupt:
            interrupt_main()  # it was meant for the target
        except Exception as error:  # noqa: BLE001 - the interpreter would print it among what the target prints
            self.hook.failed("slice", error)

    def recall(self) -> None:
        """Have `look` called as soon as the target goes on."""
        if self.timer() and self._wanted is not None:
            self._wanted()

    def keep(self) -> None:
        """Have `look` called now and then until the end."""
        self.always = True
        self.timer()

    def guard(self) -> None:
        """Have `look` called now and then from here on."""
        self.guarded = True
        if not self._thread:
            self.timer()

    def end(self) -> None:
        """The recording is over."""
        if self.off:
            self.off = False
            self.seconds += self._clock() - self.began
        self.ended = True

    def timer(self) -> bool:
        """Start the thread that calls us back; False where the interpreter does not offer what it takes."""
        if self._wanted is None:
            self._wanted = _pending_call(self.called)
        if self._wanted is not None and not self._thread:
            self._thread = True
            self.hook.outputs.ours = 1
            start_new_thread(self.sleep, ())
        return self._wanted is not None

    def sleep(self) -> None:
        """The thread: wakes up at the end of each slice, and goes away when there has been none for a while."""
        idle = 0
        while (idle < 10 or self.guarded or self.always) and not self.ended:
            time.sleep(SLICE)
            idle += 1
            over = self.off and self._clock() - self.began >= SLICE / 2
            if (over or self.guarded or self.always) and self._wanted is not None:
                idle = 0 if over else idle
                self.guarded = False
                self._wanted()
        self.hook.outputs.ours = 0
        self._thread = False


def _pending_call(function: Callable[[], None]) -> Optional[Callable[[], None]]:
    """What asks the interpreter to call `function` in the main thread soon; None where there is no way."""
    try:
        import _ctypes
    except ImportError:
        return None
    simple: Any = _ctypes._SimpleCData
    made: Any = _ctypes.CFuncPtr
    number = type("_Number", (simple,), {"_type_": "i"})
    pointer = type("_Pointer", (simple,), {"_type_": "P"})
    plain = _ctypes.FUNCFLAG_CDECL
    callback = type("_Callback", (made,), {"_flags_": plain, "_restype_": number, "_argtypes_": (pointer,)})

    def called(_: Any) -> int:
        function()
        return 0

    asked = {"_flags_": plain | _ctypes.FUNCFLAG_PYTHONAPI, "_restype_": number, "_argtypes_": (callback, pointer)}
    ourselves: Any = None
    try:
        address = _ctypes.dlsym(_ctypes.dlopen(ourselves, 0), "Py_AddPendingCall")
        add = type("_Add", (made,), asked)(address)
        entry = callback(called)
    except (AttributeError, OSError, TypeError):
        return None

    def want() -> None:
        add(entry, None)

    return want
