"""Which objects of a stop are those of the stops before it, by identity."""

from __future__ import annotations

from typing import Any

from tracer.stages import Stage
from walkthroughs.sources import loaded_names
from walkthroughs.story import has_parameters, is_array
from walkthroughs.telling.links import Sight, sight
from walkthroughs.telling.parts.spot import Spot
from walkthroughs.telling.witness import NotRecordedError

BACK = 3
MOST = 2

Ref = dict[str, Any]


def connect(spot: Spot, before: list[Spot]) -> None:
    """Say of at most two objects here that they were seen at one of the last stops."""
    told: set[int] = set()
    if spot.stage is Stage.BACKWARD:
        return  # its own sentence names the line that bound the object
    spot.paragraph()
    for other in reversed(before[-BACK:]):
        if other.scene is not spot.scene:
            continue
        known = seen_at(other)
        for here, shown in seen_at(spot):
            if shown.identity in told or len(told) >= MOST:
                continue
            match = next(
                (ref for ref, there in known if there.identity == shown.identity and worth(shown, there)), None
            )
            if match is not None and spot.say("links.same", here=here, there=match):
                told.add(shown.identity or 0)


def worth(here: Sight, there: Sight) -> bool:
    """Whether a link says something: made there and used here, or known here under another name."""
    if there.seq >= here.seq and here.kind != "return":
        return False
    if here.kind == "return":
        return there.kind == "bound"
    return there.kind in ("bound", "return") or here.kind == "argument"


def seen_at(spot: Spot) -> list[tuple[Ref, Sight]]:
    """The arrays and models that a stop shows: arguments and result, or names that a statement reads and binds."""
    refs: list[Ref] = []
    if spot.definition and spot.frame is not None:
        refs.extend(
            {"kind": "argument", "frame": spot.frame.id, "name": row.name}
            for row in spot.frame.args
            if row.name != "self"
        )
        refs.append({"kind": "return", "frame": spot.frame.id})
    elif spot.line is not None and spot.source is not None:
        names = loaded_names(spot.source.statement(spot.finding.location.line))
        refs.extend({"kind": "read", "seq": spot.line.seq, "name": name} for name in names)
        refs.extend(
            {"kind": "bound", "seq": line.seq, "name": row.name}
            for line in spot.run
            for row in line.bound
            if not row.touched
        )
    found = []
    for ref in refs:
        try:
            shown = sight(spot.scene, ref)
        except NotRecordedError:
            continue
        if (
            shown.identity is not None
            and shown.name != "_"
            and (is_array(shown.value) or has_parameters(shown.value) or shown.value.get("shape") == [])
        ):
            found.append((ref, shown))
    return found
