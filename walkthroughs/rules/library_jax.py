"""JAX: the function that is differentiated, and the model inside it.

Under `jit` and `grad` a function runs once, with tracers in place of arrays, and identity breaks at every
transformation. What holds is which function was called from which line, so calls are followed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line, Summary
from walkthroughs.story import Chapter, Finding, Story, by_library, definition_of, walk_items

LIBRARIES = ("jax", "flax", "optax", "equinox", "haiku", "nnx")
PARTS = 2


def rule(story: Story) -> Iterator[Finding]:
    """The scalar, the model and its class, for every function on which JAX took gradients."""
    for chapter in story.chapters:
        for event, frame in gradients(chapter):
            yield from _loss(chapter, event, frame)
            for call in applications(chapter, frame):
                yield from _forward(chapter, event, call)
                yield from _classes(chapter, call)


def gradients(chapter: Chapter) -> Iterator[tuple[Event, Frame]]:
    """Each function on which JAX took gradients, once, with the event that shows it."""
    told: set[int] = set()
    for event in chapter.trace.landmarks("backward"):
        own = str(event.data["name"]).startswith(LIBRARIES) and not by_library(event)
        frame = differentiated(chapter, event) if own else None
        if frame is not None and frame.code.id not in told:
            told.add(frame.code.id)
            yield event, frame


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
        yield place_of(
            chapter, Stage.LOSS, row.frame, row.number, row.seq, because, "value", 3.0, (row.seq, event.seq), facts
        )
    elif frame.return_line:
        line = next((line for line in frame.lines if line.line == frame.return_line), None)
        because = f"gradients were taken of what `{frame.code.name}` returns here"
        seq = line.seq if line is not None else frame.return_seq
        yield place_of(
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
    yield definition_of(
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
        yield place_of(
            chapter, Stage.FORWARD, parent, call.called_from[1], call.seq - 1, because, "call", 3.0, (call.seq,), facts
        )
    yield definition_of(chapter, call, Stage.FORWARD, f"`{call.code.qualname}` ran when the model was applied", 2.6)


def _classes(chapter: Chapter, call: Frame) -> Iterator[Finding]:
    """The class of the model that was applied, the line that built it, and classes of its parts."""
    kind = str(call.args[0].value.get("type", "")) if call.args and call.args[0].name == "self" else ""
    if not kind:
        return
    for row in _built(chapter, kind):
        because = f"the model, a `{kind.rpartition('.')[2]}`, was bound to `{row[1]}` here"
        yield place_of(
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


def place_of(
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
    """A finding on one line of a recorded frame."""
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


RULE = rule
