"""Programs that keep their weights in plain tensors.

What the leaves of the differentiated graph are, and how the loss came from them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame, Line
from walkthroughs.sources import loaded_names
from walkthroughs.story import Chapter, Finding, Occurrence, Story, is_array

STEPS = 2


def rule(story: Story) -> Iterator[Finding]:
    """Model: where the weights were made. Forward: the lines that led from them to what the loss was computed from."""
    for chapter in story.chapters:
        if chapter.forwards or not chapter.trace.leaves:
            continue
        yield from _weights(chapter)
        for event in chapter.trace.landmarks("backward")[:1]:
            rows = [row for row in chapter.bound(event.data.get("of", {}).get("id")) if row.seq < event.seq]
            for row in rows[:1]:
                found = list(_forward(chapter, row.frame, row, 0, set()))
                yield from found
                lines = [row.line, *[finding.facts["occurrence"].line for finding in found]]
                yield from _data(chapter, row.frame, [line for line in lines if line is not None])


def _weights(chapter: Chapter) -> Iterator[Finding]:
    told = 0
    seen: set[tuple[str, int]] = set()
    for name, identity, shape in chapter.trace.leaves[0]["rows"]:
        rows = chapter.bound(identity)
        if not rows or (rows[0].frame.code.file, rows[0].number) in seen or told >= 3:
            continue
        seen.add((rows[0].frame.code.file, rows[0].number))
        told += 1
        row = rows[0]
        size = " x ".join(map(str, shape)) if shape else "a single number"
        yield Finding(
            Stage.MODEL,
            chapter.location(row.frame.code, row.number),
            f"the weights `{name or row.name}` ({size}) were made here",
            "construction",
            chapter.number,
            row.seq,
            weight=2.6 - 0.1 * told,
            frame=row.frame.id,
            seqs=(row.seq,),
            facts={"occurrence": row},
        )


def _forward(chapter: Chapter, frame: Frame, row: Occurrence, depth: int, seen: set[int]) -> Iterator[Finding]:
    """The lines whose arrays the loss was made from, one or two steps back."""
    source = chapter.source(frame.code)
    if source is None or row.line is None or depth >= STEPS:
        return
    for name in loaded_names(source.statement(row.line.line)):
        bound = frame.binding(name, row.seq)
        if (
            bound is None
            or not bound.value.get("grad_fn")
            or not is_array(bound.value)
            or bound.id in seen
            or bound.id is None
        ):
            continue
        seen.add(bound.id)
        origin = next((other for other in chapter.bound(bound.id) if other.done < row.line.done), None)
        if origin is None or origin.line is None:
            continue
        yield _finding(chapter, origin.frame, origin.line, name, depth, origin)
        yield from _forward(chapter, origin.frame, origin, depth + 1, seen)


def _data(chapter: Chapter, frame: Frame, lines: list[Line]) -> Iterator[Finding]:
    """Where the arrays without gradients were made that the loss and the forward lines read."""
    source = chapter.source(frame.code)
    weights = {row[1] for row in chapter.trace.leaves[0]["rows"]}
    told = 0
    for line in lines:
        for name in loaded_names(source.statement(line.line)) if source is not None else []:
            bound = frame.binding(name, line.seq)
            if (
                bound is None
                or not is_array(bound.value)
                or bound.value.get("grad")
                or bound.id in weights
                or told >= 3
            ):
                continue
            for row in chapter.bound(bound.id)[:1]:
                told += 1
                yield Finding(
                    Stage.DATA,
                    chapter.location(row.frame.code, row.number),
                    f"`{name}`, which the loss is computed from, was made here",
                    "lineage",
                    chapter.number,
                    row.seq,
                    weight=1.7,
                    frame=row.frame.id,
                    seqs=(row.seq,),
                    facts={"occurrence": row},
                )


def _finding(chapter: Chapter, frame: Frame, line: Line, name: str, depth: int, row: Occurrence) -> Finding:
    return Finding(
        Stage.FORWARD,
        chapter.location(frame.code, line.line),
        f"`{name}`, from which the loss is computed, is computed from the weights here",
        "value",
        chapter.number,
        line.seq,
        weight=2.8 - 0.4 * depth,
        frame=frame.id,
        seqs=(line.seq,),
        facts={"occurrence": row},
    )


RULE = rule
