"""Makes a tour from traces of its programs: rules find, the choice shortens, the telling words, the panels complete.

Runs on the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.errors import RepoTourError
from tracer.stages import CORE_STAGES
from tracer.trace import Trace
from walkthroughs.choosing import choose
from walkthroughs.passes import (
    adapted,
    branches,
    call_path,
    cells,
    data_lineage,
    files,
    histories,
    hyperparameters,
    ideas,
    loops,
    metrics,
    model_tree,
    not_seen,
    other,
    processes,
    programs,
    recording,
    update,
)
from walkthroughs.rules import find_all
from walkthroughs.sources import Sources
from walkthroughs.stop import Point, Stop
from walkthroughs.stops import make_stops
from walkthroughs.story import Finding, Story
from walkthroughs.telling import tell
from walkthroughs.tour import Attempt, Entry, History, OtherEntry, Outcome, Provenance, Tour


@dataclass(frozen=True, slots=True)
class Telltale:
    """What the host knows of a run besides its traces."""

    title: str
    provenance: Provenance
    entry: Entry
    command: tuple[str, ...]
    outcome: Outcome
    attempts: tuple[Attempt, ...] = ()
    rung: str = "full run"
    others: tuple[OtherEntry, ...] = ()
    output_tail: str = ""
    next_command: tuple[str, ...] = ()
    """What to type next where the run did not get far enough."""


def build_tour(traces: Sequence[Trace], root: Path, known: Telltale, others: Sequence[Trace] = ()) -> Tour:
    """The tour of one or more recorded programs; `root` is the work tree whose sources are shown.

    `others` are processes of these programs that are only mentioned.
    """
    if not traces:
        raise RepoTourError("nothing was recorded, so there is nothing to tell.", slug="no-trace", exit_code=3)
    story = Story(traces, Sources(root), others)
    findings = in_order(choose(find_all(story)))
    stops = make_stops(story, findings, tell(story, findings))
    recorded, steps = recording.panel(story, findings)
    value_histories = histories.panel(story, findings)
    tour = Tour(
        title=known.title,
        provenance=known.provenance,
        entry=known.entry,
        command=known.command,
        rung=known.rung,
        attempts=known.attempts,
        outcome=known.outcome,
        fast_forwards=other.fast_forwards(story),
        stops=adapted.with_labels(story, with_steps(with_histories(stops, value_histories), steps)),
        not_seen=not_seen.panel(story, findings, known.outcome),
        call_path=call_path.panel(story, findings),
        files=files.panel(story, findings),
        loops=loops.panel(story, findings),
        model_tree=model_tree.panel(story, findings),
        hyperparameters=hyperparameters.panel(story, findings),
        data_lineage=data_lineage.panel(story, findings),
        update=update.panel(story, findings),
        histories=value_histories,
        metrics=metrics.panel(story, findings),
        branches=branches.panel(story, findings),
        ideas=ideas.panel(story, findings),
        processes=processes.panel(story),
        other_entries=known.others,
        exception=other.failure(story),
        output_tail=known.output_tail,
        next_command=known.next_command,
        programs=programs.panel(story),
        recording=recorded,
    )
    return cells.with_cells(tour, story.sources)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Findings as they happened; a definition is told when it first mattered, just after what led to it."""
    return sorted(findings, key=lambda finding: (finding.trace, finding.seq))


def with_histories(stops: tuple[Stop, ...], found: Sequence[History]) -> tuple[Stop, ...]:
    """Give each stop the history of the value that is bound on its line."""
    by_line = {(item.location.file, item.location.line): item for item in found if item.location is not None}
    result = []
    for stop in stops:
        history = by_line.get((stop.location.file, stop.location.line))
        points: tuple[Point, ...] = history.points if history is not None else ()
        result.append(replace(stop, history=points) if points else stop)
    return tuple(result)


def with_steps(stops: tuple[Stop, ...], steps: Sequence[int | None]) -> tuple[Stop, ...]:
    """Give each stop its place in the recording."""
    return tuple(stop if step is None else replace(stop, step=step) for stop, step in zip(stops, steps, strict=True))


def stages_seen(tour: Tour) -> int:
    """How many of the ten core stages have a stop."""
    return len({stop.stage for stop in tour.stops} & {stage.value for stage in CORE_STAGES})
