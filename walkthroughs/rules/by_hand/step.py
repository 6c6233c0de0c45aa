"""One training step, taken apart: from the first use of the weights to their update, with what was computed between.

The frame under which prediction and update part is where the step is told: what it called is told by function, what
it did itself by line. The values that depend on weights are split where data enters that the prediction did not have:
the targets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracer.trace import Frame, Summary
from walkthroughs.rules.by_hand.graph import PLAIN, Graph, Node
from walkthroughs.rules.by_hand.weights import Weight, enclosing, float_shapes, stack_of
from walkthroughs.story import Chapter, is_array, is_float, walk_items

LOSS_WORDS = re.compile(
    r"loss|cost|error|(^|_)err(_|$)|mse|nll|objective|energy|inertia|entropy|likelihood|residual|(^|_)td(_|$)", re.I
)
LEARNING_WORDS = re.compile(
    r"loss|cost|grad|learn|train|fit$|epoch|(?:^|_)lr(?:_|$)|alpha|(?:^|_)eta(?:_|$)|predict|reward|weight|theta|centroid|cluster|centers"
    r"|backward|backprop|gamma|error|perceptron|bias|param|k_?means|target|label|regress|classif|optim|(?:^|\.)dw|db$|neural|layer|accuracy",
    re.I,
)
METRIC_WORDS = re.compile(r"acc|score|f1|correct|precision|recall|r2|auc", re.I)


@dataclass(slots=True)
class Step:
    """What one step did; nodes are in the order in which they ran."""

    weights: list[Weight]
    frame: Frame
    read_line: int
    update_line: int
    inner: Frame
    inner_line: int
    tainted: set[int] = field(default_factory=set)
    path: list[Node] = field(default_factory=list)
    boundary: int = 0
    losses: list[Node] = field(default_factory=list)
    errors: list[Node] = field(default_factory=list)
    gradients: list[Node] = field(default_factory=list)

    @property
    def first(self) -> Node:
        """The first use of a weight."""
        return min((weight.read for weight in self.weights), key=lambda node: node.index)

    @property
    def last(self) -> int:
        """The node of the last of the weights' first updates."""
        return max(weight.update.index for weight in self.weights)


def steps_of(chapter: Chapter, flow: Graph, weights: list[Weight]) -> list[Step]:
    """The steps of a chapter by the function they are told in, at most two (a generator and a discriminator)."""
    groups: dict[int, Step] = {}
    for weight in weights:
        found = common(chapter, weight.read, weight.update)
        if found is None:
            continue
        frame, read_line, update_line = found
        step = groups.get(frame.code.id)
        if step is None:
            groups[frame.code.id] = Step([weight], frame, read_line, update_line, frame, read_line)
        elif step.frame.id == frame.id:
            step.weights.append(weight)
    steps = list(groups.values())[:2]
    for step in steps:
        _take_apart(chapter, flow, step)
    return [step for step in steps if _trains(chapter, step)]


def _trains(chapter: Chapter, step: Step) -> bool:
    """Whether the program speaks of learning at all: a simulation that feeds back on itself looks like training by
    its values."""
    frames = {
        frame.id: frame
        for weight in step.weights
        for node in (weight.read, weight.update)
        for frame, _ in stack_of(chapter, node)
    }
    names = {weight.name for weight in step.weights}
    for frame in frames.values():
        names |= {frame.code.qualname, *(argument.name for argument in frame.args)}
        names |= {bound.name for line in frame.lines for bound in line.bound}
    words = {found.lower() for name in names for found in LEARNING_WORDS.findall(name)}
    return len(words) + any(_named(node, LOSS_WORDS) for node in step.losses) > 1


def common(chapter: Chapter, one: Node, other: Node) -> tuple[Frame, int, int] | None:
    """The innermost frame under which two events ran, with the lines on which it stood."""
    lines = {frame.id: line for frame, line in stack_of(chapter, other)}
    for frame, line in stack_of(chapter, one):
        if frame.id in lines:
            return frame, line, lines[frame.id]
    return None


def _take_apart(chapter: Chapter, flow: Graph, step: Step) -> None:
    first = step.first.index
    step.tainted = _tainted(flow, step, first)
    behind = flow.behind(
        [weight.update.index for weight in step.weights], after=min(weight.made.index for weight in step.weights)
    )
    step.path = [flow.nodes[index] for index in sorted(behind & step.tainted) if index >= first]
    step.boundary = _boundary(flow, step, step.frame, step.read_line)
    _descend(chapter, flow, step)
    step.gradients = _gradients(flow, step)
    step.losses = _losses(chapter, flow, step)
    step.errors = _errors(flow, step)


def _tainted(flow: Graph, step: Step, first: int) -> set[int]:
    """Every event that depends on the weights, from their first use to the end of the trace."""
    found = {weight.made.index for weight in step.weights} | {weight.update.index for weight in step.weights}
    found |= {index for weight in step.weights for index in _origins(flow, weight)}
    sources = {node for weight in step.weights for node in flow.versions.get(weight.slot, ())}
    found |= sources
    for node in flow.nodes[first:]:
        if not found.isdisjoint(node.needs):
            found.add(node.index)
    return {index for index in found if index >= first}


