"""Backward pass: the lines that had gradients computed."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from walkthroughs.story import Finding, Story, by_library


def rule(story: Story) -> Iterator[Finding]:
    """Each line of the repository under which gradients were computed."""
    for chapter in story.chapters:
        for event in chapter.trace.landmarks("backward"):
            if by_library(event):
                continue
            place = event.place
            yield Finding(
                Stage.BACKWARD,
                chapter.location(place.code, place.line),
                f"`{short(event.data['name'])}` was called from this line",
                "call",
                chapter.number,
                event.seq,
                weight=3.0,
                frame=place.frame,
                seqs=(event.seq,),
                facts={"event": event},
            )


def short(name: str) -> str:
    """`torch.Tensor.backward` for the long names under which libraries define things."""
    parts = [part for part in name.split(".") if part not in ("<locals>", "_tensor", "wrapper")]
    return ".".join(parts[:1] + parts[-2:]) if len(parts) > 3 else ".".join(parts)


RULE = rule
