"""The tour: what one run of a program showed, as one self-contained value that every face reads. Runs on the host.

A tour is a file `NAME.tour.json`. Paths in it are relative to the repository's root and use `/`; lines count from 1;
times are seconds since the target started. It carries the source it shows, so that no checkout is needed to read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError
from tracer.location import Location
from walkthroughs.findings import (
    Branch,
    CallNode,
    ChainLink,
    CodeRange,
    Failure,
    FileRole,
    History,
    Hyperparameter,
    Idea,
    LineageStep,
    Loop,
    Metric,
    Module,
    Need,
    OtherEntry,
    ParameterChange,
    Process,
    Program,
    Update,
)
from walkthroughs.recording import Recording
from walkthroughs.records import RecordError, decode, encode, to_text
from walkthroughs.stop import (
    ALWAYS,
    Claim,
    Excerpt,
    Point,
    Stats,
    Stop,
    Variable,
    program_title,
    stage_id,
    stage_title,
)
from walkthroughs.writing import write_whole

__all__ = [
    "RUNGS",
    "TOUR_FORMAT",
    "Attempt",
    "Branch",
    "CallNode",
    "ChainLink",
    "Chapter",
    "Claim",
    "CodeRange",
    "Entry",
    "Excerpt",
    "Failure",
    "FastForward",
    "FileRole",
    "History",
    "Hyperparameter",
    "Idea",
    "LineageStep",
    "Location",
    "Loop",
    "Metric",
    "Module",
    "Need",
    "NotSeen",
    "OtherEntry",
    "Outcome",
    "ParameterChange",
    "Point",
    "Process",
    "Program",
    "Provenance",
    "Recording",
    "Stats",
    "Stop",
    "Tour",
    "Update",
    "Variable",
    "program_title",
    "stage_title",
]

TOUR_FORMAT = 1
"""Version of the tour file. 1: the first. Readers take older ones with defaults and refuse newer ones by name."""

RUNGS = (
    "full run",
    "run with remedies",
    "run up to the failure",
    "model alone",
    "static",
)
"""How much of the program could be run, best first."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the tour comes from: the repository at a commit, the Python that ran it, the RepoTour that recorded it."""

    url: str = field(default="", metadata=ALWAYS)
    commit: str = field(default="", metadata=ALWAYS)
    dirty: bool = field(default=False, metadata=ALWAYS)
    recorded_at: str = field(default="", metadata=ALWAYS)
    python: str = field(default="", metadata=ALWAYS)
    repotour: str = field(default="", metadata=ALWAYS)
    platform: str = ""
    folder: str = ""
    """The sub-folder of the repository that was toured; empty for the whole repository."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the program starts, and why it was taken to be the program."""

    file: str = field(default="", metadata=ALWAYS)
    line: int = field(default=0, metadata=ALWAYS)
    reason: str = field(default="", metadata=ALWAYS)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at running the program: how it ended, and what was changed for the next one and why."""

    command: tuple[str, ...] = field(default=(), metadata=ALWAYS)
    outcome: str = field(default="", metadata=ALWAYS)
    detail: str = field(default="", metadata=ALWAYS)
    remedy: str = field(default="", metadata=ALWAYS)
    reason: str = field(default="", metadata=ALWAYS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the told run ended: finished, exited, raised, limit, killed or timed_out, after `seconds`."""

    kind: str = field(default="", metadata=ALWAYS)
    detail: str = field(default="", metadata=ALWAYS)
    seconds: float = field(default=0.0, metadata=ALWAYS)


@dataclass(frozen=True, slots=True)
class FastForward:
    """A loop that the tour left early, after `iterations` of its iterations."""

    file: str
    line: int
    iterations: int = field(default=0, metadata=ALWAYS)
    detail: str = ""
    cell: int = 0
    cell_line: int = 0
    """In a notebook the code cell and the line in it, as `Location` has them."""

    @property
    def place(self) -> str:
        """`file:line`, in a notebook with the cell."""
        return str(Location(self.file, self.line, cell=self.cell, cell_line=self.cell_line))


@dataclass(frozen=True, slots=True)
class NotSeen:
    """A stage that the run did not show, and why."""

    stage: str
    reason: str = field(default="", metadata=ALWAYS)

    def __post_init__(self) -> None:
        """Keep the stage as its plain id, also when a `Stage` was given."""
        object.__setattr__(self, "stage", stage_id(self.stage))


