"""The way of the data as a diagram of a few boxes: from a raw item over batch, model, loss and step to the metric.

The boxes and edges come from what the passes found: `data_lineage`, `model_tree`, `update`, `metrics`, and the stops
for what these do not tell. An edge is sure where the data was followed along it; the others only say what came next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from walkthroughs.captions import count_text, number_text, shape_text
from walkthroughs.prose import spans
from walkthroughs.tour import Location, Metric, Module, Stop, Tour, Variable

INTO_MODEL = "into the model"
SHAPES_TOLD = 2


@dataclass(slots=True)
class Box:
    """Something that happens to the data: in a word or two, its name in the code, a detail, where it is."""

    title: str
    name: str
    detail: str = ""
    place: Location | None = None
    stage: str = "data"
    stop: int | None = None
    """The number of the stop that tells of it, from 1."""


@dataclass(slots=True)
class Edge:
    """From one box to another, with the shape of what goes along it."""

    start: int
    end: int
    label: str = ""
    sure: bool = False
    again: bool = False


@dataclass(slots=True)
class Flow:
    """One diagram."""

    title: str
    boxes: list[Box] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def add(self, box: Box, label: str = "", *, sure: bool = False) -> None:
        """A box behind the last one, with the edge between them."""
        self.boxes.append(box)
        if len(self.boxes) > 1:
            self.edges.append(Edge(len(self.boxes) - 2, len(self.boxes) - 1, label, sure))


def flows(tour: Tour) -> list[Flow]:
    """The training (or what there is of it) and the evaluation of a tour, each where the tour knows of it."""
    found = [_training(tour)]
    metric = next((item for item in tour.metrics if len(item.chain) > 1 and _shaped(item)), None)
    if metric is not None:
        found.append(_evaluation(tour, metric))
    return [flow for flow in found if len(flow.boxes) > 1]


def _training(tour: Tour) -> Flow:
    flow = Flow("How a batch is trained on")
    made = _lineage(tour, flow) if tour.data_lineage else _from_stops(tour, flow)
    forward = _first(tour, "forward")
    root = next((module for module in tour.model_tree if not module.path), None)
    if root is not None or forward is not None:
        _model(tour, flow, root, forward, made)
    given = _outputs(root) or (_made_by(forward) if forward else "")
    for stage in ("loss", "backward", "optimizer_step"):
        stop = _first(tour, stage)
        if stop is None:
            continue
        flow.add(_stage_box(tour, stop), given)
        given = _made_by(stop) if stage == "loss" else ""
    _loop_back(tour, flow)
    return flow


def _lineage(tour: Tour, flow: Flow) -> list[tuple[int, str]]:
    """Boxes and edges of the lineage; gives the boxes that feed the model, with what they give it."""
    steps = tour.data_lineage
    numbers: dict[int, int] = {}
    for index, step in enumerate(steps):
        if step.label == INTO_MODEL:
            continue
        title, name = _label(step.label, step.value)
        numbers[index] = len(flow.boxes)
        place = step.location
        flow.boxes.append(Box(title, name, str(place) if place else "", place, "data", _stop_at(tour, place, "data")))
    feeding: list[tuple[int, str]] = []
    for index, step in enumerate(steps):
        if index not in numbers:
            continue
        label = _shape(step.value)
        for next_ in step.into:
            if next_ in numbers:
                flow.edges.append(Edge(numbers[index], numbers[next_], label, sure=True))
            else:
                feeding.append((numbers[index], label))
    return feeding


def _from_stops(tour: Tour, flow: Flow) -> list[tuple[int, str]]:
    """The same from the stops alone: the data as it was first made, and what the loop over batches took of it."""
    label = ""
    batch = next((stop for stop in _main(tour) if stop.stage == "train_loop" and _made_by(stop)), None)
    for stop in (_first(tour, "data"), batch):
        if stop is not None:
            flow.add(_stage_box(tour, stop), label)
            label = _made_by(stop)
    return [(len(flow.boxes) - 1, label)] if flow.boxes else []


def _model(tour: Tour, flow: Flow, root: Module | None, forward: Stop | None, made: list[tuple[int, str]]) -> None:
    place = next((step.location for step in tour.data_lineage if step.label == INTO_MODEL), None)
    place = place or (forward.location if forward else None)
    if root is None and forward is not None:
        flow.boxes.append(_stage_box(tour, forward))
    elif root is not None:
        detail = count_text(root.parameters, "parameter") if root.parameters else str(place or "")
        stop = _stop_at(tour, place, "forward") or (tour.stops.index(forward) + 1 if forward else None)
        flow.boxes.append(Box("model", root.class_name, detail, place, "model", stop))
    given = _shapes(root.inputs) if root else ""
    sure = bool(tour.data_lineage)
    for start, label in made:
        flow.edges.append(Edge(start, len(flow.boxes) - 1, label or given, sure))


def _loop_back(tour: Tour, flow: Flow) -> None:
    """The edge from the step back to where a batch is taken, when the loop around it was seen."""
    step = _first(tour, "optimizer_step")
    if step is None or len(flow.boxes) < 3 or flow.boxes[-1].stage != "optimizer_step":
        return
    around = [
        loop
        for loop in tour.loops
        if loop.training and loop.file == step.location.file and loop.line <= step.location.line and loop.iterations
    ]
    if not around:
        return
    loop = max(around, key=lambda item: item.line)
    fed = next((edge.start for edge in flow.edges if flow.boxes[edge.end].stage in ("model", "forward")), 0)
    label = f"again, line {loop.line}: {count_text(loop.iterations, 'iteration')} seen"
    flow.edges.append(Edge(len(flow.boxes) - 1, fed, label, again=True))


def _evaluation(tour: Tour, metric: Metric) -> Flow:
    flow = Flow(f"How {metric.name} came about")
    label = ""
    last = metric.location
    for link in metric.chain:
        if link.variable is None:
            last = link.location
            continue
        name = "given back" if link.variable.name == "return" else link.variable.name
        stop = _stop_at(tour, link.location, "evaluation")
        flow.add(Box(str(link.location), name, _value(link.variable), link.location, "evaluation", stop), label)
        label = _shape(link.variable)
    value = number_text(_number(metric.value))
    printed = "printed" if metric.printed else "reported"
    flow.add(Box(printed, metric.name, value, last, "checkpoint", _stop_at(tour, last, "evaluation")), label)
    return flow


def _stage_box(tour: Tour, stop: Stop) -> Box:
    name = stop.location.qualname
    detail = str(stop.location)
    changed = [variable for variable in stop.variables if variable.changed]
    if changed:
        name = changed[0].name
    if stop.stage == "loss" and changed and changed[0].value:
        detail = f"= {number_text(_number(changed[0].value))}"
    if stop.stage in ("backward", "optimizer_step"):
        name = _source(stop) or name
    if stop.stage == "optimizer_step" and tour.update and tour.update.optimizer:
        name = tour.update.optimizer
        rate = tour.update.learning_rate
        detail = f"learning rate {number_text(rate)}" if rate is not None else detail
    number = tour.stops.index(stop) + 1
    title = "batch" if stop.stage == "train_loop" else stop.stage_title.lower()
    if stop.basis != "observed":
        name, detail = _source(stop) or name, f"inferred, {stop.location}"
    return Box(title, name, detail, stop.location, stop.stage, number)


def _source(stop: Stop) -> str:
    """The line that a stop stands on."""
    at = stop.location.line - stop.excerpt.first_line
    return stop.excerpt.lines[at].strip() if 0 <= at < len(stop.excerpt.lines) else ""


def _label(label: str, value: Variable | None) -> tuple[str, str]:
    """A lineage step's words and the name in them; the variable's name where they have none."""
    parts = spans(label)
    code = next((part.text for part in parts if part.kind == "code"), "")
    if not code:
        return label, value.name if value else ""
    title = parts[0].text.strip(" ,") if parts[0].kind == "text" else ""
    return title, code.rpartition("/")[2]


def _main(tour: Tour) -> Iterator[Stop]:
    """The stops of the program itself, the observed ones first."""
    main = [stop for stop in tour.stops if stop.chapter == "main"]
    yield from sorted(main, key=lambda stop: stop.basis != "observed")


def _first(tour: Tour, stage: str) -> Stop | None:
    return next((stop for stop in _main(tour) if stop.stage == stage), None)


def _stop_at(tour: Tour, place: Location | None, stage: str) -> int | None:
    """The number of the stop at a place; of several the one of the stage."""
    if place is None:
        return None
    found = [
        (stop.stage != stage, number)
        for number, stop in enumerate(tour.stops, 1)
        if stop.location.file == place.file
        and stop.location.line <= max(place.end_line, place.line)
        and place.line <= stop.location.end_line
    ]
    return min(found)[1] if found else None


def _shape(variable: Variable | None) -> str:
    """The shape of a value, or of the first things that it holds."""
    if variable is None:
        return ""
    if variable.shape is not None:
        return shape_text(variable.shape)
    held = [shape_text(item.shape) for item in variable.items if item.shape is not None]
    return ", ".join(held[:SHAPES_TOLD]) + (", …" if len(held) > SHAPES_TOLD else "")


def _made_by(stop: Stop) -> str:
    return next((_shape(item) for item in stop.variables if item.changed and _shape(item)), "")


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(shape_text(shape) for shape in shapes[:SHAPES_TOLD])


def _outputs(root: Module | None) -> str:
    return _shapes(root.outputs) if root else ""


def _value(variable: Variable) -> str:
    return f"= {number_text(_number(variable.value))}" if variable.value else _shape(variable)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _shaped(metric: Metric) -> bool:
    return any(link.variable is not None and _shape(link.variable) for link in metric.chain)
