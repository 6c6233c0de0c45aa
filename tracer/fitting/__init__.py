"""Fitting a command to this machine and to a short run, before the first attempt. Host side; runs nothing.

A program's own options say how it can be told to do without a GPU, to evaluate sooner, to end earlier. Only what the
program itself offers is used: its source is never edited. One file per kind of change in `knobs`.
"""

from __future__ import annotations

from tracer.fitting.knobs import all_knobs
from tracer.fitting.knobs.required import missing
from tracer.fitting.subject import Before, Program, Subject, called, read_program
from tracer.machine import Machine
from tracer.plan import Limits, RunPlan
from tracer.remedies import Adaptation
from tracer.survey import EntryPoint, Survey

__all__ = ["Before", "Program", "Subject", "fit", "lacks", "read_program"]


def lacks(plan: RunPlan, entry: EntryPoint, survey: Survey) -> list[str]:
    """The names of arguments that a program demands and that a plan does not give."""
    return [called(argument) for argument in missing(Subject(plan, read_program(entry, survey), survey))]


def fit(
    plan: RunPlan, entry: EntryPoint, survey: Survey, machine: Machine, limits: Limits, before: Before | None = None
) -> list[Adaptation]:
    """What to change about a command before it is first tried, one change after the other: the plan of the last one
    holds them all. Empty when the command is right as it is.

    `plan.root` is the workspace: a changed copy of a configuration file may be written there.
    """
    subject = Subject(plan, read_program(entry, survey), survey, machine, limits, before or Before())
    found: list[Adaptation] = []
    for knob in all_knobs():
        adaptation = knob.adapt(subject)
        if adaptation is not None and adaptation.plan != subject.plan:
            found.append(adaptation)
            subject = subject.on(adaptation.plan)
    return found
