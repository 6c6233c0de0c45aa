"""The summary that `repotour run` ends with: stages with places, what was not seen and why, what to type next. Host."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.stages import CORE_STAGES

if TYPE_CHECKING:
    from walkthroughs.tour import Tour

OUTCOMES = {
    "finished": "ran to its end",
    "exited": "ended itself",
    "raised": "ended with an exception",
    "limit": "was ended by the tour",
    "killed": "was killed",
    "timed_out": "was ended when its time was up",
}


def print_summary(tour: Tour, path: Path) -> None:
    """Print the summary on stdout; plain text when it is not a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console.print()
    console.print(Text(tour.title, style="bold"))
    outcome = f"{OUTCOMES.get(tour.outcome.kind, tour.outcome.kind)} after {tour.outcome.seconds:.1f} s"
    console.print(
        Text(
            f"{shlex.join(tour.command)}\n  {outcome}{': ' + tour.outcome.detail if tour.outcome.detail else ''}",
            style="dim",
        )
    )
    table = Table.grid(padding=(0, 2))
    for stage in CORE_STAGES:
        places = []
        for stop in tour.stops:
            where = f"{stop.location.file}:{stop.location.line}"
            if stop.stage == stage.value and where not in places:
                places.append(where)
        if places:
            more = f" (+{len(places) - 2})" if len(places) > 2 else ""
            table.add_row(Text("✓", style="green"), stage.title, Text(", ".join(places[:2]) + more))
        else:
            reason = next((item.reason for item in tour.not_seen if item.stage == stage.value), "not seen")
            table.add_row(Text("–", style="dim"), stage.title, Text(f"not seen: {reason}", style="dim"))
    console.print(table)
    for loop in tour.fast_forwards:
        console.print(
            Text(f"The loop at {loop.file}:{loop.line} was left after {loop.iterations} iterations.", style="dim")
        )
    for attempt in tour.attempts[:-1]:
        if attempt.remedy:
            console.print(Text(f"To run this here: {attempt.remedy} ({attempt.reason}).", style="dim"))
    if tour.exception is not None:
        console.print(Text(f"It failed: {tour.exception.type}: {tour.exception.message}", style="red"))
    if tour.other_entries:
        names = ", ".join(item.file for item in tour.other_entries[:4])
        more = f" and {len(tour.other_entries) - 4} more" if len(tour.other_entries) > 4 else ""
        console.print(Text(f"Other programs here: {names}{more}. Tour one with --entry FILE.", style="dim"))
    shown = shlex.quote(_short(path))
    console.print()
    console.print(Text(f"Wrote {_short(path)} ({len(tour.stops)} stops) and ONBOARDING.md beside it."))
    console.print(Text(f"Walk through it:  repotour replay {shown}"))
    console.print(Text(f"As a web page:    repotour export {shown} --to html"))


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
