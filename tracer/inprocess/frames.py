"""What is known of the repository's code objects and of their running frames. Runs in the target.

Nothing here holds a frame or a value of the target: a record that kept one would change when the target's objects die.
"""

from __future__ import annotations

import gc
import opcode
from _thread import interrupt_main

from . import comprehensions
from .comprehensions import is_inside
from .followers import Follower, Waker, follower_of
from .namespaces import FILLED, asks_on, renew, shares
from .statements import line_facts
from .visits import Visits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional

    from .hook import Hook
    from .logical_lines import Folds
    from .loops import Loop
    from .statements import LineFacts

    Event = dict[str, Any]
    TraceFunction = Optional[Callable[[FrameType, str, Any], Any]]
    Weights = dict[int, Optional[list[float]]]

_GENERATOR = 0x20 | 0x80 | 0x200
PATIENCE = 1.0  # seconds without news before anything runs with the recorder off
PRESSED = 511  # the engine is told of every so many events that are only counted
LOOKS = 200  # calls without anything new that are looked at


class CodeRecord:
    """What is known about one code object of the repository.

    `quiet`: called so often with nothing new that calls are only counted; `open`: not even that, all of the time.
    `live`: frames whose lines are followed; `disabled`: some line is switched off now, `uncounted`: it once was.
    """

    __slots__ = (
        "index", "code", "bodies", "file", "path", "name", "folded", "shares", "kind", "visits", "calls", "until",
        "recorded", "quiet", "open", "wakes", "epoch", "looked", "callees", "hush", "brief", "closed", "edges", "hits",
        "facts", "busy", "loops", "turns", "all_loops", "begins", "inlined", "jumps", "live", "disabled", "wasted",
        "folds", "lines", "uncounted",
    )  # fmt: skip

    def __init__(self, index: int, code: CodeType, file: str, folds: Folds) -> None:
        self.index = index
        self.code = code
        self.bodies = [code]  # equal code objects: a module that is run again brings new ones
        self.file = file
        self.path = code.co_filename
        self.name = code.co_name
        self.folded = is_folded(code)
        self.shares = shares(code)
        self.kind = kind_of(code)
        # A generator's frame that stands behind this position goes on after a `yield` or `await`; it is not called.
        self.begins = first_instruction(code) if self.kind == "generator" else None

        # Calls, and how far they are looked at.
        self.visits: dict[tuple[int, Optional[bool]], int] = {}
        self.calls = 0
        self.until = LOOKS
        self.recorded = 0
        self.quiet = False
        self.open = False
        self.wakes = 0
        self.epoch = 0
        self.looked = 0
        self.edges: dict[tuple[int, int], int] = {}
        self.callees: set[int] = set()

        # Whether a call of it may run with the recorder switched off.
        self.hush = False
        self.brief = 0
        self.closed: tuple[int, bool] = (-1, False)

        # Lines. `folds`: those that belong to a statement that began above.
        self.folds = folds
        self.lines = NOT_READ
        self.hits: dict[int, int] = {}
        self.facts: Optional[dict[int, LineFacts]] = None
        self.busy: set[int] = set()  # lines that call something
        self.inlined: list[tuple[int, int]] = []
        self.jumps = False
        self.loops: Optional[list[Loop]] = None
        self.turns: set[int] = set()  # the lines of these loops on which a pass begins or an item is drawn
        self.all_loops: Optional[list[Loop]] = None
        self.live = 0
        self.disabled = False
        self.uncounted = False
        self.wasted = 0

    def read(self) -> None:
        """Read the bytecode, once, before the first frame is followed."""
        if self.facts is None:
            self.lines = Visits(self.code, self.folds)
            self.facts, self.busy, self.jumps = line_facts(self.code, self.folds)
            self.inlined = comprehensions.inlined(self.code)
            if self.inlined:
                comprehensions.forget_loop_names(self.code, self.inlined, self.facts, self.folds)


