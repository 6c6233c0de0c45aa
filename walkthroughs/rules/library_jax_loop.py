"""JAX: what the training loop carries from step to step, what it is fed, where the model runs without a gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event, Frame, Place
from walkthroughs.rules.library_inputs import Lineage
from walkthroughs.rules.library_jax import LIBRARIES, applications, gradients, place_of
from walkthroughs.sources import LOOPS, called_names, loaded_names, stored_names
from walkthroughs.story import Chapter, Finding, Story, definition_of

EVALUATIONS = 2


def rule(story: Story) -> Iterator[Finding]:
    """The loop around each gradient: names that its line reads and binds again are carried, the others are data."""
    for chapter in story.chapters:
        for event, frame in gradients(chapter):
            yield from _step(chapter, event)
            yield from _carried(chapter, event)
            yield from _evaluated(chapter, event, applications(chapter, frame))
            yield from _reused(chapter, event)
        yield from _made(chapter)


def _step(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The function around the gradient and the update, when a transformation runs it: one compiled training step."""
    frame = chapter.frame_of(event.place)
    updating = {place.frame for other in chapter.trace.landmarks("functional_step") for place in other.stack}
    if frame is not None and frame.id in updating and frame.via is not None and frame.code.type == "function":
        because = f"`{frame.code.name}` is what the loop runs for one step; JAX traces it once and compiles it"
        yield definition_of(chapter, frame, Stage.TRAIN_LOOP, because, 1.4)


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
                yield from _origin(chapter, frame, name, event, place)
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


def _origin(chapter: Chapter, frame: Frame, name: str, event: Event, place: Place) -> Iterator[Finding]:
    """Where what the loop carries was bound first, and the function that built it."""
    for line in frame.lines:
        bound = next((bound for bound in line.bound if bound.name == name and not bound.touched), None)
        if bound is None or line.seq > event.seq:
            continue
        if line.line == place.line:
            return  # it came from outside: the step itself is the first to bind it here
        source = chapter.source(frame.code)
        node = source.statement(line.line) if source is not None else None
        if node is None or isinstance(node, LOOPS) or not called_names(node):
            return
        because = f"`{name}`, which each training step takes and gives back renewed, was built here"
        yield place_of(
            chapter, Stage.MODEL, frame, line.line, line.seq, because, "construction", 2.5, (line.seq,), {"line": line}
        )
        for child in chapter.called_on(frame, line)[:1]:
            if child.code.type == "function" and child.code.name != "__init__" and child.returned is not None:
                because = f"`{child.code.name}` builds what the training steps carry on"
                yield definition_of(chapter, child, Stage.MODEL, because, 2.2)
        return


def _evaluated(chapter: Chapter, event: Event, applied: list[Frame]) -> Iterator[Finding]:
    """Functions in which the model runs without a gradient above it: their definition, their call, their figure."""
    codes = {frame.code.id for frame in applied}
    done: set[int] = set()
    for frame in sorted(chapter.trace.frames.values(), key=lambda frame: frame.seq):
        if frame.code.id not in codes or frame.seq < event.seq or len(done) >= EVALUATIONS:
            continue
        inner, outer = _without_loss(chapter, frame)
        if outer is None or outer.code.type != "function" or outer.code.id in done | chapter.training:
            continue
        done.add(outer.code.id)
        because = f"`{outer.code.name}` applies the model, and no gradient is taken of the result"
        yield definition_of(chapter, outer, Stage.EVALUATION, because, 2.9)
        yield from _called(chapter, outer)
        yield from _figure(chapter, outer, inner)


def _without_loss(chapter: Chapter, applied: Frame) -> tuple[Frame, Frame | None]:
    """The call that applies the model and its caller; a loss function called for its value alone is passed by."""
    losses = {frame.code.id for _, frame in gradients(chapter)}
    inner = applied
    outer = chapter.trace.frames.get(applied.parent) if applied.parent is not None else None
    while outer is not None and outer.code.id in losses:
        if outer.via is not None:
            return inner, None  # a transformation runs it: gradients are taken
        inner, outer = outer, chapter.trace.frames.get(outer.parent) if outer.parent is not None else None
    return inner, outer


def _called(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    caller = chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
    if caller is None or frame.called_from is None:
        return
    because = f"`{frame.code.name}` was called from this line"
    facts = {"code": frame.code}
    yield place_of(
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
            yield place_of(
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
            yield place_of(
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


RULE = rule
