"""What lies around hand-written training steps: the model, the data that flows in, evaluation, saved weights."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Binding, Code, Frame, Summary
from walkthroughs.rules.by_hand.flow import Flow, Node
from walkthroughs.rules.by_hand.step import METRIC_WORDS, Step, is_content
from walkthroughs.rules.by_hand.training import Teller, hands_over
from walkthroughs.rules.by_hand.weights import enclosing, stack_of
from walkthroughs.rules.checkpoint import NOT_WEIGHTS
from walkthroughs.story import Chapter, Finding, is_array, is_float, is_scalar, walk_items

DEPTH = 8
LINES = 8
METRICS = 4


def around(chapter: Chapter, flow: Flow, step: Step) -> Iterator[Finding]:
    """Model, data, evaluation and checkpoint of one step's weights."""
    teller = Teller(chapter, flow, step)
    yield from _model(teller)
    yield from _optimizer(teller)
    yield from _data(teller)
    yield from _evaluation(teller)
    yield from _scores(teller)
    yield from _checkpoint(teller)


# -- model -----------------------------------------------------------------------------------------------------------------


def _objects(teller: Teller) -> list[Binding]:
    """The objects that hold the weights, outermost first: `self` of the calls that lead to their first use."""
    step = teller.step
    found: list[Binding] = []
    for weight in step.weights:
        chain = teller.below(weight.read, step.inner)
        frames = [frame for frame, _ in chain]
        inner = frames[1:] if len(frames) > 1 and any(_self(frame) for frame in frames[1:]) else frames
        owners = [holder for frame in [*inner, weight.made.frame] if (holder := _self(frame)) is not None]
        for holder in owners:
            if all(_type(holder) != _type(other) for other in found) and _class(teller.chapter, holder) is not None:
                found.append(holder)
    return found


def _self(frame: Frame) -> Binding | None:
    return frame.args[0] if frame.args and frame.args[0].name == "self" and "." in frame.code.qualname else None


def _type(holder: Binding) -> str:
    return str(holder.value.get("type", ""))


def _class(chapter: Chapter, holder: Binding) -> Code | None:
    name = _type(holder).rpartition(".")[2]
    return next((code for code in chapter.trace.codes.values() if code.type == "class" and code.qualname.rpartition(".")[2] == name), None)


def _model(teller: Teller) -> Iterator[Finding]:
    holders = [holder for holder in _objects(teller) if not _is_value(teller, holder)]
    for order, holder in enumerate(holders[:3]):
        because = f"objects of this class use {teller.names} for predictions" if order == 0 else f"a part of the model, on the way to {teller.names}"
        yield from _class_finding(teller, holder, 2.8 - 0.4 * order, because)
    for holder in holders[:1]:
        yield from _construction(teller, holder, 3.0, "the model whose weights are trained was made here")
    told: set[tuple[int, int]] = set()
    for weight in teller.step.weights:
        made = weight.made
        if made.kind != "line" or (made.frame.code.id, made.number) in told:
            continue
        told.add((made.frame.code.id, made.number))
        inner = made.frame.code.name in ("__init__", "__new__")
        if weight.slot[0] == "kind" or (inner and weight.shapes == ((),)):
            continue
        because = f"`{weight.name}` gets its first values here"
        yield teller.node(Stage.MODEL, made, (2.0 if holders else 2.9) - 0.02 * len(told), because, "construction")
        if inner:
            continue
        for child in teller.flow.children.get(made.line.done, [])[:1] if made.line is not None else []:
            yield from teller.definition(Stage.MODEL, child, 2.7, f"`{child.code.qualname}` makes the first values of `{weight.name}`")
        if made.frame.id != teller.step.frame.id and hands_over(teller.chapter, made.frame) and made.frame.called_from is not None and made.frame.parent in teller.chapter.trace.frames:
            caller = teller.chapter.trace.frames[made.frame.parent]
            because = f"`{made.frame.code.qualname}`, called here, gives the weights their first values"
            yield teller.line(Stage.MODEL, caller, made.frame.called_from[1], made.frame.seq, 1.9, because, "construction")


def _is_value(teller: Teller, holder: Binding) -> bool:
    """Whether an object is a number of an own autograd engine, not a model: the weights themselves are of its class."""
    kinds = {weight.slot[2].rpartition(".")[0] for weight in teller.step.weights if weight.slot[0] == "kind"}
    return _type(holder) in kinds