class FrameRecord(Follower):
    """A running frame that is recorded; a `light` one is only followed for the loops in it that are to be left."""

    __slots__ = (
        "id", "code", "hook", "line", "started", "keep", "hits", "snapshot", "output", "raised", "light", "loops",
        "previous", "time", "limit", "weights", "outermost", "partial", "gaps",
        "slices", "held", "closing", "waiting", "yields", "told", "over", "lost", "shown", "skipped", "caller", "calls",
        "resumed",
    )  # fmt: skip

    def __init__(self, identity: int, code: CodeRecord, hook: Hook, light: bool) -> None:
        self.id = identity
        self.code = code
        self.hook = hook
        self.light = light
        self.limit = 0 if light else hook.line_visits
        self.line = 0
        self.previous = 0
        self.started = 0
        self.keep = False
        self.hits: dict[int, int] = {}
        self.snapshot: Optional[dict[str, int]] = None
        self.output: Optional[list[int]] = None
        self.raised = False
        self.loops: dict[int, list[Any]] = {}
        self.time: float = 0
        self.weights: Optional[Weights] = None
        self.outermost = False
        self.partial: Optional[Event] = None
        self.gaps = hook.gaps
        self.slices = hook.slices
        self.held: Optional[Event] = None  # the call of a generator, until its first line
        self.closing = False
        self.waiting = False
        self.yields: dict[int, int] = {}
        self.told = 0
        self.over: Optional[Waker] = None  # asks for the end of this frame where nothing tells of it
        self.lost: Optional[Callable[[CodeRecord], None]] = None  # called when the frame goes away and no event tells
        self.shown = True  # whether the line that runs, or ran last, is one that is told
        self.skipped = False  # whether lines of the frame ran, or may have, between the line told last and this one
        self.caller: Any = None  # (frame, code, line) that runs a generator, as it was told last
        self.resumed = False  # whether another one than before does so, from this line on
        self.calls: Optional[dict[int, list[int]]] = None  # calls of the line that runs of which no frame is recorded

    def __del__(self) -> None:
        if self.lost is not None:
            try:
                self.lost(self.code)
            except KeyboardInterrupt:
                interrupt_main()  # it was meant for the target

    def traced(self, frame: FrameType, event: str, arg: Any) -> TraceFunction:
        """The local trace function of this frame (`sys.settrace` protocol)."""
        hook = self.hook
        if hook.off:
            return None
        mine = None
        try:
            if event == "line" and not self.keep and self.passes_by(frame, frame.f_lineno):
                return None  # which leaves this function in place
            mine = hook.take_turn()
            if not self.on_event(frame, event, arg):
                del frame.f_trace
                return None
        except RecursionError:
            pass  # the target is about to meet its limit; there is no room to say anything
        except BaseException as error:  # noqa: BLE001 - the target must never see a failure of ours
            hook.at_error("local", error, self)
        finally:
            if mine is not None:
                hook.end_turn(mine)
            if self.code.shares:
                renew(frame)
        return self.traced

    def on_event(self, frame: FrameType, event: str, arg: Any) -> bool:
        """An event of `sys.settrace`; False when the frame must not be followed any further."""
        if event == "line":
            if FILLED and asks_on(frame, frame.f_lineno):
                if self.keep:
                    self.finish(frame)
                return False
            self.on_line(frame, frame.f_lineno)
        elif event == "return":
            self.on_leave(frame, arg, self.way_out(frame, arg))
        elif event == "exception":
            self.on_exception(frame, *arg)
        return True

    def way_out(self, frame: FrameType, value: Any) -> str:
        """How a frame is left at its `return` event: return, yield or raise."""
        how = way_out(frame, self.code.begins)
        # A generator that is closed, or thrown into, is unwound while it stands on its `yield`.
        if how == "yield" and frame.f_lasti not in self.code.lines.echoes:
            here = self.code.folds.get(frame.f_lineno, frame.f_lineno)
            if value is None and (self.raised or self.line not in (0, here)):
                return "raise"
        return how

    def on_line(self, frame: FrameType, line: int, position: Optional[int] = None) -> None:
        """The interpreter tells of a line, which may go on with the statement that is running."""
        code = self.code
        where = frame.f_lasti if position is None else position
        if code.inlined and is_inside(code.inlined, where):
            return
        line = code.lines.begins(line, where, self.line)
        if not line:
            return
        if self.keep:
            self.finish(frame)
        self.begin(frame, line)

    def stays(self, line: int, destination: Optional[int]) -> bool:
        """Whether a jump from one line to another stays in the statement that is running."""
        folds = self.code.folds
        return destination is not None and folds.get(line, line) == folds.get(destination, destination) == self.line

    def on_exception(self, frame: FrameType, kind: Any, value: Any, traceback: Any) -> None:
        """An exception was raised in the frame, or passes through it."""
        # Those two are how the interpreter ends an `await` or a loop: no failure of the line.
        if kind is not StopIteration and kind is not StopAsyncIteration:
            self.raised = True
            self.closing = kind is GeneratorExit
            self.hook.on_exception(self, frame, kind, value, traceback)
        if self.outermost:
            self.hook.ending.on_exception(kind, value, traceback)

    def on_leave(self, frame: FrameType, value: Any, how: str) -> None:
        """The frame ends or is suspended; `how`: return, yield or raise."""
        self.leave(frame, value, how)
        if self.outermost:
            self.hook.ending.on_leave(how)

    def passes_by(self, frame: FrameType, line: int) -> bool:
        """Whether a line that is about to run has been told often enough and is only counted. Must be quick."""
        code = self.code
        if code.inlined:
            return False
        line = code.lines.begins(line, frame.f_lasti, self.line)
        if not line:
            return True
        if line in code.turns or line not in code.hits or self.hits.get(line, 0) < self.limit:
            return False
        self.previous = self.line
        self.line = line
        self.raised = self.shown = False
        hits = code.hits[line] = code.hits[line] + 1
        if not hits & PRESSED:
            self.press()
        return True

    def press(self) -> None:
        """Another few hundred runs of a line that was only counted."""
        if self.hook.pressed is not None:
            self.hook.pressed()

    def begin(self, frame: FrameType, line: int) -> None:
        """A line is about to run."""
        self.previous = self.line
        self.line = line
        self.raised = self.closing = self.waiting = False
        self.told = 0
        if self.held is not None:
            self.hook.writer.put(self.held)
            self.held = None
        code = self.code
        ran = code.hits.get(line, 0)
        code.hits[line] = ran + 1
        if not ran:
            self.hook.on_news()
        if code.loops:
            moved = self.hook.leaver.on_line(self, frame, line)
            if moved:
                line = self.line = code.folds.get(moved, moved)
                code.hits[line] = code.hits.get(line, 0) + 1
        hits = self.hits.get(line, 0) + 1
        self.hits[line] = hits
        if not hits & PRESSED:
            self.press()
        self.keep = hits <= self.limit or (self.light and code.hits[line] == 1)
        unseen = not self.shown
        self.shown = self.keep
        if self.keep:
            hook = self.hook
            self.skipped = unseen or (self.previous != 0 and self.is_unsure())
            self.calls = None
            self.resumed = code.begins is not None and not self.light and self.find_caller(frame)
            self.started = hook.next_sequence()
            self.gaps = hook.gaps
            self.slices = hook.slices
            self.time = hook.clock()
            self.output = hook.outputs.ends()
            facts = code.facts.get(line) if code.facts is not None else None
            self.snapshot = hook.names.names_of(frame) if facts is not None and facts.indirect else None
            self.weights = hook.watch.begin() if hook.watch.armed else None

    def is_unsure(self) -> bool:
        """Whether lines of this frame may have run unseen since the last one: for calls below it, a generator's."""
        hook = self.hook
        return self.slices != hook.slices or (self.gaps != hook.gaps and self.code.begins is not None)

    def finish(self, frame: FrameType) -> None:
        """The line that was running is done: write what it bound."""
        self.keep = False
        hook = self.hook
        event: Event = {"kind": "line", "seq": self.started, "frame": self.id, "line": self.line}
        event["t"] = hook.since(self.time)
        if self.skipped:
            event["gap"] = True
        if self.resumed:
            event["parent"], *event["from"] = self.caller or (None,)
        if self.calls:
            event["calls"] = [[code, number, count] for code, (number, count) in self.calls.items()]
            self.calls = None
        facts = self.code.facts.get(self.line) if self.code.facts is not None else None
        if self.is_unsure():
            # The frame may have gone on while nobody looked: what is bound now need not be this line's.
            self.partial = None
            hook.writer.put(event)
            return
        if facts is not None:
            ran = self.code.hits.get(self.line, 0)
            bound = hook.names.bindings(frame, facts, self.snapshot, self.hits[self.line] == 1, ran == 1)
            if bound:
                event["set"] = bound
        if self.raised:
            event["raised"] = True
        if self.partial is not None:
            event.update(self.partial)
            self.partial = None
        else:
            self.add_effects(event, frame)
        hook.writer.put(event)

    def find_caller(self, frame: FrameType) -> bool:
        """Look who runs this generator now; gives whether that is not who was told last."""
        entry, caller, _ = self.hook.caller_of(frame)
        place = place_of(entry, caller) if entry is not None and caller is not None else None
        before, self.caller = self.caller, place
        return bool(place != before)

    def add_effects(self, event: Event, frame: FrameType) -> None:
        """Add to `event` what happened while the line ran: text that was printed, weights that changed."""
        hook = self.hook
        hook.outputs.add_text(event, self.output)
        if self.weights is not None:
            changed = hook.watch.changed(self.weights)
            if changed:
                event["updated"] = changed
                if not hook.leaver.stepped:
                    hook.leaver.on_update_by_hand(frame)

    def pause(self, frame: FrameType) -> None:
        """The line that is running yields or awaits.

        It is done when what it waits for is bound, unless it binds nothing.
        """
        facts = self.code.facts.get(self.line) if self.code.facts is not None else None
        if facts is None or not (facts.names or facts.attributes):
            self.finish(frame)
        elif self.partial is None:
            # What others do until the frame goes on is not of this line.
            self.partial = {}
            self.add_effects(self.partial, frame)

    def leave(self, frame: FrameType, value: Any, how: str) -> None:
        """The frame returns, yields or is unwound by an exception."""
        hook = self.hook
        if self.code.disabled and not self.keep:  # it has gone on since the last line that was told
            self.line = self.code.folds.get(frame.f_lineno, frame.f_lineno)
        line = self.line
        suspended = how == "yield"
        unwound = how == "raise"
        if self.held is not None:
            hook.uncalled(self.code, self.held)  # closed before its first line: it never ran
            return
        if unwound and self.closing and self.waiting:
            # From 3.13 on a generator that has nothing to do when it is closed just ends, and nobody hears of it.
            self.keep = False
            return
        self.waiting = suspended
        if self.keep:
            if suspended:
                self.pause(frame)
            else:
                self.finish(frame)
        if suspended:
            # Told as often as a line is: one line may yield without end.
            self.yields[line] = self.yields.get(line, 0) + 1
        if self.light or (suspended and self.yields[line] > self.limit):
            return
        event: Event = {"kind": "yield" if suspended else "return", "seq": hook.next_sequence(), "frame": self.id}
        event["line"] = frame.f_lineno if self.slices != hook.slices else line
        event["t"] = hook.since(hook.clock())
        if not self.shown and not suspended:
            event["gap"] = True
        if unwound:
            event["raised"] = True
        elif self.code.kind in ("function", "generator"):
            event["value"] = hook.values.summary(yielded(value) if suspended else value)
        hook.writer.put(event)


