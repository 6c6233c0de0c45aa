"""Who called a function, how often, and from where."""

from __future__ import annotations

from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.values import capital
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code, count, library, line_of, listed, times, where

CALLERS = 3
EXACT = 500
"""Calls up to which the recorder counts every caller."""


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
        return f"{name} was called {times(calls)} in this run."
    visits = count(recorded, "visit was", "visits were")
    return f"{name} was called {times(calls)} in this run, of which {visits} recorded."


@rule("calls.caller")
def caller(scene: Scene, args: Args) -> str | None:
    """The line that called a recorded visit, or the library function between."""
    frame = scene.frame(args["frame"])
    if frame.called_from is None:
        return None
    place = where(scene.code(frame.called_from[0]), frame.called_from[1])
    if frame.via:
        return f"A library called it: {library('.'.join(frame.via))}, while {place} was running."
    return f"It was called from {place}."


@rule("calls.from")
def callers(scene: Scene, args: Args) -> str | None:
    """Every line that called a function in the whole run, with how often."""
    known = scene.code(args["code"])
    if int(scene.counts(known).get("calls", 0)) > EXACT:
        return None  # of a function that is called very often only some callers are looked at
    edges = [(scene.code(row[0]), int(row[1]), int(row[2])) for row in scene.counts(known).get("edges", ())]
    if not edges or known.type != "function":
        return None
    edges.sort(key=lambda edge: (-edge[2], edge[0].file, edge[1]))
    through = any(frame.via for frame in scene.chapter.by_code.get(known.id, ()))
    place = "while {} was running" if through else "from {}"
    parts = [f"{times(amount)} {place.format(where(other, line))}" for other, line, amount in edges[:CALLERS]]
    rest = sum(amount for _, _, amount in edges[CALLERS:])
    more = f" and {times(rest)} from elsewhere" if rest else ""
    return f"In this run {code(known.qualname)} was called {', '.join(parts) if more else listed(parts)}{more}."


@rule("calls.inner")
def inner(scene: Scene, args: Args) -> str | None:
    """The repository's functions that one run of a statement called itself."""
    frames = [scene.frame(number) for number in args["frames"]]
    names = list(
        dict.fromkeys(
            f"{code(frame.code.qualname)} ({line_of(frame.code, frame.code.line)} of `{frame.code.file}`)"
            for frame in frames
        )
    )
    if not names or len({frame.called_from for frame in frames}) != 1:
        return None
    told = listed(names[:CALLERS], max(0, len(names) - CALLERS))
    return f"From here {told} {'was' if len(names) == 1 else 'were'} called."


@rule("calls.ran")
def ran(scene: Scene, args: Args) -> str | None:
    """How often a line ran in this run, where every visit was followed."""
    known = scene.code(args["code"])
    hits = scene.hits(known, args["line"])
    return capital(f"{line_of(known, args['line'])} ran {times(hits)} in this run.") if hits else None


@rule("calls.seen")
def seen(scene: Scene, args: Args) -> str | None:
    """How many runs of a line were recorded."""
    known = scene.code(args["code"])
    rows = scene.runs(known, args["line"])
    if not rows:
        return None
    scene.note(rows[0].seq)
    return (
        f"{count(len(rows), 'run')} of {line_of(known, args['line'])} {'was' if len(rows) == 1 else 'were'} recorded."
    )
