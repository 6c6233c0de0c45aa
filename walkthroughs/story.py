"""What the rules look at: the traces of one tour with indexes over identity, calls and source. Runs on the host."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Binding, Code, Event, Frame, Line, Place, Summary, Trace
from walkthroughs.sources import SourceFile, Sources

LOOKERS = (
    "torch.utils.tensorboard.", "tensorboardX.", "torch.onnx.", "torch.export.", "torchsummary.", "torchinfo.",
    "torchview.", "torchviz.", "thop.", "ptflops.", "fvcore.", "calflops.", "torch.fx.",
)  # fmt: skip
"""Packages that apply a module to draw its graph, to count what it costs or to write it in another form."""
LIBRARY_TRAINERS = (
    "lightning",
    "pytorch_lightning",
    "transformers",
    "accelerate.launch",
    "keras",
    "ignite",
    "fastai",
    "skorch",
    "trl",
    "sentence_transformers",
    "stable_baselines3",
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An object seen somewhere: bound on a line, passed as an argument, returned, or inside a container that was."""

    seq: int
    frame: Frame
    line: Line | None
    kind: str
    name: str
    value: Summary
    done: int = 0
    """When it came about, in the order of the trace file: a line binds when it is done, not when it begins."""

    @property
    def number(self) -> int:
        """The line on which it was seen."""
        if self.line is not None:
            return self.line.line
        return self.frame.return_line if self.kind in ("return", "returned item") else self.frame.code.line


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a stage was seen to happen, with the events that show it.

    `weight` ranks findings of one stage (higher is told first when there are too many); `role` says what the place is
    to the stage (call, definition, construction, header, …); `seqs` are the events of trace number `trace` on which it
    rests.
    """

    stage: Stage
    location: Location
    because: str
    role: str
    trace: int
    seq: int
    weight: float = 1.0
    frame: int | None = None
    seqs: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)


class Chapter:
    """One process of the tour: its trace and indexes over it."""

    def __init__(self, trace: Trace, sources: Sources, number: int) -> None:
        self.trace = trace
        self.sources = sources
        self.number = number

    @cached_property
    def occurrences(self) -> dict[int, list[Occurrence]]:
        """Where each object was seen, by identity, in order of time."""
        found: dict[int, list[Occurrence]] = defaultdict(list)
        for frame in self.trace.frames.values():
            for argument in frame.args:
                self._add(
                    found, Occurrence(frame.seq, frame, None, "argument", argument.name, argument.value, frame.entered)
                )
            for line in frame.lines:
                for bound in line.bound:
                    if not bound.touched:
                        self._add(found, Occurrence(line.seq, frame, line, "bound", bound.name, bound.value, line.done))
            if frame.returned is not None:
                self._add(found, Occurrence(frame.return_seq, frame, None, "return", "", frame.returned, frame.left))
            for value in frame.yields:
                self._add(found, Occurrence(frame.seq, frame, None, "yield", "", value, frame.entered))
        for rows in found.values():
            rows.sort(key=lambda row: (row.done, row.kind != "bound"))
        return found

    @staticmethod
    def _add(found: dict[int, list[Occurrence]], seen: Occurrence) -> None:
        identity = seen.value.get("id")
        if isinstance(identity, int):
            found[identity].append(seen)
        for item in walk_items(seen.value):
            inner = item.get("id")
            if isinstance(inner, int):
                kind = {"bound": "bound item", "return": "returned item", "argument": "argument item"}.get(
                    seen.kind, "item"
                )
                found[inner].append(Occurrence(seen.seq, seen.frame, seen.line, kind, seen.name, item, seen.done))

    def bound(self, identity: int | None) -> list[Occurrence]:
        """The lines that bound an object to a name, in order."""
        if identity is None:
            return []
        return [row for row in self.occurrences.get(identity, ()) if row.kind == "bound"]

    def returned(self, identity: int | None, *, items: bool = True) -> list[Occurrence]:
        """The calls that returned an object, or a container holding it."""
        kinds = {"return", "returned item", "yield"} if items else {"return"}
        return [row for row in self.occurrences.get(identity or -1, ()) if row.kind in kinds]

    @cached_property
    def models(self) -> dict[int, dict[str, Any]]:
        """Module trees with parameters by the identity of their root."""
        return {tree["root"]: tree for tree in self.trace.modules if any(row[3] for row in tree["rows"])}

    @cached_property
    def children(self) -> dict[int, list[Frame]]:
        """Recorded frames by the frame that called them."""
        found: dict[int, list[Frame]] = defaultdict(list)
        for frame in self.trace.frames.values():
            if frame.parent is not None:
                found[frame.parent].append(frame)
        return found

    @cached_property
    def forwards(self) -> list[Event]:
        """Outermost calls of modules that hold parameters, but for those that only look at what a module does."""
        return [
            event
            for event in self.trace.landmarks("module_call")
            if _parameters(event.data.get("module")) > 0 and not event.via.startswith(LOOKERS)
        ]

    def driven(self, event: Event) -> bool:
        """Whether a training library called the method of the model in which an event happened."""
        for place in event.stack[: len(event.stack) - len(self.outside_model(event.stack))]:
            # Later calls are not recorded, but are what the recorded ones were.
            frame = self.frame_of(place) or next(iter(self.by_code.get(place.code.id, ())), None)
            if frame is not None and frame.via is not None and frame.via[0].split(".")[0] in LIBRARY_TRAINERS:
                return True
        return False

    @cached_property
    def trains(self) -> bool:
        """Whether anything was trained in this chapter."""
        names = ("backward", "optimizer_step", "functional_step", "fit")
        return bool(self.trace.landmarks(*names)) or any(line.updated for _, line in self.trace.lines())

    @cached_property
    def training(self) -> set[int]:
        """Code objects on the stack when gradients are computed or weights updated."""
        events = self.trace.landmarks("backward", "optimizer_step", "functional_step")
        return {place.code.id for event in events for place in event.stack}

    @cached_property
    def machinery(self) -> set[int]:
        """Code objects between the training code and the model it applies (a solver, a wrapper, a policy's `act`)."""
        found: set[int] = set()
        for event in self.forwards:
            if is_training(event):
                for place in self.outside_model(event.stack):
                    if place.code.id in self.training:
                        break
                    found.add(place.code.id)
        return found

    def within(self, frame: Frame, codes: set[int]) -> bool:
        """Whether a frame, or one that it was called from, runs one of the given code objects."""
        current: Frame | None = frame
        while current is not None:
            if current.code.id in codes:
                return True
            current = self.trace.frames.get(current.parent) if current.parent is not None else None
        return False

    @cached_property
    def by_code(self) -> dict[int, list[Frame]]:
        """Recorded frames by code object."""
        found: dict[int, list[Frame]] = defaultdict(list)
        for frame in self.trace.frames.values():
            found[frame.code.id].append(frame)
        return found

    def source(self, code: Code) -> SourceFile | None:
        """The file a code object comes from."""
        return self.sources.get(code.file)

    def frame_of(self, place: Place) -> Frame | None:
        """The recorded frame of a stack level."""
        return self.trace.frames.get(place.frame) if place.frame is not None else None

    def called_on(self, frame: Frame, line: Line) -> list[Frame]:
        """The recorded frames that a line of a frame called directly."""
        after = next((other.seq for other in frame.lines if other.seq > line.seq), frame.return_seq or 1 << 60)
        return [
            child
            for child in self.children.get(frame.id, ())
            if line.seq < child.seq < after and child.called_from is not None and child.called_from[0] == frame.code.id
        ]

    def is_method_of_module(self, place: Place) -> bool:
        """Whether a stack level runs a method of a module that holds parameters."""
        frame = self.frame_of(place)
        if frame is None:
            frame = next(iter(self.by_code.get(place.code.id, ())), None)
        return bool(frame and frame.args and frame.args[0].name == "self" and _parameters(frame.args[0].value) > 0)

    def outside_model(self, stack: Iterable[Place]) -> list[Place]:
        """A stack without its innermost levels that are methods of the model itself."""
        rows = list(stack)
        while rows and self.is_method_of_module(rows[0]) and len(rows) > 1:
            rows.pop(0)
        return rows

    def location(self, code: Code, line: int) -> Location:
        """The statement at a line of a code object."""
        source = self.source(code)
        span = source.span(line) if source is not None else None
        if span is None:
            return Location(code.file, line, line, code.qualname)
        return Location(code.file, span.line, span.end_line, code.qualname)

    def definition(self, code: Code) -> Location:
        """The definition of a function, from its `def` line."""
        source = self.source(code)
        line = code.line
        if source is not None:
            # The first line of a decorated function's code is its decorator's; readers look for the `def`.
            for offset in range(30):
                node = source.statement(code.line + offset)
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == code.name:
                    return Location(code.file, node.lineno, int(node.end_lineno or node.lineno), code.qualname)
        return Location(code.file, line, code.end_line, code.qualname)

    def loops(self, place: Place) -> list[ast.For | ast.AsyncFor | ast.While]:
        """The loops around a stack level's line in its own function, innermost first."""
        source = self.source(place.code)
        return source.loops(place.line) if source is not None else []


class Story:
    """All chapters of a tour, in the order in which they ran; `others` are processes beside those that are told."""

    def __init__(self, traces: Iterable[Trace], sources: Sources, others: Iterable[Trace] = ()) -> None:
        self.sources = sources
        self.others = [Chapter(trace, sources, -1) for trace in others]
        self.chapters = [Chapter(trace, sources, number) for number, trace in enumerate(traces)]

    @property
    def main(self) -> Chapter:
        """The chapter that trains."""
        return next((chapter for chapter in self.chapters if chapter.trace.chapter == "main"), self.chapters[-1])


def definition_of(
    chapter: Chapter, frame: Frame, stage: Stage, because: str, weight: float, role: str = "definition"
) -> Finding:
    """A finding on the definition of the function that a frame runs."""
    return Finding(
        stage,
        chapter.definition(frame.code),
        because,
        role,
        chapter.number,
        frame.seq,
        weight=weight,
        frame=frame.id,
        seqs=(frame.seq,),
        facts={"code": frame.code},
    )


def is_training(event: Event) -> bool:
    """Whether a module was applied with gradients recorded and in training mode."""
    return event.data.get("grad") is not False and event.data.get("module", {}).get("training") is not False


def walk_items(value: Summary, depth: int = 3) -> Iterable[Summary]:
    """The summaries of what a container holds, as far as they were recorded."""
    if depth <= 0:
        return
    for row in value.get("items", ()):
        if isinstance(row, (list, tuple)) and len(row) == 2 and isinstance(row[1], dict):
            yield row[1]
            yield from walk_items(row[1], depth - 1)


def _parameters(value: Any) -> int:
    return int(value.get("parameters") or 0) if isinstance(value, dict) else 0


def has_parameters(value: Summary | None) -> bool:
    """Whether a value is a module that holds parameters."""
    return _parameters(value) > 0


def is_array(value: Summary) -> bool:
    """Whether a value is an array or tensor of at least one dimension."""
    return bool(value.get("shape")) and value.get("dtype") is not None


def is_scalar(value: Summary) -> bool:
    """Whether a value is one number: a Python or NumPy number, or a tensor of one element."""
    if value.get("type") in ("bool", "str"):
        return False
    if isinstance(value.get("scalar"), (int, float)) or value.get("scalar") in ("nan", "inf", "-inf"):
        return True
    return value.get("shape") == [] and value.get("dtype") is not None


def is_float(value: Summary) -> bool:
    """Whether a scalar is a real number rather than a count."""
    if not is_scalar(value):
        return False
    if "dtype" in value:
        return "float" in str(value["dtype"])
    return isinstance(value.get("scalar"), float) or value.get("scalar") in ("nan", "inf", "-inf")


DECORATORS = {
    "decorate_context",
    "decorate_autocast",
    "decorate_fwd",
    "decorate_bwd",
    "wrapper",
    "wrapped",
    "inner",
    "_fn",
    "wrapped_func",
    "error_handler",
}


def called_by_library(frame: Frame) -> bool:
    """Whether library code called a function of its own accord; a decorator that passes the call on does not count."""
    return frame.via is not None and frame.via[1] not in DECORATORS


def by_library(event: Event) -> bool:
    """Whether a training library, not the repository's own line, caused an event.

    A decorator of the library around what the repository calls (`error_handler` around `Model.save`) does not count.
    """
    library, _, name = event.via.partition(".")
    return library in LIBRARY_TRAINERS and name.rpartition(".")[2] not in DECORATORS


def binding_named(line: Line, name: str) -> Binding | None:
    """What a line bound to a name."""
    return next((bound for bound in line.bound if bound.name == name), None)
