"""Which objects hold the weights, and which code runs in a training step."""

from __future__ import annotations

from tracer.trace import Binding, Code, Frame
from walkthroughs.rules.by_hand.teller import Teller
from walkthroughs.rules.by_hand.weights import stack_of
from walkthroughs.story import Chapter


def objects(teller: Teller) -> list[Binding]:
    """The objects that hold the weights, outermost first: `self` of the calls that lead to their first use."""
    step = teller.step
    found: list[Binding] = []
    for weight in step.weights:
        chain = teller.below(weight.read, step.inner)
        frames = [frame for frame, _ in chain]
        inner = frames[1:] if len(frames) > 1 and any(self_of(frame) for frame in frames[1:]) else frames
        owners = [holder for frame in [*inner, weight.made.frame] if (holder := self_of(frame)) is not None]
        for holder in owners:
            if (
                all(type_of(holder) != type_of(other) for other in found)
                and class_of(teller.chapter, holder) is not None
            ):
                found.append(holder)
    return found


def self_of(frame: Frame) -> Binding | None:
    """The object whose method a frame runs."""
    return frame.args[0] if frame.args and frame.args[0].name == "self" and "." in frame.code.qualname else None


def type_of(holder: Binding) -> str:
    """The class of an object, by its dotted name."""
    return str(holder.value.get("type", ""))


def class_of(chapter: Chapter, holder: Binding) -> Code | None:
    """The repository's class of an object, when it has one."""
    name = type_of(holder).rpartition(".")[2]
    return next(
        (
            code
            for code in chapter.trace.codes.values()
            if code.type == "class" and code.qualname.rpartition(".")[2] == name
        ),
        None,
    )


def step_codes(teller: Teller) -> set[int]:
    """Code that runs in a training step or has one on its stack."""
    step = teller.step
    codes = {
        frame.code.id
        for weight in step.weights
        for node in (weight.read, weight.update)
        for frame, _ in stack_of(teller.chapter, node)
    }
    frames = {step.frame.id, step.inner.id}
    for node in teller.flow.nodes[step.first.index : step.last + 1]:
        if node.index in step.tainted and any(level.id in frames for level, _ in stack_of(teller.chapter, node)):
            codes.add(node.frame.code.id)
    for node in step.losses[:1]:
        for frame in teller.called_at((node.frame.code.id, node.number)):
            codes |= {frame.code.id, *(child.code.id for child in teller.chapter.children.get(frame.id, ()))}
    return codes
