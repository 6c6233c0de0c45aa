"""What of a notebook was not carried out, as the tour tells it. Host side."""

from __future__ import annotations

from tracer.notebooks.document import is_notebook
from tracer.trace import Code, Trace

SHOWN = 3


def left_out(trace: Trace) -> list[tuple[str, str]]:
    """(what was left out, why) of the lines that the run got to; empty for the trace of another program."""
    found = []
    by_reason: dict[str, list[str]] = {}
    last = max((line for code in trace.codes.values() for line in trace.executed(code) if _whole(code)), default=0)
    for line, what, why in trace.header.get("left") or ():
        if line <= last:
            by_reason.setdefault(str(why), []).append(f"`{what}`")
    for why, whats in by_reason.items():
        more = f" and {len(whats) - SHOWN} more" if len(whats) > SHOWN else ""
        found.append((f"left out of the notebook: {', '.join(whats[:SHOWN])}{more}", why))
    return found


def _whole(code: Code) -> bool:
    """Whether a code object is that of all cells."""
    return code.type == "module" and is_notebook(code.file)
