"""How numbers changed over the iterations that were seen: loss, metrics, learning rate. Runs on the host."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Frame, Line, Summary
from walkthroughs.findings import History
from walkthroughs.sources import SourceFile, called_names, is_literal, loaded_names, stored_names
from walkthroughs.stop import Point
from walkthroughs.story import Chapter, Finding, Story, is_float

MOST_NAMES = 12
MOST_POINTS = 40
STAGES = (Stage.LOSS, Stage.OPTIMIZER_STEP, Stage.EVALUATION, Stage.TRAIN_LOOP)
_Seen = tuple[int, "float | str", float]
"""One value: its position in the trace, itself, and when it was there at the latest, in milliseconds."""

CLOCKS = ("time", "perf_counter", "monotonic", "process_time", "elapsed_time", "now")


def panel(story: Story, findings: Sequence[Finding]) -> tuple[History, ...]:
    """Histories of the real numbers that a line of the training or evaluating code bound at least twice."""
    rows: list[tuple[int, int, History]] = []
    for chapter in story.chapters:
        own = [item for item in findings if item.trace == chapter.number]
        rows.extend(_bound(chapter, own))
        rows.extend(_learning_rates(chapter))
    kept = sorted(rows, key=lambda row: row[:2])[:MOST_NAMES]
    return tuple(row[2] for row in sorted(kept, key=lambda row: row[1]))


def _bound(chapter: Chapter, findings: Sequence[Finding]) -> Iterator[tuple[int, int, History]]:
    """Rank (smaller is told first), time of the first value and history of each name."""
    functions = {(item.location.file, item.location.qualname) for item in findings if item.stage in STAGES}
    told = {
        (item.location.file, item.location.line) for item in findings if item.stage in (Stage.LOSS, Stage.EVALUATION)
    }
    values: dict[tuple[int, int, str], list[_Seen]] = defaultdict(list)
    for frame, line in chapter.trace.lines():
        if (frame.code.file, frame.code.qualname) in functions:
            for name, value in _numbers(chapter, frame, line):
                values[(frame.code.id, line.line, name)].append((line.done, value, _over(frame, line)))
    for (code, number, name), seen in values.items():
        if len(seen) < 2 or len({value for _, value, _ in seen}) == 1 < len(seen) - 1:
            continue  # bound once, or never another value
        seen.sort(key=lambda row: row[0])
        place = chapter.location(chapter.trace.codes[code], number)
        rank = 0 if (place.file, place.line) in told else 1
        yield rank, seen[0][0], History(name, place, _points(seen), chapter.trace.chapter)


def _over(frame: Frame, line: Line) -> float:
    """When a line was over at the latest: the next recorded line of its frame began, or the frame ended."""
    place = bisect_right(frame.lines, line.seq, key=lambda row: row.seq)
    return frame.lines[place].t if place < len(frame.lines) else max(frame.ended_t, line.t)


def _numbers(chapter: Chapter, frame: Frame, line: Line) -> Iterator[tuple[str, float | str]]:
    """The real numbers that a line computed and bound; constants and readings of the clock are no history."""
    source = chapter.source(frame.code)
    node = source.statement(line.line) if source is not None else None
    if source is None or node is None or not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return
    if is_literal(node.value) or _is_time(source, frame, line, node):
        return
    names = stored_names(node)
    for bound in line.bound:
        if bound.name in names and bound.name.strip("_") and is_float(bound.value):
            number = _number(bound.value)
            if number is not None:
                yield bound.name, number


def _number(value: Summary) -> float | str | None:
    scalar = value.get("scalar")
    return float(scalar) if isinstance(scalar, (int, float)) else scalar if isinstance(scalar, str) else None


def _is_time(source: SourceFile, frame: Frame, line: Line, node: ast.stmt) -> bool:
    """Whether a statement reads the clock, or a name that was last bound by one that does."""
    if _reads_clock(node):
        return True
    for name in loaded_names(node):
        rows = [row for row in frame.lines if row.seq < line.seq and any(bound.name == name for bound in row.bound)]
        if rows and _reads_clock(source.statement(rows[-1].line)):
            return True
    return False


def _reads_clock(node: ast.stmt | None) -> bool:
    return any(name.rpartition(".")[2] in CLOCKS for name in called_names(node))


def _learning_rates(chapter: Chapter) -> Iterator[tuple[int, int, History]]:
    """Learning rates of optimizers that changed from one seen step to another."""
    steps: dict[tuple[int | None, str, Location], list[_Seen]] = defaultdict(list)
    for event in chapter.trace.landmarks("optimizer_step"):
        optimizer = event.data.get("optimizer") or {}
        rate = optimizer.get("lr")
        if isinstance(rate, (int, float)) and not isinstance(rate, bool):
            kind = str(optimizer.get("type", "")).rpartition(".")[2]
            place = chapter.location(event.place.code, event.place.line)
            steps[(optimizer.get("id"), kind, place)].append((event.seq, float(rate), event.t))
    for (_, kind, place), rates in steps.items():
        if len({rate for _, rate, _ in rates}) > 1:
            name = f"learning rate of {kind}" if kind else "learning rate"
            yield 0, rates[0][0], History(name, place, _points(rates), chapter.trace.chapter)


def _points(seen: Sequence[_Seen]) -> tuple[Point, ...]:
    """Points numbered in the order of recording; of too many the first, the last and evenly spread ones between."""
    last = len(seen) - 1
    kept = sorted({round(number * last / (MOST_POINTS - 1)) for number in range(MOST_POINTS)})
    if last < MOST_POINTS:
        kept = list(range(len(seen)))
    return tuple(Point(index, seen[index][1], round(seen[index][2] / 1000.0, 4)) for index in kept)
