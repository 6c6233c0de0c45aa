"""Links between places: that a value here is the very object that was seen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracer.trace import Summary
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import NotRecordedError, Scene
from walkthroughs.telling.words import code, line_of


@dataclass(frozen=True, slots=True)
class Sight:
    """An object at one place: as an argument, bound by a line, read by a line, or returned."""

    kind: str
    name: str
    value: Summary
    text: str
    seq: int

    @property
    def identity(self) -> int | None:
        """The number of the object."""
        found = self.value.get("id")
        return found if isinstance(found, int) else None


def sight(scene: Scene, ref: dict[str, Any]) -> Sight:
    """What a reference in a claim's arguments stands for."""
    kind, name = str(ref["kind"]), str(ref.get("name", ""))
    if kind in ("argument", "return"):
        frame = scene.frame(ref["frame"])
        function = code(frame.code.qualname)
        if kind == "return":
            if frame.returned is None:
                raise NotRecordedError("return")
            scene.note(frame.return_seq)
            return Sight(kind, "", frame.returned, f"{function} returned", frame.return_seq)
        found = next((row for row in frame.args if row.name == name), None)
        if found is None:
            raise NotRecordedError(name)
        return Sight(kind, name, found.value, f"{function} received", frame.seq)
    frame, line = scene.line(ref["seq"])
    place = f"{line_of(frame.code, line.line)} of `{frame.code.file}`"
    if kind == "bound":
        bound = next((row for row in line.bound if row.name == name and not row.touched), None)
        text = f"{place} bound"
    else:
        bound = scene.sure_binding(frame, name, line.seq)
        text = f"{place} reads"
    if bound is None:
        raise NotRecordedError(name)
    return Sight(kind, name, bound.value, text, line.seq)


@rule("links.same")
def same(scene: Scene, args: Args) -> str | None:
    """That an object here is the one that was seen at another place."""
    here, there = sight(scene, args["here"]), sight(scene, args["there"])
    if here.identity is None or here.identity != there.identity or here.text == there.text:
        return None
    what = code(here.name) if here.kind != "return" else "What it returned"
    if here.kind == "read" and _rebinds(scene, args["here"]):
        what = f"The {what} that the line reads"
    later = there.kind == "bound" and encloses(scene, args["there"], args["here"])
    as_name = (
        f" as {code(there.name)}" if there.kind in ("argument", "read", "bound") and there.name != here.name else ""
    )
    if there.kind == "bound":
        as_name = as_name.replace(" as ", " to ")
    text = there.text.replace(" bound", " then bound") if later else there.text
    return f"{what} is the very object that {text}{as_name}."


def _rebinds(scene: Scene, ref: dict[str, Any]) -> bool:
    """Whether a line binds the name that it reads, so that the name alone could mean the new object too."""
    _, line = scene.line(ref["seq"])
    return any(bound.name == ref.get("name") and not bound.touched for bound in line.bound)


def encloses(scene: Scene, outer: dict[str, Any], inner: dict[str, Any]) -> bool:
    """Whether a line was still running, waiting for a call, when something further in happened."""
    frame, line = scene.line(outer["seq"])
    below = scene.frame(inner["frame"]) if "frame" in inner else scene.line(inner["seq"])[0]
    return any(place.frame == frame.id and place.line == line.line for place in scene.trace.stack_of(below))


@rule("links.named")
def named(scene: Scene, args: Args) -> str | None:
    """The name to which the object that a library built was bound."""
    event = scene.event(args["seq"])
    _, line = scene.line(args["line"])
    built = event.argument("self").get("id")
    bound = next((row for row in line.bound if row.id is not None and row.id == built and not row.touched), None)
    return f"This object was bound to {code(bound.name)}." if bound is not None else None