def _origins(flow: Graph, weight: Weight) -> set[int]:
    """The events that first showed the arrays a weight consists of."""
    value = weight.made.sets.get(weight.slot)
    values = [value] if value is not None else list(weight.made.sets.values())
    identities = {flow.identity(part) for one in values for part in (one, *walk_items(one, 2)) if float_shapes(part)}
    return {flow.made[identity] for identity in identities if identity is not None and identity in flow.made}


# -- where the targets enter -------------------------------------------------------------------------------------------


def data_read(flow: Graph, step: Step, node: Node) -> set[int]:
    """Identities of the arrays and containers that an event read and that do not depend on the weights."""
    made = {weight.made.index for weight in step.weights}
    stored = {slot[1] for slot in node.sets if slot[0] == "item"}
    found = set()
    for slot, version in node.reads.items():
        value = flow.nodes[version].sets.get(slot)
        if value is None or version in step.tainted or version in made or slot[0] == "made":
            continue
        identity = flow.identity(value)
        if identity is not None and is_content(value) and identity not in stored:
            found.add(identity)
    return found


def is_content(value: Summary) -> bool:
    """Whether a value can be data: an array or a container, not an empty one."""
    return is_array(value) or (value.get("type") in PLAIN and bool(value.get("len")))


def _boundary(flow: Graph, step: Step, frame: Frame, line: int) -> int:
    """The first event that depends on weights and reads data which the prediction had not read; 0 when there is
    none."""
    called = step.first.frame.id != frame.id
    start = _end_of(flow, frame, line, step.first.index) if called else step.first.index
    inputs: set[int] = set()
    for weight in step.weights:
        inputs |= data_read(flow, step, weight.read)
    fallback = 0
    for node in flow.nodes[step.first.index : step.last + 1]:
        if node.index not in step.tainted or node.kind not in ("line", "return") or node.what.loop:
            continue
        if node.index <= start:
            if called and node.index == start:
                inputs |= data_read(flow, step, node)
            continue
        data = data_read(flow, step, node)
        if data - inputs:
            return node.index
        if called and data and not fallback and node.frame.id == frame.id:
            fallback = node.index
    return fallback


def _end_of(flow: Graph, frame: Frame, line: int, inside: int) -> int:
    """The node of the line of a frame during which event `inside` ran."""
    return next(
        (index for index in flow.of_frame[frame.id] if index >= inside and flow.nodes[index].number == line), inside
    )


def _descend(chapter: Chapter, flow: Graph, step: Step) -> None:
    """Where one call both predicts and computes gradients, look inside it."""
    frames = [frame for frame, _ in stack_of(chapter, step.first)]
    lines = {frame.id: line for frame, line in stack_of(chapter, step.first)}
    position = next((index for index, frame in enumerate(frames) if frame.id == step.frame.id), 0)
    for frame in reversed(frames[:position]):
        line = lines[frame.id]
        boundary = _boundary(flow, step, frame, line)
        if not boundary or not _within(chapter, flow.nodes[boundary], frame):
            return
        inside = [node for node in _shaped(flow, step, boundary) if _within(chapter, node, frame)]
        if not inside:
            return
        step.inner, step.inner_line, step.boundary = frame, line, boundary


def _within(chapter: Chapter, node: Node, frame: Frame) -> bool:
    return any(level.id == frame.id for level, _ in stack_of(chapter, node))


# -- gradients, losses -------------------------------------------------------------------------------------------------


def _shaped(flow: Graph, step: Step, boundary: int) -> list[Node]:
    """For each weight the first event behind its update, past the boundary, that made something of its shape."""
    earlier = {_site(node) for node in step.path if node.index < boundary}
    updates = {weight.site for weight in step.weights}
    region = {
        index
        for weight in step.weights
        for index in flow.below(weight.update)
        if weight.read.index not in flow.below(weight.update)
    }
    found: dict[tuple[int, int], Node] = {}
    for weight in step.weights:
        behind = flow.behind([weight.update.index], after=boundary)
        for node in step.path:
            if (
                node.index not in behind
                or node.kind not in ("line", "return")
                or _site(node) in earlier | updates
                or node.index in region
            ):
                continue
            made = list(node.sets.items())
            if node.kind == "return" and node.frame.returned is not None and not node.what.bare:
                made = [(("name", 0, ""), node.frame.returned)]
            if node.what.loop or not any(_is_gradient(weight, slot, value) for slot, value in made):
                continue
            found.setdefault(_site(node), node)
            break
    return sorted(found.values(), key=lambda node: node.index)


def _is_gradient(weight: Weight, slot: tuple[str, int, str], value: Summary) -> bool:
    if weight.slot[0] in ("kind", "attribute") and weight.shapes == ((),):
        return (
            "scalar" in value
            and slot[0] in ("kind", "attribute")
            and slot[2] != weight.slot[2]
            and slot[2].rpartition(".")[2] != weight.slot[2].rpartition(".")[2]
        )
    shapes = float_shapes(value)
    if weight.shapes == ((),):
        return shapes == ((),) and slot[0] == "name"
    return bool(shapes) and (shapes == weight.shapes or (len(weight.shapes) > 1 and shapes[0] in weight.shapes))


