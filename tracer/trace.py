"""Reads a trace back: frames with their lines and values, landmarks with their stacks.

Runs on the host, needs no checkout.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError
from tracer.events import TRACE_FORMAT

Summary = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Code:
    """A function, class body or module of the repository."""

    id: int
    file: str
    qualname: str
    name: str
    line: int
    end_line: int
    type: str
    cells: tuple[tuple[int, int, int], ...] = field(default=(), compare=False)
    """Of a notebook: (number, first line, last line) of each code cell."""

    def in_cell(self, line: int) -> tuple[int, int] | None:
        """The cell that a line of its file belongs to and the line there, from 1; None where there are no cells."""
        return next(((number, line - first + 1) for number, first, last in self.cells if first <= line <= last), None)

    def place(self, line: int) -> str:
        """`file:line`, in a notebook with the cell."""
        found = self.in_cell(line)
        return f"{self.file}:{line}" + (f" (cell {found[0]}, line {found[1]})" if found is not None else "")


@dataclass(frozen=True, slots=True)
class Binding:
    """A name that took a value: `owner` is the identity of the object whose attribute it is, when it is one."""

    name: str
    value: Summary
    owner: int | None = None

    @property
    def id(self) -> int | None:
        """The identity of the value."""
        found = self.value.get("id")
        return found if isinstance(found, int) else None

    @property
    def touched(self) -> bool:
        """Whether the object was changed in place, not bound anew."""
        return bool(self.value.get("touched"))


@dataclass(slots=True)
class Line:
    """One line that ran in a recorded frame."""

    seq: int
    frame: int
    line: int
    t: float
    bound: tuple[Binding, ...] = ()
    out: str = ""
    err: str = ""
    updated: tuple[tuple[str, list[float], list[float]], ...] = ()
    raised: bool = False
    done: int = 0
    """Position in the trace, where a line is written when it is done: the order in which bindings came about."""
    gap: bool = False
    """Whether lines of its frame ran, or may have, between the recorded line before it and this one."""
    calls: tuple[tuple[int, int, int], ...] = ()
    """(code, number, count) of calls it made of which no frame is recorded; the first was call `number` of the code,
    counted from 1 (0: not known)."""
    resumed: tuple[int | None, tuple[int, int] | None] | None = None
    """(parent, called_from), as of a frame, where a generator went on for another one than before."""


@dataclass(slots=True)
class Frame:
    """One recorded visit of a code object."""

    id: int
    code: Code
    seq: int
    t: float
    visit: int
    parent: int | None
    called_from: tuple[int, int] | None
    via: tuple[str, str] | None
    grad: bool | None
    args: tuple[Binding, ...]
    outer: tuple[tuple[int, int, int | None], ...] = ()
    lines: list[Line] = field(default_factory=list)
    returned: Summary | None = None
    return_line: int = 0
    return_seq: int = 0
    ended_t: float = 0.0
    yields: list[Summary] = field(default_factory=list)
    raised: bool = False
    gap: bool = False
    """Whether lines of it ran, or may have, after the last recorded one."""
    entered: int = 0
    """Position in the trace of the call, in the order of `Line.done`."""
    left: int = 0
    """Position in the trace of the return."""

    def binding(self, name: str, before: int | None = None) -> Binding | None:
        """The last value of a name in this frame, up to event `before`."""
        found = None
        for argument in self.args:
            if argument.name == name:
                found = argument
        for line in self.lines:
            if before is not None and line.seq >= before:
                break
            for bound in line.bound:
                if bound.name == name and not bound.touched:
                    found = bound
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """One level of a call stack."""

    code: Code
    line: int
    frame: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """A landmark, file or exception event, with its stack resolved (innermost first)."""

    kind: str
    name: str
    seq: int
    t: float
    stack: tuple[Place, ...]
    data: dict[str, Any]

    @property
    def place(self) -> Place:
        """The repository's line that caused it."""
        return self.stack[0]

    @property
    def via(self) -> str:
        """The library function that the repository's line called, when the landmark lies deeper."""
        return str(self.data.get("via") or "")

    def argument(self, name: str) -> Summary:
        """The summary of one argument, or {}."""
        for key, value in self.data.get("args", ()):
            if key == name:
                return dict(value)
        return {}


