"""Evaluation in reinforcement learning: episodes in a simulator from which nothing is learned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event, Frame
from walkthroughs.story import Chapter, Finding, Story, called_by_library, definition_of, is_scalar

UPDATES = ("backward", "optimizer_step", "functional_step")


def rule(story: Story) -> Iterator[Finding]:
    """The functions that play such episodes, the lines that call them, and the figure that they give back."""
    for chapter in story.chapters:
        done: set[int] = set()
        for event in judged_episodes(chapter):
            frame = chapter.frame_of(event.place) or next(iter(chapter.by_code.get(event.place.code.id, ())), None)
            if frame is None or frame.code.id in done:
                continue
            done.add(frame.code.id)
            because = "episodes are played here, and nothing is learned from them"
            yield definition_of(chapter, frame, Stage.EVALUATION, because, 2.9)
            yield from _called(chapter, frame)
            yield from _figure(chapter, frame)


def judged_episodes(chapter: Chapter) -> list[Event]:
    """Steps of simulators from which nothing is learned.

    Those of a simulator that training never stepped, and all after the training loop has been left; in both cases in a
    function that no update was reached through.
    """
    trace = chapter.trace
    first = min((event.seq for event in trace.landmarks(*UPDATES)), default=None)
    if first is None:
        return []
    left = [int(row["seq"]) for row in trace.left_loops if row.get("role") == "training"]
    over = max(left, default=1 << 60)
    steps = trace.landmarks("simulator_step")
    learned = {_simulator(event) for event in steps if event.seq < first or event.place.code.id in chapter.training}
    return [
        event
        for event in steps
        if event.seq > first
        and event.place.code.type == "function"
        and event.place.code.id not in chapter.training
        and _simulator(event) is not None
        and (event.seq > over or _simulator(event) not in learned)
    ]


def _simulator(event: Event) -> int | None:
    identity = event.argument("self").get("id")
    return identity if isinstance(identity, int) else None


def _called(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """The line that asks for the episodes."""
    caller = chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
    if caller is None or frame.called_from is None or called_by_library(frame):
        return
    yield Finding(
        Stage.EVALUATION,
        chapter.location(caller.code, frame.called_from[1]),
        f"`{frame.code.qualname}` was called from this line",
        "call",
        chapter.number,
        frame.seq - 1,
        weight=2.4,
        frame=caller.id,
        seqs=(frame.seq,),
        facts={"code": frame.code},
    )


def _figure(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """The line that returns a number of them."""
    source = chapter.source(frame.code)
    node = source.statement(frame.return_line) if source is not None and frame.return_line else None
    line = next((row for row in reversed(frame.lines) if row.line == frame.return_line), None)
    if isinstance(node, ast.Return) and line is not None and is_scalar(frame.returned or {}):
        yield Finding(
            Stage.EVALUATION,
            chapter.location(frame.code, line.line),
            "a figure of these episodes is given back here",
            "metric",
            chapter.number,
            line.seq,
            weight=2.2,
            frame=frame.id,
            seqs=(line.seq,),
            facts={"line": line},
        )


RULE = rule