def _site(node: Node) -> tuple[int, int]:
    return (node.frame.code.id, node.number)


def _gradients(flow: Graph, step: Step) -> list[Node]:
    found = _shaped(flow, step, step.boundary or step.first.index)
    scalar = step.weights[0].shapes == ((),) and step.weights[0].slot[0] == "name"
    return [node for node in found if not scalar or not _named(node, LOSS_WORDS)]


def _losses(chapter: Chapter, flow: Graph, step: Step) -> list[Node]:
    """Lines that bound a number made of predictions, past the targets: the likeliest loss first."""
    frames = {frame.id for frame, _ in stack_of(chapter, step.first)} & {
        frame.id for frame, _ in stack_of(chapter, _last(step))
    }
    frames.add(step.inner.id)
    sites: dict[tuple[int, int], Node] = {}
    path = {_site(node) for node in step.path}
    updates = {weight.site for weight in step.weights} | {_site(node) for node in step.gradients}
    called = step.first.frame.id != step.inner.id
    start = (
        _end_of(flow, step.inner, step.inner_line, step.first.index) if called else step.boundary or step.first.index
    )
    for node in flow.nodes[start:]:
        if (
            node.index not in step.tainted
            or node.kind != "line"
            or node.frame.id not in frames
            or _site(node) in updates
        ):
            continue
        if node.frame.id not in (step.inner.id, step.frame.id) and _asks_again(flow, step, node):
            continue
        if (
            (_number(node) or _called_number(flow, node))
            and not _accumulates(flow, step, node)
            and _same_pass(chapter, step, node)
        ):
            sites.setdefault(_site(node), node)
    late = max((node.index for node in step.gradients), default=step.last)
    found = [
        node
        for node in sites.values()
        if _named(node, LOSS_WORDS) or not _number(node) or (_site(node) not in path and node.index < late)
    ]
    return sorted(found, key=lambda node: (_named(node, METRIC_WORDS), not _named(node, LOSS_WORDS), node.index))


def _asks_again(flow: Graph, step: Step, node: Node) -> bool:
    """Whether the calls of a line use the weights themselves: an evaluation between the steps."""
    slots = {weight.slot for weight in step.weights}
    return any(not slots.isdisjoint(flow.nodes[index].reads) for index in flow.below(node))


def _last(step: Step) -> Node:
    return max((weight.update for weight in step.weights), key=lambda node: node.index)


def _same_pass(chapter: Chapter, step: Step, node: Node) -> bool:
    """Whether an event belongs to a step: in the function that holds it, or further out within the loops around it."""
    if node.frame.id == step.inner.id != step.frame.id:
        return True
    around = set(enclosing(chapter, step.first)) & set(enclosing(chapter, _last(step)))
    own = {key for key in around if key[0] == node.frame.id}
    return own <= set(enclosing(chapter, node)) and (bool(own) or node.frame.id == step.frame.id)


def _number(node: Node) -> bool:
    return any(slot[0] in ("name", "attribute") and is_float(value) for slot, value in node.sets.items())


def _called_number(flow: Graph, node: Node) -> bool:
    """Whether a line keeps the number that a function named like a loss gave back (`history[i] = cost(w)`)."""
    children = flow.children.get(node.line.done, []) if node.line is not None else []
    stores = bool(node.what.stores) or bool(node.sets)
    return stores and any(is_float(child.returned or {}) and LOSS_WORDS.search(child.code.name) for child in children)


def _named(node: Node, words: re.Pattern[str]) -> bool:
    return any(words.search(slot[2]) for slot, value in node.sets.items() if is_float(value))


def _accumulates(flow: Graph, step: Step, node: Node) -> bool:
    """Whether a number builds on its former self from before the step (`total += loss`)."""
    for slot in node.sets:
        versions = [version for version in flow.versions[slot] if version < node.index]
        if versions and (node.what.adds or slot in node.reads):
            return not (
                step.inner.id == node.frame.id
                and step.inner.id != step.frame.id
                and versions[0] > flow.of_frame[step.inner.id][0]
            )
    return False


def _errors(flow: Graph, step: Step) -> list[Node]:
    """Lines on the way to the update where the targets enter: the gradient of the loss begins there."""
    found: dict[tuple[int, int], Node] = {}
    frames = {step.inner.id, *(weight.update.frame.id for weight in step.weights if not step.gradients)}
    skip = {weight.site for weight in step.weights} | {_site(node) for node in step.gradients}
    called = step.first.frame.id != step.inner.id
    start = _end_of(flow, step.inner, step.inner_line, step.first.index) + 1 if called else step.first.index
    for node in step.path:
        if (
            node.index < max(start, step.boundary)
            or node.kind != "line"
            or node.frame.id not in frames
            or node.what.loop
        ):
            continue
        if (
            _site(node) in skip
            or not node.sets
            or not any(slot[0] in ("name", "attribute", "item") for slot in node.sets)
        ):
            continue
        found.setdefault(_site(node), node)
    return list(found.values())
