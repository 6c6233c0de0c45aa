"""JAX: the function that is differentiated, the model inside it, and what the training loop carries from step to step.

Under `jit` and `grad` a function runs once, with tracers in place of arrays, and identity breaks at every
transformation. What holds is which function was called from which line, so the rules here follow calls and the names
that a calling line reads and binds again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line, Place, Summary
from walkthroughs.rules.library_inputs import Lineage
from walkthroughs.sources import LOOPS, called_names, loaded_names, stored_names
from walkthroughs.story import Chapter, Finding, Story, walk_items

LIBRARIES = ("jax", "flax", "optax", "equinox", "haiku", "nnx")
PARTS = 2
EVALUATIONS = 2


def rule(story: Story) -> Iterator[Finding]:
    """Everything that follows from the places where JAX computed gradients."""
    for chapter in story.chapters:
        told: set[int] = set()
        for event in chapter.trace.landmarks("backward"):
            if not str(event.data["name"]).startswith(LIBRARIES):
                continue
            frame = differentiated(chapter, event)
            if frame is None or frame.code.id in told:
                continue
            told.add(frame.code.id)
            yield from _loss(chapter, event, frame)
            applied = applications(chapter, frame)
            for call in applied:
                yield from _forward(chapter, event, call)
                yield from _classes(chapter, call)
            yield from _step(chapter, event)
            yield from _carried(chapter, event)
            yield from _evaluated(chapter, event, applied)
            yield from _reused(chapter, event)
        yield from _made(chapter)


def differentiated(chapter: Chapter, event: Event) -> Frame | None:
    """The call of the function on which gradients were taken: the first that JAX made from the line of the event."""
    place = event.place
    if place.frame is None:
        return None
    for frame in sorted(chapter.children.get(place.frame, ()), key=lambda frame: frame.seq):
        if frame.seq > event.seq and frame.via is not None and frame.called_from == (place.code.id, place.line):
            return frame
    return None


def _loss(chapter: Chapter, event: Event, frame: Frame) -> Iterator[Finding]:
    value = _first(frame.returned)
    rows = [row for row in chapter.bound(value.get("id")) if frame.entered < row.done <= frame.left]
    if rows:
        row = rows[0]
        because = f"gradients were taken of what `{frame.code.name}` returns: `{row.name}`, bound here"
        facts = {"occurrence": row, "event": event}
        yield _place(
            chapter, Stage.LOSS, row.frame, row.number, row.seq, because, "value", 3.0, (row.seq, event.seq), facts
        )
    elif frame.return_line:
        line = next((line for line in frame.lines if line.line == frame.return_line), None)
        because = f"gradients were taken of what `{frame.code.name}` returns here"
        seq = line.seq if line is not None else frame.return_seq
        yield _place(
            chapter,
            Stage.LOSS,
            frame,
            frame.return_line,
            seq,
            because,
            "value",
            3.0,
            (seq, event.seq),
            {"event": event},
        )
    yield _definition(
        chapter, frame, Stage.LOSS, f"`{frame.code.name}` is the function on which gradients were taken", 1.8
    )


def _first(value: Summary | None) -> Summary:
    """A value, or the first member of a tuple: with auxiliary output the scalar comes first."""
    if value is not None and value.get("type") in ("tuple", "list"):
        return next(iter(walk_items(value, 1)), {})
    return value or {}


def applications(chapter: Chapter, frame: Frame) -> list[Frame]:
    """The outermost call of the model below a frame: a `__call__`, else what is handed the parameters."""
    children = sorted(chapter.children.get(frame.id, ()), key=lambda child: child.seq)
    called = [child for child in children if child.code.name == "__call__"]
    if called:
        return called[:1]
    given = {argument.id for argument in frame.args[:1]} - {None}
    for child in children:
        if child.code.type == "function" and any(argument.id in given for argument in child.args):
            return [child]
    for child in children:
        found = applications(chapter, child)
        if found:
            return found
    return []


def _forward(chapter: Chapter, event: Event, call: Frame) -> Iterator[Finding]:
    parent = chapter.trace.frames.get(call.parent) if call.parent is not None else None
    if parent is not None and call.called_from is not None:
        because = "the model was applied from this line, in the function on which gradients are taken"
        facts = {"event": event}
        yield _place(
            chapter, Stage.FORWARD, parent, call.called_from[1], call.seq - 1, because, "call", 3.0, (call.seq,), facts
        )
    yield _definition(chapter, call, Stage.FORWARD, f"`{call.code.qualname}` ran when the model was applied", 2.6)


def _classes(chapter: Chapter, call: Frame) -> Iterator[Finding]:
    """The class of the model that was applied, the line that built it, and classes of its parts."""
    kind = str(call.args[0].value.get("type", "")) if call.args and call.args[0].name == "self" else ""
    if not kind:
        return
    for row in _built(chapter, kind):
        because = f"the model, a `{kind.rpartition('.')[2]}`, was bound to `{row[1]}` here"
        yield _place(
            chapter,
            Stage.MODEL,
            row[0],
            row[2].line,
            row[2].seq,
            because,
            "construction",
            3.0,
            (row[2].seq,),
            {"line": row[2]},
        )
    parts = [child for child in chapter.children.get(call.id, ()) if child.code.name == "__call__"]
    seen: set[int] = set()
    for number, frame in enumerate([call, *parts]):
        code = _class_of(chapter, frame.code)
        if code is None or code.id in seen or len(seen) > PARTS:
            continue
        seen.add(code.id)
        because = (
            f"`{code.qualname}` is the class of the model"
            if number == 0
            else f"`{code.qualname}` is a part of the model"
        )
        yield Finding(
            Stage.MODEL,
            chapter.definition(code),
            because,
            "class" if number == 0 else "submodule",
            chapter.number,
            next((item.seq for item in chapter.by_code.get(code.id, ())), frame.seq),
            weight=2.8 if number == 0 else 1.0,
            facts={"code": code},
        )


def _built(chapter: Chapter, kind: str) -> Iterator[tuple[Frame, str, Line]]:
    """The first line that bound an object of a class, outside the class itself."""
    name = kind.rpartition(".")[2]
    for frame, line in chapter.trace.lines():
        if frame.code.qualname.startswith(name + "."):
            continue
        for bound in line.bound:
            if bound.value.get("type") == kind and not bound.touched:
                yield frame, bound.name, line
                return


def _class_of(chapter: Chapter, method: Code) -> Code | None:
    owner = method.qualname.rpartition(".")[0]
    named = (code for code in chapter.trace.codes.values() if code.type == "class" and code.qualname == owner)
    return next((code for code in named if code.file == method.file), None)


def _step(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The function around the gradient and the update, when a transformation runs it: one compiled training step."""
    frame = chapter.frame_of(event.place)
    updating = {place.frame for other in chapter.trace.landmarks("functional_step") for place in other.stack}
    if frame is not None and frame.id in updating and frame.via is not None and frame.code.type == "function":
        because = f"`{frame.code.name}` is what the loop runs for one step; JAX traces it once and compiles it"
        yield _definition(chapter, frame, Stage.TRAIN_LOOP, because, 1.4)