def _class_finding(teller: Teller, holder: Binding, weight: float, because: str) -> Iterator[Finding]:
    code = _class(teller.chapter, holder)
    if code is None:
        return
    location = teller.chapter.definition(code)
    built = next((frame.seq for frame in teller.chapter.trace.frames.values() if frame.code.qualname == code.qualname + ".__init__"), 0)
    yield Finding(
        Stage.MODEL, Location(location.file, location.line, location.end_line, code.qualname), because, "class", teller.chapter.number,
        built, weight=weight, facts={"code": code, "weights": teller.names},
    )  # fmt: skip


def _construction(teller: Teller, holder: Binding, weight: float, because: str) -> Iterator[Finding]:
    for frame in teller.chapter.trace.frames.values():
        if frame.code.name == "__init__" and frame.args and frame.args[0].id == holder.id is not None:
            parent = teller.chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
            while parent is not None and frame.called_from is not None and parent.code.name == "__init__" and parent.args[:1] and parent.args[0].id == holder.id:
                frame, parent = parent, teller.chapter.trace.frames.get(parent.parent) if parent.parent is not None else None
            if parent is not None and frame.called_from is not None:
                yield teller.line(Stage.MODEL, parent, frame.called_from[1], frame.seq, weight, because, "construction")
                return
    rows = [row for row in teller.chapter.bound(holder.id) if row.frame.code.type in ("module", "function")]
    for row in rows[:1]:
        yield teller.line(Stage.MODEL, row.frame, row.number, row.seq, weight, because, "construction")


def _optimizer(teller: Teller) -> Iterator[Finding]:
    """The object whose method updates the weights, when it is another than the model's."""
    models = {_type(holder) for holder in _objects(teller)}
    step = teller.step
    told: set[str] = set()
    for weight in step.weights:
        frames = [frame for frame, _ in teller.below(weight.update, step.frame)[1:]]
        frames += teller.flow.children.get(weight.update.line.done, [])[:1] if weight.update.line is not None else []
        for frame in frames:
            holder = _self(frame)
            if holder is None or _type(holder) in models | told or _class(teller.chapter, holder) is None:
                continue
            told.add(_type(holder))
            yield from _construction(teller, holder, 2.4, f"the object that updates {teller.names} was made here")
            yield from _class_finding(teller, holder, 1.4, f"objects of this class update {teller.names}")


# -- data ------------------------------------------------------------------------------------------------------------------


def _data(teller: Teller) -> Iterator[Finding]:
    """Backwards from what the predictions and the loss read to the lines and functions that made it."""
    flow, step = teller.flow, teller.step
    depths = _sources(teller)
    codes = _step_codes(teller)
    stack = _outer(teller)
    lines: list[tuple[float, Finding]] = []
    told: set[tuple[int, int]] = set()
    for index, depth in sorted(depths.items(), key=lambda item: (item[1], -item[0])):
        node = flow.nodes[index]
        site = (node.frame.code.id, node.number)
        if site in told or node.frame.code.name == "__init__" or (node.frame.code.id in codes and node.frame.id not in stack):
            continue
        made = _made(node)
        state = any(version in step.tainted for slot in _slots(flow, node) for version in flow.versions.get(slot, ()))
        if node.kind == "line" and made and not node.what.loop and not node.what.bare and not state:
            told.add(site)
            because = f"`{made}`, which flows into the predictions or the loss, is made here"
            near = 0.0 if node.frame.id in stack else 0.8
            lines.append((depth, teller.node(Stage.DATA, node, 2.4 - 0.12 * depth - near, because, "lineage")))
        for frame in _givers(teller, node):
            if frame.code.id not in codes and (frame.code.id, 0) not in told and frame.code.name[:2] != "__":
                told.add((frame.code.id, 0))
                if frame.parent not in stack and frame.code.type != "generator":
                    continue  # the helper of a function that is told
                near = 0.0 if frame.parent in stack else 0.3
                for finding in teller.definition(Stage.DATA, frame, 2.6 - 0.12 * depth - near, f"`{frame.code.qualname}` gave what flows into the predictions or the loss"):
                    lines.append((depth, finding))
    yield from [finding for _, finding in lines[: 2 * LINES]]


