"""A tour of a repository of which nothing could be run: stops from reading alone, all of them inferred. Host.

The last rung of the ladder. Nothing in it was observed, and no value is shown but what is written in the source.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.location import Location
from tracer.stages import CORE_STAGES, Stage
from tracer.survey import Sighting, Survey, survey
from walkthroughs.build import Telltale
from walkthroughs.notes.stages import GENERAL
from walkthroughs.passes.cells import with_cells
from walkthroughs.sources import SourceFile, Sources
from walkthroughs.stop import Claim, Excerpt, Stop
from walkthroughs.story import Story
from walkthroughs.telling import note_of
from walkthroughs.telling.claims import make
from walkthroughs.telling.verifying import nothing_recorded
from walkthroughs.telling.witness import Scene, Witness
from walkthroughs.tour import FileRole, Hyperparameter, NotSeen, Outcome, Tour

PER_STAGE = 3
"""Stops of one stage at most: reading finds more places than a newcomer can use."""
UNSURE = 0.5
"""A sighting below this confidence is a guess from a name alone."""
BELOW_BEST = 0.3
"""A sighting this much less sure than the best of its stage says little beside it."""
BEFORE, AFTER, DEFINITION, LONGEST = 5, 6, 18, 40
"""Lines of source before and behind a statement, of a definition, and of one stop altogether."""
HEADER = 6
DOCSTRING = 12
ORDER = tuple(Stage)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def static_tour(found: Survey, root: Path, known: Telltale) -> Tour:
    """The tour that reading alone gives. `found` may lack sightings, or have those of another program than the one that
    was tried: then the files are read again, closely.

    `root` is the work tree whose sources are shown. `known` says what was tried and why nothing ran: an outcome without
    `kind` means that nothing was even started.
    """
    tried = known.entry.file if found.entry(known.entry.file) else ""
    if not found.sightings or (tried and found.entries[0].file != tried):
        found = survey(root, folder=found.folder, entry=tried)
    sources = Sources(root)
    scene = Witness(Story([nothing_recorded()], sources)).scenes[0]
    chosen = choose(found.sightings)
    tour = Tour(
        title=known.title,
        provenance=known.provenance,
        entry=known.entry,
        command=known.command,
        rung="static",
        attempts=known.attempts,
        outcome=known.outcome if known.outcome != Outcome() else Outcome("", "the repository was read, not run"),
        stops=_stops(scene, sources, chosen),
        not_seen=_missing(chosen),
        files=_files(found, chosen),
        hyperparameters=_settings(found, known.entry.file),
        other_entries=known.others,
        output_tail=known.output_tail,
        next_command=known.next_command or _by_hand(found, known.entry.file),
    )
    return with_cells(tour, sources)


def choose(sightings: Iterable[Sighting]) -> list[Sighting]:
    """The few places to show: the surest of each stage, in the order of the stages."""
    by_stage: dict[Stage, list[Sighting]] = {}
    order: dict[str, int] = {}
    for sighting in sightings:
        order.setdefault(sighting.location.file, len(order))
        if sighting.confidence >= UNSURE:
            by_stage.setdefault(sighting.stage, []).append(sighting)
    chosen = []
    for stage in sorted(by_stage, key=ORDER.index):
        rows = sorted(by_stage[stage], key=lambda row: -row.confidence)  # stable: as the survey ranked them
        kept: list[Sighting] = []
        for row in rows:
            if len(kept) < PER_STAGE and row.confidence >= rows[0].confidence - BELOW_BEST:
                kept.append(row)
        chosen += sorted(kept, key=lambda row: (order[row.location.file], row.location.line))
    return chosen


def _stops(scene: Scene, sources: Sources, chosen: list[Sighting]) -> tuple[Stop, ...]:
    names: Counter[str] = Counter()
    told: set[Stage] = set()
    stops = []
    for sighting in chosen:
        source = sources.get(sighting.location.file)
        if source is None:
            continue
        stem = f"{sighting.stage.value}-{_slug(sighting.location)}"
        names[stem] += 1
        general = "" if sighting.stage in told else GENERAL.get(sighting.stage, "")
        told.add(sighting.stage)
        stops.append(_stop(scene, source, sighting, f"{stem}-{names[stem]}", general))
    return tuple(stops)


def _stop(scene: Scene, source: SourceFile, sighting: Sighting, identity: str, general: str) -> Stop:
    node = source.statement(sighting.location.line)
    line = sighting.location.line
    definition = isinstance(node, _DEFINES) and node.lineno == line
    last = int(node.end_lineno or line) if definition and node is not None else source.span(line).end_line
    location = replace(sighting.location, end_line=max(line, last))
    written = _text(source, line, min(location.end_line, source.span(line).end_line, line + HEADER))
    title = make(scene, "title.code", source=written, stage=sighting.stage.value)
    notes = [
        make(scene, "inferred.place", source=written, stage=sighting.stage.value),
        *(make(scene, f"inferred.{name}", source=written) for name in ("bases", "takes", "calls", "literals")),
        _own_words(scene, source, location, node if definition else None),
    ]
    claims = [claim for claim in notes if claim is not None]
    return Stop(
        id=identity,
        stage=sighting.stage.value,
        title=title.text if title is not None else sighting.stage.title,
        basis="inferred",
        because=f"reading the source took this line for it: the detector for {sighting.stage.title.lower()}",
        location=location,
        excerpt=_excerpt(source, location, definition),
        note=note_of([[claim.text for claim in claims]], general),
        claims=(*([title] if title is not None else []), *claims),
    )


def _own_words(scene: Scene, source: SourceFile, location: Location, node: ast.stmt | None) -> Claim | None:
    """The repository's docstring of a definition, or its comment above a statement."""
    line = location.line
    if isinstance(node, _DEFINES) and ast.get_docstring(node):
        last = min(int(node.body[0].end_lineno or node.body[0].lineno), line + DOCSTRING)
        return make(scene, "source.docstring", source=_text(source, line, last))
    if line > 1 and source.line(line - 1).startswith("#"):
        return make(scene, "source.comment", source=_text(source, line - 1, line - 1), place="above")
    return None


