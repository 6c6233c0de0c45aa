"""The small pictures of arrays that a tour carries, and how many: they are dear in a file. Runs on the host."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracer.trace import Summary
from walkthroughs.stop import Stop, Variable

SHADES = 100
"""Differences of a picture finer than this part of its range are rounded away."""

IN_STOPS = 90_000
IN_RECORDING = 110_000
"""About how many characters of JSON all pictures may take."""

EACH_STOP = 2


def grid_of(value: Summary) -> tuple[tuple[float, ...], ...]:
    """The picture in a recorded summary, its numbers as short as their range allows; () when there is none."""
    rows = [[float(one) for one in row] for row in value.get("grid", ())]
    finite = [one for row in rows for one in row if math.isfinite(one)]
    spread = max(finite) - min(finite) if finite else 0.0
    digits = max(0, math.ceil(-math.log10(spread / SHADES))) if spread > 0 else 3
    return tuple(tuple(round(one, digits) if math.isfinite(one) else one for one in row) for row in rows)


def weight(value: Summary) -> int:
    """About how many characters the pictures in a summary take."""
    own = sum(6 * len(row) for row in value.get("grid", ()))
    inner = (row[1] for row in value.get("items", ()) if isinstance(row, list) and len(row) == 2)
    return own + sum(weight(item) for item in inner if isinstance(item, dict))


def chosen(values: Iterable[Summary]) -> set[int]:
    """The identities (`id`) of those summaries whose pictures a recording carries, the most telling given first."""
    room = IN_RECORDING
    found: set[int] = set()
    for value in values:
        taken = weight(value)
        if 0 < taken <= room and id(value) not in found:
            found.add(id(value))
            room -= taken
    return found


def sparing(stops: Iterable[Stop]) -> Iterator[Stop]:
    """Stops with a picture or two each, as long as there is room."""
    room = IN_STOPS
    for stop in stops:
        left = EACH_STOP
        rows = []
        for row in stop.variables:
            taken = sum(6 * len(line) for line in row.grid)
            keep = bool(taken) and left > 0 and taken <= room
            left -= keep
            room -= taken if keep else 0
            rows.append(_without(row, own=not keep) if row.grid or row.items else row)
        yield replace(stop, variables=tuple(rows))


def _without(row: Variable, *, own: bool) -> Variable:
    """A value without the pictures of its items, and without its own."""
    items = tuple(_without(item, own=True) for item in row.items)
    bare = replace(row, items=items)
    return replace(bare, grid=(), channels=0, part="") if own else bare
