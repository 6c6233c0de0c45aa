"""All attempts of one tour: which program is tried, which next, and which of them is told. Runs on the host."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.attempting import Attempting, Field
from repotour.attempts.candidate import Candidate
from repotour.attempts.shelf import forget
from repotour.attempts.worth import WELL

if TYPE_CHECKING:
    from repotour.attempts.reached import Reached
    from tracer.command import TargetCommand


class Campaign:
    """Tries candidates until one trains, within the bounds. `told` is the attempt that the tour is made of."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.told: Reached | None = None
        self.interrupted = False
        self.unfinished = False
        self._last: Attempting | None = None

    def run(self, first: Candidate, others: Iterable[Candidate]) -> Reached | None:
        """Try `first`, then `others` as long as none trained; gives the attempt that showed most, or None."""
        try:
            for program, candidate in enumerate(self._within(chain([first], others))):
                self._last = Attempting(self.field, candidate, program)
                self._last.run()
                if self._last.trained:
                    break
        except KeyboardInterrupt:
            self.interrupted = True
        self.told = self.field.standing.settle()
        self.field.account.told = self.told.entry if self.told is not None else None
        return self.told

    @property
    def prepared(self) -> tuple[Path, ...]:
        """The recordings of the preparations of the program that was tried last."""
        return tuple(self._last.preparing.traces) if self._last is not None else ()

    def _within(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """The candidates, as long as there are attempts and time; each but the first is announced, with the reason."""
        field = self.field
        for number, candidate in enumerate(candidates):
            if number and field.bounds.over:
                self.unfinished = True
                field.bench.progress.outcome(f"nothing more is tried: {field.bounds.why()}")
                return
            if number:
                field.standing.protect()
                field.leftovers.reset()
                choice = f"it did not train, so {shlex.quote(candidate.commands[-1].shown)} was tried next"
                if field.account.entries:
                    field.account.entries[-1].choice = f"{choice}: {candidate.because}"
                field.bench.progress.remedy(f"next: {candidate.commands[-1].shown}", candidate.because)
            yield candidate

    def evaluate(self, command: TargetCommand) -> bool:
        """Record the evaluation program beside the one that trained; when it fails, the tour does without it."""
        told, field = self.told, self.field
        if told is None or told.kind not in WELL or self._last is None or field.bounds.left <= 0:
            return False
        first = len(field.account.entries)
        try:
            ran = self._last.prepare(command, "after-1")
        except KeyboardInterrupt:
            self.interrupted = True
            return False
        if ran is None:
            return False
        useful = ran.kind in WELL
        if not useful:
            forget(ran.result.trace)
            for entry in field.account.entries[first:]:
                entry.vain = True
        reason = "the evaluation program beside it" + ("" if useful else ", left out of the tour")
        field.account.add(replace(ran.entry, program=told.entry.program, note=reason, vain=not useful))
        if useful:
            told.traces = (*told.traces, ran.result.trace)
        return useful
