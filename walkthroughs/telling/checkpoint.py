"""Checkpoint: what was saved or restored, and where."""

from __future__ import annotations

from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import LONGEST_VALUE, code, count, describe, hide_paths, listed, short_function

KEYS = 6


@rule("checkpoint.saved")
def saved(scene: Scene, args: Args) -> str | None:
    """The path and the contents of something that was saved or loaded."""
    event = scene.event(args["seq"])
    path = event.argument("f")
    if event.name not in ("save", "load") or event.kind != "landmark":
        return None
    name = code(short_function(str(event.data["name"])))
    text = hide_paths(str(path.get("value", ""))).strip("'\"") if path.get("type") == "str" else ""
    file = f" {code(text, LONGEST_VALUE)}" if text else " a file"
    if int(event.data.get("nth", 0)) == 0 and not scene.once(event.place):
        name = f"The first time, {name}"
    if event.name == "load":
        gave = describe(event.data.get("value") or {})
        return f"{name} loaded{file}{' and gave ' + gave if gave else ''}."
    value = event.argument("obj")
    what = describe({key: item for key, item in value.items() if key != "items"})
    return f"{name} wrote {what} to{file}." if what else f"{name} wrote{file}."


@rule("checkpoint.keys")
def keys(scene: Scene, args: Args) -> str | None:
    """The first keys of what was saved or put back, with the shapes of its arrays."""
    event = scene.event(args["seq"])
    value = event.argument("obj") or event.argument("state_dict")
    rows = [row for row in value.get("items", ()) if isinstance(row, (list, tuple)) and len(row) == 2]
    length = value.get("len")
    if not rows or not isinstance(length, int) or not str(value.get("type", "")).endswith(("dict", "Dict")):
        return None
    texts = [(str(name), describe(shown, ranges=False)) for name, shown in rows[:KEYS]]
    told = [f"{code(name)} = {text}" if text else code(name) for name, text in texts]
    lead = (
        f"Its {count(length, 'entry')} begin with"
        if length > len(told)
        else f"Its {'entry is' if length == 1 else 'entries are'}"
    )
    return f"{lead} {listed(told)}."


@rule("checkpoint.restored")
def restored(scene: Scene, args: Args) -> str | None:
    """A state that was put back."""
    event = scene.event(args["seq"])
    what = describe(event.argument("state_dict"))
    if event.name != "restore":
        return None
    return f"`load_state_dict` was called from this line{' with ' + what if what else ''}."
