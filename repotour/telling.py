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
    from tracer.trace import Trace
    from walkthroughs.build import Telltale
    from walkthroughs.tour import Outcome, Tour

ONLY_MODEL = "there was no program to start: only the model was built and applied, to an input that was made up"
NEVER_TRAINED = "it ended well but never trained: no gradients, no fit and no change of weights were seen"


def tell_journey(journey: Journey, root: Path, progress: Progress) -> tuple[Tour, Path]:
    """Build the best tour that can be had of what was gathered, and write it.

    `root` is the workspace, or the work tree when nothing was run. Where the run did not get as far as training, the
    places that reading found for the rest stand behind what was seen, marked as inferred.
    """
    from walkthroughs.passes.cells import with_cells
    from walkthroughs.sources import Sources

    programs = [found for found in map(load_traces, journey.traces) if found is not None]
    traces = [trace for found in programs for trace in found.told]
    known = replace(telltale(journey), output_tail=tail_of(journey.main, root), rung=rung_of(journey))
    if not any(trace.frames for trace in traces):
        tour = _read(journey, root, known)
    else:
        from walkthroughs.build import build_tour

        line = first_line(traces, journey.entry_file, root) or known.entry.line
        known = replace(known, entry=replace(known.entry, line=line))
        tour = build_tour(traces, root, known, [trace for found in programs for trace in found.others])
        if not {stop.stage for stop in tour.stops} & TRAINING:
            if known.outcome.kind == "finished":
                detail = ONLY_MODEL if journey.alone and journey.candidate is None else NEVER_TRAINED
                tour = replace(tour, outcome=replace(known.outcome, detail=detail))
            tour = with_inferred(tour, _read(journey, root, known))
    tour = with_cells(replace(tour, needs=journey.needs), Sources(root))
    return tour, write_tour(tour, journey, root, progress)


def _read(journey: Journey, root: Path, known: Telltale) -> Tour:
    """The tour that reading alone gives."""
    from walkthroughs.static_tour import static_tour

    return static_tour(journey.survey, root, known)


def with_inferred(tour: Tour, read: Tour) -> Tour:
    """A tour of a run that did not train, with the stops of stages that it did not reach as reading found them."""
    seen = {stop.stage for stop in tour.stops}
    rest = tuple(stop for stop in read.stops if stop.stage not in seen)
    return replace(tour, stops=(*tour.stops, *rest), next_command=tour.next_command or read.next_command)


def telltale(journey: Journey) -> Telltale:
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
            journey.python,
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
        next_command=next_command(journey),
    )


def next_command(journey: Journey) -> tuple[str, ...]:
    """What to type for more than this tour shows: `repotour run` with more time or attempts, or the program by hand;
    nothing where the program did all that it does."""
    outcome, options = journey.outcome, journey.options
    repo = ("repotour", "run", journey.checkout.url or journey.checkout.name)
    if outcome is None or outcome.kind in WELL:
        return ()
    if options.synthetic == "never" and any(not need.path for need in journey.needs):
        return (*repo, "--synthetic-data", "auto")
    if outcome.kind == "timed_out":
        return (*repo, "--timeout", f"{4 * options.timeout:g}", "--total", f"{8 * options.timeout:g}")
    if journey.unfinished:
        return (*repo, "--attempts", str(2 * options.attempts), "--total", f"{2 * options.total:g}")
    return journey.command


def outcome_told(journey: Journey) -> Outcome:
    """How the told run ended; when there was none, why."""
    from walkthroughs.tour import Outcome

    if journey.outcome is not None:
        return journey.outcome
    if journey.interrupted:
        return Outcome("killed", "interrupted by you (Ctrl-C)", 0.0)
    return Outcome("", journey.obstacle or "it never started", 0.0)


def shareable(tour: Tour, journey: Journey, root: Path) -> Tour:
    """The tour without secrets, and without what tells of this machine and its user."""
    from tracer.safety.cleaning import Cleaner
    from tracer.safety.privacy import of_run
    from walkthroughs.tour import Tour

    shelter = journey.shelter
    cleaner = Cleaner(of_run(root, shelter.folder, journey.checkout.root, shelter.python), shelter.secrets)
    if not cleaner.touches_json(tour.to_text()):
        return tour
    values = cleaner.values(tour.to_dict())
    wiser = cleaner.wiser()
    return Tour.from_dict(wiser.values(values) if wiser is not None else values)


def write_tour(tour: Tour, journey: Journey, root: Path, progress: Progress) -> Path:
    """Write the tour and its onboarding map, and remember it; gives the path of the tour."""
    from repotour.store import remember
    from walkthroughs.build import stages_seen
    from walkthroughs.renderers.base import find_renderer
    from walkthroughs.writing import write_whole

    tour = shareable(tour, journey, root)
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
    """How complete the recorded run was: full, with remedies, up to a failure, or of the model alone."""
    if journey.alone:
        return "model alone"
    if journey.outcome is None or journey.outcome.kind not in WELL:
        return "run up to the failure"
    return "run with remedies" if journey.account.adaptations() else "full run"