@dataclass(slots=True)
class Trace:
    """Everything one process recorded."""

    path: Path
    header: dict[str, Any]
    codes: dict[int, Code]
    frames: dict[int, Frame]
    events: list[Event]
    modules: list[dict[str, Any]]
    module_io: list[dict[str, Any]]
    loops: list[dict[str, Any]]
    fast_forwards: list[dict[str, Any]]
    stuck: list[dict[str, Any]]
    counts: dict[int, dict[str, Any]]
    faults: list[dict[str, Any]]
    end: dict[str, Any] | None
    elided: bool
    adapted: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[dict[str, Any]] = field(default_factory=list)
    gap: dict[str, Any] = field(default_factory=dict)
    elisions: list[dict[str, Any]] = field(default_factory=list)
    sources_ended: list[dict[str, Any]] = field(default_factory=list)
    chapter: str = "main"
    unrecorded: int = 0
    """Processes that this program started and that ran code of the repository, but of which nothing was recorded."""

    process: int = 0
    """0 for the program that was started, else the number of a process that it started."""

    @property
    def left_loops(self) -> list[dict[str, Any]]:
        """Each time that a loop was left early, by a jump or by ending what it draws from, in order."""
        return sorted([*self.fast_forwards, *self.sources_ended], key=lambda row: int(row["seq"]))

    @property
    def beside_name(self) -> str:
        """What a process is called that is told beside another one of its program: `main.child-2`, `main.start`."""
        return f"{self.chapter}.child-{self.process}" if self.process else f"{self.chapter}.start"

    @classmethod
    def load(cls, path: Path) -> Trace:
        """Read a trace file; one that was cut short loses at most its last line."""
        return _Loader(path).load()

    def lines(self) -> Iterator[tuple[Frame, Line]]:
        """Every recorded line in the order in which the lines began."""
        found = [(frame, line) for frame in self.frames.values() for line in frame.lines]
        found.sort(key=lambda pair: pair[1].seq)
        return iter(found)

    def stack_of(self, frame: Frame) -> list[Place]:
        """The call stack above a frame: who called it, and from which line, innermost first."""
        found: list[Place] = []
        current: Frame | None = frame
        while current is not None:
            if current.called_from is None:
                break
            caller = self.codes.get(current.called_from[0])
            if caller is None:
                break
            parent = self.frames.get(current.parent) if current.parent is not None else None
            found.append(Place(caller, current.called_from[1], current.parent))
            if parent is None:
                found.extend(
                    Place(self.codes[code], line, where)
                    for code, line, where in current.outer[1:]
                    if code in self.codes
                )
                break
            current = parent
        return found

    def landmarks(self, *names: str) -> list[Event]:
        """The landmark events of the given names, in order."""
        wanted = set(names)
        return [event for event in self.events if event.kind == "landmark" and event.name in wanted]

    def place(self, file: str, line: int) -> str:
        """`file:line` of code that ran, in a notebook with the cell."""
        code = next((item for item in self.codes.values() if item.file == file), None)
        return code.place(line) if code is not None else f"{file}:{line}"

    def calls(self, code: Code) -> int:
        """How often a code object was called in the whole run."""
        return int(self.counts.get(code.id, {}).get("calls", 0)) or sum(
            1 for f in self.frames.values() if f.code.id == code.id
        )

    def counted(self, code: Code) -> bool:
        """Whether `calls` is exact; else there were at least so many."""
        return not self.counts.get(code.id, {}).get("open")

    @property
    def seconds_off(self) -> float:
        """For how many seconds of the run nothing was recorded, because nothing new was to be expected."""
        return float(self.gap.get("seconds", 0.0)) + float((self.gap.get("slices") or (0, 0.0))[1])

    @property
    def looked_away(self) -> bool:
        """Whether the recorder was off, or away, for any part of the run: then what was not seen may still have run."""
        return bool(self.seconds_off or self.gap.get("lost"))

    def executed(self, code: Code) -> set[int]:
        """Lines of a code object that were seen running."""
        found = {int(line) for line, _ in self.counts.get(code.id, {}).get("hits", ())}
        for frame in self.frames.values():
            if frame.code.id == code.id:
                found.update(line.line for line in frame.lines)
        return found


