"""The interpreter's syntax trees, without the `ast` module around them. Runs in the target.

The classes of nodes are made when the first source is parsed, and known here by name: a target whose loops nobody looks
at has none of them.
"""

from __future__ import annotations

from .silence import without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_ONLY_TREE = 0x400  # `ast.PyCF_ONLY_AST`


def parse(source: bytes, filename: str) -> Any:
    """The tree of a module's source; raises what `compile` raises, and warns of nothing."""
    # Of an escape that is none the interpreter has warned already, or not, when it compiled the module itself.
    return without(SyntaxWarning, without, DeprecationWarning, _tree, source, filename)


def _tree(source: bytes, filename: str) -> Any:
    return compile(source, filename, "exec", _ONLY_TREE, dont_inherit=True)


def is_a(node: Any, *kinds: str) -> bool:
    """Whether a node is of one of these kinds, as `ast` names them."""
    return type(node).__name__ in kinds


def children(node: Any) -> Iterator[Any]:
    """The nodes directly below one."""
    for field in node._fields:
        held = getattr(node, field, None)
        for one in held if type(held) is list else (held,):
            if hasattr(one, "_fields"):
                yield one


def walk(node: Any) -> Iterator[Any]:
    """A node and all below it, level by level."""
    waiting = [node]
    for one in waiting:
        waiting.extend(children(one))
        yield one
