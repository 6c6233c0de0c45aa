"""The weights that an evaluation program loads: those that the run before it has just written. Host side."""

from __future__ import annotations

from dataclasses import replace

from tracer.fitting.subject import Subject, shown
from tracer.fitting.trained_weights import names_weights, weights_for
from tracer.remedies import Adaptation


class Weights:
    """Names a file that was written where an option asks for weights and names none that is there."""

    order = 9

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only for programs that run after the toured one, and only the first such option: others name other models."""
        if not subject.is_after:
            return None
        folder = subject.plan.root / subject.plan.folder
        asked = [item for item in subject.arguments if names_weights(item)]
        for argument in sorted(asked, key=lambda item: not item.required):
            value = subject.value(argument)
            if value not in ("", "None", "null", "???") and (folder / value).exists():
                return None
            found = weights_for(subject, argument, subject.before.written)
            if not found:
                continue
            spelled = f'"{found}"' if argument.kind == "hydra" and "=" in found else found
            plan = subject.with_value(argument, spelled)
            if argument.form == "place":
                plan = replace(subject.plan, argv=(subject.plan.argv[0], spelled, *subject.words))
            why = f"the program evaluates what was trained, and {found} was written by the run before it"
            return Adaptation(plan, f"it was given those weights ({shown(subject, plan, argument)})", why)
        return None


KNOB = Weights()
