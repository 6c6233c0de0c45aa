"""Settings of the training that its evaluation program has too: model and data must be the same. Host side."""

from __future__ import annotations

from tracer.fitting.line import given
from tracer.fitting.subject import Subject, plain_name, shown
from tracer.remedies import Adaptation
from tracer.survey.wordlist import words

OWN = words(
    "mode phase split stage task is_training is_train train do_train training resume checkpoint ckpt weights load "
    "pretrained action command evaluate eval test"
)
"""Settings that say what is done, which differs between training and evaluating."""


class HandedOver:
    """Gives an evaluation program the values that the training was given, where both have an option of that name."""

    order = 8

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only for programs that run after the toured one, and only what neither its command nor its default says."""
        plan, program = subject.before.plan, subject.before.program
        if not subject.is_after or plan is None or program is None:
            return None
        known = {item.name: item for item in program.arguments if item.flags and item.form != "place"}
        changed, start = [], subject
        for argument in subject.arguments:
            other = known.get(argument.name)
            if (
                other is None
                or other.form != argument.form
                or plain_name(argument) in OWN
                or subject.is_given(argument)
            ):
                continue
            value = given(plan.argv[1:], other)
            if value is None or value.value == subject.value(argument) or value.value.startswith("-"):
                continue
            if argument.choices and value.value not in argument.choices:
                continue
            new = subject.with_value(argument, value.value)
            if new != subject.plan:
                changed.append(shown(subject, new, argument))
                subject = subject.on(new)
        if subject is start:
            return None
        return Adaptation(
            subject.plan,
            f"it was given the training's own settings ({', '.join(changed)})",
            "what is evaluated has to be the model that was trained",
        )


KNOB = HandedOver()
