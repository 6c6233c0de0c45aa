"""Sections of the onboarding map about the run: what the program is, how it was run, what was not seen."""

from __future__ import annotations

import re

from walkthroughs.captions import command_text, count_text, number_text, outcome_text
from walkthroughs.markup import Links, code, fence, plain, sentence, table
from walkthroughs.tour import Location, Stop, Tour, stage_title

NEVER_RAN_SHOWN = 20
BRANCHES_SHOWN = 15

RUNG_WORDS = {
    "run with remedies": " It ran only with the adaptations below.",
    "run up to the failure": " The tour ends where the run failed.",
    "model alone": " The model was run alone, on an input of a shape that fits it.",
}
"""What a reader must know about how much was run, behind the sentence that says how the run ended."""

RUNG_LABELS = {"run with remedies": "run with changes", "static": "read, not run"}
"""How far it got as a label, where the name of the rung does not say it to a newcomer."""

_QUOTED = re.compile("“[^“”]+”")


def badges(tour: Tour, links: Links) -> str:
    """One line of labels: the commit, the day of the run, the Python, how far it got."""
    source = tour.provenance
    labels = []
    if source.commit:
        label = code(f"commit {source.commit[:10]}")
        labels.append(f"[{label}]({links.commit()})" if links.commit() else label)
    if source.dirty:
        labels.append(code("uncommitted changes"))
    if source.recorded_at:
        labels.append(code(f"{'read' if _only_read(tour) else 'recorded'} {source.recorded_at[:10]}"))
    if source.python and not _only_read(tour):
        labels.append(code(f"Python {source.python}"))
    if tour.rung:
        labels.append(code(RUNG_LABELS.get(tour.rung, tour.rung)))
    return " ".join(labels)


def opening(tour: Tour, links: Links) -> str:
    """What the page rests on: which code, how far the run got."""
    source = tour.provenance
    origin = code(source.url) if source.url else "a local folder"
    folder = f" (folder {code(source.folder)})" if source.folder else ""
    changes = ", with changes that were not committed" if source.dirty else ""
    if _only_read(tour):
        rest = f"Made by reading {origin}{folder}{changes}, without running it: everything below is inferred."
    else:
        rest = (
            f"Made from one recorded run of {origin}{folder}{changes}. What is said below was observed in that run "
            "unless it is marked as inferred."
        )
    return "\n\n".join(part for part in (badges(tour, links), rest) if part)


def _only_read(tour: Tour) -> bool:
    return tour.rung == "static" or not tour.outcome.kind


def what_it_is(tour: Tour, links: Links) -> str:
    """The program in a few sentences, each from what the run showed."""
    sentences = []
    if tour.entry.file:
        place = links.place(Location(tour.entry.file, tour.entry.line))
        role = next((file.role for file in tour.files if file.path == tour.entry.file), "")
        said = _QUOTED.search(role)
        sentences.append(
            f"{links.file(tour.entry.file)} says of itself: {plain(said.group())} It starts at {place}."
            if said
            else f"The program starts in {place}."
        )
    root = next((module for module in tour.model_tree if not module.path), None)
    if root and root.class_name:
        where = f" ({links.place(Location(root.file, root.line))})" if root.file else ""
        size = f" with {count_text(root.parameters, 'parameter')}" if root.parameters else ""
        sentences.append(f"Its model is {code(root.class_name)}{where}{size}.")
    if tour.update and tour.update.optimizer:
        rate = number_text(tour.update.learning_rate) if tour.update.learning_rate else ""
        rate = f", at learning rate {rate} in the first step that was looked at" if rate else ""
        at = f" at {links.place(tour.update.location)}" if tour.update.location else ""
        sentences.append(f"The weights are changed by {code(tour.update.optimizer)}{at}{rate}.")
    shown = [metric for metric in tour.metrics if metric.name and metric.value and metric.printed]
    metrics = [f"{code(metric.name)} = {code(_rounded(metric.value))}" for metric in shown]
    if metrics:
        short = ", whose loops were left early," if tour.fast_forwards else ""
        sentences.append(f"In this run{short} it reported {_listed(metrics)}.")
    toured = {(stop.call_stack or (stop.location,))[-1].file for stop in tour.stops}
    others = [
        f"- {links.file(other.file)}: {sentence(other.reason)}"
        for other in tour.other_entries
        if other.file not in toured
    ]
    more = "\n\nOther programs in this repository, not toured here:\n\n" + "\n".join(others) if others else ""
    return " ".join(sentences) + more


def _rounded(text: str) -> str:
    try:
        return number_text(float(text))
    except ValueError:
        return text


