"""Evaluation: applications of the model that are not trained on, and the functions around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Place
from walkthroughs.rules.evaluation_metrics import evaluated_at, figures_after
from walkthroughs.rules.library_trainers import in_training_hook
from walkthroughs.sources import LOOPS, loaded_names, stored_names
from walkthroughs.story import (
    Chapter,
    Finding,
    Story,
    by_library,
    called_by_library,
    is_array,
    is_training,
    walk_items,
)


def rule(story: Story) -> Iterator[Finding]:
    """Functions that apply the model without training on it, and the lines that call them."""
    for chapter in story.chapters:
        yield from applications(chapter)


def _simulated(chapter: Chapter, frame: Frame | None) -> bool:
    """Whether a simulator is stepped from the same frame: then the model acts, it is not evaluated."""
    if frame is None:
        return False
    return any(place.frame == frame.id for event in chapter.trace.landmarks("simulator_step") for place in event.stack)


def applications(chapter: Chapter) -> Iterator[Finding]:
    """Where a chapter applies the model without training on the result; made sequences are told as inference."""
    told: set[int] = set()
    for event in chapter.forwards:
        if not _evaluates(chapter, event):
            continue
        stack = chapter.outside_model(event.stack)
        while len(stack) > 1 and stack[0].code.id in chapter.machinery:
            stack = stack[1:]
        if any(_simulated(chapter, chapter.frame_of(level)) for level in stack[:2]):
            continue
        place, frame = stack[0], chapter.frame_of(stack[0])
        generator = _generator(chapter, event, len(event.stack) - len(stack))
        if generator is not None and (frame is None or not _compares(chapter, frame, event)):
            if generator.code.id not in told:
                yield _generation(chapter, event, generator)
                yield _generated(chapter, event, place, generator)
            told.add(generator.code.id)
            continue
        if place.code.id not in told:
            yield from _application(chapter, event, stack)
        told.add(place.code.id)


def _evaluates(chapter: Chapter, event: Event) -> bool:
    """Whether the repository's own code applied the model, and not to train on the result."""
    if by_library(event) or chapter.driven(event) or in_training_hook(chapter, event) or _in_a_loss(chapter, event):
        return False
    return not is_training(event) or _never_trained(chapter, event)


def _in_a_loss(chapter: Chapter, event: Event) -> bool:
    """Whether a network that is never in training mode was asked with gradients where something is trained: it judges
    what is trained, and is not judged itself."""
    place = chapter.outside_model(event.stack)[0]
    if place.code.id not in chapter.training or event.data.get("grad") is not True:
        return False
    asked = event.data["module"].get("id")
    value = event.data.get("value", {})
    flows = any(item.get("grad_fn") for item in (value, *walk_items(value)))
    return flows and not any(is_training(row) and row.data["module"].get("id") == asked for row in chapter.forwards)


def _application(chapter: Chapter, event: Event, stack: list[Place]) -> Iterator[Finding]:
    """The first application of the model from one place: the figures made of it, and the function or line it is in."""
    place, frame = stack[0], chapter.frame_of(stack[0])
    metrics = list(figures_after(chapter, frame, event)) if frame is not None else []
    yield from metrics
    if frame is not None and not metrics and _extends(frame):
        yield _generation(chapter, event, frame)
    elif place.code.type == "function" and place.code.id not in chapter.training:
        because = "the model was applied here without being trained on the result"
        yield _definition(chapter, event, place.code, place.frame, 3.0, because)
        yield from _caller(chapter, event, stack)
    else:
        how = "nothing was trained on the result" if is_training(event) else "without gradients or in evaluation mode"
        because = f"the model was applied on this line, {how}"
        yield evaluated_at(chapter, event, place.code, place.line, place.frame, 1.2, because, "application", event.seq)


def _generated(chapter: Chapter, event: Event, place: Place, generator: Frame) -> Finding:
    """The line that calls a model's own generating method."""
    because = f"`{generator.code.qualname}` was called from this line"
    found = evaluated_at(chapter, event, place.code, place.line, place.frame, 1.9, because, "call", event.seq - 1)
    return replace(found, stage=Stage.INFERENCE)


