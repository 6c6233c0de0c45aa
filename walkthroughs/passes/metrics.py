"""Metric provenance: from predictions and targets to the number that was printed, line by line. Runs on the host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Binding, Frame, Line, Summary
from walkthroughs.findings import ChainLink, Metric
from walkthroughs.sources import LOOPS, called_names, dotted, is_literal, loaded_names
from walkthroughs.story import Chapter, Finding, Story, has_parameters, is_array, is_float, is_scalar, walk_items
from walkthroughs.values import text_of, variable

MOST = 6
LINKS = 6
DEPTH = 6
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])", re.IGNORECASE)


@dataclass(slots=True)
class _Chain:
    """Links found so far: depth (from the number), time, place and value."""

    links: dict[tuple[str, int], tuple[int, int, ChainLink]] = field(default_factory=dict)

    def add(self, depth: int, when: int, place: Location, name: str, value: Summary | None) -> bool:
        """Keep a line once; False when it is known already."""
        key = (place.file, place.line)
        if key in self.links:
            return False
        self.links[key] = (depth, when, ChainLink(place, variable(name, value) if value else None))
        return True

    def told(self, end: ChainLink | None) -> tuple[ChainLink, ...]:
        """The nearest links in order of time, then the line that printed the number."""
        room = LINKS - (end is not None)
        nearest = sorted(self.links.values(), key=lambda row: row[0])[:room]
        found = tuple(row[2] for row in sorted(nearest, key=lambda row: row[1]))
        return (*found, end) if end is not None else found


def panel(story: Story, findings: Sequence[Finding]) -> tuple[Metric, ...]:
    """Numbers that were printed and come from what evaluates; then those that were computed and not seen printed."""
    found: dict[tuple[str, str], Metric] = {}
    for chapter in story.chapters:
        own = [item for item in findings if item.trace == chapter.number and item.stage is Stage.EVALUATION]
        if not own:
            continue
        for metric in _printed(chapter, own):
            found[(str(metric.location), metric.name)] = metric  # the last time it was printed
        told = {(link.location.file, link.location.line) for metric in found.values() for link in metric.chain}
        for finding in own:
            if finding.role == "metric" and (finding.location.file, finding.location.line) not in told:
                for metric in _unprinted(chapter, finding):
                    found.setdefault((str(metric.location), metric.name), metric)
    return tuple(sorted(found.values(), key=lambda metric: not metric.printed)[:MOST])


def _printed(chapter: Chapter, findings: Sequence[Finding]) -> Iterator[Metric]:
    lines = {(item.location.file, item.location.line) for item in findings}
    for frame, line in chapter.trace.lines():
        source = chapter.source(frame.code)
        node = source.statement(line.line) if source is not None else None
        if not (line.out or line.err) or node is None or chapter.called_on(frame, line):
            continue
        for name, bound in _figures(frame, line, node):
            text = _line_with(bound.value, line.out) or _line_with(bound.value, line.err)
            if not text:
                continue
            chain = _Chain()
            wanted = bound.value if bound.name != name else None
            _follow(chapter, frame, bound.name, line.seq, 1, chain, wanted)
            place = chapter.location(frame.code, line.line)
            if lines & set(chain.links) or (place.file, place.line) in lines:
                end = ChainLink(place)
                yield Metric(name, text_of(bound.value), text, place, chain.told(end))


def _figures(frame: Frame, line: Line, node: ast.stmt) -> Iterator[tuple[str, Binding]]:
    """Numbers that a statement names: scalars, and entries of dictionaries read by their key."""
    for item in ast.walk(node):
        if isinstance(item, ast.Subscript) and isinstance(item.slice, ast.Constant) and dotted(item.value):
            bound = frame.binding(dotted(item.value), line.seq)
            held = dict(bound.value.get("items", ())) if bound is not None else {}
            value = held.get(str(item.slice.value))
            if bound is not None and isinstance(value, dict) and is_float(value):
                yield ast.unparse(item), Binding(bound.name, value)
    for name in loaded_names(node):
        bound = frame.binding(name, line.seq)
        if bound is not None and _is_figure(bound.value):
            yield name, bound


def _is_figure(value: Summary) -> bool:
    scalar = value.get("scalar")
    return is_scalar(value) and isinstance(scalar, (int, float)) and not isinstance(scalar, bool)


def _line_with(value: Summary, text: str) -> str:
    """The printed line that shows a number, at as many digits as it was printed with; "" when none does."""
    scalar = value.get("scalar")
    if not isinstance(scalar, (int, float)):
        return ""
    for row in text.splitlines():
        for token in NUMBER.findall(row):
            digits = len(token.lower().partition("e")[0].partition(".")[2])
            if is_float(value) and digits > 1:
                if abs(float(token) - scalar) <= 0.501 * 10 ** -(digits - int(token.lower().partition("e")[2] or 0)):
                    return row.strip()
            elif not is_float(value) and token == str(scalar) and abs(scalar) > 1:
                return row.strip()
    return ""


def _follow(
    chapter: Chapter, frame: Frame, name: str, before: int, depth: int, chain: _Chain, wanted: Summary | None = None
) -> None:
    """Add the line that made a name's value, then what that line read; `wanted` is the entry of it that matters."""
    made = _maker(chapter, frame, name, before, wanted)
    if made is None or depth > DEPTH:
        return
    frame, line, bound = made
    source = chapter.source(frame.code)
    node = source.statement(line.line) if source is not None else None
    if node is None or isinstance(node, LOOPS) or is_literal(getattr(node, "value", None)):
        return
    if not chain.add(depth, line.done, chapter.location(frame.code, line.line), bound.name, bound.value):
        return
    if _applies_model(chapter, frame, line):
        return
    inside = False
    for child in chapter.called_on(frame, line):
        if child.returned is not None and _gives(child, bound, node):
            _into(chapter, child, wanted or bound.value, depth + 1, chain)
            inside = inside or any(child.seq < event.seq < child.return_seq for event in chapter.forwards)
    if not inside:  # of a function that applies the model itself, the arguments are not predictions
        _names(chapter, frame, line.seq, node, depth + 1, chain)


