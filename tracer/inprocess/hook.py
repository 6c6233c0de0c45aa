"""What is recorded: which frames, line by line, with what each line bound. Runs in the target.

A frame of the repository's own code is recorded on its first visits, counted per caller and gradient mode; afterwards
it runs unrecorded. Library frames are never recorded, but a landmark among them is noted with the repository's call
stack above it. How the interpreter's events get here is an engine's business (`engine.py`).
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, get_ident

from . import failures, frames, logical_lines
from .followers import follower_of
from .frames import LOOKS, PATIENCE, CodeRecord, FrameRecord, note_call, place_of, record_of
from .intrusions import intrudes
from .namespaces import module_name
from .qualnames import qualified_name
from .visits import last_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional, Union

    from .ending import Ending
    from .engine import Engine
    from .landmarks import Landmark, Landmarks
    from .leaver import Leaver
    from .names import Names
    from .outputs import Outputs
    from .values import Summarizer
    from .watch import Watch
    from .writer import Writer

    Known = Union[CodeRecord, Landmark, None]

EXCEPTIONS = 60  # exceptions told in one run
KNOWN = 300_000  # code objects remembered at a time
CODES = 20_000  # code objects of the repository that are told
TURN_SECONDS = 1.0
BODIES = 64  # equal code objects that are remembered of one
WAKES = 64  # times that one quiet function is looked at again
AWAKE = 20  # calls of it that are looked at each time
SETTLED = 5  # calls since the last news before a call may run with the recorder off


class Hook:
    """What both engines call when the target's code runs, and everything it shares with the frames."""

    ending: Ending
    engine: Engine
    unseen: Callable[[Callable[[], Any]], Any]

    def __init__(
        self,
        plan: dict[str, Any],
        writer: Writer,
        values: Summarizer,
        names: Names,
        watch: Watch,
        landmarks: Landmarks,
        leaver: Leaver,
        outputs: Outputs,
    ) -> None:
        limits = plan["limits"]
        self.root = os.path.realpath(plan["root"]) + os.sep
        self.skip = tuple(os.path.realpath(folder) + os.sep for folder in plan.get("skip", ()))
        self.line_visits: int = limits["line_visits"]
        self.code_visits: int = limits["code_visits"]
        self.linger: float = limits["linger"]
        self.writer = writer
        self.values = values
        self.names = names
        self.watch = watch
        self.leaver = leaver
        self.landmarks = landmarks
        self.outputs = outputs
        self.known: dict[int, Known] = {}
        self.held: list[CodeType] = []
        self.same: dict[tuple[str, CodeType], CodeRecord] = {}
        self.codes: list[CodeRecord] = []
        self.files: dict[str, str] = {}
        self.folds: dict[str, dict[int, int]] = {}
        # Where the text of a file stands that is no Python as it is: of a notebook that of its cells.
        self.texts: dict[str, str] = plan.get("texts", {})
        self.counted: dict[int, int] = {}
        self.sequence = 0
        self.frames = 0
        self.exceptions = 0
        self.off = False
        self.failures = 0
        self.clock = time.perf_counter
        self.start = self.clock()
        self.folder = os.getcwd()
        self.main_thread = get_ident()
        self._turn = allocate_lock()
        self._turn_of = 0
        # News: a line of the repository ran that had not run before. `gaps` counts the calls below which nobody looked,
        # `slices` the times that nobody looked at anything; `pressed` is told of many events with nothing in them.
        self.epoch = 0
        self.last_news = self.start
        self.quiet: list[CodeRecord] = []
        self.gaps = 0
        self.slices = 0
        self.pressed: Optional[Callable[[], None]] = None
        self.tell_taken: Callable[[Any], None] = self.note_taken
        landmarks.hook = self
        leaver.hook = self

    # -- time and order ----------------------------------------------------------------------------------------------

    def since(self, moment: float) -> float:
        """Milliseconds from the start of the run."""
        return round((moment - self.start) * 1000, 2)

    def next_sequence(self) -> int:
        """The number of the next event."""
        self.sequence += 1
        return self.sequence

    def take_turn(self) -> Optional[LockType]:
        """One thread records at a time. None when this thread is at it already; else what is to be given to `end_turn`.

        A turn that is not ended, because an exception came just then (a signal may bring one at any moment), is taken
        away: the others wait for it once and no longer.
        """
        me = get_ident()
        turn = self._turn
        if self._turn_of == me:
            return None
        if not turn.acquire(True, TURN_SECONDS):
            if self._turn is turn:
                self._turn = allocate_lock()
            return None
        self._turn_of = me
        return turn

    def end_turn(self, turn: LockType) -> None:
        """Let the next thread record."""
        if self._turn is turn:
            self._turn_of = 0
        turn.release()

    def guarded(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call something of ours in its turn; the target never sees it fail."""
        mine = self.take_turn()
        try:
            return function(*arguments)
        except RecursionError:
            return None  # the target is about to meet its limit; there is no room to say anything
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.at_error(function.__name__, error)
            return None
        finally:
            if mine is not None:
                self.end_turn(mine)

    # -- which code is the repository's ------------------------------------------------------------------------------

    def repository_file(self, filename: str) -> Optional[str]:
        """The path of a source file relative to the repository, or None when it is not the repository's."""
        found = self.files.get(filename)
        if found is None:
            found = ""
            if filename and filename[0] != "<":
                path = os.path.realpath(filename)
                if not os.path.isabs(filename) and not os.path.exists(path):
                    path = os.path.realpath(os.path.join(self.folder, filename))
                if path.startswith(self.root) and not path.startswith(self.skip) and "/site-packages/" not in path:
                    found = path[len(self.root) :].replace(os.sep, "/")
            self.files[filename] = found
        return found or None

    def classify(self, code: CodeType, frame: FrameType) -> Known:
        """Decide once for each code object: repository code, a landmark, or neither."""
        if len(self.known) > KNOWN:
            for key in [key for key, entry in self.known.items() if entry is None]:
                del self.known[key]  # in place: the engines hold this very dictionary
            del self.held[:]
        file = self.repository_file(code.co_filename)
        entry: Known
        if file is None:
            entry = self.landmarks.match(code, frame)
            self.held.append(code)
        else:
            # A module that is run again brings new code objects equal to the old ones: the same code to a reader.
            entry = self.same.get((code.co_filename, code))
            if entry is not None:
                self.held.append(code)
                if code is not entry.code and len(entry.bodies) < BODIES:
                    entry.bodies.append(code)
            elif len(self.codes) < CODES:
                entry = self.new_code(code, file)
        self.known[id(code)] = entry
        return entry

    def new_code(self, code: CodeType, file: str) -> CodeRecord:
        """Begin to tell a code object of the repository."""
        entry = CodeRecord(len(self.codes), code, file, self.folds_of(code.co_filename))
        self.codes.append(entry)
        self.same[code.co_filename, code] = entry
        if entry.folded:
            return entry
        self.on_news()
        name = getattr(code, "co_qualname", None) or qualified_name(code)
        event = {"kind": "code", "id": entry.index, "file": file, "name": code.co_name, "qualname": name}
        event["line"] = code.co_firstlineno
        event["end_line"] = last_line(code)
        event["type"] = entry.kind
        self.writer.put(event, True)
        return entry

    def folds_of(self, filename: str) -> dict[int, int]:
        """Which lines of a source file go on with a statement that began above; read once."""
        found = self.folds.get(filename)
        if found is None:
            try:
                with open(os.path.join(self.folder, self.texts.get(filename, filename)), "rb") as handle:
                    text = handle.read(logical_lines.LONGEST).decode("utf-8", "replace")
                found = logical_lines.first_lines(text)
            except OSError:
                found = {}
            self.folds[filename] = found
        return found

    # -- calls -------------------------------------------------------------------------------------------------------

    def on_news(self) -> None:
        """Something ran for the first time: whom it calls is looked at again."""
        self.epoch += 1
        self.last_news = self.clock()
        for entry in [entry for entry in self.quiet if entry.wakes < WAKES]:
            entry.wakes += 1
            self.wake(entry)

    def wake(self, entry: CodeRecord) -> None:
        """Look at the next calls of a function again, if it was quiet."""
        if entry.quiet:
            entry.quiet = False
            entry.until = entry.calls + AWAKE
            self.quiet.remove(entry)
            self.engine.wake(entry)

    def look_again(self, frame: FrameType, entry: CodeRecord) -> None:
        """A framework was called on a line that nobody has seen run: its first calls had ended before it."""
        # So long as a memory has to fill up, say, a training function returns at once, and that uses up its visits.
        if entry.folds.get(frame.f_lineno, frame.f_lineno) not in entry.hits and record_of(frame) is None:
            entry.visits.clear()
            self.wake(entry)

    def on_repository_call(self, entry: CodeRecord, frame: FrameType) -> Optional[FrameRecord]:
        """A function, module or class body of the repository begins; gives its record if it is to be followed."""
        entry.calls += 1
        entry.hush = False
        if entry.calls > entry.until and not entry.loops and not entry.quiet:
            # A function this hot has shown itself to its callers.
            entry.quiet = True
            self.quiet.append(entry)
        caller, parent, via = self.caller_of(frame)
        settled = False
        if caller is not None and parent is not None:
            edge = (caller.index, caller.folds.get(parent.f_lineno, parent.f_lineno))
            count = entry.edges[edge] = entry.edges.get(edge, 0) + 1
            caller.callees.add(entry.index)
            settled = count > SETTLED
        key = (caller.index if caller is not None else -1, self.landmarks.gradients())
        seen = entry.visits.get(key, 0)
        entry.visits[key] = seen + 1
        if seen >= self.code_visits or entry.recorded >= 8 * self.code_visits:
            note_call(parent, entry)
            if entry.loops:
                return self.new_record(entry, True)
            # In a recursion nothing of ours may stand between the target and its limit.
            self.settle(entry, settled, 0.0 if caller is entry else PATIENCE)
            return None
        entry.recorded += 1
        entry.until = entry.calls + LOOKS
        if entry.quiet:
            entry.quiet = False
            self.quiet.remove(entry)
        record = self.new_record(entry, False)
        event = {"kind": "call", "seq": self.next_sequence(), "frame": record.id, "code": entry.index, "visit": seen}
        event["t"] = self.since(self.clock())
        if key[1] is not None:
            event["grad"] = key[1]
        if parent is not None and caller is not None:
            above, *event["from"] = record.caller = place_of(caller, parent)
            event["parent"] = above
            if via:
                event["via"] = via
            if above is None:
                event["stack"] = self.stack(frame.f_back)
        if entry.kind in ("function", "generator"):
            event["args"] = self.names.arguments(frame, entry.code, seen == 0)
        if entry.kind == "generator":
            record.held = event
        else:
            self.writer.put(event)
        return record

    def uncalled(self, entry: CodeRecord, event: dict[str, Any]) -> None:
        """Take back a call: of a generator that was closed before its first line."""
        entry.calls -= 1
        entry.recorded -= 1
        place = event.get("from")
        entry.visits[place[0] if place else -1, event.get("grad")] -= 1
        if place:
            edge = (place[0], place[1])
            entry.edges[edge] -= 1
            if not entry.edges[edge]:
                del entry.edges[edge]

    def settle(self, entry: CodeRecord, settled: bool, patience: float) -> None:
        """Decide whether this call of a function that has shown itself may run with the recorder switched off."""
        if entry.epoch != self.epoch:
            entry.epoch = self.epoch
            entry.looked = 0
        entry.looked += 1
        entry.hush = settled and entry.looked > SETTLED and entry.kind == "function" and self.is_closed(entry, patience)

    def is_closed(self, entry: CodeRecord, patience: float) -> bool:
        """Whether nothing new is to be expected of a function.

        There was no news for `patience` seconds, every line that calls something has run, and the same holds for all
        that it calls; or there was no news for the time that late branches are waited for.
        """
        silent = self.clock() - self.last_news
        late = 0 <= self.linger < silent
        if silent < patience or late:
            return late
        if entry.closed[0] != self.epoch:
            pending, reached, closed = [entry], {entry.index}, True
            while pending and closed:
                one = pending.pop()
                closed = bool(one.recorded) and not one.loops and one.busy <= one.hits.keys()
                for index in one.callees - reached:
                    reached.add(index)
                    pending.append(self.codes[index])
            entry.closed = (self.epoch, closed)
        return entry.closed[1]

    def new_record(self, entry: CodeRecord, light: bool) -> FrameRecord:
        """A record for a frame; a `light` one only watches the loops of its frame."""
        entry.read()
        record = FrameRecord(self.frames, entry, self, light)
        self.frames += 1
        return record

    # -- call stacks -------------------------------------------------------------------------------------------------

    def running(self, frame: FrameType) -> Known:
        """What the code of a frame on the stack is: it may have begun while nobody looked."""
        code = frame.f_code
        key = id(code)
        if key in self.known:
            return self.known[key]
        file = self.repository_file(code.co_filename)
        if file is None or follower_of(frame) is not None:
            return None  # what was forked with the process is told when it goes on
        met: Known = self.guarded(self.meet, code, file)
        return met

    def meet(self, code: CodeType, file: str) -> Optional[CodeRecord]:
        """A function of the repository that nobody saw begin. The engine classifies it when it is called next."""
        entry = self.same.get((code.co_filename, code))
        if entry is None and len(self.codes) < CODES:
            entry = self.new_code(code, file)
            entry.calls = 1
            entry.open = True
        return entry

    def caller_of(
        self, frame: FrameType
    ) -> tuple[Optional[CodeRecord], Optional[FrameType], Optional[tuple[str, str]]]:
        """The repository code that called this frame, its frame, and the library function it went through, if any."""
        back = frame.f_back
        via = None
        for _ in range(60):
            if back is None:
                break
            entry = self.running(back)
            if type(entry) is CodeRecord:
                if not entry.folded:
                    return entry, back, via
            elif not frames.is_folded(back.f_code):
                name = module_name(back)
                via = via if name.startswith("_repotour.") else (name or "?", back.f_code.co_name)
            back = back.f_back
        return None, None, None

    def stack(self, frame: Optional[FrameType]) -> list[tuple[int, int, Optional[int]]]:
        """The repository's call stack from `frame` outwards: (code, line, frame id or None), innermost first."""
        found: list[tuple[int, int, Optional[int]]] = []
        for _ in range(200):
            if frame is None or len(found) >= 14:
                break
            entry = self.running(frame)
            if type(entry) is CodeRecord and not entry.folded:
                record = record_of(frame)
                line = entry.folds.get(frame.f_lineno, frame.f_lineno)
                found.append((entry.index, line, record.id if record is not None else None))
            frame = frame.f_back
        return found

    # -- exceptions --------------------------------------------------------------------------------------------------

    def on_exception(self, record: FrameRecord, frame: FrameType, kind: Any, value: Any, inner: Any) -> None:
        """An exception was raised in, or passes through, a recorded frame."""
        if self.exceptions >= EXCEPTIONS or record.light or inner is None or record.held is not None:
            return
        raised = inner
        while inner is not None:
            # A comprehension is a frame of its own up to 3.11; what is raised in it is raised in the line around it.
            if not frames.is_folded(inner.tb_frame.f_code):
                raised = inner
            inner = inner.tb_next
        if raised.tb_frame is not frame and self.repository_file(raised.tb_frame.f_code.co_filename):
            return  # told where it was raised, not again on its way out
        name = failures.name_of(kind)
        if name == "GeneratorExit":
            return
        if record.told == id(value):
            return  # raised again by what the compiler put around a comprehension
        record.told = id(value)
        self.exceptions += 1
        event = {"kind": "exception", "seq": self.next_sequence(), "frame": record.id, "line": record.line}
        event["type"] = name
        event["message"] = self.message(value)
        event["t"] = self.since(self.clock())
        self.writer.put(event)

    def message(self, value: Any) -> str:
        """An exception's text, without running any code of the target's."""
        try:
            return self.clean(failures.message_of(value))
        except Exception:  # noqa: BLE001 - an exception that does not even hold arguments says nothing
            return ""

    def clean(self, text: str) -> str:
        """A text as it may stand in a trace: short, and without the place of the workspace."""
        return text[:4000].replace(self.root, "")[:400]

    def note_taken(self, other: Any) -> None:
        """The target has set a trace function of its own."""
        self.writer.put({"kind": "elided", "reason": "the program traces itself"}, True)

    def at_error(self, where: str, error: BaseException, record: Optional[FrameRecord] = None) -> None:
        """An exception came up in code of ours, in a trace function of `record` perhaps.

        A failure of ours is noted. What a signal brought is the target's and goes on to it; where the interpreter
        answers that by taking our trace function away, the engine is told.
        """
        if isinstance(error, Exception) and not intrudes(error):
            self.failed(where, error)
            return
        self.engine.on_intrusion(record)
        raise error

    # -- the rest ----------------------------------------------------------------------------------------------------

    def failed(self, where: str, error: BaseException) -> None:
        """Note a failure of ours in the trace, a few times at most."""
        self.failures += 1
        if self.failures > 5:
            return
        step = error.__traceback__
        while step is not None and step.tb_next is not None:
            step = step.tb_next
        at = "%s:%d" % (os.path.basename(step.tb_frame.f_code.co_filename), step.tb_lineno) if step else ""
        text = self.clean(failures.name_of(type(error)) + ": " + failures.message_of(error))
        self.writer.put({"kind": "fault", "where": where, "error": text, "at": at}, True)

    def counts(self, changed: bool = False) -> None:
        """Calls per code and caller, and how often each line ran in the frames that were followed.

        With `changed`, of those only that were called since they were last written; a trace may hold several of one
        code, of which the last counts.
        """
        gap = {} if changed else self.engine.gap()
        if gap:
            self.writer.put({"kind": "gap", **gap}, True)
        for entry in self.codes:
            if not entry.calls or (changed and self.counted.get(entry.index) == entry.calls):
                continue
            self.counted[entry.index] = entry.calls
            event = {"kind": "counts", "code": entry.index, "calls": entry.calls, "recorded": entry.recorded}
            # The numbers are exact unless they say that they are open: then there were at least so many.
            event["open"] = entry.open
            event["edges_open"] = entry.calls > sum(entry.edges.values())
            event["hits_open"] = entry.open or entry.uncounted
            event["edges"] = [[code, line, count] for (code, line), count in entry.edges.items()]
            event["hits"] = [[line, count] for line, count in sorted(entry.hits.items())]
            self.writer.put(event, not changed)

    def stop(self) -> None:
        """Record nothing more."""
        self.off = True
