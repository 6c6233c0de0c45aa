"""Forward pass: the model's own forward, and the line of the training code that calls it."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame
from walkthroughs.sources import loaded_names, stored_names
from walkthroughs.story import Chapter, Finding, Story, by_library, is_training


def rule(story: Story) -> Iterator[Finding]:
    """Outermost applications of a module with parameters: who calls it, and which method of the repository runs."""
    anywhere = any(chapter.training for chapter in story.chapters)
    for chapter in story.chapters:
        if anywhere and not chapter.training:
            continue  # a program that only evaluates: told as that
        trained = [event for event in chapter.forwards if is_training(event)] or chapter.forwards
        for event in trained:
            yield from _call(chapter, event)
            yield from _method(chapter, event)
        for event in chapter.forwards:
            if event not in trained and acts(chapter, event):
                yield from _call(
                    chapter,
                    event,
                    "the policy `{}` was applied from this line to choose what to do, without gradients",
                    1.8,
                )


def acts(chapter: Chapter, event: Event) -> bool:
    """Whether the model was applied without gradients to act in a simulator: its output goes into the next step."""
    if event.data.get("grad") is not False:
        return False
    for step in chapter.trace.landmarks("simulator_step"):
        for level in chapter.outside_model(event.stack)[:3]:
            frame = chapter.frame_of(level)
            if level.frame == step.place.frame and frame is not None and event.seq < step.seq:
                return _reaches(chapter, frame, level.line, event.seq, step)
    return False


def _reaches(chapter: Chapter, frame: Frame, applied: int, begin: int, step: Event) -> bool:
    """Whether a name bound from the line that applied the model is read by the line that steps the simulator."""
    source = chapter.source(frame.code)
    if source is None:
        return False
    tainted = set(stored_names(source.statement(applied)))
    for line in frame.lines:
        if not begin - 1 <= line.seq <= step.seq and line.line != applied:
            continue
        node = source.statement(line.line)
        if set(loaded_names(node)) & tainted:
            if line.line == step.place.line:
                return True
            tainted.update(stored_names(node))
    return False


TRAINED = "the model `{}` was applied from this line with gradients recorded"


def _call(chapter: Chapter, event: Event, because: str = TRAINED, weight: float = 3.0) -> Iterator[Finding]:
    stack = chapter.outside_model(event.stack)
    if chapter.driven(event) or (by_library(event) and len(stack) == len(event.stack)):
        return
    if chapter.is_method_of_module(stack[0]):
        return
    place = stack[0]
    if len(stack) > 3 and place.code.id in chapter.machinery:
        # A solver or wrapper applies the model: readers look for the line of the training code that leads there.
        place = next((level for level in stack if level.code.id in chapter.training), place)
    yield Finding(
        Stage.FORWARD,
        chapter.location(place.code, place.line),
        because.format(event.data["module"].get("type", "")),
        "call",
        chapter.number,
        event.seq,
        weight=weight,
        frame=place.frame,
        seqs=(event.seq,),
        facts={"event": event},
    )


def _method(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The function that computes the pass: the method called from outside the model, else the module's `forward`."""
    stack = chapter.outside_model(event.stack)
    inside = len(event.stack) - len(stack)
    if inside and not chapter.driven(event):
        code = event.stack[inside - 1].code
        frame: int | None = event.stack[inside - 1].frame
    else:
        found = _forward_frame(chapter, event)
        if found is None:
            return
        code, frame = found
    yield Finding(
        Stage.FORWARD,
        chapter.definition(code),
        f"`{code.qualname}` ran when the model was applied",
        "definition",
        chapter.number,
        event.seq + 1,
        weight=2.5,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event, "code": code},
    )


def _forward_frame(chapter: Chapter, event: Event) -> tuple[Code, int] | None:
    """The code and frame of the applied module's own `forward`, when the repository has it."""
    identity = event.data.get("module", {}).get("id")
    end = event.data.get("end", event.seq + 1)
    for frame in chapter.trace.frames.values():
        if frame.args and frame.args[0].id == identity and event.seq < frame.seq < end:
            return frame.code, frame.id
    for frame in chapter.trace.frames.values():
        if frame.code.name in ("forward", "__call__") and frame.args and frame.args[0].id == identity:
            return frame.code, frame.id
    return None


RULE = rule