def _text(source: SourceFile, first: int, last: int) -> dict[str, Any]:
    """Lines of a file as a claim's `source`."""
    return {"file": source.path, "line": first, "text": "\n".join(source.lines[first - 1 : last])}


def _excerpt(source: SourceFile, location: Location, definition: bool) -> Excerpt:
    first = location.line if definition else max(1, location.line - BEFORE)
    last = min(location.end_line, location.line + DEFINITION) if definition else location.end_line + AFTER
    return Excerpt(first, tuple(source.lines[first - 1 : min(last, first + LONGEST, len(source.lines))]))


def _slug(location: Location) -> str:
    inside = location.qualname != "<module>"
    name = location.qualname.rpartition(".")[2] if inside else location.file.rpartition("/")[2].partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "code"


def _missing(chosen: list[Sighting]) -> tuple[NotSeen, ...]:
    """The stages that reading found no place for."""
    found = {sighting.stage for sighting in chosen}
    reason = "nothing was run, and in the files that were read no line looks like it"
    return tuple(NotSeen(stage.value, reason) for stage in CORE_STAGES if stage not in found)


def _by_hand(found: Survey, file: str) -> tuple[str, ...]:
    """The command to type by hand: the repository's own preparation, else the program with what it asks for."""
    entry = found.entry(file)
    if entry is None:
        return ()
    if entry.before:
        return tuple(shlex.split(entry.before[0]))
    given = set(entry.command)
    asked = [item for item in entry.arguments if item.required and not given.intersection((*item.flags, item.name))]
    words = [word for item in asked for word in (*item.flags[-1:], item.name.strip("-").upper())]
    start = ("jupyter", "execute") if file.endswith(".ipynb") else () if entry.launch == "console" else ("python",)
    return (*start, *(entry.command or (file,)), *words)


def _files(found: Survey, chosen: list[Sighting]) -> tuple[FileRole, ...]:
    """The files in which the stops stand, with their lengths and what reading takes them for."""
    rows = []
    for path in dict.fromkeys(sighting.location.file for sighting in chosen):
        facts = found.facts(path)
        stages = dict.fromkeys(row.stage.title.lower() for row in chosen if row.location.file == path)
        rows.append(FileRole(path, f"by its text: {', '.join(stages)}", facts.lines if facts is not None else 0))
    return tuple(rows)


def _settings(found: Survey, file: str) -> tuple[Hyperparameter, ...]:
    """The settings that the program declares; their values in a run are not known, so none is given."""
    entry = found.entry(file)
    return tuple(
        Hyperparameter(
            argument.flags[-1] if argument.flags else argument.name,
            source=f"declared{f' with the default {argument.default}' if argument.default else ''}",
            set_at=argument.location if argument.location.file else None,
        )
        for argument in (entry.arguments if entry is not None else ())
    )
