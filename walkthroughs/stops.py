"""From findings to stops: code, values, call stack and how often the place was visited. Runs on the host."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Code, Frame, Line
from walkthroughs.passes import counting
from walkthroughs.pictures import sparing
from walkthroughs.sources import loaded_names
from walkthroughs.stop import Claim, Excerpt, Stop, Variable
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.telling import Telling
from walkthroughs.values import at_call, at_line

BEFORE = 5
AFTER = 6
DEFINITION = 18
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return)
_UNSURE = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DEFINITION_ROLES = {"definition", "class", "submodule", "item", "function", "metric function"}


def make_stops(story: Story, findings: list[Finding], tellings: list[Telling]) -> tuple[Stop, ...]:
    """One stop per finding, in the same order, with ids that stay the same when the program is recorded again."""
    names: Counter[str] = Counter()
    stops = []
    for finding, telling in zip(findings, tellings, strict=True):
        stem = f"{finding.stage.value}-{_slug(finding.location)}"
        names[stem] += 1
        stops.append(_stop(story.chapters[finding.trace], finding, telling, f"{stem}-{names[stem]}"))
    return tuple(sparing(stops))


def _slug(location: Location) -> str:
    name = (
        location.qualname.rpartition(".")[2]
        if location.qualname != "<module>"
        else location.file.rpartition("/")[2].removesuffix(".py")
    )
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "code"


def _stop(chapter: Chapter, finding: Finding, telling: Telling, identity: str) -> Stop:
    frame = chapter.trace.frames.get(finding.frame) if finding.frame is not None else None
    definition = finding.role in DEFINITION_ROLES
    line = None if definition or frame is None else line_at(frame, finding)
    code = frame.code if frame is not None else _code(chapter, finding)
    variables: tuple[Variable, ...] = ()
    if definition:
        variables = at_call(frame) if frame is not None and finding.role not in ("class", "submodule") else ()
    elif frame is not None:
        source = chapter.source(frame.code)
        read = loaded_names(source.statement(finding.location.line)) if source is not None else []
        variables = at_line(frame, line, read)
    return Stop(
        id=identity,
        stage=finding.stage.value,
        title=telling.title,
        basis="observed",
        because=finding.because,
        location=finding.location,
        call_stack=_stack(chapter, frame),
        excerpt=_excerpt(chapter, finding, definition),
        variables=variables,
        note=telling.note,
        visits=_visits(chapter, finding, code, definition),
        visits_at_least=code is not None and not _all_seen(chapter, finding, code, definition),
        first_seen=round(_seconds(chapter, finding, frame, line), 3),
        claims=tuple(Claim(claim.text, claim.rule, claim.args, claim.evidence) for claim in telling.claims),
        output=(line.out or line.err) if line is not None else "",
        chapter=chapter.trace.chapter,
    )


def line_at(frame: Frame, finding: Finding) -> Line | None:
    """The recorded line of a frame that a finding speaks of: the visit it began at, else the first on its lines."""
    span = range(finding.location.line, max(finding.location.end_line, finding.location.line) + 1)
    rows = [line for line in frame.lines if line.line in span]
    exact = [line for line in rows if line.seq in finding.seqs or line.seq == finding.seq]
    if exact:
        return exact[0]
    before = [line for line in rows if finding.seqs and line.seq < finding.seqs[0]]
    chosen = before[-1] if before else (rows[0] if rows else None)
    if chosen is not None and not chosen.bound:
        # A statement over several lines binds on the one that runs last.
        return next((line for line in rows if line.seq >= chosen.seq and line.bound), chosen)
    return chosen


def _code(chapter: Chapter, finding: Finding) -> Code | None:
    known = finding.facts.get("code")
    if isinstance(known, Code):
        return known
    for code in chapter.trace.codes.values():
        if code.file == finding.location.file and code.qualname == finding.location.qualname:
            return code
    return None


def _stack(chapter: Chapter, frame: Frame | None) -> tuple[Location, ...]:
    if frame is None:
        return ()
    return tuple(
        Location(place.code.file, place.line, place.line, place.code.qualname)
        for place in chapter.trace.stack_of(frame)
    )


def _excerpt(chapter: Chapter, finding: Finding, definition: bool) -> Excerpt:
    source = chapter.sources.get(finding.location.file)
    if source is None:
        return Excerpt(finding.location.line, ())
    first = finding.location.line if definition else max(1, finding.location.line - BEFORE)
    last = (
        min(finding.location.end_line, finding.location.line + DEFINITION)
        if definition
        else finding.location.end_line + AFTER
    )
    last = min(last, first + 40, len(source.lines))
    ran: set[int] = set()
    for other in chapter.trace.codes.values():
        if other.file == finding.location.file and other.line <= last and other.end_line >= first:
            ran |= chapter.trace.executed(other)
    return Excerpt(
        first, tuple(source.lines[first - 1 : last]), tuple(sorted(line for line in ran if first <= line <= last))
    )


def _visits(chapter: Chapter, finding: Finding, code: Code | None, definition: bool) -> int:
    if code is None:
        return 0
    if definition and finding.role not in ("class", "submodule"):
        return chapter.trace.calls(code)
    if definition:
        init = [
            other
            for other in chapter.trace.codes.values()
            if other.file == code.file and other.qualname == code.qualname + ".__init__"
        ]
        return chapter.trace.calls(init[0]) if init else 0
    if not counting.whole(chapter, code) and _every_call(chapter, finding, code):
        return chapter.trace.calls(code)
    hits = {int(line): int(count) for line, count in chapter.trace.counts.get(code.id, {}).get("hits", ())}
    source = chapter.source(code)
    return _runs(source.statement(finding.location.line) if source is not None else None, finding, hits)


def _runs(node: ast.stmt | None, finding: Finding, hits: dict[int, int]) -> int:
    """How often a statement ran, from how often its lines began: Python comes back to some of them."""
    first = finding.location.line
    if isinstance(node, (ast.With, ast.AsyncWith)):
        body = node.body[0]
        plain = isinstance(body, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)) and counting.is_plain(body)
        # It is left on the line on which it was entered.
        return hits.get(body.lineno, 0) if plain else (hits.get(first, 0) + 1) // 2
    if finding.stage is Stage.TRAIN_LOOP and finding.role == "header":
        return hits.get(first, 0)
    counts = [hits[line] for line in range(first, finding.location.end_line + 1) if hits.get(line)]
    # The first line of a call over several lines runs again when the arguments are there.
    straight = isinstance(node, _SIMPLE) and not any(isinstance(item, _UNSURE) for item in ast.walk(node))
    return (min if straight else max)(counts, default=0)


def _all_seen(chapter: Chapter, finding: Finding, code: Code, definition: bool) -> bool:
    """Whether the visits of a statement, or of a definition, are those of the whole run."""
    if definition or not counting.whole(chapter, code):
        return chapter.trace.counted(code) and (definition or _every_call(chapter, finding, code))
    return True


def _every_call(chapter: Chapter, finding: Finding, code: Code) -> bool:
    """Whether each call of a function runs a statement once, as the source shows."""
    source = chapter.source(code)
    node = counting.definition(source, code) if source is not None else None
    if code.type != "function" or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    for item in node.body:
        if item.lineno <= finding.location.line <= (item.end_lineno or item.lineno):
            return isinstance(item, _SIMPLE)
        if counting.leaves_early(item):
            return False
    return False


def _seconds(chapter: Chapter, finding: Finding, frame: Frame | None, line: Line | None) -> float:
    if line is not None:
        return line.t / 1000.0
    for event in chapter.trace.events:
        if event.seq in finding.seqs:
            return event.t / 1000.0
    return frame.t / 1000.0 if frame is not None else 0.0
