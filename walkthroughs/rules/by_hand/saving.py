"""Checkpoint: lines from which files were written once the weights had been updated, with what depends on them."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame, Summary
from walkthroughs.rules.by_hand.holders import objects, type_of
from walkthroughs.rules.by_hand.teller import Teller
from walkthroughs.rules.by_hand.weights import stack_of
from walkthroughs.rules.checkpoint import NOT_WEIGHTS
from walkthroughs.story import Finding


def saving(teller: Teller) -> Iterator[Finding]:
    """Lines from which files were written once the weights had been updated, and that read them or what holds them."""
    begin = teller.step.weights[0].update.seq
    for event in teller.chapter.trace.events:
        written = (event.kind == "file" and event.name == "write") or (
            event.kind == "landmark" and event.name == "write"
        )
        if not written or event.seq < begin:
            continue
        path = str(event.data.get("path", ""))
        if path.endswith(NOT_WEIGHTS) or event.via.startswith(("matplotlib", "logging", "PIL")):
            continue
        on_stack = {frame.code.id for frame, _ in stack_of(teller.chapter, teller.step.first)}
        for level, place in enumerate(event.stack[: 1 if event.place.code.id in on_stack else 2]):
            frame = teller.chapter.frame_of(place)
            inner = teller.chapter.frame_of(event.place)
            if level and place.code.id in on_stack:
                continue  # the training itself, from which much is called
            if frame is None or inner is None or not _writes_weights(teller, inner, event.place.line):
                continue
            what = f"`{path}`" if path else "a file"
            because = f"{what}, with values that depend on {teller.names}, was written from this line"
            yield teller.line(Stage.CHECKPOINT, frame, place.line, event.seq, 2.6 - 0.4 * level, because, "save")


def _writes_weights(teller: Teller, frame: Frame, line: int) -> bool:
    """Whether the line that wrote a file depends on the weights, or stands in a function that was handed the model or
    uses the weights."""
    step = teller.step
    on_stack = {level.id for level, _ in stack_of(teller.chapter, step.first)}
    holders = {type_of(holder) for holder in objects(teller)}
    if frame.id not in on_stack:
        if any(type_of(argument) in holders for argument in frame.args if argument.name != "self"):
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
