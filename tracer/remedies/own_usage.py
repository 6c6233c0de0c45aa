"""A program without a parser says how it is called, or reads words that are not there. Host side.

What each word means is read from the usage that it printed, else from the names to which it binds `sys.argv[1]`, ….
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from tracer.fitting.knobs.required import fill
from tracer.fitting.subject import Subject
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument
from tracer.survey.commands import has_placeholder

_USAGE = re.compile(r"usage:?\s*(?P<rest>(?:[^\n]*\n?){1,3})", re.IGNORECASE)
_BOUND = re.compile(r"(\w+)\s*=\s*[^=\n]*?sys\.argv\[(\d+)\]|sys\.argv\[(\d+)\]")
_UNPACKED = re.compile(r"^\s*(?:_|\w+)\s*((?:,\s*\w+\s*)+)=\s*sys\.argv\s*$")


class OwnUsage:
    """Gives the words in their order, from a command of the repository, else each by what its name promises."""

    order = 22

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only for programs that read `sys.argv` themselves and have no options that are known."""
        ended = situation.outcome == "exited" or situation.error in ("IndexError", "ValueError", "AssertionError")
        subject = Subject.of(situation) if ended and not situation.trained else None
        if subject is None or not any("sys.argv" in line for line in subject.program.lines):
            return None
        if any(argument.flags for argument in subject.program.arguments):
            return None
        usage = _USAGE.search(situation.printed)
        wanted = _of_usage(usage["rest"], subject) if usage else _of_names(subject.program.lines)
        if len(wanted) <= len(subject.words):
            return None
        return _as_in_a_command(subject, len(wanted)) or _guessed(subject, wanted)


REMEDY = OwnUsage()


def _as_in_a_command(subject: Subject, count: int) -> Adaptation | None:
    """The words of another command of the repository for this program that has enough of them."""
    for command in subject.program.entry.commands:
        behind = command.words[2:] if command.words[0] == "-m" else command.words[1:]
        if len(behind) >= count and not has_placeholder(behind):
            what = f"it was given {shlex.join(behind)}, as in {command.file}:{command.line}"
            return Adaptation(subject.with_words(behind), what, "the program says how it wants to be called")
    return None


def _guessed(subject: Subject, wanted: Sequence[Argument]) -> Adaptation | None:
    rest = list(wanted[len(subject.words) :])
    adaptation = fill(subject, rest, "the program says how it wants to be called")
    # Words in the wrong places are worse than none.
    filled = adaptation is not None and len(adaptation.plan.argv) - 1 >= len(wanted)
    return adaptation if filled else None


def _of_usage(text: str, subject: Subject) -> list[Argument]:
    """The words behind the program's name in its usage, those in brackets left out."""
    name = subject.program.entry.file.rpartition("/")[2]
    lines = text.split("\n")
    line = next((item for item in lines if name in item), lines[0])
    behind = line.partition(name)[2] if name in line else line
    words = re.sub(r"\[[^\]]*\]", " ", behind).split()
    return [_word(word) for word in words if not word.startswith("-")]


def _word(word: str) -> Argument:
    name = word.strip("<>{}()'\"").replace("-", "_")
    return Argument(name=name, flags=(), required=True, kind="own", form="place")


def _of_names(lines: Sequence[str]) -> list[Argument]:
    """The names to which a program binds the words, as many as it reads without asking how many there are."""
    found: dict[int, str] = {}
    for line in lines:
        unpacked = _UNPACKED.match(line)
        if unpacked:
            names = [name.strip() for name in unpacked[1].split(",") if name.strip()]
            found.update(dict(enumerate(names, 1)))
        if "len(sys.argv)" in line and " if " in line:
            continue
        for match in _BOUND.finditer(line):
            index = int(match[2] or match[3])
            found.setdefault(index, match[1] or f"word_{index}")
    numbers = [number for number in sorted(found) if number > 0]
    return [Argument(name=found[number], required=True, kind="own", form="place") for number in numbers]