def _sources(teller: Teller) -> dict[int, int]:
    """Nodes behind the data of the step by distance; weights and what depends on them left out."""
    flow, step = teller.flow, teller.step
    weights = _weight_nodes(teller)
    waiting: list[tuple[int, int]] = []
    last = max([node.index for node in [*step.losses[:1], *step.errors[:1]]] + [step.boundary, step.first.index])
    for node in flow.nodes[step.first.index : last + 1]:
        if node.index in step.tainted:
            waiting.extend((version, 0) for slot, version in node.reads.items() if _carries(flow, version, slot))
    depths: dict[int, int] = {}
    while waiting:
        index, depth = waiting.pop(0)
        if index in depths or index in step.tainted or index in weights or depth > DEPTH:
            continue
        depths[index] = depth
        node = flow.nodes[index]
        real = node.kind == "line" and not node.what.bare and not node.what.loop
        for slot, version in node.reads.items():
            if _carries(flow, version, slot):
                waiting.append((version, depth + real))
        waiting.extend((need, depth + real) for need in node.needs if flow.nodes[need].kind == "return")
        waiting.extend((other, depth) for other in _arrivals(teller, node))
        if node.kind == "return":
            binding = next((other for other in flow.nodes[index + 1 :] if other.frame.id == node.frame.parent and index in other.needs), None)
            if binding is not None and binding.kind == "line":
                waiting.append((binding.index, depth))
    return depths


def _slots(flow: Flow, node: Node) -> list[tuple[str, int, str]]:
    """The slots that a node set, and those of changes in place of what it put there."""
    held = [("item", identity, "*") for value in node.sets.values() if (identity := flow.identity(value)) is not None]
    return [*node.sets, *held]


def _outer(teller: Teller) -> set[int]:
    """The frames in which the training stands: that of the step and those further out, modules too."""
    stack = [frame.id for frame, _ in stack_of(teller.chapter, teller.step.first)]
    start = stack.index(teller.step.inner.id) if teller.step.inner.id in stack else 0
    modules = {frame.id for frame in teller.chapter.trace.frames.values() if frame.code.type == "module"}
    return {*stack[start:], *modules}


def _arrivals(teller: Teller, node: Node) -> list[int]:
    """The lines of functions on the training stack that bound what a node further in had made."""
    flow = teller.flow
    stack = _outer(teller)
    if node.frame.id in stack or node.kind != "line":
        return []
    found: list[int] = []
    for value in node.sets.values():
        identity = flow.identity(value)
        for row in teller.chapter.bound(identity) if is_content(value) else []:
            if row.frame.id in stack and row.line is not None:
                found.extend(index for index in flow.of_frame[row.frame.id] if flow.nodes[index].line is row.line)
    return found


def _weight_nodes(teller: Teller) -> set[int]:
    """Nodes that made the weights, or other arrays that the same update goes over."""
    flow, step = teller.flow, teller.step
    sites = {(weight.made.frame.code.id, weight.made.number) for weight in step.weights}
    found = {node.index for node in flow.nodes[: step.first.index] if (node.frame.code.id, node.number) in sites}
    around = set(enclosing(teller.chapter, step.first))
    held: set[int] = set()
    for weight in step.weights:
        found.add(weight.made.index)
        found |= flow.below(weight.made)
        headers = [key for key in enclosing(teller.chapter, weight.update) if key not in around]
        for node in flow.nodes[weight.read.index : weight.update.index + 1]:
            if (node.frame.id, node.number) in headers:
                held |= {version for version in node.reads.values()}
        for slot, version in weight.update.reads.items():
            value = flow.nodes[version].sets.get(slot, {})
            if any(flow.identity(part) == weight.slot[1] for part in walk_items(value, 2)):
                held |= {flow.made[one] for part in walk_items(value, 2) if (one := flow.identity(part)) in flow.made and one is not None}
                held.add(version)
    return found | {index for index in held if index < step.first.index}


def _carries(flow: Flow, version: int, slot: tuple[str, int, str]) -> bool:
    """Whether a slot held data, not a setting or an object."""
    node = flow.nodes[version]
    value = node.sets.get(slot)
    if slot[0] == "made":
        return node.kind in ("line", "return") and any(is_content(one) for one in node.sets.values())
    return value is not None and is_content(value)


def _made(node: Node) -> str:
    """The name of the data that a line made."""
    return next((slot[2] for slot, value in node.sets.items() if slot[0] in ("name", "attribute") and is_content(value)), "")


def _givers(teller: Teller, node: Node) -> list[Frame]:
    """The functions that a line got its data from: those it called and generators it went through."""
    if node.line is None:
        return [node.frame] if node.kind == "return" and node.frame.returned is not None and _gives(node.frame.returned) else []
    called = teller.flow.children.get(node.line.done, [])
    return [frame for frame in called if frame.code.type == "generator" or (frame.returned is not None and _gives(frame.returned))]


def _gives(value: Summary) -> bool:
    return is_content(value)


