"""The program does not know an option that it was given: documents age, and we may have been wrong. Host side."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from tracer.fitting.complaint import unknown_names
from tracer.fitting.line import is_option
from tracer.remedies import Adaptation, Situation


class UnknownOption:
    """Drops the option, with its value."""

    order = 16

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only options that stand on the command line and that the program names in its complaint."""
        if situation.trained or situation.outcome in ("finished", "limit"):
            return None
        names = unknown_names("\n".join(filter(None, (situation.printed, situation.message))))
        words = tuple(situation.plan.argv[1:])
        kept = without(words, names) if names else words
        if kept == words:
            return None
        plan = replace(situation.plan, argv=(situation.plan.argv[0], *kept))
        dropped = shlex.join(_dropped(words, kept))
        return Adaptation(plan, f"{dropped} was left out", "the program does not take it", f"unknown-option:{dropped}")


REMEDY = UnknownOption()


def without(words: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The words without the options of these names, their values too when the parser complained of those as well."""
    plain = {_plain(name) for name in names if name.startswith("-") or "=" not in name}
    stray = [name for name in names if not name.startswith("-")]
    kept: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if not (is_option(word) or "=" in word) or _plain(word) not in plain:
            kept.append(word)
            continue
        # The words behind it are its values: those that were complained of too, or the one of an option so declared.
        while "=" not in word and position < len(words) and not is_option(words[position]):
            if stray and words[position] not in stray:
                break
            position += 1
    return tuple(kept)


def _plain(word: str) -> str:
    """The name in a word: `--learning-rate=1` and `learning_rate` are the same option."""
    return word.lstrip("-+~").split("=")[0].replace("-", "_").lower()


def _dropped(words: Sequence[str], kept: Sequence[str]) -> list[str]:
    left = list(kept)
    found = []
    for word in words:
        if left and left[0] == word:
            left.pop(0)
        else:
            found.append(word)
    return found
