"""The branches of functions that mattered of which only one side ran. Runs on the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.trace import Code
from walkthroughs.passes import counting
from walkthroughs.sources import as_written
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import Branch

MOST = 60
LONGEST = 160
CONSTANTS = ("__debug__", "TYPE_CHECKING", "typing.TYPE_CHECKING")


def panel(story: Story, findings: list[Finding]) -> tuple[Branch, ...]:
    """`if` statements that ran and always went the same way; only in functions of which every call was followed."""
    found: list[Branch] = []
    for chapter in story.chapters:
        if counting.in_other_processes(chapter):
            continue
        mattered = {(item.location.file, item.location.qualname) for item in findings if item.trace == chapter.number}
        failed = {
            (place.code.id, place.line)
            for event in chapter.trace.events
            if event.kind == "exception"
            for place in event.stack[:1]
        }
        for code in chapter.trace.codes.values():
            if (code.file, code.qualname) in mattered and code.type in ("function", "generator", "module"):
                found.extend(_of(chapter, code, failed))
    return tuple(dict.fromkeys(found))[:MOST]


def _of(chapter: Chapter, code: Code, failed: set[tuple[int, int]]) -> Iterator[Branch]:
    source = chapter.source(code)
    node = counting.definition(source, code) if source is not None else None
    if source is None or node is None or not counting.whole(chapter, code):
        return
    counts = counting.line_counts(chapter, code)
    for item in counting.own_statements(node):
        if not isinstance(item, ast.If) or not _telling(item) or (code.id, item.lineno) in failed:
            continue
        sides = _sides(item, counts)
        if sides is not None:
            condition = as_written(source, item.test)
            text = condition if len(condition) <= LONGEST else condition[: LONGEST - 1] + "…"
            yield Branch(code.file, item.lineno, code.qualname, *sides, text)


def _telling(node: ast.If) -> bool:
    """Whether lines show which side of an `if` ran: both on lines of their own, behind a test that is computed."""
    if (
        isinstance(node.test, ast.Constant)
        or ast.unparse(node.test) in CONSTANTS
        or "__name__" in ast.unparse(node.test)
    ):
        return False
    sides = [side for side in (node.body, node.orelse) if side]
    apart = all(counting.first_line(side[0]) > (node.test.end_lineno or node.lineno) for side in sides)
    return (
        apart
        and counting.is_plain(node.test)
        and all(not all(counting.is_silent(item) for item in side) for side in sides)
    )


def _sides(node: ast.If, counts: dict[int, int]) -> tuple[int, int] | None:
    """(times true, times false) when one of them is zero; None when both sides ran or it cannot be told."""
    reached = counts.get(node.lineno, 0)
    if reached <= 0:
        return None
    if not _ran(node.body, counts):
        return 0, reached
    if node.orelse:
        return None if _ran(node.orelse, counts) else (reached, 0)
    first = node.body[0]
    if not isinstance(
        first, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise)
    ) or not counting.is_plain(first):
        return None
    return (reached, 0) if counts.get(first.lineno, 0) == reached and not counting.is_silent(first) else None


def _ran(body: list[ast.stmt], counts: dict[int, int]) -> bool:
    """Whether any line of a block was seen to run."""
    return any(counts.get(line, 0) > 0 for line in range(counting.first_line(body[0]), (body[-1].end_lineno or 0) + 1))