def _step_codes(teller: Teller) -> set[int]:
    """Code that runs in a training step or has one on its stack."""
    step = teller.step
    codes = {frame.code.id for weight in step.weights for node in (weight.read, weight.update) for frame, _ in stack_of(teller.chapter, node)}
    frames = {step.frame.id, step.inner.id}
    for node in teller.flow.nodes[step.first.index : step.last + 1]:
        if node.index in step.tainted and any(level.id in frames for level, _ in stack_of(teller.chapter, node)):
            codes.add(node.frame.code.id)
    for node in step.losses[:1]:
        for frame in teller.called_at((node.frame.code.id, node.number)):
            codes |= {frame.code.id, *(child.code.id for child in teller.chapter.children.get(frame.id, ()))}
    return codes


# -- evaluation, checkpoint ------------------------------------------------------------------------------------------------


def _evaluation(teller: Teller) -> Iterator[Finding]:
    """Functions and lines that use the weights, or what came of them, outside the steps; figures made there."""
    chapter, flow, step = teller.chapter, teller.flow, teller.step
    codes = _step_codes(teller)
    predictors = {frame.code.id for weight in step.weights for frame, _ in teller.below(weight.read, step.inner)[1:]}
    told: set[int] = set()
    figures = 0
    for node in flow.nodes[step.first.index :]:
        code = node.frame.code
        if node.kind != "line" or (node.index not in step.tainted and not _asks_model(teller, node, predictors)) or not _uses(teller, node, predictors):
            if node.kind == "line" and node.index in step.tainted and figures < METRICS and _is_figure(teller, node, told):
                figures += 1
                because = f"`{_figure(node)}` is computed here from what the trained weights gave"
                yield teller.node(Stage.EVALUATION, node, 2.2 - 0.1 * figures, because, "metric")
            continue
        if code.id in codes:
            if not _in_step(teller, node) and not node.what.loop:
                because = f"{teller.names} is used here without being trained on the result"
                yield teller.node(Stage.EVALUATION, node, 2.1, because, "application")
            continue
        if code.type == "function" and code.id not in told and code.name[:2] != "__":
            told.add(code.id)
            predictors.add(code.id)
            because = f"`{code.qualname}` uses {teller.names} without training on the result"
            judged = _judges(node.frame)
            yield from teller.definition(Stage.EVALUATION, node.frame, 2.8 if judged else 1.9, because)
            if node.frame.called_from is not None and node.frame.parent in chapter.trace.frames:
                caller = chapter.trace.frames[node.frame.parent]
                line = node.frame.called_from[1]
                yield teller.line(Stage.EVALUATION, caller, line, node.frame.seq, 2.4 if judged else 1.8, f"`{code.qualname}` was called from this line", "call")


def _judges(frame: Frame) -> bool:
    """Whether a call gave back a figure, alone or among others."""
    value = frame.returned or {}
    return is_scalar(value) or any(is_float(part) for part in walk_items(value, 1)) or value.get("type") == "NoneType"


def _uses(teller: Teller, node: Node, predictors: set[int]) -> bool:
    """Whether a line computes with weights itself or calls what predicts."""
    children = teller.flow.children.get(node.line.done, []) if node.line is not None else []
    if any(child.code.id in predictors for child in children) or (not children and _asks_model(teller, node, predictors)):
        return True
    handed_on = node.what.loop and not is_array(node.frame.returned or {})
    if node.what.bare or handed_on or node.what.tests or node.frame.code.id in predictors:
        return False
    slots = {weight.slot for weight in teller.step.weights if weight.slot[0] != "kind" and weight.shapes != ((),)}
    return not slots.isdisjoint(node.reads) and slots.isdisjoint(node.sets) and not _saves(teller, node)


def _asks_model(teller: Teller, node: Node, predictors: set[int]) -> bool:
    """Whether a line calls, by name on an object of the model's class, what predicts; for calls that were not recorded."""
    names = {teller.chapter.trace.codes[code].name for code in predictors}
    for path in node.what.paths if node.what.calls else ():
        if len(path) > 1 and path[-1][0] == "attribute" and path[-1][1] in names:
            value = teller.flow.read(node.frame, path[:-1], {})
            if value is not None and str(value.get("type")) in {_type(holder) for holder in _objects(teller)}:
                return True
    return False


def _saves(teller: Teller, node: Node) -> bool:
    """Whether a file was written from a line."""
    return any(place.frame == node.frame.id and place.line == node.number for event in teller.chapter.trace.events if event.name == "write" for place in event.stack[:1])


