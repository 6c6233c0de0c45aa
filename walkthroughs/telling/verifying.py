"""Whether a tour says what its traces show: claims derived again, notes made of claims, places and values looked up.

Runs on the host, needs no checkout: the source that a claim rests on is checked against the excerpts in the tour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError
from tracer.trace import Summary, Trace
from walkthroughs.notes.stages import GENERAL
from walkthroughs.passes import adapted
from walkthroughs.sources import SourceFile, Sources
from walkthroughs.stop import Claim, Stop, Variable, stage_title
from walkthroughs.story import Story
from walkthroughs.telling.claims import TITLE, rederive
from walkthroughs.telling.verifying_recording import pictures_fit, recording_problems, value_key
from walkthroughs.telling.witness import Witness
from walkthroughs.tour import Tour
from walkthroughs.values import variable


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a tour says and its traces do not show."""

    stop: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what differs."""

    claims: int
    differing: int
    differences: tuple[Difference, ...]


class NoSources(Sources):
    """The sources of a repository that is not there."""

    def __init__(self) -> None:
        super().__init__(Path())

    def get(self, path: str) -> SourceFile | None:
        """Nothing, whatever the path."""
        del path
        return None


def verify(tour: Tour, traces: Sequence[Trace], others: Sequence[Trace] = ()) -> Report:
    """Derive everything that a tour says again from its traces; `others` are those of processes beside the told.

    A tour made by reading alone rests on no trace, only on the source that it carries.
    """
    if is_read(tour):
        traces, others = [nothing_recorded()], ()
    else:
        _matching(tour, traces)
    story = Story(traces, NoSources(), others)
    witness = Witness(story)
    excerpts = _Excerpts(tour.stops)
    seen = {trace.chapter: _Seen(trace) for trace in traces}
    told: set[str] = set()
    differences: list[Difference] = []
    differing = 0
    for stop in tour.stops:
        for claim in stop.claims:
            problems = list(_claim(witness, excerpts, claim))
            differing += bool(problems)
            differences.extend(Difference(stop.id, problem) for problem in problems)
        differences.extend(Difference(stop.id, problem) for problem in _words(stop, told))
        differences.extend(Difference(stop.id, problem) for problem in seen[stop.chapter].problems(stop))
        if stop.adapted != adapted.labels(story, stop):
            differences.append(Difference(stop.id, "says of RepoTour's own changes what the trace does not show"))
    for row in tour.processes:
        for claim in row.claims:
            problems = list(_claim(witness, excerpts, claim))
            differing += bool(problems)
            differences.extend(Difference("processes", problem) for problem in problems)
        if row.text != " ".join(claim.text for claim in row.claims):
            differences.append(Difference("processes", f"says “{row.text}”, which its claims do not make"))
    differences.extend(Difference(where, text) for where, text in recording_problems(tour, traces))
    claims = [claim for stop in tour.stops for claim in stop.claims]
    claims.extend(claim for row in tour.processes for claim in row.claims)
    return Report(len(claims), differing, tuple(differences))


def is_read(tour: Tour) -> bool:
    """Whether all of a tour was made by reading, so that there is no trace to look at."""
    return tour.rung == "static" and all(stop.basis != "observed" for stop in tour.stops)


def nothing_recorded() -> Trace:
    """The trace of a program that never ran."""
    return Trace(Path(), {"chapter": "main"}, {}, {}, [], [], [], [], [], [], {}, [], None, False)


def _matching(tour: Tour, traces: Sequence[Trace]) -> None:
    """Refuse traces that are not those of the tour."""
    known = {trace.chapter for trace in traces}
    missing = sorted({stop.chapter for stop in tour.stops} - known)
    if missing:
        message = f"the tour tells of {', '.join(missing)}, but no trace of that was given."
        raise RepoTourError(message, slug="trace-missing", hint="Name each trace with --trace FILE.")
    files = {code.file for trace in traces for code in trace.codes.values()}
    observed = [stop for stop in tour.stops if stop.basis == "observed"]
    if observed and not any(stop.location.file in files for stop in observed):
        message = "the traces are of another program: none of the tour's files is in them."
        raise RepoTourError(message, slug="trace-mismatch", hint="Name the tour's own traces with --trace FILE.")


def _claim(witness: Witness, excerpts: _Excerpts, claim: Claim) -> Iterator[str]:
    again = rederive(witness, claim)
    if again is None:
        yield f"says “{claim.text}”, which the trace does not show"
    elif again.text != claim.text:
        yield f"says “{claim.text}”, but the trace shows “{again.text}”"
    elif again.evidence != claim.evidence:
        said, found = ", ".join(claim.evidence) or "nothing", ", ".join(again.evidence) or "nothing"
        yield f"rests “{claim.text}” on {said}, but it follows from {found}"
    source = claim.args.get("source")
    if isinstance(source, dict):
        yield from excerpts.problems(source)


def _words(stop: Stop, told: set[str]) -> Iterator[str]:
    """Title and note must be made of the claims alone, but for one sentence of general knowledge per stage."""
    titles = [claim.text for claim in stop.claims if claim.rule.startswith(TITLE)]
    wanted = titles[0] if titles else stage_title(stop.stage)
    if stop.title != wanted:
        yield f"is titled “{stop.title}”, but its claims make it “{wanted}”"
    note = " ".join(stop.note.split())
    sentences = " ".join(claim.text for claim in stop.claims if not claim.rule.startswith(TITLE))
    general = next((text for stage, text in GENERAL.items() if stage.value == stop.stage), "")
    if note == sentences:
        return
    if general and note == f"{sentences} *{general}*".strip() and stop.stage not in told:
        told.add(stop.stage)
        return
    yield "has words in its note that no claim makes, or lacks some that one makes"


class _Excerpts:
    """The source that a tour carries."""

    def __init__(self, stops: Iterable[Stop]) -> None:
        self.lines: dict[tuple[str, int], set[str]] = {}
        for stop in stops:
            for number, line in enumerate(stop.excerpt.lines, stop.excerpt.first_line):
                self.lines.setdefault((stop.location.file, number), set()).add(line)

    def problems(self, source: dict[str, Any]) -> Iterator[str]:
        """Where the source text of a claim is not what the excerpts show."""
        file, first = str(source.get("file", "")), source.get("line")
        if not isinstance(first, int):
            yield "names no line for the source that it rests on"
            return
        for number, line in enumerate(str(source.get("text", "")).split("\n"), first):
            shown = self.lines.get((file, number))
            if shown != {line}:
                what = "no excerpt of the tour shows" if shown is None else "the tour's excerpt shows otherwise"
                yield f"rests on “{line.strip()}” in line {number} of {file}, which {what}"
                return


class _Seen:
    """The places and values of one trace."""

    def __init__(self, trace: Trace) -> None:
        self.lines: dict[str, set[int]] = {}
        self.values: dict[str, dict[tuple[Any, ...], list[Variable]]] = {}
        self.printed: dict[str, set[str]] = {}
        for code in trace.codes.values():
            rows = self.lines.setdefault(code.file, set())
            rows.update(trace.executed(code))
            if code.type != "module":
                rows.add(code.line)
        for event in trace.events:
            for place in event.stack:
                self.lines.setdefault(place.code.file, set()).add(place.line)
        for frame in trace.frames.values():
            for row in frame.args:
                self._add(frame.code.file, row.name, row.value)
            if frame.returned is not None:
                self._add(frame.code.file, "return", frame.returned)
            for line in frame.lines:
                self.printed.setdefault(frame.code.file, set()).update((line.out, line.err))
                for row in line.bound:
                    self._add(frame.code.file, row.name, row.value)

    def _add(self, file: str, name: str, value: Summary) -> None:
        found = variable(name, value)
        self.values.setdefault(file, {}).setdefault(value_key(found), []).append(found)

    def problems(self, stop: Stop) -> Iterator[str]:
        """What a stop shows of places and values that the trace does not hold."""
        if stop.basis != "observed":
            return
        place = stop.location
        if not any(place.line <= line <= place.end_line for line in self.lines.get(place.file, ())):
            yield f"stands on {place}, where nothing was seen to run"
        known = self.values.get(place.file, {})
        for row in stop.variables:
            if not any(pictures_fit(row, one) for one in known.get(value_key(row), ())):
                yield f"shows `{row.name}` with a value that was not recorded in {place.file}"
        if stop.output and stop.output not in self.printed.get(place.file, ()):
            yield "shows printed text that was not recorded"
