"""What a tour carries of the run itself: every recorded line in order, with what it bound, and the source it ran.

Runs on the host. This is what lets a reader step forward and backward through a run that is over. The steps stand in
columns, one entry for each line that began: `order` names the frame and `lines` the line (of a statement over several
lines the first). A step is told as a debugger does: the program is paused *before* its line, so what the line binds is
seen from the frame's next step on. `walkthroughs.stepping` moves through it; faces that cannot call it (a page) follow
the same rules, which its docstrings state.

What faces may rely on:
- steps are in the order in which the lines began, of all programs of the tour one after the other (`chapter`), threads
  mixed as they ran; a frame's steps are a subsequence, from its first recorded line on;
- nothing is invented: what ran unrecorded is marked (`gaps`, `cut`, `missed`, `left_out`), and a name that is not in a
  frame's rows was not recorded;
- values are texts, as the stops show them; equal ones are carried once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.location import Location
from walkthroughs.stop import ALWAYS, Excerpt, Variable


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file in which code ran, in parts (one part from line 1: the whole file of `length` lines).

    `ran` are the lines seen running and `counts` how often each of them did, in the same order; with `at_least` each
    may have run more often than that.
    """

    path: str
    length: int = field(default=0, metadata=ALWAYS)
    parts: tuple[Excerpt, ...] = field(default=(), metadata=ALWAYS)
    ran: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    at_least: bool = False

    def line(self, number: int) -> str | None:
        """The text of a line; None when the tour does not carry it."""
        for part in self.parts:
            if part.first_line <= number < part.first_line + len(part.lines):
                return part.lines[number - part.first_line]
        return None


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that took a value: `value` counts in `Recording.values`."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class BoundAt:
    """A name (or `object.attribute`) that took a value on a step's line; seen from the frame's next step on.

    `touched`: the name was not bound anew, its object was changed in place. `frame`: whose name it is, where that is
    not the frame of the step (`global`).
    """

    step: int
    name: str
    value: int
    touched: bool = False
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Unbound:
    """A name that a step's line took away (`del`, the end of an `except … as`); gone from the frame's next step on."""

    step: int
    name: str


@dataclass(frozen=True, slots=True)
class PrintedAt:
    """Text that a step's line printed."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class RaisedAt:
    """An exception that a step's line raised, or that came out of a library that it called.

    On its way out through functions of the repository it is not told again: see `RecordedFrame.raised`."""

    step: int
    type: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class ResumedAt:
    """From a step on, a generator ran for another caller: on `line` of `parent` (None: a frame not carried here)."""

    step: int
    parent: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class MissedCall:
    """Calls that a step's line made of which no visit is carried here.

    `location` is what was called; the first was call `number` of it in its program, counted from 1 (0: not known), and
    `count` were made. `recorded` says that they were recorded, but left out of the tour to keep it small.
    """

    step: int
    location: Location
    number: int = 0
    count: int = 1
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class LoopLeft:
    """RepoTour left the loop at `line` early, after `iterations`: the step is the first of its frame behind it."""

    step: int
    line: int
    iterations: int = 0


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """One recorded visit of a function, class body or module.

    `location` is its definition; `kind` is function, generator (coroutines too), class or module; `visit` counts the
    visits of its kind from 0. `parent` is the frame that called it, on `called_from`, where that one is in the
    recording too; else `outer` holds the call stack above it, the caller first. `via` is the library function between
    them. `began` and `ended` are seconds since the program started; an `ended` of 0 says that its end was not seen.
    `returned` counts in `values`. `cut` says that lines of this visit ran, or may have, after its last step.
    """

    location: Location
    kind: str = "function"
    chapter: str = "main"
    visit: int = 0
    parent: int | None = None
    called_from: int = 0
    outer: tuple[Location, ...] = ()
    via: str = ""
    args: tuple[Bound, ...] = ()
    returned: int | None = None
    raised: bool = False
    began: float = 0.0
    ended: float = 0.0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """The run as it can be stepped through.

    `gaps` are steps before which lines of the same frame ran, or may have, that are not in the recording; behind them
    names may be older than they look. `left_out` counts recorded visits that are not carried here, to keep the tour
    small. All rows are in the order of their steps.
    """

    sources: tuple[SourceText, ...] = ()
    frames: tuple[RecordedFrame, ...] = ()
    order: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    bound: tuple[BoundAt, ...] = ()
    printed: tuple[PrintedAt, ...] = ()
    values: tuple[Variable, ...] = ()
    gaps: tuple[int, ...] = ()
    left_out: int = 0
    unbound: tuple[Unbound, ...] = ()
    raised: tuple[RaisedAt, ...] = ()
    resumed: tuple[ResumedAt, ...] = ()
    missed: tuple[MissedCall, ...] = ()
    left: tuple[LoopLeft, ...] = ()
    times: tuple[float, ...] = ()
    """When each step's line began: seconds since the target of its chapter started, to a tenth of a millisecond."""

    def source(self, path: str) -> SourceText | None:
        """The text of a file, when the tour carries it."""
        return next((source for source in self.sources if source.path == path), None)
