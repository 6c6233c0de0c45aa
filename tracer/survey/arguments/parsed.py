"""A parsed file and the small questions that all miners ask of its nodes. Host side, pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from tracer.location import Location


@dataclass(frozen=True)
class Parsed:
    """A file's path (relative, `/`) and its syntax tree."""

    file: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the file as `ast.walk` gives them; each miner looks through all of them."""
        return tuple(ast.walk(self.tree))

    def location(self, node: ast.AST, qualname: str = "<module>") -> Location:
        """Where a node stands."""
        line = getattr(node, "lineno", 1)
        return Location(self.file, line, getattr(node, "end_lineno", None) or line, qualname)


def name_of(node: ast.AST) -> str:
    """The dotted spelling of a name, attribute or call, else ""."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        stem = name_of(node.value)
        return f"{stem}.{node.attr}" if stem else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str:
    """The text of a string constant (joined constants too), else ""."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    return ""


def source_of(node: ast.AST | None, limit: int = 120) -> str:
    """An expression as source text, cut at `limit` characters."""
    if node is None:
        return ""
    text = ast.unparse(node)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument, or None."""
    return next((word.value for word in node.keywords if word.arg == name), None)


def choices_of(node: ast.AST | None) -> tuple[str, ...]:
    """The values of a literal list, tuple or set; else its source as the only one."""
    if node is None:
        return ()
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return tuple(str(item.value) if isinstance(item, ast.Constant) else source_of(item) for item in node.elts)
    return (source_of(node),)


def is_true(node: ast.AST | None) -> bool:
    """The constant True."""
    return isinstance(node, ast.Constant) and node.value is True


def is_literal(node: ast.AST | None) -> bool:
    """Numbers, texts, truth values, None, simple arithmetic of them, and containers of them."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    if isinstance(node, ast.BinOp):
        return is_literal(node.left) and is_literal(node.right)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(is_literal(item) for item in node.elts)
    if isinstance(node, ast.Dict):
        return all(is_literal(item) for item in (*[key for key in node.keys if key is not None], *node.values))
    return False
