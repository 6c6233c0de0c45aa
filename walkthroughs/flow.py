"""The program in one picture: from the data over the model to the loss, the optimizer's step and the reported numbers.

Made of what the tour knows and nothing else. An edge is `seen` when the recording shows that what one place made was
read at the other (the way of the data, a name that was bound by one line and read by the other, a call of the model);
of any other edge, what lies between its ends was not followed. Runs on the host.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tracer.location import Location
from walkthroughs.captions import count_text, number_text, shape_text
from walkthroughs.prose import bare
from walkthroughs.stepping import Walk
from walkthroughs.tour import LineageStep, Metric, Stop, Tour, Variable

METRICS_SHOWN = 3
DATA_SHOWN = 5
INTO_MODEL = "into the model"


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its `kind` is data, model, loss, step or metric; `stop` is the id of the stop at that place, if any."""

    id: str
    kind: str
    title: str
    place: Location | None = None
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two boxes with what went along it; `back` marks the one that closes the circle of training.

    Of an arrow that is not `seen`, what lies between its ends was not followed.
    """

    source: str
    target: str
    label: str = ""
    seen: bool = True
    back: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """The boxes in the order of telling and the arrows between them."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


def flow(tour: Tour) -> Flow:
    """The picture of a tour; without boxes where nothing is known to lead from one place to another."""
    drawing = _Drawing(tour)
    drawing.draw()
    return Flow(tuple(drawing.nodes), tuple(drawing.edges)) if drawing.edges else Flow()


def value_label(variable: Variable) -> str:
    """What goes along an arrow: the name, the shape and dtype of an array, the length or else the type of the rest."""
    type_name = variable.type.rpartition(".")[2]
    if variable.shape is not None:
        kind = f"{shape_text(variable.shape)} {variable.dtype.removeprefix('torch.')}".strip()
    elif variable.length is not None:
        kind = f"{type_name} of {variable.length:,}"
    else:
        kind = type_name
    name = "" if variable.name == "return" else variable.name
    return " ".join(part for part in (name, kind) if part)