class _Loader:
    """Turns the lines of a trace file into a Trace."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.cells: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self.trace = trace = Trace(path, {}, {}, {}, [], [], [], [], [], [], {}, [], None, False)
        self.readers: dict[str, Callable[[dict[str, Any]], None]] = {
            "line": self.add_line,
            "call": self.add_call,
            "return": self.add_return,
            "yield": self.add_return,
            "landmark": self.add_event,
            "file": self.add_event,
            "exception": self.add_exception,
            "code": self.add_code,
            "counts": self.add_counts,
            "header": self.add_once,
            "process": lambda event: trace.header.update(event, kind="header"),
            "forks": lambda event: trace.header.update(forks=event["count"], forks_recorded=event["recorded"]),
            "end": self.add_once,
            "elided": self.add_once,
            "gap": trace.gap.update,
            "modules": trace.modules.append,
            "module_io": trace.module_io.append,
            "loop": trace.loops.append,
            "fast_forward": trace.fast_forwards.append,
            "source_ended": trace.sources_ended.append,
            "stuck": trace.stuck.append,
            "adapted": trace.adapted.append,
            "leaves": trace.leaves.append,
            "fault": trace.faults.append,
        }

    def load(self) -> Trace:
        try:
            with open(self.path, "rb") as handle:
                for raw in handle:
                    try:
                        event = json.loads(raw)
                    except ValueError:
                        continue  # the last line of a killed target
                    if isinstance(event, dict):
                        self.add(event)
        except OSError as error:
            raise RepoTourError(
                f"the trace {self.path.name} cannot be read ({error.strerror}).", slug="trace-missing"
            ) from error
        if not self.trace.header:
            raise RepoTourError(f"{self.path.name} is not a trace of RepoTour.", slug="not-a-trace")
        if int(self.trace.header.get("format", 0)) > TRACE_FORMAT:
            raise RepoTourError(
                f"{self.path.name} was written by a newer RepoTour.",
                slug="trace-newer-format",
                hint="Upgrade RepoTour to read it.",
            )
        self.trace.events.sort(key=lambda event: event.seq)
        for frame in self.trace.frames.values():
            frame.lines.sort(key=lambda line: line.seq)
        return self.trace

    def add(self, event: dict[str, Any]) -> None:
        self.position += 1
        reader = self.readers.get(str(event.get("kind")))
        if reader is not None:
            reader(event)

    def add_once(self, event: dict[str, Any]) -> None:
        """What a whole trace has one of: its header, its end, and whether it was cut short."""
        if event["kind"] == "header":
            self.trace.header = event
            self.trace.chapter = str(event.get("chapter", "main"))
            for file, rows in (event.get("cells") or {}).items():
                self.cells[file] = tuple((row[0], row[1], row[2]) for row in rows)
        elif event["kind"] == "end":
            self.trace.end = event
        else:
            # Beside the newer engine a program may trace itself: nothing is lost by it.
            beside = self.trace.header.get("engine") == "sys.monitoring" and "by" in event
            self.trace.elided = self.trace.elided or not beside
            self.trace.elisions.append(event)

    def add_code(self, event: dict[str, Any]) -> None:
        self.trace.codes[event["id"]] = Code(
            event["id"],
            event["file"],
            clean_qualname(event["qualname"]),
            event["name"],
            event["line"],
            event["end_line"],
            event["type"],
            self.cells.get(event["file"], ()),
        )

    def add_counts(self, event: dict[str, Any]) -> None:
        self.trace.counts[event["code"]] = event

    def add_exception(self, event: dict[str, Any]) -> None:
        frame = self.trace.frames.get(event["frame"])
        if frame is not None:
            stack = (Place(frame.code, event["line"], frame.id), *self.trace.stack_of(frame))
            self.trace.events.append(Event("exception", event["type"], event["seq"], event.get("t", 0.0), stack, event))

    def add_call(self, event: dict[str, Any]) -> None:
        code = self.trace.codes.get(event["code"])
        if code is None:
            return
        called_from = tuple(event["from"]) if event.get("from") else None
        via = tuple(event["via"]) if event.get("via") else None
        self.trace.frames[event["frame"]] = Frame(
            event["frame"],
            code,
            event["seq"],
            event.get("t", 0.0),
            event.get("visit", 0),
            event.get("parent"),
            called_from,
            via,
            event.get("grad"),
            _bindings(event.get("args", ())),
            tuple((row[0], row[1], row[2]) for row in event.get("stack", ())),
            entered=self.position,
        )

    def add_line(self, event: dict[str, Any]) -> None:
        frame = self.trace.frames.get(event["frame"])
        if frame is not None:
            frame.lines.append(
                Line(
                    event["seq"],
                    frame.id,
                    event["line"],
                    event.get("t", 0.0),
                    _bindings(event.get("set", ())),
                    event.get("out", ""),
                    event.get("err", ""),
                    tuple((row[0], row[1], row[2]) for row in event.get("updated", ())),
                    bool(event.get("raised")),
                    self.position,
                    bool(event.get("gap")),
                    tuple((row[0], row[1], row[2]) for row in event.get("calls", ())),
                    (event["parent"], tuple(event["from"]) or None) if "parent" in event else None,
                )
            )

    def add_return(self, event: dict[str, Any]) -> None:
        frame = self.trace.frames.get(event["frame"])
        if frame is None:
            return
        if event["kind"] == "yield":
            frame.yields.append(event.get("value", {}))
            return
        frame.left = self.position
        frame.returned = event.get("value")
        frame.return_line = event["line"]
        frame.return_seq = event["seq"]
        frame.ended_t = event.get("t", 0.0)
        frame.raised = bool(event.get("raised"))
        frame.gap = bool(event.get("gap"))

    def add_event(self, event: dict[str, Any]) -> None:
        codes = self.trace.codes
        stack = tuple(Place(codes[code], line, frame) for code, line, frame in event.get("stack", ()) if code in codes)
        if stack:
            name = event["event"] if event["kind"] == "landmark" else event["mode"]
            self.trace.events.append(Event(event["kind"], name, event["seq"], event.get("t", 0.0), stack, event))


def _bindings(rows: Any) -> tuple[Binding, ...]:
    return tuple(Binding(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows)


def clean_qualname(name: str) -> str:
    """A qualified name as people write it: without `<locals>`."""
    return name.replace(".<locals>", "")
