"""What is said at a stop: title, note, what the recording saw here and what is different now. Runs in the target."""

from __future__ import annotations

import shutil
import textwrap

from .shapes import described, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    Stop = dict[str, Any]

WIDEST = 100
MOST = 14


def width() -> int:
    """Columns to write in."""
    return max(40, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def panel(stop: Stop, total: int, frame: FrameType, summary: Callable[[Any], dict[str, Any]]) -> str:
    """The text shown when the program stands at a stop, without its source, which the debugger shows."""
    columns = width()
    head = "[%d/%d] %s: %s" % (stop["number"], total, stop["chapter"], stop["title"])
    rows = ["", "-" * columns, *textwrap.wrap(head, columns)]
    if stop.get("basis") != "observed":
        rows.append("(found by reading, never seen to run before)")
    for paragraph in stop["note"]:
        rows += ["", *textwrap.wrap(paragraph, columns)]
    rows += ["", *compared(stop, frame, summary, columns)] if stop["variables"] else []
    rows.append("-" * columns)
    return "\n".join(rows)


def compared(stop: Stop, frame: FrameType, summary: Callable[[Any], dict[str, Any]], columns: int) -> list[str]:
    """The values that the recording saw at a stop, each with what the name holds now where that is different.

    What the line itself binds is seen when it has run.
    """
    rows = ["Then, and now where it differs:"]
    names = frame.f_locals
    for variable in stop["variables"][:MOST]:
        name = variable["name"]
        then = described(variable)
        if name == "return":
            rows += _row(name, then + " (what it gave back then)", columns)
            continue
        if name not in names and "." not in name:
            after = " (this line binds it)" if variable.get("changed") else " (not bound now)"
            rows += _row(name, then + after, columns)
            continue
        facts = summary(names[name]) if name in names else None
        if facts is None or _same(facts, variable):
            rows += _row(name, then, columns)
        elif variable.get("changed"):
            rows += _row(name, "%s (this line binds it; before it: %s)" % (then, described(facts)), columns)
        else:
            rows += _row(name, "%s -> now %s" % (then, described(facts)), columns)
    return rows


def _row(name: str, text: str, columns: int) -> list[str]:
    return textwrap.wrap("%s: %s" % (name, text), columns, initial_indent="  ", subsequent_indent="      ")


def _same(now: dict[str, Any], then: dict[str, Any]) -> bool:
    """Whether a value is what was recorded, as far as a summary tells."""
    shape = now.get("shape")
    return (
        now.get("type") == then.get("type")
        and (list(shape) if shape is not None else None)
        == (list(then["shape"]) if then.get("shape") is not None else None)
        and str(now.get("dtype") or "") == str(then.get("dtype") or "")
        and (not then.get("value") or text_of(now) == then["value"])
    )
