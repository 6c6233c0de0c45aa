"""The tour as a Jupyter notebook: a text cell for each stop, and a few live cells that read the tour file beside it.

Running all cells runs nothing of the program: its code stands in text cells. The live cells say what is missing where
RepoTour or the tour file is not there, and their saved output is what they print when it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from walkthroughs.captions import (
    change_text,
    command_text,
    kind_text,
    number_text,
    outcome_text,
    value_text,
    variable_rows,
    visits_text,
    window,
)
from walkthroughs.markup import Links, code, fence, inline, paragraphs, plain, sentence, table
from walkthroughs.renderers import notebook_cells
from walkthroughs.tour import Location, Stop, Tour
from walkthroughs.visible import visible

BEFORE, AFTER = 8, 6
"""Lines of source shown around a stop."""

VALUES_SHOWN = 14
POINTS_SHOWN = 12
MARK = "  # \u25c0 line {line}"
"""Stands behind the line of a stop; the opening says that it is not the program's."""


class NotebookRenderer:
    """A tour as a notebook that can be read as it is, and run without running the program."""

    name = "ipynb"
    suffix = ".ipynb"
    summary = "a Jupyter notebook; its live cells read the tour, never run the program"

    def render(self, tour: Tour) -> str:
        """The notebook, in format 4.5."""
        links = Links(tour.provenance)
        cells = [
            _text("opening", _opening(tour, links)),
            *_live(tour, "load", notebook_cells.loading(_known(tour)), notebook_cells.loaded(tour)),
        ]
        number = 0
        for position, chapter in enumerate(tour.chapters, 1):
            cells.append(_text(f"chapter-{position}", f"## {plain(chapter.title)}"))
            for stop in chapter.stops:
                number += 1
                cells.append(_text(f"stop-{number}", _stop(stop, number, links)))
        cells.extend(_closer_look(tour))
        notebook = {
            "cells": cells,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _text(name: str, markdown: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(markdown)}


def _live(tour: Tour, name: str, source: str, printed: str) -> Iterator[dict[str, Any]]:
    """A code cell with what it prints when it is run; none for a tour without stops."""
    if tour.stops:
        outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(printed)}] if printed else []
        yield {
            "cell_type": "code",
            "execution_count": None,
            "id": name,
            "metadata": {},
            "outputs": outputs,
            "source": _lines(source),
        }


def _lines(text: str) -> list[str]:
    """A text as notebooks hold it, line by line; surrogates, which no JSON reader has to take, are made visible."""
    return [line.encode("utf-8", "backslashreplace").decode("utf-8") for line in text.splitlines(keepends=True)]


def _opening(tour: Tour, links: Links) -> str:
    """What was toured, how it was run, and what this notebook does and does not do."""
    parts = [f"# {plain(tour.title or 'Tour')}"]
    source = tour.provenance
    origin = f" of {code(source.url)}" if source.url else ""
    commit = f" at commit {code(source.commit[:10])}" if source.commit else ""
    changes = ", with changes that were not committed" if source.dirty else ""
    when = f", recorded on {plain(source.recorded_at[:10])}" if source.recorded_at else ""
    if tour.rung == "static":
        parts.append(f"A tour{origin}{commit}{changes}, made by reading alone: everything in it is inferred.")
    else:
        parts.append(f"A tour of one run{origin}{commit}{changes}{when}.")
    if tour.entry.file:
        parts.append(f"It starts in {links.place(Location(tour.entry.file, tour.entry.line))}.")
    if tour.command and tour.rung != "static":
        parts.append(
            f"The command, as it was run: {code(command_text(tour.command))}; {inline(outcome_text(tour.outcome))}."
        )
    changes_made = [f"- {sentence(text)}" for text in map(change_text, tour.attempts) if text]
    if changes_made:
        parts.append("To run it, this was changed:\n\n" + "\n".join(changes_made))
    parts += [f"What is missing: {sentence(need.text)}." for need in tour.needs]
    if tour.next_command:
        parts.append(f"To try next: {code(command_text(tour.next_command))}")
    parts.append(
        "**Running all cells is safe: it runs nothing of the program.** Its code stands in text cells, where "
        f"{code(MARK.strip().format(line='N'))} marks the line of the stop and is not part of the code. "
        "The live cells, here and at the end, read the tour file beside this notebook."
    )
    return "\n\n".join(parts)


