"""The recorder's trace function: which frames are recorded, line by line, and what each line bound. Runs in the target.

A frame of the repository's own code is recorded on its first visits, counted per caller and gradient mode; afterwards it runs
untraced. Library frames are never recorded, but a landmark among them is noted with the repository's call stack above it.
"""

import opcode
import os
import sys
import time

# Code objects that run inside another function's line; their lines are told as the line of the function around them.
_FOLDED = {"<listcomp>", "<genexpr>", "<setcomp>", "<dictcomp>", "<lambda>"}
_GENERATOR = 0x20 | 0x80 | 0x200
IGNORED = 0
QUIET = 500
SAMPLE = 63


class CodeRecord:
    """What is known about one code object of the repository."""

    __slots__ = (
        "index", "code", "file", "name", "folded", "kind", "visits", "calls", "edges", "hits", "facts", "loops", "ended",
        "recorded", "path", "quiet", "fresh",
    )  # fmt: skip

    def __init__(self, index, code, file, path):
        self.index = index
        self.code = code
        self.file = file
        self.path = path
        self.name = code.co_name
        self.folded = code.co_name in _FOLDED
        self.visits = {}
        self.calls = 0
        self.recorded = 0
        self.quiet = self.folded
        self.fresh = 0
        self.edges = {}
        self.hits = {}
        self.facts = None
        self.loops = None
        self.ended = {}
        if code.co_name == "<module>":
            self.kind = "module"
        elif not code.co_flags & 0x2:
            self.kind = "class"
        elif code.co_flags & _GENERATOR:
            self.kind = "generator"
        else:
            self.kind = "function"


class FrameRecord:
    """A running frame that is recorded. Holds no reference to the frame or to any value of the target."""

    __slots__ = (
        "id", "code", "hook", "line", "started", "keep", "hits", "snapshot", "output", "raised", "light", "loops", "previous",
        "time", "limit", "weights",
    )  # fmt: skip

    def __init__(self, identity, code, hook, light):
        self.id = identity
        self.code = code
        self.hook = hook
        self.light = light
        self.limit = 0 if light else hook.line_visits
        self.line = 0
        self.previous = 0
        self.started = 0
        self.keep = False
        self.hits = {}
        self.snapshot = None
        self.output = None
        self.raised = False
        self.loops = {}
        self.time = 0.0
        self.weights = None

    def local(self, frame, event, arg):
        """The local trace function of this frame (`sys.settrace` protocol)."""
        hook = self.hook
        if hook.off:
            return None
        try:
            if event == "line":
                line = frame.f_lineno
                if self.keep:
                    self.finish(frame)
                self.begin(frame, line)
            elif event == "return":
                self.leave(frame, arg)
            elif event == "exception":
                self.raised = True
                hook.on_exception(self, frame, arg)
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            hook.failed("local", error)
        return self.local

    def begin(self, frame, line):
        """A line is about to run."""
        self.previous = self.line
        self.line = line
        self.raised = False
        code = self.code
        code.hits[line] = code.hits.get(line, 0) + 1
        if code.loops:
            moved = self.hook.leaver.on_line(self, frame, line)
            if moved:
                line = moved
                self.line = line
                code.hits[line] = code.hits.get(line, 0) + 1
        hits = self.hits.get(line, 0) + 1
        self.hits[line] = hits
        self.keep = hits <= self.limit or (self.light and code.hits[line] == 1)
        if self.keep:
            hook = self.hook
            hook.sequence += 1
            self.started = hook.sequence
            self.time = hook.clock()
            self.output = hook.outputs()
            facts = code.facts.get(line)
            self.snapshot = hook.names.names_of(frame) if facts is not None and facts.indirect else None
            self.weights = hook.watch.begin() if hook.watch.armed else None

    def finish(self, frame):
        """The line that was running is done: write what it bound."""
        self.keep = False
        hook = self.hook
        event = {"kind": "line", "seq": self.started, "frame": self.id, "line": self.line, "t": hook.since(self.time)}
        facts = self.code.facts.get(self.line)
        if facts is not None:
            bound = hook.names.bindings(frame, facts, self.snapshot, self.hits[self.line] == 1)
            if bound:
                event["set"] = bound
        hook.add_output(event, self.output)
        if self.raised:
            event["raised"] = True
        if self.weights is not None:
            changed = hook.watch.changed(self.weights)
            if changed:
                event["updated"] = changed
                if not hook.leaver.stepped:
                    hook.leaver.on_update_by_hand(frame)
        hook.writer.put(event)

    def leave(self, frame, value):
        """The frame returns, yields or is unwound by an exception."""
        hook = self.hook
        line, raised = self.line, self.raised
        if self.keep:
            self.finish(frame)
        suspended = bool(frame.f_code.co_flags & _GENERATOR) and hook.is_yield(frame)
        if self.light:
            return
        hook.sequence += 1
        event = {"kind": "yield" if suspended else "return", "seq": hook.sequence, "frame": self.id, "line": line}
        event["t"] = hook.since(hook.clock())
        if raised and value is None:
            event["raised"] = True
        elif self.code.kind in ("function", "generator"):
            event["value"] = hook.values.summary(value)
        if not suspended or self.hits.get(line, 0) <= self.limit:
            hook.writer.put(event)


