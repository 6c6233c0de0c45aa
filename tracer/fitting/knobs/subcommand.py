"""The sub-command of a program that has several: the one that trains, or for a program that runs after it evaluates."""

from __future__ import annotations

from tracer.fitting.line import given
from tracer.fitting.subcommands import training_command
from tracer.fitting.subject import Subject
from tracer.remedies import Adaptation
from tracer.survey.names import EVAL_WORDS, words_of


class Subcommand:
    """Gives the sub-command that reading found; host side."""

    order = 5

    def adapt(self, subject: Subject) -> Adaptation | None:
        """Only where the command names none, and the name of one says what it does."""
        if not subject.commands or subject.command:
            return None
        chosen = _chosen(subject)
        if not chosen:
            return None
        first = 0
        for argument in subject.program.arguments:
            found = given(subject.words, argument) if argument.command == "" else None
            first = max(first, found.stop if found is not None else 0)
        plan = subject.with_words((*subject.words[:first], chosen, *subject.words[first:]))
        others = ", ".join(subject.commands)
        return Adaptation(plan, f"the sub-command {chosen} was given", f"the program has {others}")


KNOB = Subcommand()


def _chosen(subject: Subject) -> str:
    if subject.is_after:
        return next((name for name in subject.commands if EVAL_WORDS.intersection(words_of(name))), "")
    return training_command((), "{" + ",".join(subject.commands) + "}")