def _known(tour: Tour) -> str:
    """A text that stands in the file of this tour and in no other."""
    name, value = ("recorded_at", tour.provenance.recorded_at) if tour.provenance.recorded_at else ("title", tour.title)
    return f'"{name}": {json.dumps(value, ensure_ascii=False)}'


def _stop(stop: Stop, number: int, links: Links) -> str:
    """A stop: where it is, its note, its code, its values."""
    place = links.place(stop.location)
    where = f"{place} in {code(stop.location.qualname)}"
    ran = visits_text(stop)
    above = " < ".join(code(f"{frame.qualname} ({frame.file}:{frame.line})") for frame in stop.call_stack)
    lines = [f"{where} · {ran}" if ran else where]
    if above:
        lines.append(f"called from {above}")
    title = sentence(stop.title or stop.because or stop.stage_title)
    parts = [f"### {number}. {title}", "  \n".join(lines)]
    if stop.basis != "observed":
        parts.append(f"*{inline(stop.basis.capitalize())}, not observed.*")
    parts.extend(f"*~ {inline(text)}*" for text in stop.adapted)
    parts.append(paragraphs(stop.note) or sentence(stop.because))
    parts.append(_code(stop))
    parts.append(_values(stop))
    if stop.history:
        shown = [f"{point.iteration}: {code(number_text(point.value))}" for point in stop.history]
        if len(shown) > POINTS_SHOWN:
            shown[POINTS_SHOWN // 2 : -POINTS_SHOWN // 2] = ["…"]
        parts.append("How it went on, by recorded run of the line: " + ", ".join(shown))
    if stop.output:
        parts.append("What it printed:\n\n" + fence(stop.output))
    return "\n\n".join(part for part in parts if part)


def _code(stop: Stop) -> str:
    rows = window(stop, BEFORE, AFTER)
    if not rows:
        return ""
    mark = MARK.format(line=stop.location.line)
    lines = [visible(line).rstrip() + (mark if number == stop.location.line else "") for number, line in rows]
    return fence("\n".join(lines), "python")


def _values(stop: Stop) -> str:
    """The values with what they hold, those bound on the stop's line first and in bold."""
    rows = []
    for variable in sorted(stop.variables, key=lambda item: not item.changed):
        for depth, item in variable_rows((variable,)):
            if depth == 0 or (depth == 1 and variable.changed):
                name = f"**{code(item.name)}**" if item.changed else code(item.name)
                rows.append(("&nbsp;" * 4 * depth + name, plain(kind_text(item)), code(value_text(item))))
    more = len(rows) - VALUES_SHOWN
    rest = f"\n\n{more} more are in the tour file." if more > 0 else ""
    return table(("Name", "What it is", "Value"), rows[:VALUES_SHOWN]) + rest if rows else ""


def _closer_look(tour: Tour) -> Iterator[dict[str, Any]]:
    """Live cells for a reader's own questions: one stop's values, and the recorded lines from there on."""
    if not tour.stops:
        return
    stop = next((item for item in tour.stops if item.stage == "loss" and item.step is not None), None)
    stop = stop or next((item for item in tour.stops if item.step is not None), tour.stops[0])
    number = tour.stops.index(stop) + 1
    yield _text(
        "closer", "## Look closer\n\nThe numbers are those of the stops above; change them and run the cells again."
    )
    yield from _live(tour, "values", notebook_cells.values(number), notebook_cells.values_of(tour, number))
    if tour.recording is not None and stop.step is not None:
        yield _text("steps-text", "The lines that ran from there on, as they were recorded, with what they bound:")
        yield from _live(tour, "steps", notebook_cells.steps(number), notebook_cells.steps_from(tour, number))


RENDERER = NotebookRenderer()
