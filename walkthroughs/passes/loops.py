"""The loops of the program with how often their bodies ran. Runs on the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.trace import Code
from walkthroughs.passes import counting
from walkthroughs.sources import LOOPS
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import Loop

MOST = 60


def panel(story: Story, findings: list[Finding]) -> tuple[Loop, ...]:
    """Loops whose passes were all counted, in the order in which their functions first ran."""
    told = {finding.location.file for finding in findings}
    found = [loop for chapter in story.chapters for loop in _of(chapter)]
    kept = [loop for loop in found if loop.training or loop.left or loop.file in told]
    if len(kept) > MOST:
        kept = [loop for loop in kept if loop.training or loop.left] + [
            loop for loop in kept if not loop.training and not loop.left
        ]
    return tuple(dict.fromkeys(kept[:MOST]))


def _of(chapter: Chapter) -> Iterator[Loop]:
    roles = {(row["code"], row["line"], row["role"]) for row in chapter.trace.loops}
    left = {(row["code"], row["line"]) for row in counting.departures(chapter)}
    for code in chapter.trace.codes.values():
        source = chapter.source(code)
        node = counting.definition(source, code) if source is not None else None
        if node is None or code.name.startswith("<") != (code.type == "module") or not counting.whole(chapter, code):
            continue
        counts = counting.line_counts(chapter, code)
        for item in counting.own_statements(node):
            if not isinstance(item, LOOPS) or not any(item.lineno <= line <= (item.end_lineno or 0) for line in counts):
                continue
            iterations = counting.passes(item, counts, _entered(chapter, code, node, item))
            if iterations is not None:
                training = (code.id, item.lineno, "training") in roles
                yield Loop(code.file, item.lineno, code.qualname, iterations, (code.id, item.lineno) in left, training)


def _entered(chapter: Chapter, code: Code, owner: ast.AST, loop: ast.stmt) -> int | None:
    """How often a loop was entered, where that is plain: one in the function's own block that nothing can skip."""
    body = getattr(owner, "body", [])
    if loop not in body or any(counting.leaves_early(item) for item in body[: body.index(loop)]):
        return None
    frames = chapter.by_code.get(code.id, [])
    calls = chapter.trace.calls(code)
    if code.type not in ("function", "module") or any(frame.raised or not frame.return_seq for frame in frames):
        return None
    return calls if calls == len(frames) else None
