"""The overview: what the program is, how it was run, what was seen of it beyond the stops."""

from __future__ import annotations

from walkthroughs.captions import command_text, origin_text, outcome_text
from walkthroughs.renderers.html.writing import Places, inline, words
from walkthroughs.tour import Tour, stage_title


def about(tour: Tour) -> str:
    """How the tour came about, in sentences."""
    rows = [f"From {words(origin_text(tour))}."]
    if tour.command:
        rows.append(f"Run as <code>{words(command_text(tour.command))}</code>: {words(outcome_text(tour.outcome))}.")
    if tour.rung == "static":
        rows.append("<strong>Made by reading alone: everything here is inferred.</strong>")
    rows += [f"What is missing: {inline(need.text)}." for need in tour.needs]
    if tour.next_command:
        rows.append(f"To try next: <code>{words(command_text(tour.next_command))}</code>")
    changes = [inline(attempt.reason or attempt.remedy) for attempt in tour.attempts if attempt.remedy]
    if changes:
        rows.append("To run it here, this was changed: " + " ".join(changes))
    if tour.fast_forwards:
        left = ", ".join(f"{words(item.place)} after {item.iterations}" for item in tour.fast_forwards)
        rows.append(f"Loops left early, with the iterations that ran: {left}.")
    return "\n".join(f"<p>{row}</p>" for row in rows)


def overview(tour: Tour, places: Places) -> str:
    """The sections of the overview."""
    del places
    found = "".join(f"<li>{inline(item.text)}</li>" for item in tour.processes)
    processes = f"<section><h2>Processes</h2><ul>{found}</ul></section>" if found else ""
    rows = "".join(f"<li>{words(stage_title(item.stage))}: {inline(item.reason)}</li>" for item in tour.not_seen)
    return processes + (f"<section><h2>Not seen</h2><ul>{rows}</ul></section>" if rows else "")
