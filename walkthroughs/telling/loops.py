"""Loops: what they iterate over, how many passes were seen, and which were left early."""

from __future__ import annotations

import ast
from typing import Any

from tracer.trace import Code
from walkthroughs.telling.claims import Args, rule, statement, written
from walkthroughs.telling.values import bindings_of, capital, statement_lines, when
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import article, code, count, describe, listed, short_class, short_function, times, where

MOST = 6


def departures(scene: Scene, known: Code, line: int) -> list[dict[str, Any]]:
    """The times at which the tour left a loop."""
    return [row for row in scene.trace.left_loops if row["code"] == known.id and row["line"] == line]


@rule("loops.left")
def left(scene: Scene, args: Args) -> str | None:
    """That the tour left a loop, after how many iterations, and what follows from it."""
    known = scene.code(args["code"])
    rows = departures(scene, known, args["line"])
    if not rows:
        return None
    for row in rows:
        scene.note(row["seq"])
    passes = sorted({int(row["iterations"]) for row in rows})
    if all(row["kind"] == "source_ended" for row in rows):
        often = f" each of the {len(rows)} times" if len(rows) > 1 else ""
        span = ("" if len(passes) == 1 else f"{passes[0]} to ") + count(passes[-1], "iteration")
        how = f"The tour let this loop end after {span}{often}, by ending what it iterates over"
    elif len(rows) == 1:
        how = f"The tour left this loop after {count(passes[0], 'iteration')}"
    elif len(passes) == 1:
        how = f"The tour left this loop {times(len(rows))}, each time after {count(passes[0], 'iteration')}"
    else:
        how = f"The tour left this loop {times(len(rows))}, after {passes[0]} to {count(passes[-1], 'iteration')}"
    return f"{how}, so figures computed after it are not the program's own."


@rule("loops.stuck")
def stuck(scene: Scene, args: Args) -> str | None:
    """That the tour meant to leave a loop and could not."""
    for row in scene.trace.stuck:
        if row["code"] == args["code"] and row["line"] == args["line"]:
            scene.note(f"stuck {row['code']} {row['line']}")
            if row.get("ended"):
                passes_ = count(int(row["iterations"]), "iteration")
                return (
                    f"The tour ended the run after {passes_} of this loop, behind which the program does nothing more."
                )
            tried = count(int(row["iterations"]), "iteration")
            return f"The tour tried to leave this loop after {tried} and could not, so it went on."
    return None


@rule("loops.passes")
def passes(scene: Scene, args: Args) -> str | None:
    """How often the body of a loop ran, by a line of its body that runs exactly once in each pass."""
    known = scene.code(args["code"])
    ended = any(
        row.get("ended") and row["code"] == known.id and row["line"] == args["line"] for row in scene.trace.stuck
    )
    if ended or departures(scene, known, args["line"]) or not _counts_passes(args):
        return None
    hits = scene.hits(known, args["body"])
    calls = int(scene.counts(known).get("calls", 0))
    if not hits or not calls:
        return None
    whole = (scene.trace.end or {}).get("outcome") == "finished"
    seen = "in this run" if whole else "until the run ended"
    visits = f" in {count(calls, 'call')} of {code(known.qualname)}" if calls > 1 else ""
    return f"Its body ran {times(hits)}{visits} {seen}."


def _counts_passes(args: Args) -> bool:
    """Whether the source shows that line `body` is a plain statement reached once in every pass of the loop."""
    source = args.get("source") or {}
    node = statement(args)
    if not isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        return False
    offset = int(source.get("line", 0)) - 1
    for item in node.body:
        if item.lineno + offset == args["body"]:
            return counts(item)
        if any(isinstance(inner, (ast.Continue, ast.Break, ast.Return, ast.Raise)) for inner in ast.walk(item)):
            return False
    return False


def counts(item: ast.stmt) -> bool:
    """Whether a statement of a loop's body is one plain line, so that each run of the line is one pass."""
    plain = isinstance(item, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))
    return plain and item.end_lineno == item.lineno and not isinstance(getattr(item, "value", None), ast.Constant)


@rule("loops.over")
def over(scene: Scene, args: Args) -> str | None:
    """What a `for` loop iterates over, in the repository's own words, or the test of a `while` loop."""
    node = statement(args)
    del scene
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return f"The loop iterates over {code(written(args, node.iter), 80)}."
    if isinstance(node, ast.While):
        if isinstance(node.test, ast.Constant):
            return "Its header sets no end: only something inside it can end the loop."
        return f"The loop runs while {code(written(args, node.test), 80)} holds."
    return None


@rule("loops.loader")
def loader(scene: Scene, args: Args) -> str | None:
    """The loader that a loop draws its batches from."""
    event = scene.event(args["seq"])
    value = event.argument("self")
    size, source = value.get("batch_size"), value.get("dataset")
    if event.name != "batches" or not isinstance(size, int) or not source:
        return None
    kind = short_class(str(value.get("type", "")))
    length = value.get("dataset_len")
    over = f" of {count(length, 'item')}" if isinstance(length, int) else ""
    data = short_class(str(source))
    return f"Its batches come from a `{kind}` over {article(data)} `{data}`{over}, with `batch_size` = {size}."


@rule("loops.target")
def target(scene: Scene, args: Args) -> str | None:
    """What the loop's names were bound to by its header."""
    frame, lines = statement_lines(scene, args["seqs"])
    told = [(row.name, describe(row.value)) for row in bindings_of(lines, args.get("names"))]
    parts = [f"{code(name)} was {text}" for name, text in told if text]
    if not parts:
        return None
    lead = when(scene, frame, lines[0]).replace("The first time", "On the first iteration")
    return capital(f"{lead}{listed(parts[:MOST])}.")


@rule("loops.step")
def step(scene: Scene, args: Args) -> str | None:
    """That weights were updated while the loop was running."""
    event = scene.event(args["seq"])
    place = event.place
    if not any(level.code.id == args["code"] and args["line"] <= level.line <= args["end"] for level in event.stack):
        return None
    kind = str((event.data.get("optimizer") or {}).get("type", ""))
    if event.name == "optimizer_step" and kind:
        return f"The optimizer, an object of class `{kind}`, stepped inside it, on {where(place.code, place.line)}."
    if event.name == "backward":
        return f"Gradients were computed inside it, on {where(place.code, place.line)}."
    return None


@rule("loops.before")
def before(scene: Scene, args: Args) -> str | None:
    """That a loop had been left before an event, so that what is seen there is not the program's own."""
    rows = [row for row in scene.trace.left_loops if row["seq"] < args["seq"] and row.get("role") == "training"]
    if not rows:
        return None
    row = rows[0]
    scene.note(row["seq"])
    known = scene.code(row["code"])
    what = (
        "what was saved is not what the program itself would save"
        if args.get("saved")
        else "figures here are not the program's own"
    )
    after = count(int(row["iterations"]), "iteration")
    return f"The tour had already left the training loop on {where(known, row['line'])} after {after}, so {what}."


@rule("loops.handover")
def handover(scene: Scene, args: Args) -> str | None:
    """The library call that runs the training loop."""
    event = scene.event(args["seq"])
    if event.name != "fit":
        return None
    name = code(short_function(str(event.data["name"])))
    given = [(key, describe(shown, ranges=False)) for key, shown in event.data.get("args", ()) if key != "self"]
    parts = [f"{code(key)} = {text}" for key, text in given if text]
    with_ = f" with {listed(parts[:MOST])}" if parts else ""
    return f"This line called {name}{with_}; the training loop is in the library."
