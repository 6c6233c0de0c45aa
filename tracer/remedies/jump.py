"""A name is missing that a loop would have bound, had the tour not left it early: our doing, so the run is repeated."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.notebooks import source_text
from tracer.remedies import Adaptation, Situation

MISSING = re.compile(r"(?:name|variable|attribute) '(\w+)'")
ERRORS = {"NameError", "UnboundLocalError", "AttributeError"}


class Jump:
    """Lets the loop that would have bound the name run to its end, and leaves the others."""

    order = 10

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a loop was left that binds the name which was missed behind it."""
        if situation.error not in ERRORS and "NoneType" not in situation.message:
            return None
        guilty = {place for row in situation.trace.left_loops if (place := _guilty(situation, row)) is not None}
        if not guilty:
            return None
        places = tuple(sorted(guilty | set(situation.plan.no_jump)))
        plan = replace(situation.plan, no_jump=places)
        if places == tuple(sorted(situation.plan.no_jump)):
            plan = replace(plan, limits=replace(plan.limits, jumps=False))
        loops = ", ".join(f"{file}:{line}" for file, line in sorted(guilty))
        why = "a name was missing after a loop that the tour had left early: the tour's doing, not the program's"
        return Adaptation(plan, f"run again without leaving loops early ({loops})", why)


REMEDY = Jump()


def _guilty(situation: Situation, row: dict[str, Any]) -> tuple[str, int] | None:
    """The place of a loop that was left, when it is the one that would have bound what was missing."""
    code = situation.trace.codes.get(row["code"])
    if code is None:
        return None
    place = (code.file, int(row["line"]))
    # From 3.12 on a jump binds the names it skips to None.
    if "NoneType" in situation.message and row.get("made_none"):
        return place
    return place if _missed(situation) & _bound(situation.plan.root / code.file, place[1]) else None


def _missed(situation: Situation) -> set[str]:
    """The name that the error tells; of one about None, the names that the failing line reads."""
    named = MISSING.search(situation.message)
    if "NoneType" not in situation.message:
        return {named[1]} if named else set()
    where: dict[str, Any] = next(iter((situation.trace.end or {}).get("stack") or ()), {})
    tree = _parsed(situation.plan.root / str(where.get("file", "")))
    return {
        item.id if isinstance(item, ast.Name) else item.attr
        for item in ast.walk(tree)
        if isinstance(item, (ast.Name, ast.Attribute)) and item.lineno == where.get("line")
    }


def _bound(path: Path, line: int) -> set[str]:
    """The names and attributes that the loop on a line of a file binds."""
    found: set[str] = set()
    for node in ast.walk(_parsed(path)):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)) and node.lineno == line:
            for item in ast.walk(node):
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
                    found.add(item.id)
                elif isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store):
                    found.add(item.attr)
                elif isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.add(item.name)
                elif isinstance(item, ast.alias):
                    found.add((item.asname or item.name).partition(".")[0])
                elif isinstance(item, ast.ExceptHandler) and item.name:
                    found.add(item.name)
    return found


def _parsed(path: Path) -> ast.Module:
    """A source file; an empty module when it cannot be read."""
    try:
        return ast.parse(source_text(path))
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])
