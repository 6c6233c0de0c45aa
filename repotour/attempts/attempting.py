"""One program, tried until it ran or nothing more is known to change: attempt, diagnosis, remedy. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repotour.attempts.account import AS_IT_STANDS, Account, Change, Entry
from repotour.attempts.candidate import file_of_plan
from repotour.attempts.leftovers import newest_first
from repotour.attempts.preparing import Prepared, Preparing
from repotour.attempts.reached import Reached, Standing, cut_of
from repotour.attempts.reading import awaited_of
from repotour.attempts.worth import WELL
from repotour.outcomes import changes_in, ending_of, load_trace, outcome_of
from repotour.printed import tail_of
from tracer.errors import RepoTourError
from tracer.fitting import Before, fit, lacks, read_program
from tracer.machine import this_machine
from tracer.remedies import Adaptation, Remedy, Situation, next_attempt, too_slow

if TYPE_CHECKING:
    from repotour.attempts.bench import Bench
    from repotour.attempts.bounds import Bounds
    from repotour.attempts.candidate import Candidate
    from repotour.attempts.leftovers import Leftovers
    from repotour.attempts.reading import Reading
    from tracer.command import TargetCommand
    from tracer.engines.recorder import RunResult
    from tracer.plan import RunPlan


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
    learned: dict[str, list[Adaptation]] = field(default_factory=dict)
    """What was found out about a program with one command, by its file: it holds for its other commands too."""


class Attempting:
    """Tries one candidate; `program` is its number among those that are tried for the tour."""

    def __init__(self, field: Field, candidate: Candidate, program: int) -> None:
        self.field = field
        self.candidate = candidate
        self.program = program
        self.tried: list[str] = []
        self.trained = False
        self.preparing = Preparing(field.bench, field.bounds, field.account, program, self.prepare)

    # -- the program itself ------------------------------------------------------------------------------------------

    def run(self) -> Reached:
        """Prepare, then run it, again after each remedy; gives the last attempt. `trained`: whether any of them did."""
        bench, candidate = self.field.bench, self.candidate
        for text in candidate.before:
            self.preparing.text(text, candidate.commands[-1].folder if candidate.given else "")
        for command in candidate.commands[:-1]:
            self.preparing.command(command)
        plan = bench.plan(candidate.commands[-1], "main")
        plan = self._as_learned(plan)
        if not candidate.given:
            plan = self._fitted(plan, candidate.file)
        self.field.leftovers.mark()
        reached = self._once(plan)
        done = reached.done
        while not self.field.bounds.over and (not reached.done or reached.hurried):
            # Once it has trained it is only made shorter, and only where that may show what it did not get to.
            adaptation = self._remedy(reached, (too_slow.REMEDY,) if done else None)
            if adaptation is None:
                break
            reached = self._once(adaptation.plan)
            done = done or reached.done
        return reached

    def _once(self, plan: RunPlan) -> Reached:
        """One attempt."""
        field = self.field
        field.standing.protect()
        field.bounds.taken += 1
        result = self._record(plan)
        kind, detail = outcome_of(result)
        made = tuple(Change(what, why, (shim,) if shim else ()) for what, why, shim in changes_in(result))
        entry = field.account.add(Entry(tuple(plan.command()), kind, detail, self.program, made))
        traces = (*self.preparing.traces, result.trace)
        reached = Reached(field.bounds.taken, self.candidate, plan, result, kind, detail, traces, entry)
        field.standing.add(reached)
        self.trained = self.trained or reached.trained
        if result.interrupted:
            raise KeyboardInterrupt
        field.bench.ahead.wait()
        field.bench.progress.outcome(_told(reached))
        return reached

    def _record(self, plan: RunPlan) -> RunResult:
        bench = self.field.bench
        self.field.standing.written.add(bench.trace_of(plan.chapter))
        return bench.record(plan, self.field.bounds.take(plan.limits.seconds))

    def _as_learned(self, plan: RunPlan) -> RunPlan:
        """The plan with what another command of the same program needed to run here, whatever its words were."""
        known = self.field.learned.get(self.candidate.file, [])
        if not known or known[-1].plan.launch != plan.launch:
            return plan
        changes = tuple(Change(item.what, item.why) for item in known)
        self.field.account.add(Entry(tuple(plan.command()), "", AS_IT_STANDS, self.program, then=changes))
        self.tried += [item.slug or item.what for item in known]
        last = known[-1].plan
        environment = {**last.environment, **plan.environment}
        return replace(plan, shims=last.shims, environment=environment, needs_path=last.needs_path)

    def _learn(self, before: RunPlan, made: Adaptation) -> None:
        """Keep what was changed around a program, where nothing else was."""
        rest = replace(made.plan, shims=before.shims, environment=before.environment, extra_path=before.extra_path)
        if replace(rest, needs_path=before.needs_path) == before and not made.before:
            self.field.learned.setdefault(self.candidate.file, []).append(made)

    # -- what is changed ---------------------------------------------------------------------------------------------

    def _fitted(self, plan: RunPlan, file: str) -> RunPlan:
        """The plan with what can be known ahead: what the machine lacks, what would take days, what must be given."""
        entry = self.field.reading.entry(file)
        if entry is None:
            return plan
        survey = self.field.reading.survey_for(file)
        main = plan.chapter == "main"
        if main:
            plan = replace(plan, awaited=awaited_of(survey))
        found = fit(plan, entry, survey, this_machine(), plan.limits, self._before(plan))
        if not found:
            return plan
        changes = tuple(Change(item.what, item.why) for item in found)
        shown = tuple(plan.command())
        note = self.field.account.add(Entry(shown, "", AS_IT_STANDS, self.program, then=changes, beside=not main))
        done = []
        for item in found:
            try:
                made = self._realized(item)
            except RepoTourError as error:
                self.field.bench.progress.warn(str(error))
                continue
            done.append(Change(item.what, item.why, _armed(plan, made.plan)))
            plan = made.plan
            self.tried.append(item.slug or item.what)
            self.field.bench.progress.remedy(item.what, item.why)
        note.then = tuple(done)
        return plan

    def _before(self, plan: RunPlan) -> Before:
        """What other programs did before a plan is run: the files that they wrote, and the toured program itself."""
        written = newest_first(self.field.bench.workspace)
        told = self.field.standing.best
        if told is None or not plan.chapter.startswith("after"):
            return Before(written)
        file = told.candidate.file
        entry = self.field.reading.entry(file)
        program = read_program(entry, self.field.reading.survey_for(file)) if entry is not None else None
        return Before(written, told.plan, program)

    def _remedy(self, ran: Reached | Prepared, remedies: tuple[Remedy, ...] | None = None) -> Adaptation | None:
        """What to change after a run, with all that the change needs in place; None when nothing is known."""
        plan, result = ran.plan, ran.result
        trace = load_trace(result.trace)
        if trace is None:
            return None
        field = self.field
        file = self.candidate.file if plan.chapter == "main" else file_of_plan(plan)
        survey = field.reading.survey_for(file)
        printed = tail_of(result, plan.root)
        ready = False
        for _ in range(field.bounds.attempts):
            situation = Situation(
                plan, trace, survey.entry(file), survey, this_machine(), ran.kind, ran.trained, printed,
                field.synthetic, tuple(self.tried), cut_of(result), result.seconds, ran.unseen,
                newest_first(field.bench.workspace),
            )  # fmt: skip
            adaptation = next_attempt(situation, remedies)
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
            if plan.chapter == "main":
                self._learn(plan, made)
            ran.entry.then = (*ran.entry.then, Change(adaptation.what, adaptation.why, _armed(plan, made.plan)))
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

    def prepare(self, command: TargetCommand, chapter: str) -> Prepared | None:
        """Record a program that is not the toured one, again with a remedy as long as one is known; gives the last run.

        None when it is not run, because it asks for something that nobody knows.
        """
        plan = self.field.bench.plan(command, chapter)
        told = self.field.standing.best
        if told is not None and chapter.startswith("after"):
            # What the training needed to run here its evaluation needs as well.
            plan = replace(plan, shims=told.plan.shims, environment={**told.plan.environment, **plan.environment})
        tried, self.tried = self.tried, []
        try:
            if not self.candidate.given:
                plan = self._fitted(plan, file_of_plan(plan))
            if chapter.startswith("after") and self._lacks(plan):
                return None
            while True:
                ran = self._prepared(plan)
                if ran.result.interrupted:
                    raise KeyboardInterrupt
                if ran.kind not in WELL:
                    self.field.leftovers.drop_empty()
                over = len(self.tried) >= self.field.bounds.attempts or self.field.bounds.left <= 0
                adaptation = None if ran.kind in WELL or over else self._remedy(ran)
                if adaptation is None:
                    return ran
                self.field.account.add(ran.entry)
                plan = adaptation.plan
        finally:
            self.tried = tried

    def _prepared(self, plan: RunPlan) -> Prepared:
        """One run of such a program."""
        result = self._record(plan)
        kind, detail = outcome_of(result)
        return Prepared(
            plan, result, kind, detail, Entry(tuple(plan.command()), kind, detail, self.program, beside=True)
        )

    def _lacks(self, plan: RunPlan) -> bool:
        """Whether a program would only complain of arguments that it lacks; says so in the account."""
        file = file_of_plan(plan)
        entry = self.field.reading.entry(file)
        if entry is None:
            return False
        lacking = lacks(plan, entry, self.field.reading.survey_for(file))
        if lacking:
            said = f"the evaluation program beside it was not run: it asks for {', '.join(lacking)}"
            shown = tuple(plan.command())
            self.field.account.add(Entry(shown, "", AS_IT_STANDS, self.program, note=said, beside=True, vain=True))
        return bool(lacking)


def _armed(before: RunPlan, after: RunPlan) -> tuple[str, ...]:
    """The shims that a plan has and the one before it had not, or had with other settings."""
    return tuple(shim.name for shim in after.shims if shim not in before.shims)


def _told(reached: Reached) -> str:
    """One line about how an attempt ended. Why the tour ended it stands in the summary."""
    detail = ending_of(reached.result)[1].partition("\n")[0] if reached.kind != "limit" else ""
    shown = f"{reached.kind}: {detail}" if detail else reached.kind
    trained = ", trained" if reached.trained else ", did not train" if reached.kind in WELL else ""
    shown = shown if len(shown) <= 160 else f"{shown[:157]}..."
    return f"attempt {reached.number} {shown}{trained} ({reached.result.seconds:.1f} s)"
