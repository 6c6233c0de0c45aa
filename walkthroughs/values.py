"""Recorded value summaries as the tour's variables. Runs on the host."""

from __future__ import annotations

from tracer.trace import Binding, Frame, Line, Summary
from walkthroughs.pictures import grid_of
from walkthroughs.stop import Stats, Variable

MOST = 14
ITEMS = 12


def variable(name: str, value: Summary, *, changed: bool = False, depth: int = 2, picture: bool = True) -> Variable:
    """A tour variable from a recorded summary; containers keep their first items, arrays their picture if wanted."""
    shape = value.get("shape")
    stats = value.get("stats")
    items: tuple[Variable, ...] = ()
    if depth > 0:
        items = tuple(
            variable(str(row[0]), row[1], depth=depth - 1, picture=picture)
            for row in value.get("items", ())[:ITEMS]
            if isinstance(row, list) and len(row) == 2 and isinstance(row[1], dict)
        )
    length = value.get("len")
    return Variable(
        name=name,
        type=str(value.get("type", "")),
        value=text_of(value),
        shape=tuple(int(size) for size in shape) if isinstance(shape, list) else None,
        dtype=str(value.get("dtype", "")),
        device=str(value.get("device", "")),
        length=int(length) if isinstance(length, int) else None,
        stats=_stats(stats) if isinstance(stats, dict) else None,
        items=items,
        changed=changed,
        grid=grid_of(value) if picture else (),
        channels=int(value.get("channels", 0)) if picture else 0,
        part=str(value.get("part", "")) if picture else "",
    )


def text_of(value: Summary) -> str:
    """The short text of a value: its number when it is one, else what the recorder wrote."""
    scalar = value.get("scalar")
    if "shape" in value and isinstance(scalar, (int, float, str)):
        return f"{scalar:.6g}" if isinstance(scalar, float) else str(scalar)
    text = value.get("value")
    return str(text) if text is not None else ""


def _stats(stats: Summary) -> Stats:
    def number(name: str) -> float | None:
        found = stats.get(name)
        return float(found) if isinstance(found, (int, float, str)) else None

    return Stats(number("min"), number("max"), number("mean"), number("std"), number("zeros"), number("nan"))


def interesting(bound: Binding) -> bool:
    """Whether a binding tells a reader something: functions, classes and modules do not."""
    return bound.value.get("type") not in ("function", "type", "module", "builtin_function_or_method", "abc.ABCMeta")


def at_line(frame: Frame, line: Line | None, read: list[str]) -> tuple[Variable, ...]:
    """What a statement bound (marked as changed) and the values of the names it read, as they were before it."""
    found: dict[str, Variable] = {}
    if line is not None:
        for bound in line.bound:
            if interesting(bound):
                found.setdefault(bound.name, variable(bound.name, bound.value, changed=True))
    for name in read:
        known = frame.binding(name, line.seq if line is not None else None)
        if known is not None and name not in found and interesting(known):
            found[name] = variable(name, known.value)
    return tuple(list(found.values())[:MOST])


def at_call(frame: Frame) -> tuple[Variable, ...]:
    """The arguments of a call and what it gave back."""
    found = [variable(bound.name, bound.value) for bound in frame.args if interesting(bound)]
    if frame.returned is not None and frame.returned.get("type") != "NoneType":
        found.append(variable("return", frame.returned, changed=True))
    return tuple(found[:MOST])
