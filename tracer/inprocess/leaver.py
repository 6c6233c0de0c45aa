"""Leaves training loops after a few passes, by the debugger's own jump or by ending them. Runs in the target.

A training loop is one that is on the stack when an optimizer steps, or what other frameworks have in its place (the
landmarks with the probe `training_step`), or where torch weights change between gradients without either. An evaluation
loop is the nearest one around a model that is applied without gradients; it is left when it has run for long, but not
before anything was trained if it puts away what it makes: that may be the data. No other loop is touched, so a training
loop written by hand over plain numbers or arrays runs on: nothing tells its weights from the state of a simulation or a
running sum, and to cut those short would be the worst there is.

What is done, by the shape of the loop:

    a line behind it in the same block          jump there; from 3.11 on by way of an anchor where it needs one
                                                (`landings.py`)
    `for` that ends its function, a `with`,     end what it draws from (`sources.py`); it ends by itself, with `else`,
    a `try`, or the body of another loop        `__exit__` and `finally` as written
    `for` over what cannot be ended, `while`    jump to a `break` of its own, or to a `return` that does the same as
                                                falling off the end of the function
    none of these, and nothing else is left     end the program (`TourEnd`, a `SystemExit`): in the main thread only
    of the program
    none of these                               it runs on, within the time of the run

Where a branch of a loop has not run yet that may run in a later pass (an evaluation every so many steps), the loop runs
on for `linger` seconds, and only the lines on which a pass begins are looked at; for `patience` seconds where reading
found a stage in that branch (`late` in the plan).
"""

from __future__ import annotations

from _thread import get_ident

from .frames import CodeRecord, record_of
from .instructions import line_starts
from .landings import set_line
from .loops import loops_of
from .namespaces import local_names
from .silence import without
from .sources import end, iterator_of, stands_before_drawing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional

    from .frames import FrameRecord
    from .hook import Hook
    from .loops import Branch, Loop

EVALUATION_SECONDS = 5.0
ENDS_AT = 2  # where the state of a running loop (passes, begun) holds the pass that is its last


class TourEnd(SystemExit):
    """Ends, as `sys.exit()` would, a program with nothing left but passes of a training loop that no jump can leave."""


