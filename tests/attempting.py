"""Runs a program with remedies, attempt by attempt, as a tour does, without the tour."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recordings import Recording

from repotour.outcomes import adaptations, load_trace, load_traces, outcome_of
from tracer.engines.recorder import record
from tracer.machine import Machine
from tracer.plan import Limits, RunPlan
from tracer.processes import trained
from tracer.remedies import Adaptation, Remedy, Situation, next_attempt


@dataclass
class Attempts:
    """The runs of one program; `remedies` are what led to each run but the first."""

    runs: list[Recording] = field(default_factory=list)
    remedies: list[Adaptation] = field(default_factory=list)
    plans: list[RunPlan] = field(default_factory=list)

    @property
    def last(self) -> Recording:
        """The run behind the last remedy."""
        return self.runs[-1]

    @property
    def ending(self) -> tuple[str, str]:
        """(outcome, detail) of the last run."""
        return outcome_of(self.last.result)

    @property
    def told(self) -> str:
        """What the tour says of changes that really took effect in the last run, one a line."""
        return "\n".join(f"{what}: {why}" for what, why in adaptations(self.last.result))

    @property
    def slugs(self) -> list[str]:
        """The remedies, by name."""
        return [one.slug for one in self.remedies]


def attempts_of(
    root: Path, *argv: str, launch: str = "script", folder: str = "", python: str = "", **given: Any
) -> Attempts:
    """Run a program, and again as long as a remedy is known, on a machine without a GPU; five runs at most.

    `given` goes to the plan (`environment`, `extra_path`), but `survey` and `entry`, which remedies may ask for;
    `limits` is a dict of limits, `only` are the remedies that are asked in place of all.
    """
    only: tuple[Remedy, ...] = given.pop("only", ())
    known = {"survey": given.pop("survey", None), "entry": given.pop("entry", None)}
    limits = Limits(**{"seconds": 60.0, **given.pop("limits", {})})
    plan = RunPlan(root, folder, launch, argv, python or sys.executable, limits=limits, **given)
    found = Attempts()
    while len(found.runs) < 5:
        result = record(plan, root.with_name(f"{root.name}.{len(found.runs)}.trace.jsonl"))
        found.runs.append(Recording(root, result))
        found.plans.append(plan)
        assert found.last.trace.faults == [], found.last.trace.faults
        trace = load_trace(result.trace)
        assert trace is not None
        processes = load_traces(result.trace)
        traces = (*processes.told, *processes.others) if processes is not None else ()
        printed = (found.last.out + found.last.err)[-8000:]
        outcome, _ = outcome_of(result)
        learned = any(trained(one) for one in traces)
        tried = tuple(found.slugs)
        situation = Situation(
            plan,
            trace,
            **known,
            machine=Machine(0, 2, 0),
            outcome=outcome,
            trained=learned,
            printed=printed,
            tried=tried,
        )
        adaptation = _first(only, situation) if only else next_attempt(situation)
        if adaptation is None:
            break
        found.remedies.append(adaptation)
        plan = adaptation.plan
    return found


def _first(remedies: tuple[Remedy, ...], situation: Situation) -> Adaptation | None:
    """What the first of some remedies would change, if it has not been tried."""
    found = [one for remedy in remedies if (one := remedy.adapt(situation)) and one.slug not in situation.tried]
    return found[0] if found else None
