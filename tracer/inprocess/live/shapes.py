"""`shape EXPR`: the shapes of everything in an expression. Runs in the target."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable


def shapes(text: str, frame: FrameType, describe: Callable[[Any], str]) -> list[str]:
    """A line for each name, attribute and item in an expression, and one for the whole of it.

    The parts are looked up one by one, and no call in them is made twice: only the whole expression runs calls, once.
    Raises what the expression raises.
    """
    tree = ast.parse(text.strip(), "<shape>", "eval")
    rows: list[str] = []
    seen: set[str] = set()
    for node in ast.walk(tree.body):
        if node is tree.body or not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            continue
        written = ast.unparse(node)
        if written in seen or any(isinstance(part, (ast.Call, ast.Await, ast.NamedExpr)) for part in ast.walk(node)):
            continue
        seen.add(written)
        try:
            value = _evaluate(ast.Expression(node), frame)
        except Exception:  # noqa: BLE001 - the variable of a comprehension, say: the whole expression tells
            continue
        if not (callable(value) and not hasattr(value, "shape")):
            rows.append("%s: %s" % (written, describe(value)))
    whole = _evaluate(tree, frame)
    return [*reversed(rows), "%s: %s" % (ast.unparse(tree), describe(whole))]


def _evaluate(tree: ast.Expression, frame: FrameType) -> Any:
    return eval(compile(tree, "<shape>", "eval"), frame.f_globals, frame.f_locals)


def described(facts: dict[str, Any]) -> str:
    """A value summary in a few words: class, shape, dtype, device, length, value."""
    words = [str(facts.get("type", "?"))]
    shape = facts.get("shape")
    if isinstance(shape, (list, tuple)):
        words.append("(%s)" % ", ".join(map(str, shape)) if len(shape) != 1 else "(%s,)" % shape[0])
    elif isinstance(facts.get("len"), int):
        words.append("of %d" % facts["len"])
    words.extend(str(facts[name]) for name in ("dtype",) if facts.get(name))
    if facts.get("device") not in (None, "", "cpu"):
        words.append("on %s" % facts["device"])
    value = text_of(facts)
    return " ".join(words) + (" = %s" % value if value else "")


def text_of(facts: dict[str, Any]) -> str:
    """The short text of a value, as tours write it: its number when it is one, else what the summary says."""
    scalar = facts.get("scalar")
    if "shape" in facts and isinstance(scalar, (int, float, str)):
        return "%.6g" % scalar if isinstance(scalar, float) else str(scalar)
    value = facts.get("value")
    return str(value) if value is not None else ""
