"""Evaluation: the lines and functions that compute figures, by a library or by the repository itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line, Summary
from walkthroughs.sources import LOOPS, called_names, loaded_names, stored_names
from walkthroughs.story import Chapter, Finding, Story, called_by_library, is_array, is_scalar, walk_items

METRIC_LINES = 2
METRIC_FUNCTIONS = 2


def rule(story: Story) -> Iterator[Finding]:
    """Metrics of libraries, and the repository's own functions of predictions and targets."""
    for chapter in story.chapters:
        yield from metrics(chapter)


def metrics(chapter: Chapter) -> Iterator[Finding]:
    """The metrics of one chapter."""
    yield from _library_metrics(chapter)
    yield from _metric_functions(chapter)


def figures_after(
    chapter: Chapter, frame: Frame, event: Event, figure: Callable[[Summary], bool] = is_scalar
) -> Iterator[Finding]:
    """Scalars computed from what the model gave, line by line, where it was applied; `figure`: which count."""
    source = chapter.source(frame.code)
    if source is None:
        return
    tainted: set[str] = set()
    told = 0
    seen: set[int] = set()
    applied = next((level.line for level in event.stack if level.frame == frame.id), event.place.line)
    start = next((line for line in frame.lines if line.line == applied and line.seq <= event.seq), None)
    for line in frame.lines:
        node = source.statement(line.line)
        if node is None or isinstance(node, LOOPS):
            continue
        reads = set(loaded_names(node))
        if line is start or (start is None and line.line == applied):
            tainted.update(stored_names(node))
            continue
        if line.seq < event.seq or not reads & tainted:
            continue
        stored = stored_names(node)
        tainted.update(stored)
        values = [bound for bound in line.bound if figure(bound.value) and (bound.name in stored or bound.touched)]
        collected = [bound for bound in line.bound if bound.touched and bound.value.get("type") in ("list", "dict")]
        indexed = (
            isinstance(node, (ast.Assign, ast.AugAssign))
            and isinstance(_target(node), ast.Subscript)
            and ".item" in "".join(called_names(node))
        )
        if indexed and not values:
            values = [bound for bound in line.bound if bound.touched]
        if (
            values or _returns_scalar(node, frame, line) or (collected and _calls_repository(chapter, frame, line))
        ) and line.line not in seen:
            seen.add(line.line)
            told += 1
            names = ", ".join(f"`{bound.name}`" for bound in values) or "a figure"
            yield evaluated_at(
                chapter,
                event,
                frame.code,
                line.line,
                frame.id,
                2.5 - 0.2 * told,
                f"{names} is computed here from what the model gave",
                "metric",
                line.seq,
            )
            if told >= METRIC_LINES:
                return


def _target(node: ast.Assign | ast.AugAssign) -> ast.AST:
    return node.targets[0] if isinstance(node, ast.Assign) else node.target


def _returns_scalar(node: ast.AST, frame: Frame, line: Line) -> bool:
    return (
        isinstance(node, ast.Return)
        and frame.return_line == line.line
        and frame.returned is not None
        and is_scalar(frame.returned)
        and _computes(node)
    )


def _computes(node: ast.Return) -> bool:
    return isinstance(node.value, (ast.BinOp, ast.Call))


def _calls_repository(chapter: Chapter, frame: Frame, line: Line) -> bool:
    return any(child.returned is not None and is_scalar(child.returned) for child in chapter.called_on(frame, line))


def _library_metrics(chapter: Chapter) -> Iterator[Finding]:
    """Calls of the metrics and evaluations that libraries offer."""
    for event in chapter.trace.landmarks("metric", "evaluate"):
        place = event.place
        name = event.data["name"].rpartition(".")[2]
        yield evaluated_at(
            chapter, event, place.code, place.line, place.frame, 2.8, f"`{name}` is computed here", "metric", event.seq
        )


def _metric_functions(chapter: Chapter) -> Iterator[Finding]:
    """The repository's functions that make a number (or some) of two arrays, and are not what is minimised."""
    losses = {event.data.get("of", {}).get("id") for event in chapter.trace.landmarks("backward")}
    told = 0
    seen: set[int] = set()
    for frame in chapter.trace.frames.values():
        code = frame.code
        if code.id in seen or code.type != "function" or frame.returned is None or code.name.startswith("__"):
            continue
        arrays = [a for a in frame.args if is_array(a.value)]
        values = [frame.returned] if is_scalar(frame.returned) else list(walk_items(frame.returned, 1))
        if len(arrays) < 2 or not values or not all(is_scalar(value) for value in values):
            continue
        if any(value.get("id") in losses or value.get("grad_fn") for value in values) or called_by_library(frame):
            continue
        if chapter.within(frame, chapter.machinery):
            continue
        if _inside_model(frame) or (frame.parent is not None and chapter.trace.frames[frame.parent].code.id in seen):
            continue
        seen.add(code.id)
        told += 1
        if told > METRIC_FUNCTIONS:
            return
        yield Finding(
            Stage.EVALUATION,
            chapter.definition(code),
            f"`{code.name}` takes predictions and targets and gives back a number",
            "metric function",
            chapter.number,
            frame.seq,
            weight=2.3,
            frame=frame.id,
            seqs=(frame.seq,),
            facts={"code": code},
        )
        if frame.called_from is not None:
            caller = chapter.trace.codes[frame.called_from[0]]
            yield Finding(
                Stage.EVALUATION,
                chapter.location(caller, frame.called_from[1]),
                f"`{code.name}` is computed here",
                "metric",
                chapter.number,
                frame.seq - 1,
                weight=2.1,
                frame=frame.parent,
                seqs=(frame.seq,),
                facts={},
            )


def _inside_model(frame: Frame) -> bool:
    return bool(frame.args and frame.args[0].name == "self" and frame.args[0].value.get("parameters") is not None)


def evaluated_at(
    chapter: Chapter,
    event: Event,
    code: Code,
    line: int,
    frame: int | None,
    weight: float,
    because: str,
    role: str,
    seq: int,
) -> Finding:
    """A line that evaluates, found by way of an event."""
    return Finding(
        Stage.EVALUATION,
        chapter.location(code, line),
        because,
        role,
        chapter.number,
        seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event},
    )


RULE = rule