def how_to_run(tour: Tour, links: Links) -> str:
    """The command, what had to be changed for it, and how the run ended."""
    parts = []
    if tour.command:
        folder = f" In the folder {code(tour.provenance.folder)}:" if tour.provenance.folder else ""
        parts.append(f"The command of this tour.{folder}\n\n{fence(command_text(tour.command), 'sh')}")
        reason = tour.entry.reason.rstrip(".")
        if tour.entry.file and reason:
            parts.append(f"Why this program: {sentence(reason)}.")
    before = {stop.chapter: (stop.call_stack or (stop.location,))[-1].file for stop in tour.stops}
    prepared = [code(file) for chapter, file in before.items() if chapter.startswith("before")]
    if prepared:
        parts.append(f"Before it, {_listed(prepared)} was run: it prepares what this program reads.")
    if tour.outcome.kind:
        parts.append(f"How it went: {plain(outcome_text(tour.outcome))}.{RUNG_WORDS.get(tour.rung, '')}")
    parts += [f"What is missing: {sentence(need.text)}." for need in tour.needs]
    if tour.next_command:
        parts.append(f"To get further, try:\n\n{fence(command_text(tour.next_command), 'sh')}")
    parts.append(_adaptations(tour))
    loops = [
        f"- {links.place(Location(left.file, left.line, cell=left.cell, cell_line=left.cell_line))} "
        f"was left after {count_text(left.iterations, 'iteration')}"
        + (f": {sentence(left.detail)}" if left.detail else "")
        for left in tour.fast_forwards
    ]
    if loops:
        parts.append(
            "Loops that the tour left early, so that later numbers come from a short run:\n\n" + "\n".join(loops)
        )
    if tour.exception:
        error = tour.exception
        where = f" at {links.place(error.location)}" if error.location else ""
        parts.append(f"The run ended with {code(error.type)}{where}:\n\n{fence(error.message or error.type)}")
    return "\n\n".join(part for part in parts if part)


def processes(tour: Tour, links: Links) -> str:
    """Which process the tour follows, and what the others were."""
    del links
    return "\n".join(f"- {sentence(item.text)}" for item in tour.processes)


def not_seen(tour: Tour, links: Links) -> str:
    """Stages, functions and branches that the run did not show, so that nobody takes them for seen."""
    parts = []
    stages = [
        f"- **{stage_title(item.stage)}**: {sentence(item.reason or 'no reason recorded')}" for item in tour.not_seen
    ]
    if stages:
        parts.append("\n".join(stages))
    rows = [
        (links.place(Location(file.path, part.line, part.end_line)), code(part.qualname))
        for file in tour.files
        for part in file.never_ran
    ]
    if rows:
        parts.append(
            f"{count_text(len(rows), 'part')} of the files that took part never ran"
            f"{_first(len(rows), NEVER_RAN_SHOWN)}:\n\n{table(('Place', 'What'), rows[:NEVER_RAN_SHOWN])}"
        )
    branches = [
        (links.place(Location(item.file, item.line)), code(item.condition), _sides(item.taken, item.not_taken))
        for item in tour.branches
        if not (item.taken and item.not_taken)
    ]
    if branches:
        parts.append(
            f"Branches in functions of this tour of which only one side ran{_first(len(branches), BRANCHES_SHOWN)}:\n\n"
            + table(("Place", "Condition", "Seen"), branches[:BRANCHES_SHOWN])
        )
    return "\n\n".join(parts)


def marks(stop: Stop) -> str:
    """What marks a stop that was not observed, or that RepoTour's own changes touched."""
    inferred = "" if stop.basis == "observed" else f" *({plain(stop.basis)})*"
    return inferred + "".join(f" *(~ {sentence(text)})*" for text in stop.adapted)


def _adaptations(tour: Tour) -> str:
    """The attempts, where there was more than one or anything had to be changed."""
    told = [
        (number, attempt)
        for number, attempt in enumerate(tour.attempts, 1)
        if attempt.remedy or attempt.reason or attempt.outcome != tour.outcome.kind
    ]
    if not told:
        return ""
    rows = []
    for number, attempt in told:
        change = ": ".join(sentence(part) for part in (attempt.remedy, attempt.reason) if part)
        outcome = ": ".join(plain(part) for part in (attempt.outcome, attempt.detail) if part)
        rows.append((str(number), code(command_text(attempt.command)), outcome, change))
    return "What else was run, and what was changed to run it here:\n\n" + table(
        ("Attempt", "Command", "Outcome", "Adaptation and why"), rows
    )


def _sides(taken: int, not_taken: int) -> str:
    if not taken and not not_taken:
        return "never reached"
    return f"true {count_text(taken, 'time')}" if taken else f"false {count_text(not_taken, 'time')}"


def _first(count: int, shown: int) -> str:
    return f" (the first {shown} are listed)" if count > shown else ""


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
