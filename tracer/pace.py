"""How fast a recorded run went: how long one iteration of its training took, and where it was when it ended. Host."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracer.trace import Frame, Trace

UPDATES = ("optimizer_step", "functional_step")
BEGUN = ("module_call", "backward", "loss_function", "fit", *UPDATES)
"""Landmarks that only a program meets that has begun to train, or to apply its model."""
MS = 1000.0
"""Times in a trace are milliseconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of one run, in seconds of wall time since its start.

    `updates` are the times at which weights were seen changing; only the first of many are recorded.
    """

    seconds: float
    updates: tuple[float, ...] = ()
    began: float | None = None
    """When the model was first applied, or data were handed to a library's training; None when that was not seen."""
    place: str = ""
    """The repository's line that was running at the end, when that is known: `train.py:88`."""
    loop: tuple[str, float] = ("", 0.0)
    """The slowest loop of which two passes began, as the place of its first line, and how long one pass took."""

    @property
    def iteration(self) -> float | None:
        """The shortest time between two changes of the weights; None when there were not two."""
        return min((later - earlier for earlier, later in pairwise(self.updates)), default=None)

    @property
    def slowest(self) -> float | None:
        """How long one iteration took, or one pass of the slowest loop where no iteration is known by its update."""
        return self.iteration if self.iteration is not None else self.loop[1] or None

    def said(self) -> str:
        """What was seen, as a person would say it."""
        if self.iteration is not None:
            return f"one iteration took {_seconds(self.iteration)}"
        if self.loop[0]:
            return f"one pass of the loop at {self.loop[0]} took {_seconds(self.loop[1])}"
        if self.updates:
            rest = self.seconds - self.updates[0]
            return f"the weights changed once, after {_seconds(self.updates[0])}, and in {_seconds(rest)} not again"
        if self.began is not None:
            rest = self.seconds - self.began
            return f"the first iteration began after {_seconds(self.began)} and had not ended {_seconds(rest)} later"
        at = f" ({self.place} was running)" if self.place else ""
        return f"nothing of training was seen in {_seconds(self.seconds)}{at}"


def pace_of(traces: Iterable[Trace], seconds: float) -> Pace:
    """The pace of a run of that many seconds, from what its processes recorded."""
    updates: set[float] = set()
    began: list[float] = []
    place, loop = "", ("", 0.0)
    for trace in traces:
        updates |= {event.t / MS for event in trace.landmarks(*UPDATES)}
        began += [event.t / MS for event in trace.landmarks(*BEGUN)]
        if not trace.landmarks(*UPDATES):
            # An update by hand (numpy, plain tensors) is known by what it does.
            updates |= {line.t / MS for frame in trace.frames.values() for line in frame.lines if line.updated}
        rows = (trace.end or {}).get("stack") or ()
        place = place or next((f"{row['file']}:{row['line']}" for row in rows), "")
        loop = max([loop, *(_slowest(frame) for frame in trace.frames.values())], key=lambda found: found[1])
    times = tuple(sorted(updates))
    return Pace(seconds, times, min([*began, *times], default=None), place, loop)


def _slowest(frame: Frame) -> tuple[str, float]:
    """The loop of a frame that came back to one of its lines after the longest time, and that time."""
    times: dict[int, list[float]] = {}
    for line in frame.lines:
        times.setdefault(line.line, []).append(line.t / MS)
    passes = {
        line: min(later - earlier for earlier, later in pairwise(seen)) for line, seen in times.items() if len(seen) > 1
    }
    longest = max(passes.values(), default=0.0)
    first = next((line for line in sorted(passes) if passes[line] > longest / 2), 0)
    return (f"{frame.code.file}:{first}", longest) if longest > 0 else ("", 0.0)


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"
