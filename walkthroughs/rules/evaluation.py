"""Evaluation: applications of the model that are not trained on, the functions around them, and the lines that compute metrics."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line
from walkthroughs.sources import LOOPS, called_names, loaded_names, stored_names
from walkthroughs.story import (
    Chapter,
    Finding,
    Story,
    by_library,
    called_by_library,
    is_array,
    is_float,
    is_scalar,
    is_training,
    walk_items,
)

METRIC_LINES = 2
METRIC_FUNCTIONS = 2


def rule(story: Story) -> Iterator[Finding]:
    """Functions that apply the model without training on it; metrics of libraries; figures that training prints."""
    for chapter in story.chapters:
        found = list(_applied(chapter))
        found.extend(_library_metrics(chapter))
        found.extend(_metric_functions(chapter))
        yield from found
        yield from _printed(chapter, any(finding.role in ("metric", "definition", "call") for finding in found))


def _simulated(chapter: Chapter, frame: Frame | None) -> bool:
    """Whether a simulator is stepped from the same frame: then the model acts, it is not evaluated."""
    if frame is None:
        return False
    return any(place.frame == frame.id for event in chapter.trace.landmarks("simulator_step") for place in event.stack)


def _applied(chapter: Chapter) -> Iterator[Finding]:
    training = chapter.training
    told: set[int] = set()
    has_training = any(is_training(event) for event in chapter.forwards)
    for event in chapter.forwards:
        if by_library(event) or chapter.driven(event):
            continue
        if is_training(event) and has_training and (event.data.get("grad") is not False):
            if not _never_trained(chapter, event, training):
                continue
        stack = chapter.outside_model(event.stack)
        while len(stack) > 1 and stack[0].code.id in chapter.machinery:
            stack = stack[1:]
        place = stack[0]
        frame = chapter.frame_of(place)
        if any(_simulated(chapter, chapter.frame_of(level)) for level in stack[:2]):
            continue
        generator = _generator(chapter, event, len(event.stack) - len(stack))
        if generator is not None and (frame is None or not _compares(chapter, frame, event)):
            if generator.code.id not in told:
                yield _generation(chapter, event, generator)
                because = f"`{generator.code.qualname}` was called from this line"
                yield replace(
                    _at(chapter, event, place.code, place.line, place.frame, 1.9, because, "call", event.seq - 1),
                    stage=Stage.INFERENCE,
                )
            told.add(generator.code.id)
            continue
        metrics = list(_metrics_after(chapter, frame, event)) if frame is not None and place.code.id not in told else []
        yield from metrics
        if frame is not None and not metrics and _extends(frame):
            if place.code.id not in told:
                yield _generation(chapter, event, frame)
        elif place.code.type == "function" and place.code.id not in training and place.code.id not in told:
            yield _definition(
                chapter,
                event,
                place.code,
                place.frame,
                3.0,
                "the model was applied here without being trained on the result",
            )
            yield from _caller(chapter, event, stack, training)
        elif place.code.id not in told:
            because = "the model was applied on this line without gradients or in evaluation mode"
            yield _at(chapter, event, place.code, place.line, place.frame, 1.2, because, "application", event.seq)
        told.add(place.code.id)


def _compares(chapter: Chapter, frame: Frame, event: Event) -> bool:
    """Whether a function goes on to compare what the model gave with something: then it judges, it does not only generate."""
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


def _never_trained(chapter: Chapter, event: Event, training: set[int]) -> bool:
    """An application with gradients on, in a function from which nothing is trained."""
    stack = chapter.outside_model(event.stack)
    if by_library(event):
        return False
    return (
        stack[0].code.type == "function"
        and stack[0].code.id not in training
        and not _feeds_training(chapter, stack[0].frame)
    )


def _feeds_training(chapter: Chapter, frame: int | None) -> bool:
    """Whether what a frame returned went on into training (a step function called by the loop, an action of a policy)."""
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


def _caller(chapter: Chapter, event: Event, stack, training: set[int]) -> Iterator[Finding]:  # type: ignore[no-untyped-def]
    """The lines from which the evaluating function is called."""
    code = stack[0].code
    lines: dict[tuple[int, int], tuple[int, int | None]] = {}
    for frame in chapter.by_code.get(code.id, ()):
        if frame.called_from is not None and not called_by_library(frame):
            lines.setdefault(frame.called_from, (frame.seq, frame.parent))
    for (caller, line), (seq, parent) in list(lines.items())[:2]:
        other = chapter.trace.codes[caller]
        yield _at(chapter, event, other, line, parent, 2.2, f"`{code.qualname}` was called from this line", "call", seq)


def _metrics_after(chapter: Chapter, frame: Frame, event: Event) -> Iterator[Finding]:
    """Scalars computed from what the model gave, line by line, in the function that applied it."""
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
        values = [bound for bound in line.bound if is_scalar(bound.value) and (bound.name in stored or bound.touched)]
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
            yield _at(
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
    for event in chapter.trace.landmarks("metric", "evaluate"):
        place = event.place
        name = event.data["name"].rpartition(".")[2]
        yield _at(
            chapter, event, place.code, place.line, place.frame, 2.8, f"`{name}` is computed here", "metric", event.seq
        )


def _metric_functions(chapter: Chapter) -> Iterator[Finding]:
    """Functions of the repository that take two arrays and give back a number (or some), and are not what is minimised."""
    losses = {event.data.get("of", {}).get("id") for event in chapter.trace.landmarks("backward")}
    told = 0
    seen: set[int] = set()
    for frame in chapter.trace.frames.values():
        code = frame.code
        if code.id in seen or code.type != "function" or frame.returned is None or code.name.startswith("__"):
            continue
        arrays = [a for a in frame.args if is_array(a.value)]
        values = [frame.returned] if is_scalar(frame.returned) else [item for item in walk_items(frame.returned, 1)]
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


def _printed(chapter: Chapter, known: bool) -> Iterator[Finding]:
    """Where nothing else evaluates: figures that the training code prints or logs, and the lines that computed them."""
    if known:
        return
    training = chapter.training
    losses = _minimised(chapter)
    begin = min((event.seq for event in chapter.trace.landmarks("backward", "optimizer_step", "fit")), default=None)
    if begin is None:
        return
    reports: dict[tuple[int, int], tuple[int, Frame, Line, list[str]]] = {}
    for frame, line in chapter.trace.lines():
        if (line.seq < begin and not chapter.trace.landmarks("simulator_step")) or frame.code.id not in training:
            continue
        names = _reported(chapter, frame, line, losses)
        if names is None or _tells_time(chapter, frame, line):
            continue
        reports.setdefault((frame.code.id, line.line), (len(reports), frame, line, names))
    printed = sorted(reports.values(), key=lambda row: (not row[3], row[0]))[:2]
    computed: list[tuple[Frame, Line, str]] = []
    for order, frame, line, _ in printed:
        yield Finding(
            Stage.EVALUATION,
            chapter.location(frame.code, line.line),
            "the program reports its figures on this line",
            "report",
            chapter.number,
            line.seq,
            weight=1.6 - 0.01 * order,
            frame=frame.id,
            seqs=(line.seq,),
            facts={"line": line},
        )
    for _, frame, line, names in [*printed, *_logged(chapter, losses)]:
        computed.extend(_computed(chapter, frame, line, names))
    for frame, line, name in computed[:3]:
        yield Finding(
            Stage.EVALUATION,
            chapter.location(frame.code, line.line),
            f"`{name}`, which is reported, is computed here",
            "metric",
            chapter.number,
            line.seq,
            weight=1.4,
            frame=frame.id,
            seqs=(line.seq,),
            facts={"line": line},
        )


def _minimised(chapter: Chapter) -> set[int | None]:
    """Identities of what is minimised: the differentiated objects."""
    return {event.data.get("of", {}).get("id") for event in chapter.trace.landmarks("backward")}


def _reported(chapter: Chapter, frame: Frame, line: Line, losses: set[int | None]) -> list[str] | None:
    """The figures that a line which printed something names; None when it reports no figure."""
    if not (line.out or line.err):
        return None
    source = chapter.source(frame.code)
    node = source.statement(line.line) if source is not None else None
    if not isinstance(node, ast.Expr) or chapter.called_on(frame, line):
        return None
    names = [name for name in loaded_names(node) if _figure(chapter, frame, name, line, losses)]
    if names or any(_is_time(chapter, frame, name, line) for name in loaded_names(node)):
        return names or None
    return names if _new_figures(chapter, line.out + line.err) else None


def _new_figures(chapter: Chapter, text: str) -> bool:
    """Whether a printed text holds a real number that is not the loss itself."""
    losses = [event.data.get("of", {}).get("scalar") for event in chapter.trace.landmarks("backward")]
    known = [float(value) for value in losses if isinstance(value, (int, float))]
    for number in re.findall(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?", text):
        digits = len(number.partition(".")[2].partition("e")[0])
        if not any(abs(float(number) - value) <= 0.51 * 10**-digits for value in known):
            return bool(known)
    return False


def _tells_time(chapter: Chapter, frame: Frame, line: Line) -> bool:
    """Whether a statement reads the clock: speed is no metric."""
    source = chapter.source(frame.code)
    node = source.statement(line.line) if source is not None else None
    return any(
        name.split(".")[0] in ("time", "datetime") or name.endswith(("perf_counter", ".time"))
        for name in called_names(node)
    )


def _logged(chapter: Chapter, losses: set[int | None]) -> Iterator[tuple[int, Frame, Line, list[str]]]:
    """Lines that hand figures to a logger, last ones first."""
    for event in reversed(chapter.trace.landmarks("log")):
        frame = chapter.frame_of(event.place)
        line = next((row for row in frame.lines if row.line == event.place.line), None) if frame is not None else None
        source = chapter.source(event.place.code)
        if frame is None or line is None or source is None or _tells_time(chapter, frame, line):
            continue
        names = [
            name for name in loaded_names(source.statement(line.line)) if _figure(chapter, frame, name, line, losses)
        ]
        if names:
            yield 0, frame, line, names


def _figure(chapter: Chapter, frame: Frame, name: str, line: Line, losses: set[int | None]) -> bool:
    """Whether a name stands for a real number that is neither minimised nor a time."""
    bound = frame.binding(name, line.seq)
    if bound is None or not is_float(bound.value) or bound.id in losses or bound.value.get("grad_fn"):
        return False
    return not _is_time(chapter, frame, name, line) and not _is_setting(chapter, frame, name)


def _is_time(chapter: Chapter, frame: Frame, name: str, line: Line) -> bool:
    """Whether a name was last bound by a statement that reads the clock."""
    rows = [row for row in frame.lines if row.seq < line.seq and any(bound.name == name for bound in row.bound)]
    return bool(rows) and _tells_time(chapter, frame, rows[-1])


def _is_setting(chapter: Chapter, frame: Frame, name: str) -> bool:
    """Whether a name was only ever bound to a literal."""
    source = chapter.source(frame.code)
    rows = [row for row in frame.lines if any(bound.name == name for bound in row.bound)]
    nodes = [source.statement(row.line) for row in rows] if source is not None else []
    return bool(nodes) and all(isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) for node in nodes)


def _computed(chapter: Chapter, frame: Frame, report: Line, names: list[str]) -> Iterator[tuple[Frame, Line, str]]:
    """The last line that computed a reported figure."""
    source = chapter.source(frame.code)
    for name in names[-2:]:
        for line in reversed(frame.lines):
            if line.seq < report.seq and any(bound.name == name and not bound.touched for bound in line.bound):
                node = source.statement(line.line) if source is not None else None
                simple = isinstance(node, (ast.Assign, ast.AugAssign)) and isinstance(
                    node.value, (ast.BinOp, ast.Call, ast.IfExp)
                )
                if simple and not _tells_time(chapter, frame, line):
                    yield frame, line, name
                break


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


def _at(
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
