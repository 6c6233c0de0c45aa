"""How often lines ran: which counts of the recorder are complete, and what they say of loops. Runs on the host.

The recorder counts the lines of the frames it follows. A count speaks of the whole run only where every call was
followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tracer.trace import Code
from walkthroughs.sources import LOOPS, SourceFile
from walkthroughs.story import Chapter

Loop = ast.For | ast.AsyncFor | ast.While
_LEAVES = (ast.Continue, ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)
_INNER = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Assert, ast.Delete)


def in_other_processes(chapter: Chapter) -> bool:
    """Whether repository code may have run in worker processes, which are not recorded."""
    changed = any(row.get("what") == "num_workers" for row in chapter.trace.adapted)
    for event in chapter.trace.landmarks("dataloader"):
        workers = event.argument("num_workers").get("scalar")
        if isinstance(workers, int) and workers > 0 and not changed:
            return True
    return any(
        source is not None and _starts_processes(source)
        for source in (chapter.sources.get(file) for file in {code.file for code in chapter.trace.codes.values()})
    )


def _starts_processes(source: SourceFile) -> bool:
    return any("multiprocessing" in name or name == "concurrent.futures" for name in source.imported)


def whole(chapter: Chapter, code: Code) -> bool:
    """Whether every call of a code object was followed line by line, so that its counts are those of the whole run."""
    counted = chapter.trace.counts.get(code.id)
    if counted is None or chapter.trace.end is None or counted.get("open") or counted.get("hits_open"):
        return False
    if int(counted.get("calls", 0)) == int(counted.get("recorded", -1)):
        return True
    return _followed_from_the_start(chapter, code)


def _followed_from_the_start(chapter: Chapter, code: Code) -> bool:
    """Whether a loop of this code trained during its first call: from then on the recorder follows every call."""
    if not any(row["code"] == code.id for row in chapter.trace.loops):
        return False
    frames = chapter.by_code.get(code.id, ())
    first = min((frame.id for frame in frames), default=None)
    events = chapter.trace.landmarks("optimizer_step")
    return first is not None and any(
        place.frame == first and _in_loop(chapter, code, place.line) for e in events for place in e.stack
    )


def _in_loop(chapter: Chapter, code: Code, line: int) -> bool:
    source = chapter.source(code)
    return source is not None and bool(source.loops(line))


def departures(chapter: Chapter) -> list[dict[str, Any]]:
    """The times that the tour left a loop.

    By a jump, by ending what it draws from, or, where only that loop was left of the program, by ending the program.
    """
    return [*chapter.trace.left_loops, *(row for row in chapter.trace.stuck if row.get("ended"))]


def line_counts(chapter: Chapter, code: Code) -> dict[int, int]:
    """How often each line of a code object was seen to run."""
    found = {int(line): int(count) for line, count in chapter.trace.counts.get(code.id, {}).get("hits", ())}
    source = chapter.source(code)
    for row in departures(chapter):
        if row["kind"] == "source_ended":
            continue  # its passes all ran to their end
        node = source.statement(row["line"]) if source is not None and row["code"] == code.id else None
        if isinstance(node, LOOPS):
            # A loop is left when the first line of its body is about to run again: it was counted, and did not run.
            first = first_line(next((item for item in node.body if not is_silent(item)), node.body[0]))
            found[first] = found.get(first, 0) - 1
            if node.lineno <= row.get("to", 0) <= (node.end_lineno or 0):
                # It was left by way of a `break` of its own, which ran for the tour, not for the program.
                found[row["to"]] = found.get(row["to"], 0) - 1
    return found


def is_silent(node: ast.stmt) -> bool:
    """Whether a statement may leave no sign that it ran."""
    if isinstance(node, (ast.Pass, ast.Global, ast.Nonlocal)):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def first_line(node: ast.stmt) -> int:
    """The line on which a statement begins to run: of a decorated definition its first decorator."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno) if decorators else int(node.lineno)


def is_plain(node: ast.AST) -> bool:
    """Whether a node stands on one line and runs nothing on it repeatedly, so that each run is counted once."""
    one_line = getattr(node, "end_lineno", None) == getattr(node, "lineno", 0)
    return one_line and not any(isinstance(item, _INNER) for item in ast.walk(node))


def definition(source: SourceFile, code: Code) -> ast.AST | None:
    """The node that a code object was compiled from: its function or class, or the module."""
    if code.type == "module":
        return source.tree
    for node in source.nodes:
        if isinstance(node, _DEFINITIONS) and node.name == code.name and code.line in (node.lineno, first_line(node)):
            return node
    return None


def own_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a function, class or module, without those of functions and classes defined in it; in order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, _DEFINITIONS):
            yield from own_statements(child)


def leaves_early(node: ast.AST) -> bool:
    """Whether a statement can end the pass or the function it stands in."""
    return any(isinstance(item, _LEAVES) for item in ast.walk(node))


def passes(node: Loop, counts: dict[int, int], entered: int | None) -> int | None:
    """How often the body of a loop began, or None where the counts do not tell.

    A plain one-line statement that every pass reaches is counted once a pass. Without one, the header of a `for` loop
    is counted once more than there were passes each time the loop was entered (`entered`, where known).
    """
    for item in node.body:
        if isinstance(item, _PLAIN) and is_plain(item) and not is_silent(item):
            return max(0, counts.get(item.lineno, 0))
        if leaves_early(item):
            break
    plain_header = isinstance(node, ast.For) and is_plain(node.iter) and is_plain(node.target)
    if entered is not None and plain_header and not any(leaves_early(item) for item in node.body):
        return max(0, counts.get(node.lineno, 0) - entered)
    return None
