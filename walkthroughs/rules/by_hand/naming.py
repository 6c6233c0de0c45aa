"""How the findings of hand-written training call what lines bound."""

from __future__ import annotations

import ast

from walkthroughs.rules.by_hand.graph import Node
from walkthroughs.rules.by_hand.reading import written
from walkthroughs.rules.by_hand.step import LOSS_WORDS
from walkthroughs.story import is_float


def receiver_name(node: ast.AST | None) -> str:
    """`loss` of `loss.backward()`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        value = node.value.func.value
        return value.id if isinstance(value, ast.Name) else ""
    return ""


def bound_name(node: Node) -> str:
    """The name that a line bound, as it is written."""
    found = [name for name in _names(node) if name]
    return found[0] if found else "it"


def loss_name(node: Node) -> str:
    """The name of the number that a line bound."""
    found = [slot[2] for slot, value in node.sets.items() if is_float(value) and slot[0] in ("name", "attribute")]
    worded = [name for name in found if LOSS_WORDS.search(name)]
    if not found and node.what.stores:
        return written(node.what.stores[0])
    return (worded or found or [bound_name(node)])[0]


def _names(node: Node) -> list[str]:
    stores = [written(path) for path in node.what.stores if path]
    return stores or [slot[2] for slot in node.sets if slot[0] == "name"]
