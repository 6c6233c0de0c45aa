"""The overview: what the program is in ten seconds, and everything the tour knows beyond its stops."""

from __future__ import annotations

from collections.abc import Iterator

from walkthroughs.captions import command_text, count_text, number_text, outcome_text
from walkthroughs.renderers.html.calls import calls
from walkthroughs.renderers.html.curves import curve
from walkthroughs.renderers.html.diagram import diagram
from walkthroughs.renderers.html.facts import ideas, reported, run, settings, unseen, update
from walkthroughs.renderers.html.filemap import filemap
from walkthroughs.renderers.html.flow import Flow, flows
from walkthroughs.renderers.html.modules import modules
from walkthroughs.renderers.html.writing import Places, inline, words
from walkthroughs.tour import Location, Tour

CURVES = 12


def overview(tour: Tour, places: Places) -> str:
    """The overview's sections."""
    drawn = flows(tour)
    legend = _legend(drawn)
    sections = (
        ("way", "The way of the data", "".join(diagram(flow, places) for flow in drawn) + legend),
        ("numbers", "Numbers of this run", reported(tour, places) + _curves(tour, places)),
        ("calls", "The call path", calls(tour, places)),
        ("model", "The model", modules(tour, places)),
        ("files", "The files", filemap(tour, places)),
        ("settings", "Settings", settings(tour, places)),
        ("update", "One update of the weights", update(tour, places)),
        ("ideas", "Where your own goes", ideas(tour, places)),
        ("run", "How it was run", run(tour, places)),
        ("unseen", "Not seen", unseen(tour, places)),
        ("processes", "Processes", _processes(tour)),
        ("others", "Other programs here", _others(tour, places)),
    )
    written = "\n".join(
        f'<section class="part" id="{name}" tabindex="-1" aria-labelledby="h-{name}"><h2 id="h-{name}">{title}</h2>'
        f"{inner}</section>"
        for name, title, inner in sections
        if inner
    )
    return f"{_hero(tour, places)}\n{written}"


def _legend(drawn: list[Flow]) -> str:
    """What the edges and the marks of the diagrams mean."""
    if not drawn:
        return ""
    inferred = any(box.detail.startswith("inferred") for flow in drawn for box in flow.boxes)
    said = "Edges are solid where the data was followed from one to the other, dashed where one came next in the run."
    if inferred:
        said += " What is marked as inferred was not seen running: it was read in the source and stands in its order."
    return f'<p class="faint">{said}</p>'


def _hero(tour: Tour, places: Places) -> str:
    start = '<p class="go"><a class="button" href="#stop-1">Start the tour</a></p>' if tour.stops else ""
    return (
        f'<div class="hero"><p class="lead">{" ".join(_lead(tour, places))}</p>'
        f'<ul class="chips">{"".join(_chips(tour))}</ul>{start}{_caution(tour)}</div>'
    )


def _lead(tour: Tour, places: Places) -> Iterator[str]:
    """The program in a few sentences, each from what the run showed."""
    if tour.entry.file:
        yield f"The program starts in {places.link(Location(tour.entry.file, tour.entry.line))}."
    root = next((module for module in tour.model_tree if not module.path), None)
    if root and root.class_name:
        size = f" with {count_text(root.parameters, 'parameter')}" if root.parameters else ""
        name = f"<code>{words(root.class_name)}</code>"
        yield f"Its model is {places.link(Location(root.file, root.line), name) if root.file else name}{size}."
    if tour.update and tour.update.optimizer:
        where = f" at {places.link(tour.update.location)}" if tour.update.location else ""
        yield f"The weights are changed by <code>{words(tour.update.optimizer)}</code>{where}."
    shown = [metric for metric in tour.metrics if metric.name and metric.value and metric.printed]
    if shown:
        named = ", ".join(f"<code>{words(item.name)}</code> {words(_short(item.value))}" for item in shown[:4])
        yield f"In this run it reported {named}."


def _short(value: str) -> str:
    try:
        return number_text(float(value))
    except ValueError:
        return value


def _chips(tour: Tour) -> Iterator[str]:
    source = tour.provenance
    facts = [
        ("stops", str(len(tour.stops))),
        ("lines to step through", f"{len(tour.recording.order):,}" if tour.recording else ""),
        ("repository", source.url.removeprefix("https://").removesuffix(".git")),
        ("folder", source.folder),
        ("commit", source.commit[:10] + (" with changes" if source.dirty else "")),
        ("recorded", source.recorded_at[:10]),
        ("Python", source.python),
    ]
    for name, value in facts:
        if value.strip():
            yield f'<li><span class="faint">{name}</span> {words(value)}</li>'


def _caution(tour: Tour) -> str:
    """What a reader has to know before anything else: how far the run got, and what was changed for it."""
    rows = []
    if tour.rung == "static":
        rows.append("<strong>Made by reading alone: everything here is inferred.</strong>")
    elif tour.rung not in ("", "full run") or tour.outcome.kind not in ("", "finished"):
        rows.append(f"{words(tour.rung.capitalize() or 'The run')}: {words(outcome_text(tour.outcome))}.")
    rows += [f"What is missing: {inline(need.text)}." for need in tour.needs]
    if tour.next_command:
        rows.append(f"To try next: <code>{words(command_text(tour.next_command))}</code>")
    changes = [inline(attempt.remedy) for attempt in tour.attempts if attempt.remedy]
    if changes:
        rows.append("To run it here, this was changed: " + "; ".join(changes) + ".")
    return f'<div class="caution">{"".join(f"<p>{row}</p>" for row in rows)}</div>' if rows else ""


def _curves(tour: Tour, places: Places) -> str:
    drawn = [
        drawing for item in tour.histories if (drawing := curve(item.name, item.points, places.link(item.location)))
    ]
    return f'<div class="curves">{"".join(drawn[:CURVES])}</div>' if drawn else ""


def _processes(tour: Tour) -> str:
    found = "".join(f"<li>{inline(item.text)}</li>" for item in tour.processes)
    return f"<ul>{found}</ul>" if found else ""


def _others(tour: Tour, places: Places) -> str:
    rows = "".join(
        f"<li>{places.link(Location(other.file, 0))}: {inline(other.reason)}</li>" for other in tour.other_entries
    )
    return f"<ul>{rows}</ul>" if rows else ""
