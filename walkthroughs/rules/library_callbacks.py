"""Functions that a library calls back while it fits: custom objectives with their gradients, custom metrics."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame, Line, Summary
from walkthroughs.rules.library_estimators import fit_calls
from walkthroughs.sources import dotted
from walkthroughs.story import Chapter, Finding, Story, definition_of, is_array, is_scalar, walk_items

GRADIENT_LINES = 2
BOOSTERS = ("xgboost", "lightgbm", "catboost")


def rule(story: Story) -> Iterator[Finding]:
    """An objective gives back two arrays of one shape, gradient and curvature; a metric a number with its name."""
    for chapter in story.chapters:
        done: set[int] = set()
        for frame in _called_back(chapter):
            if frame.code.id in done or frame.returned is None:
                continue
            if is_objective(frame):
                done.add(frame.code.id)
                yield definition_of(
                    chapter,
                    frame,
                    Stage.LOSS,
                    "the library calls this objective in each round, for the gradient of the loss",
                    3.0,
                )
                yield from _gradients(chapter, frame)
                yield from _links(chapter, frame)
            elif is_metric(frame):
                done.add(frame.code.id)
                yield definition_of(
                    chapter,
                    frame,
                    Stage.EVALUATION,
                    f"the library calls `{frame.code.name}` to measure the model while it trains",
                    2.9,
                )


def _called_back(chapter: Chapter) -> Iterator[Frame]:
    spans = [
        (event.place.frame, event.place.line, event.seq, event.data.get("end") or 1 << 60)
        for event in fit_calls(chapter)
        if str(event.data["name"]).startswith(BOOSTERS)
    ]
    for frame in chapter.trace.frames.values():
        if frame.via is None or frame.called_from is None or frame.code.type != "function":
            continue
        if any(
            frame.parent == parent and frame.called_from[1] == line and begin < frame.seq < end
            for parent, line, begin, end in spans
        ):
            yield frame


def is_objective(frame: Frame) -> bool:
    """Whether a function that was called back gave two arrays of the same shape."""
    parts = _pair(frame.returned)
    return len(parts) == 2 and all(is_array(part) for part in parts) and parts[0].get("shape") == parts[1].get("shape")


def is_metric(frame: Frame) -> bool:
    """Whether a function that was called back took an array and gave a number, or a name with a number."""
    if not any(is_array(argument.value) for argument in frame.args):
        return False
    if is_scalar(frame.returned or {}):
        return True
    parts = _pair(frame.returned)
    if parts:
        return 2 <= len(parts) <= 3 and parts[0].get("type") == "str" and is_scalar(parts[1])
    return _names_a_number(frame.returned or {})


def _names_a_number(value: Summary) -> bool:
    """The same for a short tuple that was recorded as one text: `('rmse', 0.31, False)`."""
    try:
        parts = ast.literal_eval(str(value.get("value", "")))
    except (ValueError, SyntaxError):
        return False
    return (
        isinstance(parts, tuple)
        and 2 <= len(parts) <= 3
        and isinstance(parts[0], str)
        and isinstance(parts[1], (int, float))
    )


def _pair(value: Summary | None) -> list[Summary]:
    """The members of a tuple or list that was returned."""
    if value is None or value.get("type") not in ("tuple", "list"):
        return []
    return list(walk_items(value, 1))


def _gradients(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """The lines that fill or bind the two arrays that the objective returned."""
    told = 0
    for part in _pair(frame.returned):
        line = _filled(chapter, frame, part.get("id"))
        if line is None:
            continue
        told += 1
        name = next(
            (bound.name for row in frame.lines for bound in row.bound if bound.id == part.get("id")), "an array"
        )
        yield Finding(
            Stage.BACKWARD,
            chapter.location(frame.code, line.line),
            f"`{name}`, which the objective gives the library, is computed here",
            "value",
            chapter.number,
            line.seq,
            weight=3.0 - 0.1 * told,
            frame=frame.id,
            seqs=(line.seq,),
            facts={"line": line},
        )
        if told >= GRADIENT_LINES:
            return
    if not told and frame.return_line:
        line = next((row for row in frame.lines if row.line == frame.return_line), None)
        if line is not None:
            yield Finding(
                Stage.BACKWARD,
                chapter.location(frame.code, line.line),
                "the gradient that the objective gives the library is computed here",
                "value",
                chapter.number,
                line.seq,
                weight=2.5,
                frame=frame.id,
                seqs=(line.seq,),
                facts={"line": line},
            )


def _filled(chapter: Chapter, frame: Frame, identity: int | None) -> Line | None:
    """The line that stored into an array by index; where none did, the one that bound it."""
    source = chapter.source(frame.code)
    if identity is None or source is None:
        return None
    bound = None
    for line in frame.lines:
        for name in _stored_into(source.statement(line.line)):
            holder = frame.binding(name, line.seq)
            if holder is not None and holder.id == identity:
                return line
        if any(binding.id == identity and not binding.touched for binding in line.bound):
            bound = line
    return bound


def _stored_into(node: ast.AST | None) -> list[str]:
    """Names that a statement stores into by index: `grad` of `grad[row, column] = value`."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return [dotted(target.value) for target in targets if isinstance(target, ast.Subscript) and dotted(target.value)]


def _links(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """Functions of the repository that turn the raw predictions into what the objective compares."""
    done: set[int] = set()
    for child in chapter.children.get(frame.id, ()):
        code = child.code
        if code.id in done or child.via is not None or code.type != "function" or child.returned is None:
            continue
        if is_array(child.returned) and any(is_array(argument.value) for argument in child.args):
            done.add(code.id)
            because = f"the objective applies `{code.name}` to the model's raw predictions"
            yield definition_of(chapter, child, Stage.FORWARD, because, 2.2)


RULE = rule
