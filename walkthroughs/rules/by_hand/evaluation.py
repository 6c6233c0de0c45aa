"""Evaluation: functions and lines that use the weights, or what came of them, outside the steps; figures made there."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame
from walkthroughs.rules.by_hand.graph import Node
from walkthroughs.rules.by_hand.holders import objects, step_codes, type_of
from walkthroughs.rules.by_hand.step import METRIC_WORDS, is_content
from walkthroughs.rules.by_hand.teller import Teller
from walkthroughs.rules.by_hand.weights import stack_of
from walkthroughs.story import Finding, is_array, is_float, is_scalar, walk_items

METRICS = 4


def evaluation(teller: Teller) -> Iterator[Finding]:
    """Functions and lines that use the weights, or what came of them, outside the steps; figures made there."""
    chapter, flow, step = teller.chapter, teller.flow, teller.step
    codes = step_codes(teller)
    predictors = {frame.code.id for weight in step.weights for frame, _ in teller.below(weight.read, step.inner)[1:]}
    told: set[int] = set()
    figures = 0
    for node in flow.nodes[step.first.index :]:
        code = node.frame.code
        if (
            node.kind != "line"
            or (node.index not in step.tainted and not _asks_model(teller, node, predictors))
            or not _uses(teller, node, predictors)
        ):
            if (
                node.kind == "line"
                and node.index in step.tainted
                and figures < METRICS
                and _is_figure(teller, node, told)
            ):
                figures += 1
                because = f"`{_figure(node)}` is computed here from what the trained weights gave"
                yield teller.node(Stage.EVALUATION, node, 2.2 - 0.1 * figures, because, "metric")
            continue
        if code.id in codes:
            if not _in_step(teller, node) and not node.what.loop:
                because = f"{teller.names} are used here without being trained on the result"
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
                yield teller.line(
                    Stage.EVALUATION,
                    caller,
                    line,
                    node.frame.seq,
                    2.4 if judged else 1.8,
                    f"`{code.qualname}` was called from this line",
                    "call",
                )


def _judges(frame: Frame) -> bool:
    """Whether a call gave back a figure, alone or among others."""
    value = frame.returned or {}
    return is_scalar(value) or any(is_float(part) for part in walk_items(value, 1)) or value.get("type") == "NoneType"


def _uses(teller: Teller, node: Node, predictors: set[int]) -> bool:
    """Whether a line computes with weights itself or calls what predicts."""
    children = teller.flow.children.get(node.line.done, []) if node.line is not None else []
    if any(child.code.id in predictors for child in children) or (
        not children and _asks_model(teller, node, predictors)
    ):
        return True
    handed_on = node.what.loop and not is_array(node.frame.returned or {})
    if node.what.bare or handed_on or node.what.tests or node.frame.code.id in predictors:
        return False
    slots = {weight.slot for weight in teller.step.weights if weight.slot[0] != "kind" and weight.shapes != ((),)}
    return not slots.isdisjoint(node.reads) and slots.isdisjoint(node.sets) and not _saves(teller, node)


def _asks_model(teller: Teller, node: Node, predictors: set[int]) -> bool:
    """Whether a line calls, by name on an object of the model's class, what predicts; for calls that were not
    recorded."""
    names = {teller.chapter.trace.codes[code].name for code in predictors}
    for path in node.what.paths if node.what.calls else ():
        if len(path) > 1 and path[-1][0] == "attribute" and path[-1][1] in names:
            value = teller.flow.read(node.frame, path[:-1], {})
            if value is not None and str(value.get("type")) in {type_of(holder) for holder in objects(teller)}:
                return True
    return False


def _saves(teller: Teller, node: Node) -> bool:
    """Whether a file was written from a line."""
    return any(
        place.frame == node.frame.id and place.line == node.number
        for event in teller.chapter.trace.events
        if event.name == "write"
        for place in event.stack[:1]
    )


def _in_step(teller: Teller, node: Node) -> bool:
    """Whether a line of code that trains is a part of the step, or leads to it."""
    lines = {
        (frame.code.id, line)
        for weight in teller.step.weights
        for one in (weight.read, weight.update)
        for frame, line in stack_of(teller.chapter, one)
    }
    sites = {
        (one.frame.code.id, one.number) for one in [*teller.step.path, *teller.step.losses[:1], *teller.step.errors]
    }
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
    return next(
        (slot[2] for slot, value in node.sets.items() if slot[0] in ("name", "attribute") and is_float(value)), ""
    )


def scores(teller: Teller) -> Iterator[Finding]:
    """Functions outside the steps that make one number of two containers, one of which came from the weights."""
    flow, step = teller.flow, teller.step
    codes = step_codes(teller)
    told: set[int] = set()
    for index in sorted(step.tainted):
        node = flow.nodes[index]
        frame = node.frame
        if (
            node.kind != "return"
            or frame.code.id in codes | told
            or frame.returned is None
            or not is_float(frame.returned)
        ):
            continue
        if (
            frame.code.type != "function"
            or sum(is_content(argument.value) for argument in frame.args) < 2
            or frame.code.name[:2] == "__"
        ):
            continue
        told.add(frame.code.id)
        because = f"`{frame.code.qualname}` makes one figure of what the trained weights gave"
        yield from teller.definition(Stage.EVALUATION, frame, 2.5, because)
        if frame.called_from is not None and frame.parent in teller.chapter.trace.frames and frame.via is None:
            caller = teller.chapter.trace.frames[frame.parent]
            yield teller.line(
                Stage.EVALUATION,
                caller,
                frame.called_from[1],
                frame.seq,
                2.3,
                f"`{frame.code.qualname}` is called here",
                "metric",
            )
