"""Evaluation: figures that training prints or logs, where nothing else evaluates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame, Line
from walkthroughs.rules.evaluation import applications
from walkthroughs.rules.evaluation_metrics import metrics
from walkthroughs.sources import called_names, loaded_names
from walkthroughs.story import Chapter, Finding, Story, is_float


def rule(story: Story) -> Iterator[Finding]:
    """The lines that report figures and those that computed them, in chapters without a better evaluation."""
    for chapter in story.chapters:
        if not _evaluated(chapter):
            yield from _reports(chapter)


def _evaluated(chapter: Chapter) -> bool:
    """Whether more was found in a chapter than single applications of the model."""
    found = (*applications(chapter), *metrics(chapter))
    return any(finding.role in ("metric", "definition", "call") for finding in found)


def _reports(chapter: Chapter) -> Iterator[Finding]:
    """Figures that the training code prints or logs, and the lines that computed them."""
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


def _trains(chapter: Chapter, frame: Frame, line: Line) -> bool:
    """Whether weights were updated below a line: what it gives back is a figure of training."""
    return any(
        place.frame == frame.id and place.line == line.line
        for event in chapter.trace.landmarks("backward", "optimizer_step", "functional_step")
        for place in event.stack
    )


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
                if simple and not _tells_time(chapter, frame, line) and not _trains(chapter, frame, line):
                    yield frame, line, name
                break


RULE = rule
