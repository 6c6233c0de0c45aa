"""Optimizer step: the lines across which the parameters changed."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from walkthroughs.story import Chapter, Finding, Story, by_library


def rule(story: Story) -> Iterator[Finding]:
    """Calls of an optimizer's step; where no optimizer steps, the innermost lines across which weights changed."""
    for chapter in story.chapters:
        stepped = False
        for event in chapter.trace.landmarks("optimizer_step", "functional_step"):
            stepped = True
            if by_library(event):
                continue
            place = event.place
            yield Finding(
                Stage.OPTIMIZER_STEP,
                chapter.location(place.code, place.line),
                "an optimizer stepped on this line",
                "call",
                chapter.number,
                event.seq,
                weight=3.0 if event.name == "optimizer_step" else 2.5,
                frame=place.frame,
                seqs=(event.seq,),
                facts={"event": event},
            )
        if not stepped:
            yield from _by_hand(chapter)


def _by_hand(chapter: Chapter) -> Iterator[Finding]:
    trained = chapter.trace.landmarks("backward")
    if not trained:
        return
    first = trained[0].seq
    updates = [(frame, line) for frame, line in chapter.trace.lines() if line.updated and line.seq > first]
    for frame, line in updates:
        after = next((other.seq for other in frame.lines if other.seq > line.seq), frame.return_seq or 1 << 60)
        if any(line.seq < inner.seq < after and other is not frame for other, inner in updates):
            continue  # a line further in is the one that did it
        yield Finding(
            Stage.OPTIMIZER_STEP,
            chapter.location(frame.code, line.line),
            f"the weights changed across this line ({', '.join(row[0] for row in line.updated[:3])})",
            "update by hand",
            chapter.number,
            line.seq,
            weight=2.0,
            frame=frame.id,
            seqs=(line.seq,),
            facts={"line": line},
        )


RULE = rule
