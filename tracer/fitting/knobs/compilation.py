"""Options that have the model compiled: compiled code shows no lines, and compiling costs minutes. Host side."""

from __future__ import annotations

from tracer.fitting.subject import Subject, shown
from tracer.remedies import Adaptation
from tracer.survey.wordlist import words

NAMES = words("compile torch_compile use_compile compile_model use_torch_compile jit_compile")


class Compilation:
    """Switches compiling off where an option says it would be done."""

    order = 30

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only truth values that are true now."""
        for argument in subject.named(NAMES):
            if subject.truth(argument) is not True or (argument.form == "on" and not subject.is_given(argument)):
                continue
            value = "" if argument.kind == "argparse" and argument.type == "bool" else "False"
            if "=" in "".join(argument.flags) and argument.default.islower():
                value = "false"
            plan = subject.with_value(argument, value)
            what = f"the model is not compiled ({shown(subject, plan, argument)})"
            return Adaptation(plan, what, "compiled code shows a debugger no lines, and compiling takes long")
        return None


KNOB = Compilation()
