"""Training loop: the loops in which an optimizer steps, and the one call that hands the loop to a library."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Event
from walkthroughs.sources import header_span
from walkthroughs.story import Chapter, Finding, Story, by_library, is_training


def rule(story: Story) -> Iterator[Finding]:
    """Every loop around an optimizer's step, at each level of the call stack."""
    for chapter in story.chapters:
        yield from _loops(chapter)
        yield from _around_forward(chapter)
        for event in chapter.trace.landmarks("fit"):
            if fits_transformer(event):
                continue
            place = event.place
            yield Finding(
                Stage.TRAIN_LOOP,
                chapter.location(place.code, place.line),
                f"this line hands the training loop to `{event.data['name'].split('.')[0]}`",
                "handover",
                chapter.number,
                event.seq,
                weight=3.0,
                frame=place.frame,
                seqs=(event.seq,),
                facts={"event": event},
            )


TRANSFORMERS = (
    "preprocessing",
    "feature_extraction",
    "impute",
    "compose",
    "feature_selection",
    "decomposition",
    "random_projection",
)


def fits_transformer(event: Event) -> bool:
    """Whether what is fitted only transforms data (a scaler, a vectoriser): that is data preparation, not training."""
    parts = str(event.data.get("name", "")).split(".")
    return parts[0] == "sklearn" and len(parts) > 1 and parts[1] in TRANSFORMERS


def _loops(chapter: Chapter) -> Iterator[Finding]:
    for stack_of, event in _steps(chapter):
        for depth, place in enumerate(stack_of):
            for node in chapter.loops(place):
                span = header_span(node)
                if node.lineno == place.line and depth == 0:
                    continue  # the loop's own header is what ran, not its body
                yield Finding(
                    Stage.TRAIN_LOOP,
                    Location(place.code.file, span.line, span.end_line, place.code.qualname),
                    "this loop is on the stack when the weights are updated",
                    "header",
                    chapter.number,
                    _begin(chapter, event, place.frame, node.lineno, event.seq),
                    weight=2.0,
                    frame=place.frame,
                    seqs=(event.seq,),
                    facts={"node": node, "place": place},
                )


def _around_forward(chapter: Chapter) -> Iterator[Finding]:
    """Loops inside the training functions, around applications that are trained on or around a simulator's steps."""
    training = {
        place.code.id for event in chapter.trace.landmarks("backward", "optimizer_step") for place in event.stack
    }
    told = (
        (
            "the model is applied in this loop, once per pass, before the weights are updated",
            [e for e in chapter.forwards if is_training(e)],
        ),
        ("experience is collected in this loop, between updates", chapter.trace.landmarks("simulator_step")),
        ("gradients are computed in this loop, before the weights are updated", chapter.trace.landmarks("backward")),
    )
    for because, events in told:
        for event in events:
            if by_library(event):
                continue
            for place in chapter.outside_model(event.stack):
                if place.code.id not in training:
                    continue
                for node in chapter.loops(place):
                    span = header_span(node)
                    yield Finding(
                        Stage.TRAIN_LOOP,
                        Location(place.code.file, span.line, span.end_line, place.code.qualname),
                        because,
                        "header",
                        chapter.number,
                        _begin(chapter, event, place.frame, node.lineno, event.seq),
                        weight=1.5,
                        frame=place.frame,
                        seqs=(event.seq,),
                        facts={"node": node, "place": place},
                    )


def _steps(chapter: Chapter) -> Iterator[tuple[tuple, Event]]:  # type: ignore[type-arg]
    """Stacks at the moment of an update: of optimizer steps, else of gradient computations that updates followed."""
    trace = chapter.trace
    steps = [event for event in trace.landmarks("optimizer_step") if not by_library(event)]
    if not steps:
        steps = [event for event in trace.landmarks("backward", "functional_step") if not by_library(event)]
    seen = set()
    for event in steps:
        key = tuple((place.code.id, place.line) for place in event.stack)
        if key not in seen:
            seen.add(key)
            yield event.stack, event


def _begin(chapter: Chapter, event: Event, frame: int | None, line: int, fallback: int) -> int:
    """When the loop was entered, so that its stop comes before what happens in it."""
    recorded = chapter.trace.frames.get(frame) if frame is not None else None
    if recorded is None:
        return fallback
    for seen in recorded.lines:
        if seen.line >= line and (seen.line == line or seen.seq < event.seq) and seen.line <= line + 30:
            return seen.seq
    return fallback


RULE = rule
