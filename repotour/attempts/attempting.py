"""One program, tried until it ran or nothing more is known to change: attempt, diagnosis, remedy. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.account import AS_IT_STANDS, Account, Change, Entry
from repotour.attempts.candidate import file_of
from repotour.attempts.preparing import Preparing
from repotour.attempts.reached import Reached, Standing
from repotour.attempts.reading import awaited_of
from repotour.attempts.worth import WELL
from repotour.outcomes import adaptations, ending_of, load_trace, outcome_of
from repotour.printed import tail_of
from tracer.errors import RepoTourError
from tracer.fitting import fit
from tracer.machine import this_machine
from tracer.remedies import Adaptation, Situation, next_attempt

if TYPE_CHECKING:
    from repotour.attempts.bench import Bench
    from repotour.attempts.bounds import Bounds
    from repotour.attempts.candidate import Candidate
    from repotour.attempts.leftovers import Leftovers
    from repotour.attempts.reading import Reading
    from tracer.command import TargetCommand
    from tracer.engines.recorder import RunResult
    from tracer.plan import RunPlan
    from tracer.survey import EntryPoint


@dataclass(frozen=True, slots=True)
class Field:
    """What all programs of a tour share: where they run, how often, what is known, and the account of it."""

    bench: Bench
    bounds: Bounds
    account: Account
    standing: Standing
    leftovers: Leftovers
    reading: Reading
    synthetic: bool = False


class Attempting:
    """Tries one candidate; `program` is its number among those that are tried for the tour."""

    def __init__(self, field: Field, candidate: Candidate, program: int) -> None:
        self.field = field
        self.candidate = candidate
        self.program = program
        self.tried: list[str] = []
        self.preparing = Preparing(field.bench, field.bounds, field.account, program, self.prepare)

    # -- the program itself ------------------------------------------------------------------------------------------

    def run(self) -> Reached:
        """Prepare, then run it, again after each remedy; gives the last attempt."""
        bench, candidate = self.field.bench, self.candidate
        entry = self.field.reading.entry(candidate.file) if not candidate.given else candidate.entry
        for text in candidate.before:
            self.preparing.text(text, candidate.commands[-1].folder if candidate.given else "")
        for command in candidate.commands[:-1]:
            self.preparing.command(command)
        plan = bench.plan(candidate.commands[-1], "main")
        if not candidate.given:
            plan = self._fitted(plan, entry)
        self.field.leftovers.mark()
        reached = self._once(plan)
        while not reached.done and not self.field.bounds.over:
            adaptation = self._remedy(reached.plan, reached.result, reached.kind, reached.trained, reached.entry)
            if adaptation is None:
                break
            reached = self._once(adaptation.plan)
        return reached

    def _once(self, plan: RunPlan) -> Reached:
        """One attempt."""
        field = self.field
        field.standing.protect()
        field.bounds.taken += 1
        result = self._record(plan)
        kind, detail = outcome_of(result)
        made = tuple(Change(what, why) for what, why in adaptations(result))
        entry = field.account.add(Entry(tuple(plan.command()), kind, detail, self.program, made))
        traces = (*self.preparing.traces, result.trace)
        reached = Reached(field.bounds.taken, self.candidate, plan, result, kind, detail, traces, entry)
        field.standing.add(reached)
        if result.interrupted:
            raise KeyboardInterrupt
        field.bench.ahead.wait()
        field.bench.progress.outcome(_told(reached))
        return reached

    def _record(self, plan: RunPlan) -> RunResult:
        bench = self.field.bench
        self.field.standing.written.add(bench.trace_of(plan.chapter))
        return bench.record(plan, self.field.bounds.take(plan.limits.seconds))

    # -- what is changed ---------------------------------------------------------------------------------------------

    def _fitted(self, plan: RunPlan, entry: EntryPoint | None) -> RunPlan:
        """The plan with what can be known ahead: what the machine lacks, what would take days, what must be given."""
        if entry is None:
            return plan
        survey = self.field.reading.survey_for(entry.file)
        plan = replace(plan, awaited=awaited_of(survey))
        found = fit(plan, entry, survey, this_machine(), plan.limits)
        if not found:
            return plan
        changes = tuple(Change(item.what, item.why) for item in found)
        note = self.field.account.add(Entry(tuple(plan.command()), "", AS_IT_STANDS, self.program, then=changes))
        done = []
        for item in found:
            try:
                made = self._realized(item)
            except RepoTourError as error:
                self.field.bench.progress.warn(str(error))
                continue
            plan = made.plan
            done.append(Change(item.what, item.why))
            self.tried.append(item.slug or item.what)
            self.field.bench.progress.remedy(item.what, item.why)
        note.then = tuple(done)
        return plan

    def _remedy(
        self, plan: RunPlan, result: RunResult, kind: str, trained: bool, entry: Entry | None
    ) -> Adaptation | None:
        """What to change after a run, with all that the change needs in place; None when nothing is known."""
        trace = load_trace(result.trace)
        if trace is None:
            return None
        field = self.field
        file = self.candidate.file if plan.chapter == "main" else _file(plan)
        survey = field.reading.survey_for(file)
        printed = tail_of(result, plan.root)
        ready = False
        for _ in range(field.bounds.attempts):
            situation = Situation(
                plan, trace, survey.entry(file), survey, this_machine(), kind, trained, printed, field.synthetic,
                tuple(self.tried),
            )  # fmt: skip
            adaptation = next_attempt(situation)
            if adaptation is None:
                return None
            self.tried.append(adaptation.slug or adaptation.what)
            if not ready and plan.chapter == "main":
                field.standing.protect()
                field.leftovers.clear()
                ready = True
            try:
                made = self._realized(adaptation)
            except RepoTourError as error:
                field.bench.progress.warn(str(error))
                if not adaptation.slug:
                    return None
                continue
            if entry is not None:
                entry.then = (*entry.then, Change(adaptation.what, adaptation.why))
            field.bench.progress.remedy(adaptation.what, adaptation.why)
            return made
        return None

    def _realized(self, adaptation: Adaptation) -> Adaptation:
        """Do what an adaptation needs before its plan can run: packages, and programs that prepare something.

        Raises `RepoTourError` when packages cannot be had.
        """
        plan = adaptation.plan
        if adaptation.packages:
            plan = self.field.bench.equip(plan, adaptation.packages)
        for command in adaptation.before:
            self.preparing.command(command)
        if adaptation.before:
            self.field.leftovers.mark()
        return replace(adaptation, plan=plan)

    # -- what runs before it, and beside it --------------------------------------------------------------------------

    def prepare(self, command: TargetCommand, chapter: str) -> RunResult:
        """Record a program that is not the toured one, again with a remedy as long as one is known."""
        plan = self.field.bench.plan(command, chapter)
        result = self._record(plan)
        tried, self.tried = self.tried, []
        try:
            for _ in range(self.field.bounds.attempts):
                kind, detail = outcome_of(result)
                if result.interrupted:
                    raise KeyboardInterrupt
                if kind in WELL or self.field.bounds.left <= 0:
                    break
                entry = Entry(tuple(plan.command()), kind, detail, self.program, beside=True)
                adaptation = self._remedy(plan, result, kind, False, entry)
                if adaptation is None:
                    break
                self.field.account.add(entry)
                plan = adaptation.plan
                result = self._record(plan)
        finally:
            self.tried = tried
        return result


def _file(plan: RunPlan) -> str:
    """The repository's file that a plan starts, or ""."""
    from tracer.command import TargetCommand

    return file_of(TargetCommand(plan.launch, plan.argv, plan.folder), Path(plan.root))


def _told(reached: Reached) -> str:
    """One line about how an attempt ended."""
    detail = ending_of(reached.result)[1].partition("\n")[0]
    shown = f"{reached.kind}: {detail}" if detail else reached.kind
    trained = ", trained" if reached.trained else ", did not train" if reached.kind in WELL else ""
    shown = shown if len(shown) <= 160 else f"{shown[:157]}..."
    return f"attempt {reached.number} {shown}{trained} ({reached.result.seconds:.1f} s)"