class _Drawing:
    """Collects boxes and arrows."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.walk = Walk(tour.recording) if tour.recording is not None else None
        self.stops = [stop for stop in tour.stops if stop.chapter == "main"]

    def draw(self) -> None:
        forward, loss = self._statement("forward"), self._loss()
        model = self._model(forward)
        self._data(model, forward)
        if model is not None:
            self.nodes.append(model)
        losses = self._box("loss", loss)
        if losses is not None:
            self.nodes.append(losses)
            if model is not None:
                self._connect(model.id, forward, losses.id, loss)
        self._training(model, losses, loss)
        for number, metrics in enumerate(_told(self.tour.metrics)):
            self._metrics(number, metrics, model)

    def _statement(self, stage: str) -> Stop | None:
        """The first stop of a stage that is a statement; else the first of it."""
        found = [stop for stop in self.stops if stop.stage == stage]
        return next((stop for stop in found if _binds(stop)), found[0] if found else None)

    def _loss(self) -> Stop | None:
        """The loss on which gradients were computed: of the stops of the loss the one that the backward pass names."""
        found = [stop for stop in self.stops if stop.stage == "loss" and _binds(stop)]
        backward = next((stop for stop in self.stops if stop.stage == "backward"), None)
        names = {variable.name for variable in backward.variables} if backward is not None else set()
        place = (backward.location.file, backward.location.qualname) if backward is not None else None
        named = [
            stop
            for stop in found
            if (stop.location.file, stop.location.qualname) == place and names & {item.name for item in _binds(stop)}
        ]
        return (named or found)[-1] if named or found else None

    def _box(self, kind: str, stop: Stop | None, title: str = "") -> Node | None:
        if stop is None:
            return None
        text = title or bare(stop.title).removeprefix(f"{stop.stage_title}: ") or stop.stage_title
        return Node(kind, kind, text, stop.location, stop.id)

    def _model(self, forward: Stop | None) -> Node | None:
        root = next((module for module in self.tour.model_tree if not module.path), None)
        if root is None:
            inner = next((s for s in self.stops if s.stage == "forward" and forward and _called_by(s, [forward])), None)
            return self._box("model", forward, bare(inner.title).removeprefix("Forward pass: ") if inner else "")
        title = root.class_name + (f", {count_text(root.parameters, 'parameter')}" if root.parameters else "")
        place = Location(root.file, root.line) if root.file else None
        return Node("model", "model", title, forward.location if forward else place, forward.id if forward else "")

    def _data(self, model: Node | None, forward: Stop | None) -> None:
        """The way of the data; where it could not be followed, the stops about data."""
        steps = self.tour.data_lineage
        if not steps:
            self._data_stops(model, forward)
            return
        last = {number for number, step in enumerate(steps) if step.label == INTO_MODEL and model is not None}
        for number, step in enumerate(steps):
            if number not in last:
                self.nodes.append(Node(f"data{number}", "data", bare(step.label), step.location, self._stop_at(step)))
        for number, step in enumerate(steps):
            for target in step.into:
                into = "model" if target in last else f"data{target}"
                if number not in last and target < len(steps):
                    self._add(Edge(f"data{number}", into, value_label(step.value) if step.value else ""))

    def _data_stops(self, model: Node | None, forward: Stop | None) -> None:
        found = [stop for stop in self.stops if stop.stage == "data"]
        stops = [stop for stop in found if _binds(stop) and not _called_by(stop, found)][:DATA_SHOWN]
        for number, stop in enumerate(stops):
            box = self._box("data", stop)
            if box is not None:
                self.nodes.append(replace(box, id=f"data{number}"))
        targets = [*((f"data{number}", stop) for number, stop in enumerate(stops))]
        if model is not None and forward is not None:
            targets.append(("model", forward))
        for position, (name, stop) in enumerate(targets[1:], 1):
            sources = [(before, self._read(made, stop)) for before, made in targets[:position]]
            proven = [(before, read) for before, read in sources if read]
            for before, read in proven:
                self._add(Edge(before, name, ", ".join(map(value_label, read))))
            if not proven:
                self._add(Edge(targets[position - 1][0], name, seen=False))

    def _connect(self, source: str, made: Stop | None, target: str, reading: Stop | None) -> None:
        """An arrow with what the one line bound and the other read; else one that says what came later."""
        read = self._read(made, reading) if made is not None and reading is not None else []
        self._add(Edge(source, target, ", ".join(map(value_label, read)), seen=bool(read)))

    def _read(self, made: Stop, reading: Stop) -> list[Variable]:
        """The values that one stop's statement bound and another's read, as the recording shows."""
        if self.walk is None or made.step is None or reading.step is None or made.chapter != reading.chapter:
            return []
        names = self.walk.names(reading.step)
        found = []
        for name in _names_read(reading):
            seen = names.get(name)
            if seen is not None and seen.since is not None and self._is_of(seen.since, made):
                found.append(replace(seen.value, name=name))
        return found

    def _is_of(self, step: int, stop: Stop) -> bool:
        """Whether a step stands on a stop's own statement."""
        if self.walk is None:
            return False
        at, place = self.walk.location(step), stop.location
        own = (at.file, at.qualname) == (place.file, place.qualname) and place.line <= at.line <= place.end_line
        return own and bool(_binds(stop))

    def _training(self, model: Node | None, losses: Node | None, loss: Stop | None) -> None:
        """From the loss over its gradients to the optimizer's step and back to the weights."""
        step = self._box("step", self._statement("optimizer_step"))
        if step is None:
            return
        update = self.tour.update
        if update is not None and update.optimizer:
            step = replace(step, title=f"step of {update.optimizer}")
        self.nodes.append(step)
        backward = next((stop for stop in self.stops if stop.stage == "backward"), None)
        if losses is not None and loss is not None:
            on = {item.name for item in backward.variables} if backward is not None else set()
            words = [value_label(item) for item in _binds(loss) if item.name in on]
            if backward is not None:
                words.append(f"backward pass, {backward.location.file}:{backward.location.line}")
            self._add(Edge("loss", "step", " · ".join(words), seen=backward is not None))
        elif model is not None:
            self._add(Edge("model", "step", seen=False))
        if model is not None and update is not None:
            changed = sum(1 for item in update.parameters if item.change)
            if changed:
                self._add(Edge("step", "model", f"{count_text(changed, 'weight tensor')} changed", back=True))

    def _metrics(self, number: int, metrics: list[Metric], model: Node | None) -> None:
        """Numbers that one line reports, from the model where the lines that made them called it."""
        name, place = f"metric{number}", metrics[0].location
        texts = [f"{metric.name} = {number_text(_number(metric.value))}" for metric in metrics]
        same = (s.id for s in self.tour.stops if place and _line(s.location) == _line(place))
        self.nodes.append(Node(name, "metric", " · ".join(texts), place, next(same, "")))
        if model is None:
            return
        links = [link for metric in metrics for link in metric.chain if self._calls_model(link.location)]
        labels = dict.fromkeys(value_label(link.variable) for link in links if link.variable is not None)
        self._add(Edge("model", name, ", ".join(labels), seen=bool(links)))

    def _calls_model(self, place: Location) -> bool:
        """Whether a line was seen calling the function that the tour tells as the model's forward pass."""
        if self.tour.recording is None:
            return False
        frames = self.tour.recording.frames
        forwards = {(s.location.file, s.location.line) for s in self.stops if s.stage == "forward" and not _binds(s)}
        for frame in frames:
            if (frame.location.file, frame.location.line) in forwards and frame.parent is not None:
                above = frames[frame.parent].location
                if (above.file, frame.called_from) == (place.file, place.line):
                    return True
        return False

    def _stop_at(self, step: LineageStep) -> str:
        place = step.location
        if place is None:
            return ""
        same = (s.id for s in self.stops if (s.location.file, s.location.line) == (place.file, place.line))
        return next(same, "")

    def _add(self, edge: Edge) -> None:
        """Keep an arrow, once."""
        known = [(other.source, other.target) for other in self.edges]
        if (edge.source, edge.target) not in known and edge.source != edge.target:
            self.edges.append(edge)