def _carried(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """What a training loop carries: names that the step's line reads and binds again. The other names are its data."""
    lineage = Lineage(chapter)
    for place in _looping(chapter, event):
        frame = chapter.frame_of(place)
        source = chapter.source(place.code)
        node = source.statement(place.line) if source is not None else None
        if frame is None or node is None or isinstance(node, LOOPS):
            continue
        stored, read = set(stored_names(node)), loaded_names(node)
        for name in read:
            if name in stored:
                yield from _origin(chapter, frame, name, event)
        others = [name for name in read if name not in stored]
        begin = next((line.seq for line in frame.lines if line.line == place.line), event.seq)
        yield from lineage.names(frame, begin, others, -1)


def _looping(chapter: Chapter, event: Event) -> list[Place]:
    """Levels of the stacks of gradients and updates that lie inside a loop of their function."""
    found: list[Place] = []
    for other in _updates(chapter, event):
        for place in other.stack:
            if chapter.loops(place) and place not in found:
                found.append(place)
    return found


def _origin(chapter: Chapter, frame: Frame, name: str, event: Event) -> Iterator[Finding]:
    """Where what the loop carries was bound first, and the function that built it."""
    for line in frame.lines:
        bound = next((bound for bound in line.bound if bound.name == name and not bound.touched), None)
        if bound is None or line.seq > event.seq:
            continue
        source = chapter.source(frame.code)
        node = source.statement(line.line) if source is not None else None
        if node is None or isinstance(node, LOOPS) or not called_names(node):
            return
        because = f"`{name}`, which each training step takes and gives back renewed, was built here"
        yield _place(
            chapter, Stage.MODEL, frame, line.line, line.seq, because, "construction", 2.5, (line.seq,), {"line": line}
        )
        for child in chapter.called_on(frame, line)[:1]:
            if child.code.type == "function" and child.code.name != "__init__" and child.returned is not None:
                because = f"`{child.code.name}` builds what the training steps carry on"
                yield _definition(chapter, child, Stage.MODEL, because, 2.2)
        return


def _evaluated(chapter: Chapter, event: Event, applied: list[Frame]) -> Iterator[Finding]:
    """Functions in which the model runs without a gradient above it: their definition, their call, their figure."""
    codes = {frame.code.id for frame in applied}
    training = chapter.training
    done: set[int] = set()
    for frame in sorted(chapter.trace.frames.values(), key=lambda frame: frame.seq):
        if frame.code.id not in codes or frame.seq < event.seq or frame.parent is None:
            continue
        parent = chapter.trace.frames[frame.parent]
        if parent.code.type != "function" or parent.code.id in done or chapter.within(parent, _losses(chapter)):
            continue
        if parent.code.id in training or len(done) >= EVALUATIONS:
            continue
        done.add(parent.code.id)
        because = f"`{parent.code.name}` applies the model, and no gradient is taken of the result"
        yield _definition(chapter, parent, Stage.EVALUATION, because, 2.9)
        yield from _called(chapter, parent)
        yield from _figure(chapter, parent, frame)


def _losses(chapter: Chapter) -> set[int]:
    """Code of the functions on which gradients were taken."""
    frames = (differentiated(chapter, event) for event in chapter.trace.landmarks("backward"))
    return {frame.code.id for frame in frames if frame is not None}


def _called(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    caller = chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
    if caller is None or frame.called_from is None:
        return
    because = f"`{frame.code.name}` was called from this line"
    facts = {"code": frame.code}
    yield _place(
        chapter,
        Stage.EVALUATION,
        caller,
        frame.called_from[1],
        frame.seq - 1,
        because,
        "call",
        2.4,
        (frame.seq,),
        facts,
    )


def _reused(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The training step's function called from another line that carries nothing on: a look at other data."""
    functions = {place.code.name for place in event.stack if place.code.type == "function"}
    frames = {place.frame for place in _looping(chapter, event)}
    lines = {(place.code.id, place.line) for other in _updates(chapter, event) for place in other.stack}
    done: set[tuple[int, int]] = set()
    for frame, line in chapter.trace.lines():
        key = (frame.code.id, line.line)
        source = chapter.source(frame.code)
        if frame.id not in frames or key in lines or key in done or line.seq < event.seq or source is None:
            continue
        node = source.statement(line.line)
        if not isinstance(node, ast.Assign) or set(stored_names(node)) & set(loaded_names(node)):
            continue
        name = next((name for name in called_names(node) if name in functions), "")
        if name:
            done.add(key)
            because = f"`{name}` is called here on what the loop carries, and nothing it gives is carried on"
            facts = {"line": line}
            yield _place(
                chapter, Stage.EVALUATION, frame, line.line, line.seq, because, "call", 2.2, (line.seq,), facts
            )


def _updates(chapter: Chapter, event: Event) -> list[Event]:
    return [event, *chapter.trace.landmarks("functional_step")]


def _figure(chapter: Chapter, frame: Frame, applied: Frame) -> Iterator[Finding]:
    """The line that computes the first figure from what the model gave."""
    source = chapter.source(frame.code)
    tainted: set[str] = set()
    for line in frame.lines:
        node = source.statement(line.line) if source is not None else None
        if node is None or isinstance(node, LOOPS):
            continue
        if applied.called_from is not None and line.line == applied.called_from[1]:
            tainted.update(stored_names(node))
        elif tainted & set(loaded_names(node)) and (called_names(node) or isinstance(node, ast.Return)):
            because = "a figure is computed here from what the model gave"
            yield _place(
                chapter,
                Stage.EVALUATION,
                frame,
                line.line,
                line.seq,
                because,
                "metric",
                2.3,
                (line.seq,),
                {"line": line},
            )
            return


def _made(chapter: Chapter) -> Iterator[Finding]:
    """Lines that make the gradient function, when another line calls it."""
    for event in chapter.trace.landmarks("make_gradient")[:2]:
        used = [other for other in chapter.trace.landmarks("backward") if other.place.line == event.place.line]
        if not event.via.startswith(LIBRARIES) or used:
            continue
        place = event.place
        because = "the function that computes gradients is made on this line"
        yield Finding(
            Stage.BACKWARD,
            chapter.location(place.code, place.line),
            because,
            "construction",
            chapter.number,
            event.seq,
            weight=1.5,
            frame=place.frame,
            seqs=(event.seq,),
            facts={"event": event},
        )


def _place(
    chapter: Chapter,
    stage: Stage,
    frame: Frame,
    line: int,
    seq: int,
    because: str,
    role: str,
    weight: float,
    seqs: tuple[int, ...],
    facts: dict[str, Any],
) -> Finding:
    return Finding(
        stage,
        chapter.location(frame.code, line),
        because,
        role,
        chapter.number,
        seq,
        weight=weight,
        frame=frame.id,
        seqs=seqs,
        facts=facts,
    )


def _definition(chapter: Chapter, frame: Frame, stage: Stage, because: str, weight: float) -> Finding:
    return Finding(
        stage,
        chapter.definition(frame.code),
        because,
        "definition",
        chapter.number,
        frame.seq,
        weight=weight,
        frame=frame.id,
        seqs=(frame.seq,),
        facts={"code": frame.code},
    )


RULE = rule
