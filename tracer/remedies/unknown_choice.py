"""An option has a value that the program does not know: a dataset, a model, a configuration by name. Host side.

What the program takes is read from its complaint, else from what it compares the option with.
"""

from __future__ import annotations

import difflib
import re

from tracer.fitting.complaint import WrongChoice, wrong_choices
from tracer.fitting.likely import best_of, compared_with
from tracer.fitting.subject import Subject, called
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument
from tracer.survey.wordlist import words

ERRORS = words("ValueError KeyError RuntimeError AssertionError Exception UnboundLocalError NameError TypeError")
_REFUSED = re.compile(
    r"unknown|unsupported|not supported|not (?:been )?implemented|invalid"
    r"|not (?:a )?(?:valid|known|recogni[sz]ed|available)"
    r"|no such|must be (?:one of|in)|should be (?:one of|in)|undefined|not found|not in|wrong|unexpected|choose",
    re.IGNORECASE,
)


class UnknownChoice:
    """Takes a value that the program offers, the one most like the refused one, else the smallest."""

    order = 18

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only values of options that are known from reading."""
        if situation.trained or situation.outcome in ("finished", "limit"):
            return None
        said = "\n".join(filter(None, (situation.printed, situation.message)))
        subject = Subject.of(situation)
        if subject is None:
            return None
        for wrong in wrong_choices(said):
            argument = _option(subject, wrong)
            if argument is not None:
                return _taking(subject, argument, wrong.value, list(wrong.choices), situation.tried)
        return _refused(subject, situation) if _is_refusal(situation) else None


REMEDY = UnknownChoice()


def _is_refusal(situation: Situation) -> bool:
    """Whether a run ended the way in which programs refuse a value."""
    error = situation.error
    return error in ERRORS or error.endswith("ImplementedError") or situation.outcome == "exited"


def _option(subject: Subject, wrong: WrongChoice) -> Argument | None:
    name = wrong.option.lstrip("-").replace("-", "_").lower()
    for argument in subject.program.arguments:
        spelled = {text.strip("-=").replace("-", "_").lower() for text in (argument.name, *argument.flags)}
        if argument.flags and name in spelled:
            return argument
    if any(word.startswith(wrong.option + "=") for word in subject.words):
        return Argument(wrong.option, (f"{wrong.option}=",), kind="hydra")
    return None


def _taking(
    subject: Subject, argument: Argument, value: str, choices: list[str], tried: tuple[str, ...]
) -> Adaptation | None:
    """The plan with another choice, one that was not tried before."""
    left = [item for item in choices if item and item != value and _slug(argument, item) not in tried]
    if not left:
        return None
    near = difflib.get_close_matches(value.lower(), [item.lower() for item in left], 1, 0.75) if value else []
    chosen = next((item for item in left if near and item.lower() == near[0]), "") or best_of(left)
    if argument.form == "place":
        index = subject.words.index(value) if value in subject.words else -1
        if index < 0:
            return None
        plan = subject.with_words((*subject.words[:index], chosen, *subject.words[index + 1 :]))
    else:
        plan = subject.with_value(argument, chosen)
    what = f"{called(argument)} was set to {chosen}"
    why = f"the program does not take {value or 'an empty value'} here, but {', '.join(left[:4])}"
    return Adaptation(plan, what, why, slug=_slug(argument, chosen))


def _slug(argument: Argument, value: str) -> str:
    return f"unknown-choice:{argument.name}:{value}"


def _refused(subject: Subject, situation: Situation) -> Adaptation | None:
    """The option whose value the program's own error names, or on which it branched and found nothing."""
    said = situation.message if situation.error else situation.printed[-1500:]
    is_key = situation.error == "KeyError"
    unbound = situation.error in ("UnboundLocalError", "NameError")
    for argument in subject.arguments:
        value = subject.value(argument)
        if argument.form != "value" or not value or subject.number(argument) is not None or value == "None":
            continue
        quoted = re.search(rf"(?<![\w/-]){re.escape(value)}(?![\w/-])", said)
        named = re.search(rf"(?<!\w){re.escape(argument.name)}(?!\w)", said, re.IGNORECASE)
        asked = is_key and said.strip("\"'") == value
        if not asked and not (_REFUSED.search(said) and (quoted or named)) and not unbound:
            continue
        choices = list(argument.choices) or list(compared_with(subject, argument))
        if value in choices or not choices:
            continue
        return _taking(subject, argument, value, choices, situation.tried)
    return None