def _compares(chapter: Chapter, frame: Frame, event: Event) -> bool:
    """Whether a function goes on to compare what the model gave with something.

    Then it judges, it does not only generate.
    """
    source = chapter.source(frame.code)
    applied = next((level.line for level in event.stack if level.frame == frame.id), event.place.line)
    tainted: set[str] = set()
    for line in frame.lines:
        node = source.statement(line.line) if source is not None else None
        if node is None or isinstance(node, LOOPS):
            continue
        if line.line == applied:
            tainted.update(stored_names(node))
        elif set(loaded_names(node)) & tainted:
            tainted.update(stored_names(node))
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and any(
                isinstance(item, ast.Compare) for item in ast.walk(node)
            ):
                return True
    return False


def _generator(chapter: Chapter, event: Event, inside: int) -> Frame | None:
    """The model's own method that applied it again and again to make a sequence longer, if that is what happened."""
    for place in event.stack[:inside]:
        frame = chapter.frame_of(place)
        if frame is not None and _extends(frame):
            return frame
    return None


def _extends(frame: Frame) -> bool:
    """Whether a function gives back one of its arguments made longer, as a generator of sequences does."""
    result = frame.returned or {}
    if not is_array(result):
        return False
    return any(
        is_array(argument.value)
        and argument.value["dtype"] == result["dtype"]
        and len(argument.value["shape"]) == len(result["shape"])
        and argument.value["shape"][:-1] == result["shape"][:-1]
        and argument.value["shape"][-1] < result["shape"][-1]
        for argument in frame.args
    )


def _generation(chapter: Chapter, event: Event, frame: Frame) -> Finding:
    return Finding(
        Stage.INFERENCE,
        chapter.definition(frame.code),
        "the model was applied here again and again to make its own input longer",
        "definition",
        chapter.number,
        frame.seq,
        weight=2.0,
        frame=frame.id,
        seqs=(event.seq,),
        facts={"event": event, "code": frame.code},
    )


def _never_trained(chapter: Chapter, event: Event) -> bool:
    """An application with gradients on, in a function from which nothing is trained."""
    place = chapter.outside_model(event.stack)[0]
    frame = chapter.frame_of(place)
    return (
        place.code.type == "function"
        and not (frame is not None and (frame.raised or not frame.return_seq))  # what would have followed is not known
        and place.code.id not in chapter.training
        and not _feeds_training(chapter, place.frame)
    )


def _feeds_training(chapter: Chapter, frame: int | None) -> bool:
    """Whether what a frame returned went on into training (a step function called by the loop, a policy's action)."""
    recorded = chapter.trace.frames.get(frame) if frame is not None else None
    if recorded is None:
        return True
    if called_by_library(recorded):
        return True  # called by a library: what that does with the result is not seen
    if chapter.trace.landmarks("simulator_step"):
        return True
    returned = recorded.returned or {}
    values = [returned, *walk_items(returned)]
    return any(value.get("grad") or value.get("grad_fn") for value in values)


def _caller(chapter: Chapter, event: Event, stack: list[Place]) -> Iterator[Finding]:
    """The lines from which the evaluating function is called."""
    code = stack[0].code
    lines: dict[tuple[int, int], tuple[int, int | None]] = {}
    for frame in chapter.by_code.get(code.id, ()):
        if frame.called_from is not None and not called_by_library(frame):
            lines.setdefault(frame.called_from, (frame.seq, frame.parent))
    for (caller, line), (seq, parent) in list(lines.items())[:2]:
        other = chapter.trace.codes[caller]
        yield evaluated_at(
            chapter, event, other, line, parent, 2.2, f"`{code.qualname}` was called from this line", "call", seq
        )


def _definition(chapter: Chapter, event: Event, code: Code, frame: int | None, weight: float, because: str) -> Finding:
    recorded = chapter.trace.frames.get(frame) if frame is not None else None
    return Finding(
        Stage.EVALUATION,
        chapter.definition(code),
        because,
        "definition",
        chapter.number,
        recorded.seq if recorded else event.seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event, "code": code},
    )


RULE = rule
