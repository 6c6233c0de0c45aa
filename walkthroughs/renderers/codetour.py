"""A tour for the CodeTour extension of VS Code (and its players in other editors): one `.tour` file, or numbered parts.

Written from what the player does, not from its schema alone: it rewrites a description before showing it, in code too.
A text in brackets may become a link to another tour, a line behind `>>` one that runs in a terminal, `(command:` is
parsed, a fenced block grows an "Insert Code" link, and a title is cut at its second hyphen and put into a link. Steps
never carry commands or conditions, and nothing in a text is left for the player to rewrite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from walkthroughs.captions import (
    change_text,
    command_text,
    count_text,
    kind_text,
    outcome_text,
    value_text,
    visits_text,
)
from walkthroughs.markup import code, inline, sentence, span
from walkthroughs.prose import Block, bare, parse
from walkthroughs.tour import Chapter, Stop, Tour, program_title
from walkthroughs.visible import visible

SHOWN_VALUES = 8
MARK = "repotour"
"""A key of our own in every file, by which a part is known as one that RepoTour wrote; players ignore it."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_JOINER = "\u2060"
_REWRITTEN = re.compile(r"\[(?=[^\]])|\](?=\()|\((?=command:)|^(\s*)>(?=>\s)", re.M)
_IN_TITLES = {ord("-"): "\u2010", ord("["): "\uff3b", ord("]"): "\uff3d", ord("`"): "\u02cb", ord("<"): "\u2039"}


class CodeTourRenderer:
    """A tour as a CodeTour file, pinned to the commit it was recorded at."""

    name = "codetour"
    suffix = ".tour"
    summary = "a tour for the CodeTour extension of VS Code"

    def render(self, tour: Tour) -> str:
        """The whole tour as one file."""
        steps = [_opening(tour)]
        for part in _parts(tour):
            steps += [
                _step(stop, f"{part.title} {number}/{len(part.stops)}: ") for number, stop in enumerate(part.stops, 1)
            ]
        return _text(_head(tour, _title(tour.title or "Tour"), primary=True), steps)

    def parts(self, tour: Tour) -> Mapping[str, str]:
        """The tour as numbered parts by file name, one for each chapter; players lead from each to the next."""
        parts = _parts(tour)
        if not parts:
            return {"1-tour.tour": self.render(tour)}
        width = len(str(len(parts)))
        titles = [f"{number:0{width}} - {_part_title(tour, part)}" for number, part in enumerate(parts, 1)]
        written = {}
        for number, (part, title) in enumerate(zip(parts, titles, strict=True)):
            head = _head(tour, title, primary=number == 0)
            if number + 1 < len(parts):
                head["nextTour"] = titles[number + 1]
            first = [_opening(tour)] if number == 0 else []
            name = re.sub(r"[^a-z0-9]+", "-", part.title.lower()).strip("-") or "part"
            written[f"{number + 1:0{width}}-{name}.tour"] = _text(head, first + [_step(stop) for stop in part.stops])
        return written


def _parts(tour: Tour) -> list[Chapter]:
    """The stops by chapter, each chapter once where it first comes; a program before or after is one chapter."""
    groups: dict[str, list[Stop]] = {}
    for stop in tour.stops:
        groups.setdefault(stop.part if stop.chapter == "main" else program_title(stop.chapter), []).append(stop)
    return [Chapter(title, tuple(stops)) for title, stops in groups.items()]


def _head(tour: Tour, title: str, *, primary: bool) -> dict[str, Any]:
    """A file's values without its steps."""
    values: dict[str, Any] = {
        "$schema": "https://aka.ms/codetour-schema",
        "title": title,
        "description": visible(f"Recorded by RepoTour: {outcome_text(tour.outcome)}."),
        "isPrimary": primary,
    }
    if tour.rung == "static" or not tour.outcome.kind:
        values["description"] = "Made by RepoTour by reading the code: nothing was run."
    # With changes that were not committed, the lines of the commit need not be those of the tour.
    if _COMMIT.fullmatch(tour.provenance.commit) and not tour.provenance.dirty:
        values["ref"] = tour.provenance.commit
    values[MARK] = visible(tour.title)
    return values


def _text(head: dict[str, Any], steps: list[dict[str, Any]]) -> str:
    return json.dumps({**head, "steps": steps}, indent=2, ensure_ascii=False) + "\n"


def _opening(tour: Tour) -> dict[str, Any]:
    """The step without a file: what is toured and how it was run."""
    stops = count_text(len(tour.stops), "stop")
    words = [f"{stops} of one recorded run."]
    if tour.rung == "static":
        words = [f"{stops}, made by reading alone: everything here is inferred."]
    elif tour.command:
        words.append(f"The command was {code(command_text(tour.command))}; {inline(outcome_text(tour.outcome))}.")
    if tour.next_command:
        words.append(f"To try next: {code(command_text(tour.next_command))}.")
    changes = [f"- {sentence(text)}" for text in map(change_text, tour.attempts) if text]
    told = "\n\nTo run it here, this was changed:\n\n" + "\n".join(changes) if changes else ""
    return {"title": _title(tour.title or "Tour"), "description": _safe(" ".join(words) + told)}


def _step(stop: Stop, before: str = "") -> dict[str, Any]:
    """One stop. A file outside the repository cannot be opened by the editor, so that its step has a text alone."""
    step: dict[str, Any] = {}
    if not stop.location.file.startswith(("site-packages/", "<", "/", "../")):
        step["file"] = stop.location.file
        step["line"] = max(1, stop.location.line)
    title = bare(stop.title)
    if not title.startswith(stop.stage_title):
        title = f"{stop.stage_title}: {title}" if title else stop.stage_title
    step["title"] = _title(before + title)
    step["description"] = _safe(_description(stop))
    return step


def _description(stop: Stop) -> str:
    parts = [_note(stop.note) or sentence(stop.because)]
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
    ran = visits_text(stop)
    if ran:
        parts.append(f"*{ran}*")
    return "\n\n".join(part for part in parts if part)


def _note(note: str) -> str:
    """A note without fenced blocks, whose lines become code one by one: to a fence the player adds a link."""
    written = []
    previous = ""
    for block in parse(note):
        written.append(("\n" if block.kind == previous == "item" else "\n\n") + _block(block))
        previous = block.kind
    return "".join(written).strip()


def _block(block: Block) -> str:
    if block.kind == "fence":
        return "  \n".join(code(line) for line in block.text.split("\n") if line.strip())
    text = "".join(span(part) for part in block.spans)
    return f"- {text}" if block.kind == "item" else re.sub(r"^(\s*)([-+=>])", r"\1\\\2", text)


def _part_title(tour: Tour, part: Chapter) -> str:
    name = tour.title.partition(": ")[0]
    return _title(f"{name}: {part.title}" if name else part.title)


def _title(text: str) -> str:
    """A title on one line that is neither cut nor read as Markdown in the links to it: lookalikes for what would be."""
    return visible(bare(text)).translate(_IN_TITLES)


def _safe(markdown: str) -> str:
    """Markdown that the player leaves as it is: an invisible character parts what it would rewrite, in code too."""
    return _REWRITTEN.sub(lambda match: match.group() + _JOINER, markdown)


RENDERER = CodeTourRenderer()
