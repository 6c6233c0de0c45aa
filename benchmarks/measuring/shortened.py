"""The bounded run of a tour as a program of its own: its loops end by themselves where the recorder left them. Host.

What a trace says of each loop that was left (file, line, after how many passes, in the order in which it happened) is
written into a copy of the source: a list of passes before the loop, a count and a `break` at the top of its body. The
program then does the same work without the recorder as it did with it, up to code that only runs behind an `else` of
such a loop.
"""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

LEAVES = ("fast_forward", "source_ended")

Left = dict[tuple[str, int], list[int]]


def loops_left(trace: Path) -> Left:
    """{(file, line): passes of each time the loop was left}, of one trace file."""
    files: dict[int, str] = {}
    found: Left = defaultdict(list)
    with open(trace, "rb") as lines:
        for raw in lines:
            if not raw.endswith(b"\n"):
                break
            event: dict[str, Any] = json.loads(raw)
            if event["kind"] == "code":
                files[event["id"]] = event["file"]
            elif event["kind"] in LEAVES or (event["kind"] == "stuck" and event.get("ended")):
                found[files[event["code"]], event["line"]].append(event["iterations"])
    return dict(found)


def shorten(root: Path, left: Left) -> list[str]:
    """Write the bounds into the files of `root`; gives the places where no loop was found."""
    missing: list[str] = []
    for tag, file in enumerate(sorted({file for file, _ in left})):
        path = root / file
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bounds = {line: passes for (name, line), passes in left.items() if name == file}
        bounded = _Bounds(tag, bounds)
        path.write_text(ast.unparse(ast.fix_missing_locations(bounded.visit(tree))) + "\n", encoding="utf-8")
        missing += [f"{file}:{line}" for line in sorted(set(bounds) - bounded.done)]
    return missing


class _Bounds(ast.NodeTransformer):
    """Bounds the loops that begin at given lines."""

    def __init__(self, tag: int, bounds: dict[int, list[int]]) -> None:
        self.tag = tag
        self.bounds = bounds
        self.done: set[int] = set()

    def visit_For(self, node: ast.For) -> Any:
        """A `for` loop."""
        return self._bounded(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> Any:
        """An `async for` loop."""
        return self._bounded(node)

    def visit_While(self, node: ast.While) -> Any:
        """A `while` loop."""
        return self._bounded(node)

    def _bounded(self, node: ast.For | ast.AsyncFor | ast.While) -> Any:
        self.generic_visit(node)
        passes = self.bounds.get(node.lineno)
        if passes is None:
            return node
        self.done.add(node.lineno)
        # One list for the whole run: each time the loop is entered the next bound is taken, and the last one holds for
        # those that follow. `break` in the body stands in the loop itself, as the jump did.
        left, bound = f"_passes_{node.lineno}", f"_bounds_{node.lineno}"
        before = (
            f"{bound} = __import__('builtins').__dict__.setdefault({f'{bound}_{self.tag}'!r}, {passes!r})\n"
            f"{left} = {bound}.pop(0) if len({bound}) > 1 else {bound}[0]\n"
        )
        node.body[:0] = ast.parse(f"if {left} <= 0:\n    break\n{left} -= 1").body
        return [*ast.parse(before).body, node]
