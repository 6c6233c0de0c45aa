"""The loss: the value on which gradients were computed, what it was made of, and how it went."""

from __future__ import annotations

from typing import Any

from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.values import capital, statement_lines, when
from walkthroughs.telling.witness import Scene, identity
from walkthroughs.telling.words import code, describe, line_of, listed, number, short_function, where

MOST = 6


@rule("loss.value")
def value(scene: Scene, args: Args) -> str | None:
    """The bound object that is the one on which gradients were computed."""
    frame, lines = statement_lines(scene, args["seqs"])
    event = scene.event(args["backward"])
    of = event.data.get("of") or {}
    bound = next((row for line in lines for row in line.bound if row.id is not None and row.id == identity(of)), None)
    if bound is None or event.name != "backward":
        return None
    text = describe(bound.value)
    place = where(event.place.code, event.place.line)
    return capital(
        f"{when(scene, frame, lines[0], lines)}{code(bound.name)} became {text}, "
        f"and this very object is the one on which gradients were computed, on {place}."
    )


@rule("loss.function")
def function(scene: Scene, args: Args) -> str | None:
    """The library's loss function that was called from a line, with what and giving what."""
    event = scene.event(args["seq"])
    if event.name != "loss_function":
        return None
    given = [(name, describe(shown, ranges=False)) for name, shown in event.data.get("args", ())]
    parts = [f"{code(name)} = {text}" for name, text in given if text]
    result = describe(event.data.get("value") or {}, ranges=False)
    if not parts or not result:
        return None
    name = code(short_function(str(event.data["name"])))
    return f"{name} was called here with {listed(parts)}; it gave {result}."


@rule("loss.history")
def history(scene: Scene, args: Args) -> str | None:
    """The values on which gradients were computed from one line, in order."""
    events = [scene.event(seq) for seq in args["seqs"]]
    places = {(event.place.code.id, event.place.line) for event in events}
    values = [(event.data.get("of") or {}).get("scalar") for event in events]
    if len(places) != 1 or len(values) < 2 or any(item is None for item in values):
        return None
    if any(event.name != "backward" or event.data.get("nth") != place for place, event in enumerate(events)):
        return None
    told = listed([number(item) for item in values])
    return f"In the first {len(values)} backward passes from that line, gradients were computed on {told}."


@rule("loss.term")
def term(scene: Scene, args: Args) -> str | None:
    """A value that the line that made the loss read."""
    frame, lines = statement_lines(scene, args["seqs"])
    _, later = scene.line(args["loss"])
    bound = next((row for line in lines for row in line.bound if row.name == args["name"] and not row.touched), None)
    known = scene.sure_binding(frame, args["name"], later.seq)
    if bound is None or known is None or known.id is None or known.id != bound.id:
        return None
    return capital(
        f"{when(scene, frame, lines[0], lines)}{code(bound.name)} became {describe(bound.value)}; "
        f"{line_of(frame.code, later.line)} reads it to make the value on which gradients were computed."
    )


@rule("backward.of")
def backward_of(scene: Scene, args: Args) -> str | None:
    """The object on which gradients were computed, with the line that bound it."""
    event = scene.event(args["seq"])
    of: dict[str, Any] = event.data.get("of") or {}
    text = describe(of, ranges=False)
    if event.name != "backward" or not text:
        return None
    again = int(event.data.get("nth", 0)) == 0 and not scene.once(event.place)
    first = "The first time, gradients" if again else "Gradients"
    rows = [row for row in scene.chapter.bound(identity(of)) if row.seq < event.seq]
    if rows:
        row = rows[-1]
        scene.note(row.seq)
        place = where(row.frame.code, row.number)
        return f"{first} were computed on {text}, the object bound to {code(row.name)} on {place}."
    return f"{first} were computed on {text}, an object that no recorded line had bound to a name."


@rule("backward.through")
def through(scene: Scene, args: Args) -> str | None:
    """The kind of operation that made the value, as autograd names it."""
    event = scene.event(args["seq"])
    name = (event.data.get("of") or {}).get("grad_fn")
    if event.name != "backward" or not name:
        return None
    return f"The last operation that made this value, as autograd names it, is {code(str(name))}."