class Leaver:
    """Watches the loops of frames that train, and moves control behind them when they have shown enough."""

    hook: Hook

    def __init__(self, plan: dict[str, Any]) -> None:
        limits = plan["limits"]
        self.passes: int = limits["iterations"]
        self.linger: float = limits["linger"]
        self.evaluation: float = limits.get("evaluation", EVALUATION_SECONDS)
        self.patience: float = limits.get("patience", self.linger)
        late = plan.get("late", {})
        self.late_lines = {(place[0], place[1]) for place in late.get("lines", ())}
        self.late_names = frozenset(late.get("names", ()))
        self.jumps: bool = limits.get("jumps", True)
        self.refused = {(place[0], place[1]) for place in plan.get("no_jump", ())}
        self.sources: dict[str, tuple[list[Loop], set[int]]] = {}
        self.simulator = False
        self.stepped = False
        self.gradients_seen = 0
        self.waiting_since = 0.0
        self.around_gradients: set[tuple[int, int]] = set()

    # -- which loops -------------------------------------------------------------------------------------------------

    def own_loops(self, entry: CodeRecord) -> list[Loop]:
        """The loops that belong to one code object itself, not to functions defined in it."""
        lines = {line for _, line in line_starts(entry.code)}
        found = [
            loop
            for loop in self.read(entry)[0]
            if (loop.line in lines or (loop.first in lines and not loop.is_for))
            and not lines.isdisjoint(range(loop.first, loop.first_end + 1))
        ]
        for loop in found:
            loop.find_entry(entry.code)
        return found

    def read(self, entry: CodeRecord) -> tuple[list[Loop], set[int]]:
        """(loops, last lines) of the file a code object comes from."""
        found = self.sources.get(entry.path)
        if found is None:
            try:
                with open(self.hook.texts.get(entry.path, entry.path), "rb") as handle:
                    found = loops_of(handle.read(), entry.path)
            except OSError:
                found = [], set()
            self.sources[entry.path] = found
        return found

    def enclosing(self, entry: CodeRecord, line: int) -> list[Loop]:
        """The loops of a code object in whose body `line` lies, outermost first."""
        if entry.all_loops is None:
            entry.all_loops = self.own_loops(entry)
        return [loop for loop in entry.all_loops if loop.line <= line <= loop.end]

    def on_step(self, frame: FrameType) -> None:
        """An optimizer steps: every loop of the repository that is on the stack is a training loop."""
        self.stepped = True
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                self.follow(entry, level, loop, "training")

    def on_backward(self, frame: FrameType) -> None:
        """Gradients are computed: remember the loops around it, in case no optimizer object ever steps."""
        if self.gradients_seen >= 6:
            return
        self.gradients_seen += 1
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                self.around_gradients.add((entry.index, loop.line))

    def on_update_by_hand(self, frame: FrameType) -> None:
        """Weights changed without an optimizer: of the loops on the stack, those that also compute gradients train."""
        for entry, level in self.repository_frames(frame):
            for loop in self.enclosing(entry, level.f_lineno):
                if (entry.index, loop.line) in self.around_gradients:
                    self.follow(entry, level, loop, "training")

    def repository_frames(self, frame: Optional[FrameType]) -> list[tuple[CodeRecord, FrameType]]:
        """(CodeRecord, frame) of each frame of the repository from `frame` outwards."""
        found = []
        for _ in range(200):
            if frame is None:
                break
            entry = self.hook.running(frame)
            if type(entry) is CodeRecord and not entry.folded:
                found.append((entry, frame))
            frame = frame.f_back
        return found

    def on_evaluation(self, frame: FrameType) -> None:
        """A model is applied without gradients: loops of the nearest function that has any run over evaluation data."""
        if self.simulator:
            return
        for entry, level in self.repository_frames(frame):
            loops = self.enclosing(entry, level.f_lineno)
            for loop in loops:
                if not loop.training:
                    self.follow(entry, level, loop, "evaluation")
            if loops:
                return

    def follow(self, entry: CodeRecord, frame: FrameType, loop: Loop, role: str) -> None:
        """Begin to count the passes of a loop that is running in `frame`."""
        hook = self.hook
        record = record_of(frame)
        if record is not None and loop.line in record.loops and getattr(loop, role):
            return
        if entry.loops is None:
            entry.loops = []
        if not getattr(loop, role):
            setattr(loop, role, True)
            if loop not in entry.loops:
                entry.loops.append(loop)
                entry.turns.update(loop.turns())
            event = {"kind": "loop", "code": entry.index, "line": loop.line, "end": loop.end, "role": role}
            hook.writer.put(event, True)
        if record is None:
            record = hook.new_record(entry, True)
            record.line = frame.f_lineno
        hook.wake(entry)
        hook.engine.follow(record, frame)
        if loop.line not in record.loops:
            record.loops[loop.line] = [1, hook.clock()]

    # -- leaving -----------------------------------------------------------------------------------------------------

    def on_line(self, record: FrameRecord, frame: FrameType, line: int) -> int:
        """Called for each line of a frame that has such loops; gives the line jumped to, or 0."""
        previous = record.previous
        for loop in record.code.loops or ():
            if not loop.line <= line <= loop.end:
                continue
            inside = loop.line <= previous <= loop.end
            state = record.loops.get(loop.line)
            if state is None or not inside or frame.f_lasti == loop.start:
                state = record.loops[loop.line] = [0, self.hook.clock()]
            begins = loop.starts_iteration(frame.f_lasti, line, previous if inside else 0)
            state[0] += begins
            done = state[0] - begins
            if done < self.passes or not (begins or (inside and loop.draws and line <= loop.header_end)):
                continue
            if len(state) > ENDS_AT and done <= state[ENDS_AT]:
                continue  # what it draws from has been ended; what was loaded before still comes
            if self.enough(record, loop, state[1]):
                target = self.leave(record, frame, loop, state, done, begins)
                if target:
                    return target
        return 0

    def enough(self, record: FrameRecord, loop: Loop, begun: float) -> bool:
        """Whether a loop has shown what it will show within the time given."""
        now = self.hook.clock()
        if not self.jumps or (record.code.file, loop.line) in self.refused:
            return False
        if not loop.training:
            # Before anything was trained, what such a loop puts away may be the data of the training.
            prepares = loop.collects and not self.stepped
            return now - begun > self.evaluation and not self.simulator and not prepares
        if loop.left:
            return True
        hits = record.code.hits
        waiting = [block for block in loop.branches if not any(line in hits for line in range(block[0], block[1] + 1))]
        if waiting:
            self.waiting_since = self.waiting_since or now
            loop.waits = loop.waits or now
            late = any(self.is_late(record.code.file, block) for block in waiting)
            return now - self.waiting_since > (self.patience if late else self.linger)
        return True

    def is_late(self, file: str, block: Branch) -> bool:
        """Whether reading found a stage in a branch that has not run yet, or in a function that is called there."""
        named = not self.late_names.isdisjoint(block[2])
        return named or any((file, line) in self.late_lines for line in range(block[0], block[1] + 1))

    def leave(
        self, record: FrameRecord, frame: FrameType, loop: Loop, state: list[Any], done: int, begins: bool
    ) -> int:
        """Leave a loop of which `done` passes have run; `begins`: the next is about to run. The line jumped to, or 0.

        By a jump behind it, which can be made when a pass begins; where there is no line to jump to, by ending what the
        loop draws from, before it draws again; and else by a `break` or `return` of its own.
        """
        ends = loop.draws and not loop.endless and not loop.can_be_jumped(frame.f_code)
        if ends and stands_before_drawing(frame, loop.first == loop.line):
            self.end_source(record, frame, loop, state, done)
        elif ends and begins:
            # It drew an item unseen, twice: it will not be seen.
            loop.endless = loop.unseen
            loop.unseen = True
        if ends or not begins:
            return 0
        hook = self.hook
        unbound = set(frame.f_code.co_varnames).difference(local_names(frame))
        target = self.jump(frame, loop)
        if target:
            event = self.departure("fast_forward", record, loop, done)
            event["to"] = target
            made = sorted(unbound.intersection(local_names(frame)))
            if made:
                event["made_none"] = made
            hook.writer.put(event, True)
            record.loops.pop(loop.line, None)
            return target
        if loop.draws and not loop.endless:
            loop.no_landing = True  # it ends before it draws again
        else:
            self.stay(record, frame, loop, done)
        return 0

    def departure(self, kind: str, record: FrameRecord, loop: Loop, passes: int) -> dict[str, Any]:
        """The event that tells how a loop was left."""
        hook = self.hook
        loop.left += 1
        event = {"kind": kind, "seq": hook.next_sequence(), "code": record.code.index, "frame": record.id}
        event.update(line=loop.line, iterations=passes, role="training" if loop.training else "evaluation")
        now = hook.clock()
        event["t"] = hook.since(now)
        if loop.waits and loop.left == 1:
            hits = record.code.hits
            reached = [block[0] for block in loop.branches if block[0] in hits]
            event.update(waited=round(now - loop.waits, 1), reached=reached)
        return event

    def end_source(self, record: FrameRecord, frame: FrameType, loop: Loop, state: list[Any], done: int) -> None:
        """End what a `for` loop draws from."""
        ended = None if len(state) > ENDS_AT else end(iterator_of(frame))
        if ended is None:
            loop.endless = True
            return
        state.append(done + ended[1])
        event = self.departure("source_ended", record, loop, state[ENDS_AT])
        event["source"] = ended[0]
        self.hook.writer.put(event, True)

    def stay(self, record: FrameRecord, frame: FrameType, loop: Loop, passes: int) -> None:
        """A loop that cannot be left goes on; when nothing at all would follow it, the program is over instead."""
        hook = self.hook
        self.refused.add((record.code.file, loop.line))
        # In another thread the main program may go on behind it, and may wait for what the thread still makes.
        over = loop.training and get_ident() == hook.main_thread and self.nothing_follows(frame, loop)
        event = {"kind": "stuck", "code": record.code.index, "line": loop.line, "iterations": passes, "ended": over}
        event["reason"] = "no line behind this loop to go to, and no way to end what it draws from"
        hook.writer.put(event, True)
        if over:
            place = "%s:%d" % (record.code.file, loop.line)
            detail = "the loop at %s, the last thing the program does, was left after %d iterations" % (place, passes)
            hook.ending.tour_end = detail
            raise TourEnd

    def nothing_follows(self, frame: FrameType, loop: Loop) -> bool:
        """Whether the program is over behind a loop: it ends its function, and every call on the stack ends its own."""
        place: Optional[int] = loop.line
        for entry, level in self.repository_frames(frame):
            line = place if place is not None else level.f_lineno
            place = None
            if line not in self.read(entry)[1]:
                return False
        return True

    @staticmethod
    def jump(frame: FrameType, loop: Loop) -> int:
        """Jump behind a loop, or onto a `break` of its own; the line, or 0 when there is no safe way.

        Without the warning of 3.12 about skipped assignments: our doing, not the target's.
        """
        return int(without(RuntimeWarning, go_behind, frame, loop))


def go_behind(frame: FrameType, loop: Loop) -> int:
    """Jump to the loop's landing, or onto a `break` or `return` of its own; the line, or 0."""
    target = loop.landing.jump(frame, loop.is_for) if loop.landing is not None else None
    return target or next((line for line in loop.way_outs(frame.f_code) if set_line(frame, line)), 0)
