"""Bounds how often a library repeats what it runs itself: its own arguments for that, lowered. Runs in the target.

A loop of the repository is left by a jump (`leaver.py`). The loop of a trainer lies in a library, with its bookkeeping
around it: what ends that in good order are the trainer's own limits, and they are arguments. The debugger's way of
changing one is used, when the call begins; what the repository wrote is not touched, and the tour tells each change.
"""

from __future__ import annotations

from .namespaces import assign, local_names
from .reading import instance_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional

    Change = tuple[str, Any, int]

UNLIMITED = (None, -1)


def lower(frame: FrameType, caps: list[list[Any]], passes: int) -> list[Change]:
    """Lower the arguments of a call that has just begun; gives (name, was, now) of those that were changed."""
    names = local_names(frame)
    values: dict[str, Any] = {}
    changes: list[Change] = []
    for path, kind, times, behind in caps:
        name, _, attribute = path.partition(".")
        if name not in names:
            continue
        holder = instance_dict(names[name]) if attribute else None
        if attribute and (holder is None or attribute not in holder):
            continue
        was = names[name] if holder is None else holder[attribute]
        begin = names.get(behind, 0)
        now = bounded(was, kind, passes * times + (begin if type(begin) is int else 0))
        if now is None:
            continue
        if holder is None:
            values[name] = now
        else:
            holder[attribute] = now
        changes.append((attribute or name, was, now))
    if values:
        assign(frame, values)
    return changes


def bounded(was: Any, kind: str, most: int) -> Optional[int]:
    """What an argument becomes, or None when it stays as it is."""
    # `type`, not `isinstance`: what a target makes of numbers is its own business.
    if type(was) is int and was > most:
        return most
    if kind == "count" and (was is None or (type(was) is int and was in UNLIMITED)):
        return most
    if kind == "share" and (was is None or (type(was) is float and was > 0)):
        return most
    return None


def told(function: str, changes: list[Change]) -> str:
    """What was changed, as a tour says it: `lightning.Trainer was given max_epochs 3 instead of 100`."""
    parts = [part for part in function.split(".") if part != "<locals>"]
    name = parts[-2] if parts[-1].startswith("__") else parts[-1]
    given = ["%s %d%s" % (what, now, "" if was is None else " instead of %s" % was) for what, was, now in changes]
    return "%s.%s was given %s" % (parts[0], name, ", ".join(given))
