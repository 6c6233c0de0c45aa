"""From what a journey gathered to the tour's files. Runs on the host."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from repotour import __version__
from repotour.attempts.worth import TRAINING, WELL
from repotour.outcomes import load_traces
from repotour.printed import tail_of
from tracer.stages import CORE_STAGES

if TYPE_CHECKING:
    from repotour.journey import Journey
    from repotour.progress import Progress
    from tracer.interpreter import Interpreter
    from tracer.trace import Trace
    from walkthroughs.build import Telltale
    from walkthroughs.tour import Outcome, Tour

NEVER_TRAINED = "it ended well but never trained: no gradients, no fit and no change of weights were seen"


def tell_journey(journey: Journey, root: Path, interpreter: Interpreter, progress: Progress) -> tuple[Tour, Path]:
    """Build the tour of what was recorded, and write it; `root` is the workspace."""
    from walkthroughs.build import build_tour

    programs = [found for found in map(load_traces, journey.traces) if found is not None]
    traces = [trace for found in programs for trace in found.told]
    beside = [trace for found in programs for trace in found.others]
    known = telltale(journey, interpreter)
    line = first_line(traces, journey.entry_file, root) or known.entry.line
    known = replace(
        known, entry=replace(known.entry, line=line), output_tail=tail_of(journey.main, root), rung=rung_of(journey)
    )
    tour = build_tour(traces, root, known, beside)
    if known.outcome.kind == "finished" and not {stop.stage for stop in tour.stops} & TRAINING:
        tour = replace(tour, outcome=replace(known.outcome, detail=NEVER_TRAINED))
    return tour, write_tour(tour, journey, progress)


def telltale(journey: Journey, interpreter: Interpreter) -> Telltale:
    """What the host knows of the journey besides its traces."""
    from walkthroughs.build import Telltale
    from walkthroughs.tour import Entry, OtherEntry, Provenance

    checkout = journey.checkout
    candidate = journey.candidate
    others = tuple(
        OtherEntry(entry.file, "; ".join(entry.reasons[:2]))
        for entry in journey.survey.entries[:12]
        if entry.file not in (journey.entry_file, *journey.toured)
    )
    return Telltale(
        title=f"{checkout.name}: {journey.entry_file}" if journey.entry_file else checkout.name,
        provenance=Provenance(
            checkout.url,
            checkout.commit,
            checkout.dirty,
            datetime.now(timezone.utc).replace(microsecond=0).isoformat(),
            interpreter.version_text,
            __version__,
            sys.platform,
            checkout.folder,
        ),
        entry=Entry(
            journey.entry_file,
            journey.entry.line if journey.entry is not None else 1,
            candidate.reason if candidate is not None else "",
        ),
        command=journey.command,
        outcome=outcome_told(journey),
        attempts=journey.account.attempts(),
        others=others,
    )


def outcome_told(journey: Journey) -> Outcome:
    """How the told run ended; when there was none, why."""
    from walkthroughs.tour import Outcome

    if journey.outcome is not None:
        return journey.outcome
    return Outcome("killed", "interrupted by you (Ctrl-C)" if journey.interrupted else "it never started", 0.0)


def write_tour(tour: Tour, journey: Journey, progress: Progress) -> Path:
    """Write the tour and its onboarding map, and remember it; gives the path of the tour."""
    from repotour.store import remember
    from walkthroughs.build import stages_seen
    from walkthroughs.renderers.base import find_renderer
    from walkthroughs.writing import write_whole

    path = journey.out / f"{journey.name}.tour.json"
    tour.save(path)
    write_whole(journey.out / "ONBOARDING.md", find_renderer("markdown").render(tour))
    remember(path, title=tour.title, stages_seen=stages_seen(tour), stops=len(tour.stops))
    progress.done(f"{len(tour.stops)} stops, {stages_seen(tour)} of {len(CORE_STAGES)} stages")
    return path


def first_line(traces: list[Trace], file: str, root: Path) -> int:
    """The first line that the program ran, when it works at module level; 0 when a `__main__` guard starts it."""
    text = (root / file).read_text("utf-8", "replace") if file and (root / file).is_file() else ""
    if "__main__" in text:
        return 0
    for trace in traces:
        for frame in trace.frames.values():
            if trace.chapter == "main" and frame.code.type == "module" and frame.code.file == file and frame.lines:
                return frame.lines[0].line
    return 0


def rung_of(journey: Journey) -> str:
    """How complete the recorded run was: full, with remedies, or up to a failure."""
    if journey.outcome is None or journey.outcome.kind not in WELL:
        return "run up to the failure"
    return "run with remedies" if journey.account.adaptations() else "full run"
