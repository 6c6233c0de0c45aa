"""Sections of the overview that are tables and lists: the run, its numbers, settings, one update, ideas, the unseen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from walkthroughs.captions import command_text, count_text, number_text, outcome_text, shape_text, variable_text
from walkthroughs.renderers.html.writing import Places, inline, lines, words
from walkthroughs.tour import Hyperparameter, Location, Metric, Tour, stage_title

READ_SHOWN = 3
PARAMETERS_SHOWN = 16
BRANCHES_SHOWN = 16
METRICS_SHOWN = 8

SET_BY = {
    "option": "on the command line",
    "file": "in a configuration file",
    "default": "by its default",
    "literal": "in the code",
}


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; "" without rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table: {label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        if body
        else ""
    )


def run(tour: Tour, places: Places) -> str:
    """The command, the attempts with what was changed, the loops that were left, the exception, the output."""
    parts = []
    if tour.command:
        parts.append(
            f"<p>Run as <code>{words(command_text(tour.command))}</code>: {words(outcome_text(tour.outcome))}.</p>"
        )
    rows = [
        (
            f"<code>{words(command_text(attempt.command))}</code>",
            words(": ".join(text for text in (attempt.outcome, attempt.detail) if text)),
            ": ".join(inline(text) for text in (attempt.remedy, attempt.reason) if text),
        )
        for attempt in tour.attempts
    ]
    if len(rows) > 1 or any(attempt.remedy for attempt in tour.attempts):
        parts.append(table("Attempts", ("Command", "Outcome", "What was changed, and why"), rows))
    left = "".join(
        f"<li>{places.link(Location(item.file, item.line, cell=item.cell, cell_line=item.cell_line))} after "
        f"{count_text(item.iterations, 'iteration')}{': ' + inline(item.detail) if item.detail else ''}</li>"
        for item in tour.fast_forwards
    )
    if left:
        parts.append(f"<p>Loops left early, so that later numbers come from a short run:</p><ul>{left}</ul>")
    if tour.exception:
        error = tour.exception
        where = f" at {places.link(error.location)}" if error.location else ""
        parts.append(
            f'<p class="bad">The run ended with <code>{words(error.type)}</code>{where}: {words(error.message)}</p>'
        )
    if tour.output_tail.strip():
        parts.append(
            '<details><summary>The end of what it printed</summary><pre class="words" tabindex="0">'
            f"{lines(tour.output_tail)}</pre></details>"
        )
    return "".join(parts)


def reported(tour: Tour, places: Places) -> str:
    """The numbers that the program reported, with the lines that made them."""
    cards = "".join(_metric(metric, places) for metric in tour.metrics[:METRICS_SHOWN])
    return f'<div class="metrics">{cards}</div>' if cards else ""


def _metric(metric: Metric, places: Places) -> str:
    said = (
        f'<q class="printed">{words(metric.printed)}</q>'
        if metric.printed
        else '<span class="faint">not printed</span>'
    )
    try:
        value = number_text(float(metric.value))
    except ValueError:
        value = metric.value
    chain = "".join(
        f"<li>{places.link(item.location)}"
        f"{' <code>' + words(variable_text(item.variable)) + '</code>' if item.variable else ''}</li>"
        for item in metric.chain
    )
    made = f"<details><summary>Where it comes from</summary><ol>{chain}</ol></details>" if chain else ""
    return (
        f'<div class="metric"><p class="mn"><code>{words(metric.name)}</code></p><p class="mv">{words(value)}</p>'
        f"<p>{said} {places.link(metric.location)}</p>{made}</div>"
    )


def settings(tour: Tour, places: Places) -> str:
    """The hyper-parameters: value, where set, where read, what they change."""
    rows = [
        (
            f"<code>{words(item.name)}</code>",
            f"<code>{words(item.value)}</code>",
            " ".join(part for part in (SET_BY.get(item.source, words(item.source)), places.link(item.set_at)) if part),
            _read(item, places),
            inline(item.effect),
        )
        for item in tour.hyperparameters
    ]
    return table("Settings", ("Setting", "Value in this run", "Set", "Read", "What it changes"), rows)


def _read(item: Hyperparameter, places: Places) -> str:
    more = " …" if len(item.read_at) > READ_SHOWN else ""
    return ", ".join(places.link(place) for place in item.read_at[:READ_SHOWN]) + more


def update(tour: Tour, places: Places) -> str:
    """What one optimizer step did to the weights, by a bounded sample."""
    step = tour.update
    if step is None or not step.parameters:
        return ""
    what = (
        f"One step of <code>{words(step.optimizer)}</code>" if step.optimizer else "What one update did to the weights"
    )
    where = f" at {places.link(step.location)}" if step.location else ""
    rate = f", learning rate {number_text(step.learning_rate)}" if step.learning_rate is not None else ""
    rows = [
        (
            f"<code>{words(item.name)}</code>",
            f'<span class="sh">{words(shape_text(item.shape))}</span>',
            number_text(item.grad_norm),
            _sample(item.before),
            _sample(item.after),
            number_text(item.change),
        )
        for item in step.parameters[:PARAMETERS_SHOWN]
    ]
    more = len(step.parameters) - PARAMETERS_SHOWN
    rest = f'<p class="faint">{count_text(more, "parameter tensor")} more are in the tour file.</p>' if more > 0 else ""
    heads = ("Parameter", "Shape", "Gradient norm", "Before", "After", "Largest change")
    return f"<p>{what}{where}{rate}; a few sampled elements of each.</p>{table('One update', heads, rows)}{rest}"


def _sample(values: tuple[float, ...] | float | None) -> str:
    if isinstance(values, tuple):
        return ", ".join(number_text(value) for value in values[:3]) + (", …" if len(values) > 3 else "")
    return number_text(values)


def ideas(tour: Tour, places: Places) -> str:
    """The places where a reader's own model, loss, data, metric or optimizer would go."""
    rows = "".join(
        f"<li><strong>{words(idea.what)}</strong> {places.link(idea.location)}<p>{inline(idea.text)}</p></li>"
        for idea in tour.ideas
    )
    return f'<ul class="ideas">{rows}</ul>' if rows else ""


def unseen(tour: Tour, places: Places) -> str:
    """Stages and branches that the run did not show, so that nobody takes them for seen."""
    parts = []
    stages = "".join(
        f"<li><strong>{words(stage_title(item.stage))}</strong>: {inline(item.reason or 'no reason recorded')}</li>"
        for item in tour.not_seen
    )
    if stages:
        parts.append(f"<ul>{stages}</ul>")
    branches = [
        (
            places.link(Location(item.file, item.line)),
            f"<code>{words(item.condition)}</code>",
            _sides(item.taken, item.not_taken),
        )
        for item in tour.branches
        if not (item.taken and item.not_taken)
    ]
    if branches:
        first = f" (the first {BRANCHES_SHOWN} are listed)" if len(branches) > BRANCHES_SHOWN else ""
        parts.append(f"<p>Branches in functions of this tour of which only one side ran{first}:</p>")
        parts.append(table("Branches of which one side ran", ("Place", "Condition", "Seen"), branches[:BRANCHES_SHOWN]))
    return "".join(parts)


def _sides(taken: int, not_taken: int) -> str:
    if not taken and not not_taken:
        return "never reached"
    return f"true {count_text(taken, 'time')}" if taken else f"false {count_text(not_taken, 'time')}"