@dataclass(frozen=True, slots=True)
class Chapter:
    """Consecutive stops that are told under one heading."""

    title: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Tour:
    """Everything that one recorded run has to tell; see the module's docstring for units."""

    format: int = field(default=TOUR_FORMAT, metadata=ALWAYS)
    title: str = field(default="", metadata=ALWAYS)
    provenance: Provenance = field(default=Provenance(), metadata=ALWAYS)
    entry: Entry = field(default=Entry(), metadata=ALWAYS)
    command: tuple[str, ...] = field(default=(), metadata=ALWAYS)
    rung: str = ""
    attempts: tuple[Attempt, ...] = field(default=(), metadata=ALWAYS)
    outcome: Outcome = field(default=Outcome(), metadata=ALWAYS)
    fast_forwards: tuple[FastForward, ...] = field(default=(), metadata=ALWAYS)
    stops: tuple[Stop, ...] = field(default=(), metadata=ALWAYS)
    not_seen: tuple[NotSeen, ...] = field(default=(), metadata=ALWAYS)
    call_path: CallNode | None = None
    files: tuple[FileRole, ...] = ()
    loops: tuple[Loop, ...] = ()
    model_tree: tuple[Module, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    data_lineage: tuple[LineageStep, ...] = ()
    update: Update | None = None
    histories: tuple[History, ...] = ()
    metrics: tuple[Metric, ...] = ()
    branches: tuple[Branch, ...] = ()
    ideas: tuple[Idea, ...] = ()
    processes: tuple[Process, ...] = ()
    other_entries: tuple[OtherEntry, ...] = ()
    exception: Failure | None = None
    output_tail: str = ""
    needs: tuple[Need, ...] = ()
    next_command: tuple[str, ...] = ()
    """What to type next, where the run did not get far enough: the words of one command."""

    recording: Recording | None = None
    """The recorded lines of the run, to be stepped through."""

    programs: tuple[Program, ...] = ()
    """The programs that were run, in their order, as they can be started again."""

    notes_by_reader: tuple[Any, ...] = ()

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The stops in the order of telling, consecutive ones of one chapter together."""
        groups: list[tuple[str, list[Stop]]] = []
        for stop in self.stops:
            if not groups or groups[-1][0] != stop.part:
                groups.append((stop.part, []))
            groups[-1][1].append(stop)
        return tuple(Chapter(title, tuple(stops)) for title, stops in groups)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, keys in declaration order, empty optional fields left out, floats at 6 digits."""
        values: dict[str, Any] = encode(self)
        return values

    @classmethod
    def from_dict(cls, values: Any) -> Tour:
        """A tour from plain JSON values; raises RepoTourError for what is no tour, a newer one or a broken one."""
        return _read(values, "the tour")

    def to_text(self) -> str:
        """The tour file's text."""
        return to_text(self.to_dict()) + "\n"

    def save(self, path: str | Path) -> None:
        """Write the tour file; a failure leaves what was there before untouched."""
        write_whole(path, self.to_text())

    @classmethod
    def load(cls, path: str | Path) -> Tour:
        """Read a tour file; every way in which it can be unfit is a RepoTourError with its own slug."""
        source = Path(path)
        return _read(_parse(_read_bytes(source), source.name), source.name)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        hint = "`repotour list` shows the tours made so far."
        raise RepoTourError(f"there is no tour file {path}.", slug="tour-missing", hint=hint) from None
    except IsADirectoryError:
        hint = "Name the NAME.tour.json file in it."
        raise RepoTourError(f"{path} is a folder, not a tour file.", slug="tour-not-a-tour", hint=hint) from None
    except OSError as error:
        raise RepoTourError(f"cannot read {path}: {error.strerror}.", slug="tour-missing") from error


def _parse(content: bytes, name: str) -> Any:
    if not content.strip():
        raise _broken(name, "it is empty")
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise _no_tour(name)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _broken(name, "it holds bytes that are not text") from None
    except RecursionError:
        raise _broken(name, "it is nested too deeply") from None
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and b'"header"' in content.partition(b"\n")[0]:
            raise _no_tour(name, "It looks like a trace; the tour beside it ends in .tour.json.") from None
        raise _broken(name, f"it ends or breaks at line {error.lineno}") from None
    except ValueError:
        raise _broken(name, "it holds a number that is too long") from None


def _read(values: Any, name: str) -> Tour:
    version = values.get("format") if isinstance(values, dict) else None
    if not isinstance(values, dict) or type(version) is not int or version < 1 or "stops" not in values:
        raise _no_tour(name)
    if version > TOUR_FORMAT:
        message = f"{name} has tour format {version}; this RepoTour reads up to {TOUR_FORMAT}."
        raise RepoTourError(message, slug="tour-newer-format", hint="Update it: pip install -U repotour")
    try:
        return decode(Tour, values)
    except RecordError as error:
        raise _broken(name, str(error)) from None
    except RecursionError:
        raise _broken(name, "it is nested too deeply") from None


def _broken(name: str, detail: str) -> RepoTourError:
    hint = "Make it again with `repotour run`."
    return RepoTourError(f"{name} is a broken tour file: {detail}.", slug="tour-broken", hint=hint)


def _no_tour(name: str, hint: str = "A tour is a NAME.tour.json file that `repotour run` wrote.") -> RepoTourError:
    return RepoTourError(f"{name} is not a tour.", slug="tour-not-a-tour", hint=hint)
