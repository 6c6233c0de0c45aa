"""Model: the class whose objects hold the weights, where it was made, where the weights got their first values,
what updates them."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Binding
from walkthroughs.rules.by_hand.holders import class_of, objects, self_of, type_of
from walkthroughs.rules.by_hand.teller import Teller, hands_over
from walkthroughs.story import Finding


def model(teller: Teller) -> Iterator[Finding]:
    """The classes on the way to the weights, where the outermost was made, and the first values of the weights."""
    holders = [holder for holder in objects(teller) if not _is_value(teller, holder)]
    for order, holder in enumerate(holders[:3]):
        because = (
            f"objects of this class use {teller.names} for predictions"
            if order == 0
            else f"a part of the model, on the way to {teller.names}"
        )
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
            yield from teller.definition(
                Stage.MODEL, child, 2.7, f"`{child.code.qualname}` makes the first values of `{weight.name}`"
            )
        if (
            made.frame.id != teller.step.frame.id
            and hands_over(teller.chapter, made.frame)
            and made.frame.called_from is not None
            and made.frame.parent in teller.chapter.trace.frames
        ):
            caller = teller.chapter.trace.frames[made.frame.parent]
            because = f"`{made.frame.code.qualname}`, called here, gives the weights their first values"
            yield teller.line(
                Stage.MODEL, caller, made.frame.called_from[1], made.frame.seq, 1.9, because, "construction"
            )


def _is_value(teller: Teller, holder: Binding) -> bool:
    """Whether an object is a number of an own autograd engine, not a model: the weights themselves are of its class."""
    kinds = {weight.slot[2].rpartition(".")[0] for weight in teller.step.weights if weight.slot[0] == "kind"}
    return type_of(holder) in kinds


def _class_finding(teller: Teller, holder: Binding, weight: float, because: str) -> Iterator[Finding]:
    code = class_of(teller.chapter, holder)
    if code is None:
        return
    location = teller.chapter.definition(code)
    built = next(
        (
            frame.seq
            for frame in teller.chapter.trace.frames.values()
            if frame.code.qualname == code.qualname + ".__init__"
        ),
        0,
    )
    yield Finding(
        Stage.MODEL, Location(location.file, location.line, location.end_line, code.qualname), because, "class",
        teller.chapter.number, built, weight=weight, facts={"code": code, "weights": teller.names},
    )  # fmt: skip


def _construction(teller: Teller, holder: Binding, weight: float, because: str) -> Iterator[Finding]:
    frames = teller.chapter.trace.frames
    builds = [one for one in frames.values() if one.code.name == "__init__" and holder.id is not None and one.args]
    for built in [one for one in builds if one.args[0].id == holder.id]:
        parent = frames.get(built.parent) if built.parent is not None else None
        if (
            parent is None
            or built.called_from is None
            or (parent.code.name == "__init__" and parent.args[:1] and parent.args[0].id == holder.id)
        ):
            continue  # a base class: the object itself is made further out
        yield teller.line(Stage.MODEL, parent, built.called_from[1], built.seq, weight, because, "construction")
        return
    rows = [row for row in teller.chapter.bound(holder.id) if row.frame.code.type in ("module", "function")]
    for row in rows[:1]:
        yield teller.line(Stage.MODEL, row.frame, row.number, row.seq, weight, because, "construction")


def optimizer(teller: Teller) -> Iterator[Finding]:
    """The object whose method updates the weights, when it is another than the model's."""
    models = {type_of(holder) for holder in objects(teller)}
    step = teller.step
    told: set[str] = set()
    for weight in step.weights:
        frames = [frame for frame, _ in teller.below(weight.update, step.frame)[1:]]
        frames += teller.flow.children.get(weight.update.line.done, [])[:1] if weight.update.line is not None else []
        for frame in frames:
            holder = self_of(frame)
            if holder is None or type_of(holder) in models | told or class_of(teller.chapter, holder) is None:
                continue
            told.add(type_of(holder))
            yield from _construction(teller, holder, 2.4, f"the object that updates {teller.names} was made here")
            yield from _class_finding(teller, holder, 1.4, f"objects of this class update {teller.names}")