def yielded(value: Any) -> Any:
    """What a generator gave: an asynchronous one gives it inside an object of the interpreter's own."""
    if type.__dict__["__name__"].__get__(type(value)) == "async_generator_wrapped_value":
        return gc.get_referents(value)[0]
    return value


def kind_of(code: CodeType) -> str:
    """What a code object is the body of: module, class, generator (or coroutine) or function."""
    if code.co_name == "<module>":
        return "module"
    if not code.co_flags & 0x2:
        return "class"
    return "generator" if code.co_flags & _GENERATOR else "function"


def is_folded(code: CodeType) -> bool:
    """Whether code runs inside another function's line and is told as that line.

    Comprehensions, lambdas and their like.
    """
    return code.co_name[:1] == "<" and code.co_name != "<module>"


def first_instruction(code: CodeType) -> int:
    """Where the body of a generator begins: the position its frame has at its first call event.

    -1 up to Python 3.10.
    """
    if _RESUME is None:
        return -1
    instructions = code.co_code
    for position in range(0, len(instructions), 2):
        if instructions[position] == _RESUME:
            return position
    return 0


def way_out(frame: FrameType, begins: Optional[int]) -> str:
    """How control leaves a frame at its return event, read from the instruction it stands on: yield, return or raise.

    The event alone does not tell: a frame that an exception unwinds returns None too.
    """
    instructions = frame.f_code.co_code
    where = frame.f_lasti
    here = instructions[where] if 0 <= where < len(instructions) else None
    if here in _YIELDS or (here == _RESUME and begins is not None and where > begins):
        return "yield"  # from 3.13 on the frame stands behind its `yield` already
    if _YIELD_FROM is not None and instructions[where + 2 : where + 3] == _YIELD_FROM:
        return "yield"  # up to 3.10 it stands before its `yield from`, which it will repeat
    return "return" if here in _RETURNS else "raise"


