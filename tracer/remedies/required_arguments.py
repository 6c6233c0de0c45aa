"""The program says that an argument is missing: its parser's error, an assertion, a path that is None. Host side."""

from __future__ import annotations

import re

from tracer.fitting.complaint import required_names
from tracer.fitting.constants import KIND as CONSTANT
from tracer.fitting.knobs.required import fill
from tracer.fitting.subcommands import training_command
from tracer.fitting.subject import Subject, called
from tracer.notebooks import source_text
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument

_NONE = re.compile(r"NoneType|not None|is None|can't be None|cannot be None")
_ASKED = re.compile(
    r"must (?:be )?(?:specif|provid|suppl|given|set|define)"
    r"|(?:need|have|require)s?d? (?:to be |to )?(?:specif|provid|set|pass)"
    r"|(?:please|should|must) (?:also )?(?:specify|provide|give|set|pass|supply|use|add)|required|missing|not specified"
    r"|no \w+ (?:specified|given|provided)",
    re.IGNORECASE,
)


class RequiredArguments:
    """Fills in the arguments that were missed, where the repository says what they could be."""

    order = 20

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only arguments that are known from reading, or a sub-command, and that the command does not give."""
        subject = Subject.of(situation)
        if subject is None or situation.outcome in ("finished", "limit") or situation.trained:
            return None
        names = required_names(situation.printed)
        if names:
            return _command(subject, names) or _filled(subject, _known(subject, names), _why(names))
        if situation.error or situation.outcome == "exited":
            wanted = _mentioned(subject, situation)
            return _filled(subject, wanted, _why([called(item) for item in wanted])) if wanted else None
        return None


REMEDY = RequiredArguments()


def _filled(subject: Subject, wanted: list[Argument], why: str) -> Adaptation | None:
    return fill(subject, wanted, why)


def _why(names: list[str]) -> str:
    return f"the program asks for {', '.join(names)}"


def _command(subject: Subject, names: list[str]) -> Adaptation | None:
    """A sub-command: `{train,eval}`, or the name under which the parser keeps it."""
    known = {argument.name for argument in subject.program.arguments}
    named = [name for name in names if name.startswith("{") or (name.isidentifier() and name not in known)]
    chosen = training_command(subject.program.lines, named[0] if named else "") if named else ""
    if not chosen or chosen in subject.words:
        return None
    plan = subject.with_words((chosen, *subject.words))
    return Adaptation(plan, f"the sub-command {chosen} was given", _why(names), slug=f"sub-command:{chosen}")


def _known(subject: Subject, names: list[str]) -> list[Argument]:
    """The arguments behind the names of a usage error, those given by their place first and in their order."""
    plain = {name.lstrip("-").replace("-", "_").lower() for name in names}
    return [
        argument
        for argument in subject.program.arguments
        if argument.flags and not subject.is_given(argument) and (plain & _spellings(argument))
    ]


def _spellings(argument: Argument) -> set[str]:
    return {text.strip("-=").replace("-", "_").lower() for text in (argument.name, *argument.flags)}


def _mentioned(subject: Subject, situation: Situation) -> list[Argument]:
    """Arguments without a value that an error names, or that the failing line uses."""
    empty = [
        argument
        for argument in subject.arguments
        if argument.kind != CONSTANT  # a name without a value in the source is the program's own business
        and argument.form in ("value", "many")
        and subject.value(argument) in ("None", "")
        and not argument.required
    ]
    said = situation.message if situation.error else situation.printed[-2000:]
    found = []
    if _ASKED.search(said) or situation.error == "AssertionError":
        found = [
            item
            for item in empty
            if any(_is_word_of(said, flag) for flag in item.flags) or re.search(rf"[`'\"]{item.name}[`'\"]", said)
        ]
    if not found and (_NONE.search(said) or situation.error == "AssertionError"):
        line = _failing_line(situation)
        found = [item for item in empty if re.search(rf"[.\"']{re.escape(item.name)}\b", line)]
    return found


def _is_word_of(text: str, flag: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text))


def _failing_line(situation: Situation) -> str:
    """The source of the line that failed, in the nearest file of the repository."""
    for row in ((situation.trace.end or {}).get("stack") or ())[:1]:
        try:
            text = source_text(situation.plan.root / str(row["file"]))
            return text.split("\n")[int(row["line"]) - 1]
        except (OSError, IndexError, KeyError, ValueError):
            return ""
    return ""
