"""Rollout: where an environment of the repository's own is stepped, and the function of it that answers."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Event, Frame
from walkthroughs.rules.evaluation_episodes import judged_episodes
from walkthroughs.sources import header_span
from walkthroughs.story import Chapter, Finding, Story


def rule(story: Story) -> Iterator[Finding]:
    """Methods named `step` that give observation, reward and more, called where training is going on."""
    for chapter in story.chapters:
        if not chapter.training:
            continue
        stepped: dict[tuple[int, int], Frame] = {}
        for frame in chapter.trace.frames.values():
            if frame.called_from is not None and _answers(frame):
                stepped.setdefault(frame.called_from, frame)
        # Where training code steps the environment itself, other callers (an evaluation, say) are not trained on.
        inside = [frame for place, frame in stepped.items() if place[0] in chapter.training]
        for frame in inside or list(stepped.values()):
            yield from _stepped(chapter, frame)
        judged = judged_episodes(chapter)
        for event in chapter.trace.landmarks("simulator_step"):
            if event not in judged:
                yield from _collected(chapter, event)


def _collected(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The loop around a step of a simulator of a library: experience for the training comes from it."""
    place = event.place
    for node in chapter.loops(place)[:1]:
        span = header_span(node)
        yield Finding(
            Stage.ROLLOUT,
            Location(place.code.file, span.line, span.end_line, place.code.qualname),
            "experience is collected in this loop: a simulator is stepped in it",
            "header",
            chapter.number,
            event.seq - 1,
            2.0,
            place.frame,
            (event.seq,),
            {"node": node},
        )


def _answers(frame: Frame) -> bool:
    """The contract of environments: `step(action)` gives back at least (observation, reward, done)."""
    if (
        frame.code.name != "step"
        or not frame.args
        or frame.args[0].name != "self"
        or frame.args[0].value.get("parameters") is not None
    ):
        return False
    result = frame.returned or {}
    return result.get("type") == "tuple" and int(result.get("len") or 0) >= 3 and len(frame.args) >= 2


def _stepped(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    code_id, line = frame.called_from or (0, 0)
    caller = chapter.trace.codes[code_id]
    seqs = (frame.seq,)
    owner = frame.code.qualname.rpartition(".")[0] or "the environment"
    call = chapter.location(caller, line)
    because = f"`{owner}` was stepped here: what it gives is the data"
    yield Finding(
        Stage.DATA, call, because, "simulator_step", chapter.number, frame.seq - 1, 2.6, frame.parent, seqs, {}
    )
    yield Finding(
        Stage.ROLLOUT,
        chapter.definition(frame.code),
        f"`{frame.code.qualname}` answers each action",
        "definition",
        chapter.number,
        frame.seq,
        2.5,
        frame.id,
        seqs,
        {"code": frame.code},
    )
    source = chapter.source(caller)
    for node in source.loops(line)[:1] if source is not None else []:
        span = header_span(node)
        yield Finding(
            Stage.ROLLOUT,
            Location(caller.file, span.line, span.end_line, caller.qualname),
            "experience is collected in this loop",
            "header",
            chapter.number,
            frame.seq - 2,
            2.0,
            frame.parent,
            seqs,
            {"node": node},
        )
    for row in chapter.bound(frame.args[0].id)[:1]:
        because = f"the environment `{row.name}` was made here"
        yield Finding(
            Stage.DATA,
            chapter.location(row.frame.code, row.number),
            because,
            "simulator",
            chapter.number,
            row.seq,
            2.7,
            row.frame.id,
            (row.seq,),
            {"occurrence": row},
        )


RULE = rule
