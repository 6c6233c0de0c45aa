"""What names were bound to, what functions received and gave back."""

from __future__ import annotations

import ast
from typing import Any

from tracer.trace import Binding, Frame, Line
from walkthroughs.sources import loaded_names
from walkthroughs.telling.claims import Args, rule, statement
from walkthroughs.telling.witness import NotRecordedError, Scene
from walkthroughs.telling.words import (
    LONGEST_PRINT,
    code,
    describe,
    fields,
    hide_paths,
    is_array,
    listed,
    number,
    ordinal,
)

MOST = 5
DULL = (
    "function", "type", "module", "builtin_function_or_method", "abc.ABCMeta", "method",
    "_io.TextIOWrapper", "_io.BufferedReader", "_io.BufferedWriter",
)  # fmt: skip


def statement_lines(scene: Scene, seqs: list[Any]) -> tuple[Frame, list[Line]]:
    """The recorded lines of one run of a statement, which must belong to one visit."""
    pairs = [scene.line(seq) for seq in seqs]
    if not pairs or any(frame is not pairs[0][0] for frame, _ in pairs):
        raise NotRecordedError("statement")
    return pairs[0][0], [line for _, line in pairs]


def when(scene: Scene, frame: Frame, line: Line, others: list[Line] | None = None) -> str:
    """`The first time, ` when a statement ran more than once or may have; `` when it ran once in the whole run."""
    # A statement over several lines comes back to its first one; that it ran once shows on the others.
    several = others or [line]
    if any(scene.hits(frame.code, row.line) == 1 for row in several):
        return ""
    rarest = min(several, key=lambda row: len(scene.runs(frame.code, row.line)))
    rows = scene.runs(frame.code, rarest.line)
    place = next((number for number, row in enumerate(rows, 1) if row is rarest), 0)
    if place == 1:
        return "The first time, "
    return f"On the {ordinal(place)} recorded run of this line, "


def visit(scene: Scene, frame: Frame) -> str:
    """` on the first visit`, as far as there were others; `` when the function was called once."""
    counts = scene.counts(frame.code)
    if int(counts.get("calls", 0)) == 1:
        return ""
    rows = sorted(scene.chapter.by_code[frame.code.id], key=lambda other: other.seq)
    place = next((number for number, other in enumerate(rows, 1) if other is frame), 0)
    return "On the first visit" if place == 1 else f"On the {ordinal(place)} recorded visit"


def capital(text: str) -> str:
    """The text with a capital first letter, unless it begins with code."""
    return text[:1].upper() + text[1:]


def bindings_of(lines: list[Line], names: list[str] | None = None) -> list[Binding]:
    """What a run of a statement bound, last value of each name, without what was only touched."""
    found: dict[str, Binding] = {}
    for line in lines:
        for bound in line.bound:
            if (
                not bound.touched
                and bound.name != "_"
                and (names is None or bound.name in names)
                and bound.value.get("type") not in DULL
            ):
                found[bound.name] = bound
    return list(found.values())


@rule("values.bound")
def bound_here(scene: Scene, args: Args) -> str | None:
    """What one run of a statement bound its names to."""
    frame, lines = statement_lines(scene, args["seqs"])
    rows = bindings_of(lines, args.get("names"))
    told = [(row.name, describe(row.value) + fields(row.value, 3)) for row in rows if describe(row.value)]
    if not told:
        return None
    first = when(scene, frame, lines[0], lines)
    parts = [f"{code(name)} became {text}" for name, text in told[:MOST]]
    more = f"; {len(told) - MOST} more names were bound" if len(told) > MOST + 1 else ""
    return capital(f"{first}{listed(parts)}{more}.")


@rule("values.received")
def received(scene: Scene, args: Args) -> str | None:
    """The arguments of one visit."""
    frame = scene.frame(args["frame"])
    if frame.code.type not in ("function", "generator"):
        return None
    rows = [row for row in frame.args if row.name not in ("self", "cls") and row.value.get("type") not in DULL]
    told = [(row.name, describe(row.value) + fields(row.value)) for row in rows if describe(row.value)]
    if not told:
        return None
    parts = [f"{code(name)} = {text}" for name, text in told[:MOST]]
    lead = visit(scene, frame)
    begin = f"{lead} {code(frame.code.qualname)}" if lead else code(frame.code.qualname)
    return f"{begin} received {listed(parts, max(0, len(told) - MOST))}."


@rule("values.returned")
def returned(scene: Scene, args: Args) -> str | None:
    """What one visit gave back."""
    frame = scene.frame(args["frame"])
    if (
        frame.returned is None
        or frame.raised
        or frame.returned.get("type") in ("NoneType", *DULL)
        or frame.code.type != "function"
    ):
        return None
    scene.note(frame.return_seq)
    text = describe(frame.returned)
    if not text:
        return None
    lead = visit(scene, frame) if args.get("lead") else ""
    begin = (
        f"{lead} {code(frame.code.qualname)}" if lead else "It" if not args.get("lead") else code(frame.code.qualname)
    )
    return f"{begin} returned {text}."


@rule("values.read")
def read(scene: Scene, args: Args) -> str | None:
    """The arrays that a statement read, by the names in its text."""
    frame, line = scene.line(args["seq"])
    node = statement(args)
    parts = []
    for name in surely_read(node):
        if name in ("self", "cls"):
            continue
        bound = scene.sure_binding(frame, name, line.seq)
        if bound is None or bound.value.get("type") in DULL or not (args.get("all") or is_array(bound.value)):
            continue
        scalar = bound.value.get("shape") == [] and "scalar" in bound.value
        text = number(bound.value["scalar"]) if scalar else describe(bound.value, ranges=False)
        parts.extend([f"{code(name)} ({text})"] if text else [])
    return f"The line reads {listed(parts[:MOST], max(0, len(parts) - MOST))}." if parts else None


def surely_read(node: ast.AST | None) -> list[str]:
    """The names that a statement reads whatever happens: not those in a branch, a lambda or a comprehension."""
    unsure = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    if node is None or any(isinstance(inner, unsure) for inner in ast.walk(node)):
        return []
    return loaded_names(node)


@rule("values.printed")
def printed(scene: Scene, args: Args) -> str | None:
    """What one run of a statement printed."""
    frame, lines = statement_lines(scene, args["seqs"])
    text = "".join(line.out for line in lines)
    if not text and "Warning" not in (error := "".join(line.err for line in lines)):
        text = error
    rows = [
        row.strip() for row in text.replace("\r", "\n").splitlines() if any(character.isalnum() for character in row)
    ]
    if not rows:
        return None
    shown = code(hide_paths(rows[-1] if len(rows) > 1 and args.get("last") else rows[0]), LONGEST_PRINT)
    if shown == "``":
        return None
    lead = when(scene, frame, lines[0], lines)
    more = f", the {'last' if args.get('last') else 'first'} of {len(rows)} lines of text" if len(rows) > 1 else ""
    return capital(f"{lead}this line printed {shown}{more}.")
