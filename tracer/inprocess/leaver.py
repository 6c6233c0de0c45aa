"""Leaves training loops after a few passes, by the debugger's own jump. Runs in the target.

A training loop is one that is on the stack when an optimizer steps. Loops that prepare data are never touched.
"""

import sys
import types

EVALUATION_SECONDS = 5.0


class TourEnd(BaseException):
    """Ends a program of which nothing is left but passes of a training loop that no jump can leave."""


class Leaver:
    """Watches the loops of frames that train, and moves control behind them when they have shown enough."""

    def __init__(self, plan, loops, line_starts):
        limits = plan["limits"]
        self.passes = limits["iterations"]
        self.linger = limits["linger"]
        self.jumps = limits.get("jumps", True)
        self.refused = {tuple(place) for place in plan.get("no_jump", ())}
        self.loops_of = loops.loops_of
        self.line_starts = line_starts
        self.hook = None
        self.sources = {}
        self.simulator = False
        self.stepped = False
        self.gradients_seen = 0
        self.waiting_since = 0.0
        self.around_gradients = set()

    # -- which loops -------------------------------------------------------------------------------------------------

    def own_loops(self, entry):
        """The loops that belong to one code object itself, not to functions defined in it."""
        found = self.read(entry)
        lines = {line for _, line in self.line_starts(entry.code)}
        return [loop for loop in found[0] if loop.first in lines and (loop.line in lines or not loop.is_for)]

    def read(self, entry):
        """(loops, last lines) of the file a code object comes from."""
        found = self.sources.get(entry.path)
        if found is None:
            try:
                with open(entry.path, "rb") as handle:
                    found = self.loops_of(handle.read(), entry.path)
            except OSError:
                found = [], set()
            self.sources[entry.path] = found
        return found

    def enclosing(self, entry, line):
        """The loops of a code object in whose body `line` lies, outermost first."""
        if entry.ended is None or "all" not in entry.ended:
            entry.ended = {"all": self.own_loops(entry)}
        return [loop for loop in entry.ended["all"] if loop.line <= line <= loop.end]

    def on_step(self, frame):
        """An optimizer steps: every loop of the repository that is on the stack is a training loop."""
        self.stepped = True
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                self.follow(entry, level, loop, "training")

    def on_backward(self, frame):
        """Gradients are computed: remember the loops around it, in case no optimizer object ever steps."""
        if self.gradients_seen >= 6:
            return
        self.gradients_seen += 1
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                self.around_gradients.add((entry.index, loop.line))

    def on_update_by_hand(self, frame):
        """Weights changed without an optimizer: of the loops on the stack, those that also compute gradients train."""
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                if (entry.index, loop.line) in self.around_gradients:
                    self.follow(entry, level, loop, "training")

    def repository_frames(self, frame):
        """(CodeRecord, frame) of each frame of the repository from `frame` outwards."""
        hook = self.hook
        found = []
        for _ in range(200):
            if frame is None:
                break
            entry = hook.known.get(id(frame.f_code))
            if hasattr(entry, "folded") and not entry.folded:
                found.append((entry, frame))
            frame = frame.f_back
        return found

    def on_evaluation(self, frame):
        """A model is applied without gradients: the loops of the nearest function that has any run over evaluation data."""
        if self.simulator:
            return
        for entry, level in self.repository_frames(frame):
            loops = self.enclosing(entry, level.f_lineno)
            for loop in loops:
                if not loop.training:
                    self.follow(entry, level, loop, "evaluation")
            if loops:
                return

    def follow(self, entry, frame, loop, role):
        """Begin to count the passes of a loop that is running in `frame`."""
        hook = self.hook
        if entry.loops is None:
            entry.loops = []
        if not getattr(loop, role):
            setattr(loop, role, True)
            if loop not in entry.loops:
                entry.loops.append(loop)
            hook.writer.put({"kind": "loop", "code": entry.index, "line": loop.line, "end": loop.end, "role": role}, True)
        record = hook.record_of(frame)
        if record is None:
            record = hook.new_light(entry)
            record.line = frame.f_lineno
            frame.f_trace = record.local
        if loop.line not in record.loops:
            record.loops[loop.line] = [1, hook.clock()]

    # -- leaving -----------------------------------------------------------------------------------------------------

    def on_line(self, record, frame, line):
        """Called for each line of a frame that has such loops; gives the line jumped to, or 0."""
        previous = record.previous
        for loop in record.code.loops:
            if not loop.line <= line <= loop.end:
                continue
            inside = loop.line <= previous <= loop.end
            state = record.loops.get(loop.line)
            if state is None or not inside:
                state = record.loops[loop.line] = [0, self.hook.clock()]
            if loop.starts_iteration(line, previous if inside else 0):
                state[0] += 1
                if state[0] > self.passes and self.enough(record, loop, state):
                    target = self.leave(record, frame, loop, state[0] - 1)
                    if target:
                        return target
        return 0

    def enough(self, record, loop, state):
        """Whether a loop has shown what it will show within the time given."""
        now = self.hook.clock()
        if not self.jumps or (record.code.file, loop.line) in self.refused:
            return False
        if not loop.training:
            return now - state[1] > EVALUATION_SECONDS and not self.simulator
        if loop.left:
            return True
        hits = record.code.hits
        waiting = [block for block in loop.branches if not any(line in hits for line in range(block[0], block[1] + 1))]
        if waiting:
            self.waiting_since = self.waiting_since or now
            return now - self.waiting_since > self.linger
        return True

    def leave(self, record, frame, loop, passes):
        """Jump behind a loop; 0 when the interpreter refuses every exit."""
        hook = self.hook
        for target in loop.exits:
            try:
                self.jump(frame, target)
            except ValueError:
                continue
            loop.left += 1
            hook.sequence += 1
            hook.writer.put(
                {"kind": "fast_forward", "seq": hook.sequence, "code": record.code.index, "frame": record.id, "line": loop.line,
                 "to": target, "iterations": passes, "role": "training" if loop.training else "evaluation",
                 "t": hook.since(hook.clock())},
                True,
            )  # fmt: skip
            record.loops.pop(loop.line, None)
            return target
        self.refused.add((record.code.file, loop.line))
        over = loop.training and self.nothing_follows(frame, loop)
        hook.writer.put(
            {"kind": "stuck", "code": record.code.index, "line": loop.line, "iterations": passes, "ended": over,
             "reason": "the interpreter has no line behind this loop to go to"},
            True,
        )  # fmt: skip
        if over:
            raise TourEnd("the loop at %s:%d, the last thing the program does, was left after %d iterations"
                          % (record.code.file, loop.line, passes))  # fmt: skip
        return 0

    def nothing_follows(self, frame, loop):
        """Whether the program is over behind a loop: it ends its function, and every call on the stack ends its own."""
        place = loop.line
        for entry, level in self.repository_frames(frame):
            line = place if place is not None else level.f_lineno
            place = None
            if line not in self.read(entry)[1]:
                return False
        return True

    @staticmethod
    def jump(frame, target):
        """Set the next line; from 3.12 on the interpreter warns when that skips assignments, which is our doing, not the target's."""
        warnings = sys.modules.get("warnings")
        if sys.version_info < (3, 12) or type(warnings) is not types.ModuleType:
            frame.f_lineno = target
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            frame.f_lineno = target
