"""The summary that `repotour run` ends with: stages with places, what was not seen and why, what to type next. Host."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from walkthroughs.tour import Tour

OUTCOMES = {
    "finished": "ran to its end",
    "exited": "ended itself",
    "raised": "ended with an exception",
    "limit": "was ended by the tour",
    "killed": "was killed",
    "timed_out": "was ended",
}


def print_summary(tour: Tour, path: Path) -> None:
    """Print the summary on stdout; plain text when it is not a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console.print()
    console.print(Text(tour.title, style="bold"))
    command = f"{shlex.join(tour.command)}\n" if tour.command else ""
    console.print(Text(f"{command}  {_outcome(tour)}", style="dim"))
    table = Table.grid(padding=(0, 2))
    for stage in CORE_STAGES:
        places = _places(tour, stage)
        if places:
            more = f" (+{len(places) - 2})" if len(places) > 2 else ""
            run = any(stop.stage == stage.value and stop.basis == "observed" for stop in tour.stops)
            sign = Text("✓", style="green") if run else Text("~", style="yellow")
            table.add_row(sign, stage.title, Text(("" if run else "by its text: ") + ", ".join(places[:2]) + more))
        else:
            reason = next((item.reason for item in tour.not_seen if item.stage == stage.value), "not seen")
            table.add_row(Text("–", style="dim"), stage.title, Text(f"not seen: {reason}", style="dim"))
    console.print(table)
    for remark in _remarks(tour):
        console.print(Text(remark, style="dim"))
    if tour.exception is not None:
        console.print(Text(f"It failed: {tour.exception.type}: {tour.exception.message}", style="red"))
    for need in tour.needs:
        console.print(Text(f"What is missing: {need.text}.", style="red"))
    console.print()
    for line in _next(tour, path):
        console.print(Text(line), soft_wrap=True)  # what is to be copied must not be broken into lines


def _places(tour: Tour, stage: Stage) -> list[str]:
    """Where a stage was seen, each place once."""
    found = [str(stop.location) for stop in tour.stops if stop.stage == stage.value]
    return list(dict.fromkeys(found))


def _remarks(tour: Tour) -> list[str]:
    """What a reader should know of this run: loops left early, what was changed, which other programs there are."""
    lines = [
        f"The loop at {it.place} was left after {it.iterations} iterations."
        for it in tour.fast_forwards
        if f"the loop at {it.place}," not in tour.outcome.detail
    ]
    lines += [f"To run this here: {it.remedy} ({it.reason})." for it in tour.attempts if it.remedy]
    if tour.other_entries:
        names = ", ".join(item.file for item in tour.other_entries[:4])
        more = f" and {len(tour.other_entries) - 4} more" if len(tour.other_entries) > 4 else ""
        lines.append(f"Other programs here: {names}{more}. Tour one with --entry FILE.")
    return lines


def _outcome(tour: Tour) -> str:
    """How the program ended, in a line."""
    if not tour.outcome.kind:
        return f"nothing was run: {tour.outcome.detail}"
    text = f"{OUTCOMES.get(tour.outcome.kind, tour.outcome.kind)} after {tour.outcome.seconds:.1f} s"
    detail = tour.outcome.detail
    if tour.exception is not None:  # it stands further below, in red
        detail = detail.removeprefix(f"{tour.exception.type}: {tour.exception.message}").removeprefix("; ")
    if detail:
        text += f": {detail}"
    return text + ("; --timeout gives it more" if tour.outcome.kind == "timed_out" else "")


def _next(tour: Tour, path: Path) -> list[str]:
    """What was written, and what to type to look at it."""
    shown = shlex.quote(_short(path))
    lines = [f"To get further, try:  {shlex.join(tour.next_command)}"] if tour.next_command else []
    lines += [f"Wrote {_short(path)} ({len(tour.stops)} stops) and ONBOARDING.md beside it."]
    if tour.stops:
        lines.append(f"Walk through it:  repotour replay {shown}")
        lines.append(f"As a web page:    repotour export {shown} --to html")
    else:
        lines.append(f"What was learned: repotour map {shown}")
    return lines


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