def _into(chapter: Chapter, child: Frame, wanted: Summary, depth: int, chain: _Chain) -> None:
    """Go on inside a function of the repository that gave the value back."""
    source = chapter.source(child.code)
    node = source.statement(child.return_line) if source is not None else None
    model = bool(child.args) and child.args[0].name == "self" and has_parameters(child.args[0].value)
    if not isinstance(node, ast.Return) or model:
        return
    place = chapter.location(child.code, child.return_line)
    if not chain.add(depth, child.left, place, "return", child.returned):
        return
    parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    for part in parts:
        value = _seen(chapter, child, dotted(part), child.return_seq) if part is not None and dotted(part) else None
        if len(parts) == 1 and value is not None:
            value = child.returned or value
        if len(parts) > 1 and value is not None and not _same(value, wanted):
            continue  # another part of what was given back
        if value is not None and any(_same(item, wanted) for item in walk_items(value, 1)):
            _follow(
                chapter, child, dotted(part) if part is not None else "", child.return_seq, depth + 1, chain, wanted
            )
        elif part is not None:
            _names(chapter, child, child.return_seq, part, depth + 1, chain)


def _gives(child: Frame, bound: Binding, node: ast.stmt) -> bool:
    """Whether what a call gave back is, or holds, or was put into, what the line bound."""
    given = child.returned or {}
    if child.code.name.startswith("__") and child.code.name != "__call__":
        return False
    if bound.touched:
        return child.code.name in {name.rpartition(".")[2] for name in called_names(node)}
    held = [given, *walk_items(given, 1)]
    return any(_same(item, bound.value) for item in held)


def _names(chapter: Chapter, frame: Frame, before: int, node: ast.AST, depth: int, chain: _Chain) -> None:
    called = set(called_names(node))
    for name in loaded_names(node):
        if name in called or name == "self":
            continue
        value = _seen(chapter, frame, name, before)
        if value is None or has_parameters(value):
            continue
        if is_array(value) or is_scalar(value) or value.get("type") in ("list", "dict"):
            _follow(chapter, frame, name, before, depth, chain)


def _seen(chapter: Chapter, frame: Frame, name: str, before: int) -> Summary | None:
    """What a name stood for: as bound in this frame, or the attribute as another method last left it."""
    bound = frame.binding(name, before)
    if bound is not None:
        return bound.value
    made = _maker(chapter, frame, name, before, None)
    return made[2].value if made is not None else None


def _maker(
    chapter: Chapter, frame: Frame, name: str, before: int, wanted: Summary | None
) -> tuple[Frame, Line, Binding] | None:
    """The last line that bound or changed what a name stands for, in this frame or in a method of the same object."""
    for line in _holding(_lines_of(frame, name, before), wanted):
        return line
    owner = frame.args[0].id if name.startswith("self.") and frame.args and frame.args[0].name == "self" else None
    if owner is None:
        return None
    rows = []
    for other in chapter.trace.frames.values():
        if other.args and other.args[0].name == "self" and other.args[0].id == owner:
            rows.extend(_lines_of(other, name, before))
    rows.sort(key=lambda row: row[1].done, reverse=True)
    return next(iter(_holding(rows, wanted)), None)


def _lines_of(frame: Frame, name: str, before: int) -> list[tuple[Frame, Line, Binding]]:
    """Lines of a frame that bound or changed a name before an event, last first."""
    rows = [
        (frame, line, bound) for line in frame.lines if line.seq < before for bound in line.bound if bound.name == name
    ]
    return rows[::-1]


def _holding(rows: list[tuple[Frame, Line, Binding]], wanted: Summary | None) -> list[tuple[Frame, Line, Binding]]:
    """Of rows that put entries into a container, the one that put in the entry that is followed, else the last."""
    if wanted is None:
        return rows
    fitting = [row for row in rows if any(_same(item, wanted) for item in walk_items(row[2].value, 1))]
    # Every later state of the container holds the entry too: the earliest is the one that put it in.
    return fitting[-1:] or rows


def _same(one: Summary, other: Summary) -> bool:
    if one.get("id") is not None and one.get("id") == other.get("id"):
        return True
    return "scalar" in one and one["scalar"] == other.get("scalar")


def _applies_model(chapter: Chapter, frame: Frame, line: Line) -> bool:
    """Whether the model was applied by a line itself: what it bound are the predictions."""
    after = next((row.seq for row in frame.lines if row.seq > line.seq), 1 << 60)
    for event in chapter.forwards:
        if line.seq < event.seq < after:
            place = chapter.outside_model(event.stack)[0]
            if place.frame == frame.id and place.line == line.line:
                return True
    return False


def _unprinted(chapter: Chapter, finding: Finding) -> Iterator[Metric]:
    """A number that was computed for evaluation and was not seen on the output."""
    frame = chapter.trace.frames.get(finding.frame) if finding.frame is not None else None
    for line in frame.lines if frame is not None else ():
        if line.line != finding.location.line:
            continue
        for bound in line.bound:
            if _is_figure(bound.value) and bound.name.strip("_") and frame is not None:
                chain = _Chain()
                _follow(chapter, frame, bound.name, line.seq + 1, 1, chain)
                yield Metric(bound.name, text_of(bound.value), "", finding.location, chain.told(None))
        return
