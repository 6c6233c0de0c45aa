"""What a tour carries of the run itself: every recorded line in order, with what it bound, and the source it ran.

Runs on the host. This is what lets a reader step forward and backward through a run that is over. The steps stand in
columns, one entry for each line that began: `order` names the frame and `lines` the line. A step is told as a debugger
does: the program is paused *before* its line, so what the line binds is seen from the frame's next step on.
`walkthroughs.stepping` moves through it.
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

    `touched`: the name was not bound anew, its object was changed in place.
    """

    step: int
    name: str
    value: int
    touched: bool = False


@dataclass(frozen=True, slots=True)
class PrintedAt:
    """Text that a step's line printed."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """One recorded visit of a function, class body or module.

    `location` is its definition; `visit` counts the visits of its kind from 0. `parent` is the frame that called it,
    where that one is in the recording too; else `outer` holds the call stack above it, the caller first. `began` and
    `ended` are seconds since the target started; `returned` counts in `values`; `cut` says that later lines of this
    visit are not in the recording.
    """

    location: Location
    kind: str = "function"
    chapter: str = "main"
    visit: int = 0
    parent: int | None = None
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
    """The run as it can be stepped through. `gaps` are steps before which lines of the same frame ran unrecorded;
    `left_out` counts recorded visits that are not carried here, to keep the tour small."""

    sources: tuple[SourceText, ...] = ()
    frames: tuple[RecordedFrame, ...] = ()
    order: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    bound: tuple[BoundAt, ...] = ()
    printed: tuple[PrintedAt, ...] = ()
    values: tuple[Variable, ...] = ()
    gaps: tuple[int, ...] = ()
    left_out: int = 0

    def source(self, path: str) -> SourceText | None:
        """The text of a file, when the tour carries it."""
        return next((source for source in self.sources if source.path == path), None)