def record_of(frame: FrameType) -> Optional[FrameRecord]:
    """The FrameRecord that follows a frame, or None."""
    owner = follower_of(frame)
    return owner if issubclass(type(owner), FrameRecord) else None  # type: ignore[return-value]


def place_of(entry: CodeRecord, frame: FrameType) -> tuple[Optional[int], int, int]:
    """Where a frame of the repository stands: (number of its record, code, line); no number when it is not told."""
    record = record_of(frame)
    told = record is not None and not record.light
    line = entry.folds.get(frame.f_lineno, frame.f_lineno)
    return record.id if record is not None and told else None, entry.index, line


def note_call(frame: Optional[FrameType], entry: CodeRecord) -> None:
    """A frame calls a function of the repository, and no frame of that call is recorded."""
    record = record_of(frame) if frame is not None else None
    if record is not None and record.keep:
        record.calls = {} if record.calls is None else record.calls
        record.calls.setdefault(entry.index, [0 if entry.open else entry.calls, 0])[1] += 1


NOT_READ = Visits(kind_of.__code__, {})
_RESUME: Optional[int] = opcode.opmap.get("RESUME")
_RETURNS: frozenset[int] = frozenset(
    opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in opcode.opmap
)
_YIELD_FROM: Optional[bytes] = bytes([opcode.opmap["YIELD_FROM"]]) if "YIELD_FROM" in opcode.opmap else None
_YIELDS: frozenset[int] = frozenset(
    opcode.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "ASYNC_GEN_WRAP", "SEND") if name in opcode.opmap
)
