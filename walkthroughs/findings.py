"""What a tour knows beyond its stops: call path, files, model, settings, data, update, metrics. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracer.location import Location
from walkthroughs.stop import ALWAYS, Claim, Point, Variable


@dataclass(frozen=True, slots=True)
class CallNode:
    """A repository function in the call path: how often it was called from its parent and the seconds spent in it.

    With `at_least` there may have been more calls than were counted.
    """

    file: str
    line: int
    qualname: str = field(default="<module>", metadata=ALWAYS)
    calls: int = field(default=1, metadata=ALWAYS)
    seconds: float = 0.0
    children: tuple[CallNode, ...] = ()
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Lines `line` to `end_line` of a file, with the name of the function or class they hold."""

    line: int
    end_line: int = 0
    qualname: str = ""


@dataclass(frozen=True, slots=True)
class FileRole:
    """A file that took part: its role in words, its length and how many lines ran, calls into it, what never ran.

    With `at_least` there may have been more calls than were counted.
    """

    path: str
    role: str = ""
    lines: int = 0
    executed: int = 0
    calls: int = 0
    never_ran: tuple[CodeRange, ...] = ()
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that was seen: iterations counted, whether the tour left it early, whether an optimizer stepped in it."""

    file: str
    line: int
    qualname: str = "<module>"
    iterations: int = 0
    left: bool = False
    training: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the model: `path` such as `encoder.0` (empty: the root), its parameter count, shapes of one forward."""

    path: str
    class_name: str = ""
    parameters: int = 0
    inputs: tuple[tuple[int, ...], ...] = ()
    outputs: tuple[tuple[int, ...], ...] = ()
    file: str = ""
    line: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """A setting: its value, its source (option, file, default, literal), where it is set and read, its effect."""

    name: str
    value: str = ""
    source: str = ""
    set_at: Location | None = None
    read_at: tuple[Location, ...] = ()
    effect: str = ""


@dataclass(frozen=True, slots=True)
class LineageStep:
    """One point on the way from raw data to the batch: what was done there and the value as it came out."""

    label: str
    location: Location | None = None
    value: Variable | None = None
    into: tuple[int, ...] = ()
    """The steps, counted from 0, that this one was found to feed: their lines read what was made here."""


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """What one optimizer step did to one parameter: sampled values before and after, gradient norm, largest change."""

    name: str
    shape: tuple[int, ...] = ()
    grad_norm: float | None = None
    before: tuple[float, ...] | float | None = None
    after: tuple[float, ...] | float | None = None
    change: float | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One optimizer step, looked at closely."""

    optimizer: str = ""
    learning_rate: float | None = None
    location: Location | None = None
    parameters: tuple[ParameterChange, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A value over the iterations that were seen, in the program `chapter`."""

    name: str
    location: Location | None = None
    points: tuple[Point, ...] = ()
    chapter: str = "main"


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One line on the way from predictions to a metric, and the value bound there."""

    location: Location
    variable: Variable | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that the program reports: `printed` is the text it appeared in, `chain` the lines that made it."""

    name: str
    value: str = ""
    printed: str = ""
    location: Location | None = None
    chain: tuple[ChainLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch in a file that mattered: how often each side was taken."""

    file: str
    line: int
    qualname: str = "<module>"
    taken: int = 0
    not_taken: int = 0
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Idea:
    """A place where a reader's own model, loss, data, metric or optimizer would go."""

    what: str
    location: Location | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OtherEntry:
    """Another program of the repository that this tour did not take."""

    file: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended the run; `stack` has the innermost repository frame first."""

    type: str
    message: str = ""
    location: Location | None = None
    stack: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A process that took part, or `count` of them that did alike.

    `how`: start, subprocess, torchrun, fork, spawn, loader, pool, executor, rank, unrecorded. `places` are where code
    of the repository began in it; `text` is made of `claims`. The first row is of the process that the tour follows,
    when that is not the program itself.
    """

    how: str = field(default="", metadata=ALWAYS)
    count: int = field(default=1, metadata=ALWAYS)
    rank: int | None = None
    command: tuple[str, ...] = ()
    places: tuple[Location, ...] = ()
    text: str = field(default="", metadata=ALWAYS)
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the tour as it was started, so that it can be started again: a `RunPlan` without this machine.

    `files` are [path, text, source] of settings that were changed in a copy, `shims` are [name, settings], `driver` is
    [name, data] or nothing.
    """

    chapter: str
    launch: str = field(default="", metadata=ALWAYS)
    argv: tuple[str, ...] = field(default=(), metadata=ALWAYS)
    folder: str = ""
    environment: dict[str, Any] = field(default_factory=dict)
    needs_path: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    files: tuple[Any, ...] = ()
    shims: tuple[Any, ...] = ()
    packages: tuple[str, ...] = ()
    driver: Any = None


@dataclass(frozen=True, slots=True)
class Need:
    """What the program asked for and nobody had: a path from the repository's root (empty: a download), the form that
    the code expects (or how the download failed), the code that asks for it, and what else is known."""

    path: str = field(default="", metadata=ALWAYS)
    form: str = field(default="", metadata=ALWAYS)
    location: Location | None = None
    detail: str = ""

    @property
    def text(self) -> str:
        """The need in a sentence without its full stop; Markdown."""
        where = f" (asked for at {self.location})" if self.location is not None else ""
        said = f"`{self.path}` is needed and is not there: {self.form}" if self.path else self.form
        return f"{said}{where}" + (f"; {self.detail}" if self.detail else "")
