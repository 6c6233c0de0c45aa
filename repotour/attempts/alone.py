"""The model alone: where no attempt got as far as a model, it is built and applied by itself. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from repotour.attempts.account import Account, Change, Entry
from repotour.attempts.shelf import forget
from repotour.attempts.worth import WELL
from repotour.outcomes import adaptations, ending_of, load_trace, outcome_of
from repotour.printed import tail_of
from tracer import alone
from tracer.command import TargetCommand
from tracer.errors import RepoTourError
from tracer.machine import this_machine
from tracer.remedies import Situation, next_attempt
from tracer.stages import Stage

if TYPE_CHECKING:
    from repotour.attempts.attempting import Field
    from repotour.attempts.reached import Reached
    from tracer.engines.recorder import RunResult
    from tracer.plan import RunPlan
    from tracer.survey import EntryPoint

SECONDS = 90.0
"""For the run that looks for arguments and an input, and for the one that is told."""
REMEDIES = 4
MODEL = frozenset((Stage.MODEL.value, Stage.FORWARD.value))
MADE_UP = "synthetic_"


@dataclass(frozen=True, slots=True)
class Alone:
    """The model as it was run alone: its recording, how that ended, and its line of the account."""

    model: str
    plan: RunPlan
    result: RunResult
    entry: Entry
    kind: str
    detail: str


def is_wanted(told: Reached | None) -> bool:
    """Whether the attempt that showed most showed neither training nor a model."""
    return told is None or not (told.trained or told.worth.seen & MODEL)


class ModelAlone:
    """Looks for the model, for arguments and for an input of it, and runs it. `told` is the attempt that is told."""

    def __init__(self, field: Field, told: Reached | None, entry: EntryPoint | None) -> None:
        self.field = field
        self.told = told
        self.entry = entry

    def run(self) -> Alone | None:
        """The model alone; None when there is none, when it cannot be built or applied, or when the time is up."""
        field = self.field
        file = self.entry.file if self.entry is not None else ""
        found = field.reading.survey_for(file)
        close = found.entry(file) if file else None
        known = alone.known_of(field.bench.root, found, file, close.arguments if close is not None else ())
        if not known.candidates:
            return None
        best = known.candidates[0]
        if field.bounds.over:
            field.bench.progress.outcome(f"the model alone is not tried: {field.bounds.why()}")
            return None
        field.bench.progress.remedy(f"next: the model alone, {best.name} of {best.file}", alone.WHY)
        field.leftovers.reset()
        plan = alone.seeking(self._plan(), known, self.entry.cwd if self.entry is not None else "")
        return self._tried(plan)

    def _plan(self) -> RunPlan:
        """A plan to begin with: what helped the program to run here helps its model too."""
        plan = self.field.bench.plan(TargetCommand("driver", ("-c", ""), ""), alone.CHAPTER)
        if self.told is None:
            return plan
        shims = tuple(shim for shim in self.told.plan.shims if not shim.name.startswith(MADE_UP))
        return replace(plan, shims=shims, environment={**self.told.plan.environment, **plan.environment})

    def _tried(self, plan: RunPlan) -> Alone | None:
        """Look for what fits, with a remedy where one is known, then run the model with it."""
        field, tried = self.field, list[str]()
        recipe: dict[str, Any] | None = None
        result = self._record(plan, quiet=True)
        for _ in range(REMEDIES):
            trace = load_trace(result.trace)
            recipe = alone.found_in(trace) if trace is not None else None
            changed = None if recipe is not None else self._remedied(plan, result, tried)
            if changed is None:
                break
            plan = changed
            result = self._record(plan, quiet=True)
        if recipe is None:
            kind, detail = ending_of(result)
            field.bench.progress.outcome(f"the model alone could not be run ({detail.partition(chr(10))[0][:140]})")
            self._add(plan, kind, detail, ())
            forget(result.trace)
            return None
        plan = alone.telling(plan, recipe)
        result = self._record(plan)
        kind, detail = outcome_of(result)
        made = tuple(Change(what, why) for what, why in adaptations(result))
        entry = self._add(plan, kind, detail, made)
        if result.interrupted:
            raise KeyboardInterrupt
        field.bench.progress.outcome(f"attempt {field.bounds.taken} {kind}, the model alone ({result.seconds:.1f} s)")
        if kind not in WELL:
            forget(result.trace)
            return None
        return Alone(recipe["name"], plan, result, entry, kind, detail)

    def _record(self, plan: RunPlan, *, quiet: bool = False) -> RunResult:
        bench, bounds = self.field.bench, self.field.bounds
        bounds.taken += not quiet
        self.field.standing.written.add(bench.trace_of(plan.chapter))
        result = bench.record(plan, bounds.take(SECONDS), quiet=quiet)
        if quiet and result.interrupted:
            raise KeyboardInterrupt
        return result

    def _add(self, plan: RunPlan, kind: str, detail: str, made: tuple[Change, ...]) -> Entry:
        """A line of the account."""
        program = self.told.entry.program if self.told is not None else 0
        account: Account = self.field.account
        command = tuple(plan.command())
        return account.add(Entry(command, kind, detail, program, made, beside=True))

    def _remedied(self, plan: RunPlan, result: RunResult, tried: list[str]) -> RunPlan | None:
        """The plan with what helps against a failure; None where nothing is known, or where a program would have to
        run first: those were tried with the program itself."""
        field = self.field
        trace = load_trace(result.trace)
        if trace is None or field.bounds.over:
            return None
        kind, _ = ending_of(result)
        situation = Situation(
            plan, trace, None, field.reading.survey_for(""), this_machine(), kind, False, tail_of(result, plan.root),
            False, tuple(tried),
        )  # fmt: skip
        adaptation = next_attempt(situation)
        if adaptation is None or adaptation.before or adaptation.plan.launch != plan.launch:
            return None
        tried.append(adaptation.slug or adaptation.what)
        changed = adaptation.plan
        try:
            changed = field.bench.equip(changed, adaptation.packages) if adaptation.packages else changed
        except RepoTourError as error:
            field.bench.progress.warn(str(error))
            return None
        field.bench.progress.remedy(adaptation.what, adaptation.why)
        return changed
