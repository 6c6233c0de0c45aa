"""What remedies ask of a run that failed: its complaint, where it came from, and a plan with one shim more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracer.notebooks import source_text
from tracer.plan import RunPlan, Shim

if TYPE_CHECKING:
    from tracer.remedies import Situation

RAISED = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit|Warning)): (.+)$", re.MULTILINE)


def complaint(situation: Situation) -> str:
    """What a failed run complained of: its exception's text, or the last one that it printed.

    A program may print an exception that it caught, and processes that it started print theirs. Empty for a run that
    came to its end and trained.
    """
    if situation.error:
        return f"{situation.error}: {situation.message}"
    if situation.trained and situation.outcome in ("finished", "limit"):
        return ""
    found = RAISED.findall(situation.printed)
    return f"{found[-1][0]}: {found[-1][1]}" if found else ""


def raising_lines(situation: Situation) -> list[str]:
    """The source lines of the repository through which the exception went, innermost first."""
    found = []
    for row in (situation.trace.end or {}).get("stack") or ():
        try:
            lines = source_text(situation.plan.root / str(row["file"])).splitlines()
        except OSError:
            continue
        line = int(row["line"])
        found.extend(lines[line - 1 : line])
    return found


def conditions(situation: Situation) -> list[str]:
    """The conditions under which a program gave up by itself: of the `if`s around its `raise`, of its `assert`.

    Empty where something else raised.
    """
    row = next(iter((situation.trace.end or {}).get("stack") or ()), None)
    if row is None:
        return []
    try:
        tree = ast.parse((situation.plan.root / str(row["file"])).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= int(row["line"]) <= (node.end_lineno or 0)
    ]
    if not any(isinstance(node, (ast.Raise, ast.Assert)) or _exits(node) for node in around):
        return []
    return [ast.unparse(node.test) for node in around if isinstance(node, (ast.If, ast.Assert))]


def _exits(node: ast.stmt) -> bool:
    """Whether a statement is a call of `exit`, `sys.exit` or `quit`."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("exit", "quit", "_exit")


def with_shim(plan: RunPlan, name: str, **settings: Any) -> RunPlan:
    """The plan with a shim; one that is armed already gets the settings beside those that it has."""
    before = next((shim for shim in plan.shims if shim.name == name), None)
    if before is None:
        return replace(plan, shims=(*plan.shims, Shim(name, settings)))
    merged = dict(before.settings)
    for key, value in settings.items():
        merged[key] = _joined(merged.get(key), value)
    return replace(plan, shims=tuple(Shim(name, merged) if shim is before else shim for shim in plan.shims))


def _joined(before: Any, value: Any) -> Any:
    """Lists grow; anything else takes the new value."""
    if isinstance(before, (list, tuple)) and isinstance(value, Iterable) and not isinstance(value, str):
        return [*before, *(item for item in value if item not in before)]
    return value
