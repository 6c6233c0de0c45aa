"""Who called a function, how often, and from where."""

from __future__ import annotations

from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code, count, listed, short_function, times, where

CALLERS = 3


@rule("calls.total")
def total(scene: Scene, args: Args) -> str | None:
    """How often a function was called in the whole run, and how many of these visits were recorded line by line."""
    known = scene.code(args["code"])
    counts = scene.counts(known)
    calls, recorded = int(counts.get("calls", 0)), int(counts.get("recorded", 0))
    if calls < 1 or recorded < 1 or known.type != "function":
        return None
    name = code(known.qualname)
    if calls == recorded:
        return f"{name} was called {times(calls)} in the whole run."
    return f"{name} was called {times(calls)} in the whole run, of which {count(recorded, 'visit was', 'visits were')} recorded."


@rule("calls.caller")
def caller(scene: Scene, args: Args) -> str | None:
    """The line that called a recorded visit, or the library function between."""
    frame = scene.frame(args["frame"])
    if frame.called_from is None:
        return None
    place = where(scene.code(frame.called_from[0]), frame.called_from[1])
    if frame.via:
        library = short_function(".".join(frame.via))
        return f"It was not called by the repository itself: {code(library)} called it while {place} was running."
    return f"It was called from {place}."


@rule("calls.from")
def callers(scene: Scene, args: Args) -> str | None:
    """Every line that called a function in the whole run, with how often."""
    known = scene.code(args["code"])
    edges = [(scene.code(row[0]), int(row[1]), int(row[2])) for row in scene.counts(known).get("edges", ())]
    if not edges or known.type != "function":
        return None
    edges.sort(key=lambda edge: (-edge[2], edge[0].file, edge[1]))
    parts = [f"{times(amount)} from {where(other, line)}" for other, line, amount in edges[:CALLERS]]
    rest = sum(amount for _, _, amount in edges[CALLERS:])
    more = f" and {times(rest)} from elsewhere" if rest else ""
    return f"In the whole run {code(known.qualname)} was called {', '.join(parts) if more else listed(parts)}{more}."
