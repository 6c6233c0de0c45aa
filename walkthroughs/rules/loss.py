"""Loss: where the object that gradients were taken of was made, and the terms it was made from."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event
from walkthroughs.sources import dotted, loaded_names
from walkthroughs.story import Chapter, Finding, Occurrence, Story, is_scalar

TERMS = 3
ADDING = {"sum", "stack", "cat", "mean"}


def rule(story: Story) -> Iterator[Finding]:
    """The first line that bound the differentiated object, the lines that rebound it further out, and its terms."""
    for chapter in story.chapters:
        done: set[tuple[int, int]] = set()
        for event in chapter.trace.landmarks("backward"):
            identity = event.data.get("of", {}).get("id")
            for row, weight, because in _origins(chapter, event, identity):
                key = (row.frame.code.id, row.number)
                if key in done:
                    continue
                done.add(key)
                yield _finding(chapter, event, row, weight, because)


def _origins(chapter: Chapter, event: Event, identity: int | None) -> Iterator[tuple[Occurrence, float, str]]:
    rows = [row for row in chapter.bound(identity) if row.seq < event.seq]
    if not rows:
        yield from _named_on_line(chapter, event)
        return
    first = rows[0]
    returned = [
        row
        for row in chapter.returned(identity, items=False)
        if row.done < first.done and row.frame.code.name != "forward"
    ]
    for row in returned[:1]:
        yield row, 1.5, "the value returned here is the one on which gradients were computed"
    yield first, 3.0, f"gradients were computed on the object bound to `{first.name}` here"
    yield from _terms(chapter, first, set(), 0)


def _named_on_line(chapter: Chapter, event: Event) -> Iterator[tuple[Occurrence, float, str]]:
    """A loss that was never bound itself (`scaler.scale(loss).backward()`): the scalars named on the line."""
    frame = chapter.frame_of(event.place)
    source = chapter.source(event.place.code)
    if frame is None or source is None:
        return
    for name in loaded_names(source.statement(event.place.line)):
        bound = frame.binding(name, event.seq)
        if bound is not None and is_scalar(bound.value) and bound.value.get("grad"):
            rows = [row for row in chapter.bound(bound.id) if row.seq < event.seq]
            for row in rows[:1]:
                yield row, 3.0, f"`{name}` is the scalar from which gradients were computed"
                yield from _terms(chapter, row, set(), 0)


def _terms(chapter: Chapter, row: Occurrence, seen: set[int], depth: int) -> Iterator[tuple[Occurrence, float, str]]:
    """Scalars with gradients that the line read to make the loss: `loss = policy + value`."""
    source = chapter.source(row.frame.code)
    if source is None or depth > 1 or row.line is None:
        return
    count = 0
    for name in summands(source.statement(row.line.line)):
        bound = row.frame.binding(name, row.seq)
        if (
            bound is None
            or bound.id is None
            or bound.id in seen
            or not bound.value.get("grad")
            or not is_scalar(bound.value)
        ):
            continue
        if bound.value.get("type", "").endswith("Parameter") or not bound.value.get("grad_fn"):
            continue
        seen.add(bound.id)
        origin = next((other for other in chapter.bound(bound.id) if other.done < row.done), None)
        if origin is None or origin.line is None or (origin.frame is row.frame and origin.line.line == row.line.line):
            continue
        count += 1
        if count > TERMS:
            return
        yield origin, 2.0 - depth * 0.5, f"`{name}`, made here, is a term of the loss"
        yield from _terms(chapter, origin, seen, depth + 1)


def summands(node: ast.stmt | None) -> list[str]:
    """Names that a statement adds, subtracts or scales, not those it hands to a function.

    Of `a + 0.5 * b + f(c)` these are `a` and `b`.
    """
    value = getattr(node, "value", None)
    found: list[str] = []
    pending = [value] if value is not None else []
    while pending:
        item = pending.pop(0)
        if isinstance(item, ast.BinOp):
            pending[:0] = [item.left, item.right]
        elif isinstance(item, ast.UnaryOp):
            pending.insert(0, item.operand)
        elif (
            isinstance(item, ast.Call)
            and (dotted(item.func) or getattr(item.func, "attr", "")).rpartition(".")[2] in ADDING
        ):
            pending[:0] = [
                part
                for argument in item.args
                for part in (argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument])
            ]
        elif dotted(item):
            found.append(dotted(item))
    if isinstance(node, ast.AugAssign):
        found.append(dotted(node.target))
    return [name for name in found if name]


def _finding(chapter: Chapter, event: Event, row: Occurrence, weight: float, because: str) -> Finding:
    return Finding(
        Stage.LOSS,
        chapter.location(row.frame.code, row.number),
        because,
        "value",
        chapter.number,
        row.seq,
        weight=weight,
        frame=row.frame.id,
        seqs=(row.seq, event.seq),
        facts={"occurrence": row, "event": event},
    )


RULE = rule