def _binds(stop: Stop) -> list[Variable]:
    """What a stop's statement bound; nothing for a function, whose values are those of a call."""
    return [variable for variable in stop.variables if variable.changed and variable.name != "return"]


def _called_by(stop: Stop, callers: Iterable[Stop]) -> bool:
    """Whether a stop's function was called by the line of one of the others."""
    above = {_line(place) for place in stop.call_stack}
    return any(_line(other.location) in above for other in callers if other is not stop)


def _names_read(stop: Stop) -> list[str]:
    """The names that a stop's statement reads, by its source; of the head of a block, those that its values tell."""
    first = stop.location.line - stop.excerpt.first_line
    lines = stop.excerpt.lines[first : first + 1 + stop.location.end_line - stop.location.line] if first >= 0 else ()
    try:
        tree = ast.parse(textwrap.dedent("\n".join(lines)))
    except (SyntaxError, ValueError, RecursionError):
        return [variable.name for variable in stop.variables if not variable.changed]
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    augmented = {node.target.id for node in ast.walk(tree) if isinstance(node, ast.AugAssign)
                 and isinstance(node.target, ast.Name)}  # fmt: skip
    return list(dict.fromkeys(node.id for node in nodes if isinstance(node.ctx, ast.Load) or node.id in augmented))


def _line(place: Location) -> tuple[str, int]:
    return place.file, place.line


def _told(metrics: tuple[Metric, ...]) -> Iterator[list[Metric]]:
    """The first metrics that have a value by the line that reports them, each name once, the printed ones first."""
    seen: set[str] = set()
    groups: dict[tuple[str, int], list[Metric]] = {}
    for metric in sorted(metrics, key=lambda metric: not metric.printed):
        if metric.location is not None and metric.value and metric.name not in seen:
            seen.add(metric.name)
            if len(groups) < METRICS_SHOWN or _line(metric.location) in groups:
                groups.setdefault(_line(metric.location), []).append(metric)
    yield from groups.values()


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
