"""Recorded values as the variables that an editor shows: a tree that is unfolded where somebody looks. Host."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from walkthroughs.stepping import Seen
from walkthroughs.stop import Variable
from walkthroughs.timetravel.expressions import described

Row = dict[str, Any]
FIRST = 1000
_STATS = ("min", "max", "mean", "std", "zeros", "nan")


class Unfolding:
    """The numbers under which an editor asks for what is inside a value; they hold until the next move."""

    def __init__(self) -> None:
        self._makers: list[Callable[[], list[Row]]] = []

    def clear(self) -> None:
        """A move was made: the numbers hold no longer."""
        self._makers.clear()

    def reference(self, make: Callable[[], list[Row]]) -> int:
        """A number for rows that are made when they are asked for."""
        self._makers.append(make)
        return FIRST + len(self._makers) - 1

    def rows(self, number: int) -> list[Row]:
        """The rows behind a number; raises KeyError for one that does not hold."""
        if not FIRST <= number < FIRST + len(self._makers):
            raise KeyError(number)
        return self._makers[number - FIRST]()

    def names(self, names: Mapping[str, Seen]) -> list[Row]:
        """The names of a scope."""
        return [self.row(name, seen.value, name) for name, seen in names.items()]

    def row(self, name: str, value: Variable, path: str = "") -> Row:
        """One variable; `path` is the expression that gives it."""
        found: Row = {"name": name, **self.shown(value, path)}
        if path:
            found["evaluateName"] = path
        return found

    def shown(self, value: Any, path: str = "") -> Row:
        """How a value is shown, and the number to unfold it with."""
        if not isinstance(value, Variable):
            return {"value": repr(value), "type": type(value).__name__, "variablesReference": 0}
        inside = self._inside(value, path)
        found: Row = {"value": described(value), "type": value.type, "variablesReference": 0}
        if inside is not None:
            found["variablesReference"] = self.reference(inside)
        return found

    def _inside(self, value: Variable, path: str) -> Callable[[], list[Row]] | None:
        """What makes the rows inside a value; None when there are none."""
        if value.shape is not None and (math.prod(value.shape) != 1 or value.stats or value.grid):
            return lambda: self._array(value, path)
        if value.items:
            return lambda: [self.row(item.name, item, _path(path, value, item.name)) for item in value.items]
        return None

    def _array(self, value: Variable, path: str) -> list[Row]:
        rows = [self._fact("shape", repr(tuple(value.shape or ())), f"{path}.shape" if path else "")]
        rows += [self._fact(name, text) for name in ("dtype", "device") if (text := getattr(value, name))]
        for name in _STATS if value.stats is not None else ():
            number = getattr(value.stats, name)
            if number is not None:
                rows.append(
                    self._fact(name, f"{number:.6g}", f"{path}.{name}()" if path and name in _STATS[:4] else "")
                )
        if value.grid:
            told = f"{len(value.grid)} x {len(value.grid[0])} of its elements"
            if value.channels:
                told = f"{len(value.grid)} x {len(value.grid[0]) // value.channels} of its pixels"
            of = f" (of item {value.part})" if value.part else ""
            grid = value.grid
            rows.append({**self._fact("values", told + of), "variablesReference": self.reference(lambda: _grid(grid))})
        rows += [self.row(item.name, item, _path(path, value, item.name)) for item in value.items]
        return rows

    @staticmethod
    def _fact(name: str, text: str, path: str = "") -> Row:
        found: Row = {"name": name, "value": text, "variablesReference": 0}
        return {**found, "evaluateName": path} if path else found


def _grid(grid: tuple[tuple[float, ...], ...]) -> list[Row]:
    return [
        {"name": f"row {number}", "value": ", ".join(f"{one:g}" for one in row), "variablesReference": 0}
        for number, row in enumerate(grid)
    ]


def _path(path: str, holder: Variable, name: str) -> str:
    """The expression for an item of a value; "" where there is none."""
    if not path:
        return ""
    if name.isdecimal() and holder.type not in ("dict",):
        return f"{path}[{name}]"
    if holder.type == "dict":
        return f"{path}[{name if name.isdecimal() else repr(name)}]"
    return f"{path}.{name}" if name.isidentifier() else ""
