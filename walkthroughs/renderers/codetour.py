"""A tour for the CodeTour extension of VS Code (and its players in other editors): one `.tour` file.

Written from what the player does, not from its schema alone: a text in brackets may become a link to another tour, a
fenced block grows an "Insert Code" link, a title is cut at its second hyphen. Steps never carry commands or conditions.
"""

from __future__ import annotations

import json
import re
from typing import Any

from walkthroughs.captions import command_text, kind_text, outcome_text, value_text
from walkthroughs.markup import code, inline, paragraphs, sentence
from walkthroughs.prose import bare
from walkthroughs.tour import Stop, Tour
from walkthroughs.visible import visible

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_STEP_LINK = re.compile(r"\[(?=#\d)")
_SHELL_LINE = re.compile(r"^(\s*)>>", re.M)
SHOWN_VALUES = 8


class CodeTourRenderer:
    """A tour as a CodeTour file, pinned to the commit it was recorded at."""

    name = "codetour"
    suffix = ".tour"
    summary = "a tour for the CodeTour extension of VS Code"

    def render(self, tour: Tour) -> str:
        """The file's text."""
        values: dict[str, Any] = {
            "$schema": "https://aka.ms/codetour-schema",
            "title": f"1 - {_title(tour.title or 'Tour')}",
            "description": visible(f"Recorded by RepoTour: {outcome_text(tour.outcome)}."),
            "isPrimary": True,
        }
        # With changes that were not committed, the lines of the commit need not be those of the tour.
        if _COMMIT.fullmatch(tour.provenance.commit) and not tour.provenance.dirty:
            values["ref"] = tour.provenance.commit
        values["steps"] = [_opening(tour), *(_step(stop) for stop in tour.stops)]
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _opening(tour: Tour) -> dict[str, Any]:
    """The step without a file: what is toured and how it was run."""
    words = [f"{len(tour.stops)} stops of one recorded run."]
    if tour.rung == "static":
        words = [f"{len(tour.stops)} stops, made by reading alone: everything here is inferred."]
    elif tour.command:
        words.append(f"The command was {code(command_text(tour.command))}; {inline(outcome_text(tour.outcome))}.")
    if tour.next_command:
        words.append(f"To try next: {code(command_text(tour.next_command))}.")
    remedies = [sentence(attempt.reason or attempt.remedy) for attempt in tour.attempts if attempt.remedy]
    if remedies:
        words.append("To run it here, this was changed: " + " ".join(remedies))
    return {"title": _title(tour.title or "Tour"), "description": _safe(" ".join(words))}


def _step(stop: Stop) -> dict[str, Any]:
    """One stop. A file outside the repository cannot be opened by the editor, so that its step has a text alone."""
    step: dict[str, Any] = {}
    if not stop.location.file.startswith(("site-packages/", "<", "/", "../")):
        step["file"] = stop.location.file
        step["line"] = max(1, stop.location.line)
    step["title"] = _title(f"{stop.stage_title}: {stop.title}" if stop.title else stop.stage_title)
    step["description"] = _safe(_description(stop))
    return step


def _description(stop: Stop) -> str:
    parts = [paragraphs(stop.note) or sentence(stop.because)]
    if stop.basis != "observed":
        parts.append(f"*{inline(stop.basis.capitalize())}, not observed.*")
    parts.extend(f"*~ {inline(text)}*" for text in stop.adapted)
    rows = []
    for variable in stop.variables[:SHOWN_VALUES]:
        words = [code(variable.name), inline(kind_text(variable))]
        if value_text(variable):
            words.append(f"= {code(value_text(variable))}")
        rows.append("- " + " ".join(word for word in words if word))
    if rows:
        parts.append("\n".join(rows))
    return "\n\n".join(part for part in parts if part)


def _title(text: str) -> str:
    """A title on one line without hyphens, which would cut it."""
    return visible(bare(text)).replace("-", "\u2010")


def _safe(markdown: str) -> str:
    """Markdown that the player leaves as it is: no links to steps, no lines that run in a terminal."""
    return _SHELL_LINE.sub(r"\1\\>\\>", _STEP_LINK.sub("[ ", markdown))


RENDERER = CodeTourRenderer()