def _in_step(teller: Teller, node: Node) -> bool:
    """Whether a line of code that trains is a part of the step, or leads to it."""
    lines = {(frame.code.id, line) for weight in teller.step.weights for one in (weight.read, weight.update) for frame, line in stack_of(teller.chapter, one)}
    sites = {(one.frame.code.id, one.number) for one in [*teller.step.path, *teller.step.losses[:1], *teller.step.errors]}
    return (node.frame.code.id, node.number) in lines | sites


def _is_figure(teller: Teller, node: Node, told: set[int]) -> bool:
    """Whether a line makes a real number of an evaluation: in an evaluating function, or outside the steps."""
    if not _figure(node) or node.what.loop or node.what.bare or _in_step(teller, node):
        return False
    if node.frame.code.id in told:
        return True
    outside = node.frame.code.id in {frame.code.id for frame, _ in stack_of(teller.chapter, teller.step.first)}
    return outside and (METRIC_WORDS.search(_figure(node)) is not None or not _looped(teller, node))


def _looped(teller: Teller, node: Node) -> bool:
    source = teller.chapter.source(node.frame.code)
    return source is None or bool(source.loops(node.number))


def _figure(node: Node) -> str:
    return next((slot[2] for slot, value in node.sets.items() if slot[0] in ("name", "attribute") and is_float(value)), "")


def _scores(teller: Teller) -> Iterator[Finding]:
    """Functions outside the steps that make one number of two containers, one of which came from the weights."""
    flow, step = teller.flow, teller.step
    codes = _step_codes(teller)
    told: set[int] = set()
    for index in sorted(step.tainted):
        node = flow.nodes[index]
        frame = node.frame
        if node.kind != "return" or frame.code.id in codes | told or frame.returned is None or not is_float(frame.returned):
            continue
        if frame.code.type != "function" or sum(is_content(argument.value) for argument in frame.args) < 2 or frame.code.name[:2] == "__":
            continue
        told.add(frame.code.id)
        because = f"`{frame.code.qualname}` makes one figure of what the trained weights gave"
        yield from teller.definition(Stage.EVALUATION, frame, 2.5, because)
        if frame.called_from is not None and frame.parent in teller.chapter.trace.frames and frame.via is None:
            caller = teller.chapter.trace.frames[frame.parent]
            yield teller.line(Stage.EVALUATION, caller, frame.called_from[1], frame.seq, 2.3, f"`{frame.code.qualname}` is called here", "metric")


def _checkpoint(teller: Teller) -> Iterator[Finding]:
    """Lines from which files were written once the weights had been updated, and that read them or what holds them."""
    begin = teller.step.weights[0].update.seq
    for event in teller.chapter.trace.events:
        written = (event.kind == "file" and event.name == "write") or (event.kind == "landmark" and event.name == "write")
        if not written or event.seq < begin:
            continue
        path = str(event.data.get("path", ""))
        if path.endswith(NOT_WEIGHTS) or event.via.startswith(("matplotlib", "logging", "PIL")):
            continue
        on_stack = {frame.code.id for frame, _ in stack_of(teller.chapter, teller.step.first)}
        for level, place in enumerate(event.stack[: 1 if event.place.code.id in on_stack else 2]):
            frame = teller.chapter.frame_of(place)
            inner = teller.chapter.frame_of(event.place)
            if frame is None or inner is None or not _writes_weights(teller, inner, event.place.line):
                continue
            what = f"`{path}`" if path else "a file"
            because = f"{what}, with values that depend on {teller.names}, was written from this line"
            yield teller.line(Stage.CHECKPOINT, frame, place.line, event.seq, 2.6 - 0.4 * level, because, "save")


def _writes_weights(teller: Teller, frame: Frame, line: int) -> bool:
    """Whether the line that wrote a file depends on the weights, or stands in a function that was handed the model or uses the weights."""
    step = teller.step
    on_stack = {level.id for level, _ in stack_of(teller.chapter, step.first)}
    holders = {_type(holder) for holder in _objects(teller)}
    if frame.id not in on_stack:
        if any(_type(argument) in holders for argument in frame.args if argument.name != "self"):
            return True
        return any(index in step.tainted for index in teller.flow.of_frame.get(frame.id, ()))
    source = teller.chapter.source(frame.code)
    span = source.span(line) if source is not None else None
    for index in teller.flow.of_frame.get(frame.id, ()):
        node = teller.flow.nodes[index]
        if node.number == line or (span is not None and node.number in span):
            for path in node.what.paths:
                value = teller.flow.read(frame, path, {})
                if value is not None and _type_of(value) in holders:
                    return True
            if not node.needs.isdisjoint(step.tainted):
                return True
    return False


def _type_of(value: Summary) -> str:
    return str(value.get("type", ""))