class Hook:
    """The global trace function and everything it shares with the frames."""

    ignored = IGNORED

    def __init__(self, plan, writer, values, names, watch, landmarks, line_facts, leaver):
        limits = plan["limits"]
        self.root = os.path.realpath(plan["root"]) + os.sep
        self.skip = tuple(os.path.realpath(folder) + os.sep for folder in plan.get("skip", ()))
        self.line_visits = limits["line_visits"]
        self.code_visits = limits["code_visits"]
        self.writer = writer
        self.values = values
        self.names = names
        self.watch = watch
        self.line_facts = line_facts
        self.leaver = leaver
        self.landmarks = landmarks
        self.known = {}
        self.held = []
        self.codes = []
        self.files = {}
        self.sequence = 0
        self.frames = 0
        self.exceptions = 0
        self.off = False
        self.failures = 0
        self.clock = time.perf_counter
        self.start = self.clock()
        self._outputs = None
        self._frame = sys._getframe
        landmarks.hook = self
        leaver.hook = self

    # -- time and output ---------------------------------------------------------------------------------------------

    def since(self, moment):
        """Milliseconds from the start of the run."""
        return round((moment - self.start) * 1000.0, 2)

    def open_outputs(self, stdout_path, stderr_path):
        """Read the target's output from the files it goes to, so that a line can be told with what it printed."""
        found = []
        for descriptor, path in ((1, stdout_path), (2, stderr_path)):
            try:
                found.append((descriptor, os.open(path, os.O_RDONLY | os.O_CLOEXEC)))
            except (OSError, TypeError):
                return
        self._outputs = found

    def outputs(self):
        """Where both output files end now, or None."""
        if self._outputs is None:
            return None
        try:
            return [os.lseek(descriptor, 0, 1) for descriptor, _ in self._outputs]
        except OSError:
            self._outputs = None
            return None

    def add_output(self, event, before):
        """Add to `event` the text that was printed since `before`."""
        if before is None:
            return
        now = self.outputs()
        if now is None or now == before:
            return
        for index, name in enumerate(("out", "err")):
            size = now[index] - before[index]
            if size > 0:
                data = os.pread(self._outputs[index][1], min(size, 600), before[index])
                event[name] = data.decode("utf-8", "replace")

    # -- which code is the repository's ------------------------------------------------------------------------------

    def repository_file(self, filename):
        """The path of a source file relative to the repository, or None when it is not the repository's."""
        found = self.files.get(filename)
        if found is None:
            found = False
            if filename and filename[0] != "<":
                path = os.path.realpath(filename)
                if path.startswith(self.root) and not path.startswith(self.skip) and "/site-packages/" not in path:
                    found = path[len(self.root) :].replace(os.sep, "/")
            self.files[filename] = found
        return found or None

    def classify(self, code, frame):
        """Decide once for each code object: repository code, a landmark, or neither."""
        if len(self.known) > 300_000:
            self.known.clear()
            del self.held[:]
        file = self.repository_file(code.co_filename)
        if file is None:
            entry = self.landmarks.match(code, frame) or IGNORED
            self.held.append(code)
        else:
            entry = CodeRecord(len(self.codes), code, file, code.co_filename)
            self.codes.append(entry)
            name = getattr(code, "co_qualname", None) or code.co_name
            lines = [line for _, _, line in code.co_lines()] if hasattr(code, "co_lines") else [code.co_firstlineno]
            last = max((line for line in lines if line), default=code.co_firstlineno)
            self.writer.put(
                {
                    "kind": "code", "id": entry.index, "file": file, "name": code.co_name, "qualname": name,
                    "line": code.co_firstlineno, "end_line": last, "type": entry.kind,
                },
                True,
            )  # fmt: skip
        self.known[id(code)] = entry
        return entry

    # -- the trace function ------------------------------------------------------------------------------------------

    def trace_function(self):
        """The global trace function (`sys.settrace` protocol): a closure, since it runs at every call of the whole program."""
        known = self.known.get
        look = self.on_call
        record = CodeRecord

        def on_call(frame, event, arg):
            entry = known(id(frame.f_code))
            if entry is IGNORED:
                return None
            if type(entry) is record and entry.quiet:
                entry.calls = calls = entry.calls + 1
                if calls & SAMPLE:
                    return None
            return look(frame, entry)

        return on_call

    def on_call(self, frame, entry):
        """A call that may matter: classify its code, record it, or note the landmark."""
        if self.off:
            return None
        try:
            if entry is None:
                entry = self.classify(frame.f_code, frame)
                if entry is IGNORED:
                    return None
            if type(entry) is CodeRecord:
                return None if entry.folded else self.on_repository_call(entry, frame)
            return self.landmarks.on_call(entry, frame)
        except Exception as error:  # noqa: BLE001 - the target must never see a failure of ours
            self.failed("call", error)
            return None

    def on_repository_call(self, entry, frame):
        """A function, module or class body of the repository begins or resumes."""
        existing = record_of(frame)
        if existing is not None:
            return existing.local
        weight = 1
        if entry.quiet:
            weight = SAMPLE + 1
        else:
            entry.calls += 1
            # A function this hot has shown itself to its callers; from now on one call in 64 is looked at for new ones.
            entry.quiet = entry.calls - entry.fresh > QUIET and not entry.loops
        caller, parent, via = self.caller_of(frame)
        if caller is not None:
            edge = (caller.index, parent.f_lineno)
            entry.edges[edge] = entry.edges.get(edge, 0) + weight
        key = (caller.index if caller is not None else -1, self.landmarks.gradients())
        seen = entry.visits.get(key, 0)
        entry.visits[key] = seen + 1
        if seen >= self.code_visits or entry.recorded >= 8 * self.code_visits:
            return self.light(entry, frame) if entry.loops else None
        entry.recorded += 1
        entry.fresh = entry.calls
        if entry.facts is None:
            entry.facts = self.line_facts(entry.code)
        record = FrameRecord(self.frames, entry, self, False)
        self.frames += 1
        self.sequence += 1
        event = {"kind": "call", "seq": self.sequence, "frame": record.id, "code": entry.index, "visit": seen}
        event["t"] = self.since(self.clock())
        if key[1] is not None:
            event["grad"] = key[1]
        if parent is not None:
            above = record_of(parent)
            event["parent"] = above.id if above is not None else None
            event["from"] = [caller.index, parent.f_lineno]
            if via:
                event["via"] = via
            if above is None:
                event["stack"] = self.stack(frame.f_back)
        if entry.kind in ("function", "generator"):
            event["args"] = self.names.arguments(frame, entry.code, seen == 0)
        self.writer.put(event)
        return record.local

    def light(self, entry, frame):
        """Follow a frame only for the loops in it that are to be left."""
        return self.new_light(entry).local

    def new_light(self, entry):
        """A record that only watches the loops of its frame."""
        if entry.facts is None:
            entry.facts = self.line_facts(entry.code)
        record = FrameRecord(self.frames, entry, self, True)
        self.frames += 1
        return record

    @staticmethod
    def record_of(frame):
        """The FrameRecord that follows a frame, or None."""
        return record_of(frame)

    def caller_of(self, frame):
        """The repository code that called this frame, its frame, and the library function it went through, if any."""
        back = frame.f_back
        via = None
        for _ in range(60):
            if back is None:
                break
            entry = self.known.get(id(back.f_code))
            if type(entry) is CodeRecord:
                if not entry.folded:
                    return entry, back, via
            elif back.f_code.co_name not in _FOLDED:
                via = (back.f_globals.get("__name__") or "?", back.f_code.co_name)
            back = back.f_back
        return None, None, None

    def stack(self, frame):
        """The repository's call stack from `frame` outwards: [code, line, frame id or None], innermost first."""
        found = []
        for _ in range(200):
            if frame is None or len(found) >= 14:
                break
            entry = self.known.get(id(frame.f_code))
            if type(entry) is CodeRecord and not entry.folded:
                record = record_of(frame)
                found.append([entry.index, frame.f_lineno, record.id if record is not None else None])
            frame = frame.f_back
        return found

    # -- the rest ----------------------------------------------------------------------------------------------------

    def on_exception(self, record, frame, arg):
        """An exception was raised in, or passes through, a recorded frame."""
        kind, value, traceback = arg
        if self.exceptions >= 60 or record.light:
            return
        inner = traceback
        while inner.tb_next is not None:
            inner = inner.tb_next
        if inner.tb_frame is not frame and self.repository_file(inner.tb_frame.f_code.co_filename):
            return  # told where it was raised, not again on its way out
        name = kind.__name__ if isinstance(kind, type) else str(kind)
        if name in ("StopIteration", "GeneratorExit", "StopAsyncIteration"):
            return
        self.exceptions += 1
        self.sequence += 1
        self.writer.put(
            {"kind": "exception", "seq": self.sequence, "frame": record.id, "line": frame.f_lineno, "type": name,
             "message": self.message(value), "t": self.since(self.clock())}
        )  # fmt: skip

    def message(self, value):
        """An exception's first argument as text, without asking the exception for it."""
        try:
            arguments = BaseException.__dict__["args"].__get__(value)
            if arguments and type(arguments[0]) in (str, int, float):
                return str(arguments[0])[:400]
            if type(value).__module__ == "builtins":
                return str(value)[:400]
        except Exception:  # noqa: BLE001
            pass
        return ""

    @staticmethod
    def is_yield(frame):
        """Whether a generator's frame is being suspended, not finished: read from the instruction it stands on."""
        instructions = frame.f_code.co_code
        where = frame.f_lasti
        return 0 <= where < len(instructions) and instructions[where] in YIELDS

    def failed(self, where, error):
        """Note a failure of ours in the trace, a few times at most."""
        self.failures += 1
        if self.failures <= 5:
            line = error.__traceback__.tb_lineno if error.__traceback__ else 0
            step = error.__traceback__
            while step is not None and step.tb_next is not None:
                step = step.tb_next
            at = "%s:%d" % (os.path.basename(step.tb_frame.f_code.co_filename), step.tb_lineno) if step else str(line)
            self.writer.put({"kind": "fault", "where": where, "error": type(error).__name__ + ": " + str(error)[:200], "at": at}, True)

    def counts(self):
        """Calls per code and caller, and how often each line ran in the frames that were followed."""
        for entry in self.codes:
            if entry.calls:
                self.writer.put(
                    {"kind": "counts", "code": entry.index, "calls": entry.calls,
                     "recorded": entry.recorded, "estimated": entry.quiet,
                     "edges": [[code, line, count] for (code, line), count in entry.edges.items()],
                     "hits": [[line, count] for line, count in sorted(entry.hits.items())]},
                    True,
                )  # fmt: skip

    def stop(self):
        """Record nothing more."""
        self.off = True


def record_of(frame):
    """The FrameRecord that follows a frame, or None."""
    trace = frame.f_trace
    owner = getattr(trace, "__self__", None) if type(trace) is METHOD else None
    return owner if type(owner) is FrameRecord else None


METHOD = type(Hook.counts.__get__(object()))
YIELDS = frozenset(
    opcode.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "ASYNC_GEN_WRAP", "SEND") if name in opcode.opmap
)
