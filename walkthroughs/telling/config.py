"""Configuration: which names took which values, and what the command line said."""

from __future__ import annotations

import shlex
from typing import Any

from tracer.trace import Event, Summary
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code, count, hide_paths, library, listed, settings, short_function, where

MOST = 8


def parsed(event: Event) -> Summary:
    """The options that a parser gave back; of `parse_known_args` the first of the pair."""
    value: Summary = event.data.get("value") or {}
    if value.get("type") == "tuple" and value.get("items"):
        first = value["items"][0][1]
        return first if isinstance(first, dict) else {}
    return value


def length(value: Summary, otherwise: int) -> int:
    """The recorded length of a container."""
    found = value.get("len")
    return found if isinstance(found, int) else otherwise


def named_options(scene: Scene, names: list[str]) -> tuple[list[str], bool]:
    """Option names that stand in the command as `--name`, and whether every word with dashes is one of them."""
    words = [str(word) for word in scene.trace.header.get("argv", ())[1:]]
    dashed = [word.lstrip("-").partition("=")[0].replace("-", "_") for word in words if word.startswith("--")]
    short = [word for word in words if word.startswith("-") and not word.startswith("--") and not word[1:2].isdigit()]
    found = [name for name in names if name in dashed]
    return found, not short and all(word in names for word in dashed)


@rule("config.options")
def options(scene: Scene, args: Args) -> str | None:
    """The options that a parser returned, those of the command line first."""
    event = scene.event(args["seq"])
    value = parsed(event)
    rows = [row for row in value.get("items", ()) if isinstance(row, (list, tuple))]
    if event.name != "config" or not rows:
        return None
    given, _ = named_options(scene, [str(row[0]) for row in rows])
    rows = sorted(rows, key=lambda row: row[0] not in given)
    told, _ = settings(rows, MOST)
    total = length(value, len(rows))
    if not told:
        return None
    name = code(short_function(str(event.data["name"])))
    name += f", called by {library(event.via)}," if event.via else ""
    if len(told) == total:
        return f"{name} gave {count(total, 'option')}: {listed(told)}."
    return f"{name} gave {count(total, 'option')}, among them {listed(told)}."


@rule("config.given")
def given(scene: Scene, args: Args) -> str | None:
    """Which options the command line named, and how many it left at what the program sets itself."""
    event = scene.event(args["seq"])
    value = parsed(event)
    rows = [str(row[0]) for row in value.get("items", ())]
    total = length(value, len(rows))
    if event.name != "config" or not rows:
        return None
    scene.note("header")
    found, complete = named_options(scene, rows)
    if not found:
        return None
    names = [code(name) for name in found[:MOST]]
    rest = total - len(found)
    tail = (
        f"; the other {rest} {'is' if rest == 1 else 'are'} not named there"
        if complete and rest > 0 and total == len(rows)
        else ""
    )
    return f"The command line names {listed(names, len(found) - len(names))}{tail}."


@rule("config.command")
def command(scene: Scene, args: Args) -> str | None:
    """The words that the program was started with."""
    del args
    words = [hide_paths(str(word)) for word in scene.trace.header.get("argv", ())]
    if not words:
        return None
    scene.note("header")
    if len(words) == 1:
        return f"The program was started as {code(words[0])}, with no further words on its command line."
    return f"The program was started as {code(shlex.join(words), 160)}."


@rule("config.literals")
def literals(scene: Scene, args: Args) -> str | None:
    """Names that a block of lines set to plain values."""
    rows: list[list[Any]] = []
    for seq in args["seqs"]:
        _, line = scene.line(seq)
        rows.extend([bound.name, bound.value] for bound in line.bound if not bound.touched)
    told, left = settings(rows, MOST)
    if not told:
        return None
    lead = "This line sets" if len(args["seqs"]) == 1 else "These lines set"
    return f"{lead} {listed(told, left)}."


@rule("config.executed")
def executed(scene: Scene, args: Args) -> str | None:
    """What a line that ran other code set."""
    _, line = scene.line(args["seq"])
    rows: list[tuple[str, Summary]] = [(bound.name, bound.value) for bound in line.bound if not bound.touched]
    plain = [
        row
        for row in rows
        if row[1].get("type") in ("int", "float", "bool", "str", "NoneType", "list", "tuple", "dict")
    ]
    told, left = settings(plain, MOST)
    if not told:
        return None
    return f"After this line had run, {listed(told, left)}."


@rule("config.keys")
def keys(scene: Scene, args: Args) -> str | None:
    """The entries of the mapping of settings that a line bound."""
    _, line = scene.line(args["seq"])
    bound = next((row for row in line.bound if row.name == args["name"] and not row.touched), None)
    if bound is None or not bound.value.get("items"):
        return None
    told, _ = settings(bound.value["items"], MOST)
    total = length(bound.value, len(told))
    if not told:
        return None
    among = ":" if len(told) == total else ", among them"
    return f"{code(bound.name)} became {count(total, 'setting')}{among} {listed(told)}."


@rule("config.arrives")
def arrives(scene: Scene, args: Args) -> str | None:
    """That a name is what a parser gave."""
    event = scene.event(args["seq"])
    _, line = scene.line(args["line"])
    value = parsed(event)
    bound = next((row for row in line.bound if row.id is not None and row.id == value.get("id")), None)
    if bound is None or event.name != "config":
        return None
    size = f", with {count(value['len'], 'option')}" if isinstance(value.get("len"), int) else ""
    place = where(event.place.code, event.place.line)
    parser = code(short_function(str(event.data["name"])))
    return f"{code(bound.name)} became the object that {parser} gave on {place}{size}."


@rule("config.fields")
def fields_of(scene: Scene, args: Args) -> str | None:
    """The values that the body of a class of settings gave its names."""
    frame = scene.frame(args["frame"])
    if frame.code.type != "class":
        return None
    rows: list[tuple[str, Summary]] = [
        (row.name, row.value) for line in frame.lines for row in line.bound if not row.touched
    ]
    plain = ("int", "float", "bool", "str", "NoneType", "list", "tuple")
    rows = [row for row in rows if row[1].get("type") in plain and not row[0].startswith("__")]
    told, left = settings(rows, MOST)
    return f"The body of the class sets {listed(told, left)}." if told else None
