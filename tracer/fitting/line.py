"""The words behind a program's name: which value an option has there, and the words with another value. Host, pure.

How an option is written is the business of the library that reads it: `--x 1`, `--x=1`, `x=1`, `--x` and `--no-x`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracer.survey import Argument

Words = tuple[str, ...]
TRUE = frozenset(("true", "1", "yes", "on", "t", "y"))
FALSE = frozenset(("false", "0", "no", "off", "f", "n", "none", "null", ""))
_JOINED = frozenset(("absl", "fire", "own"))
"""Kinds of parsers that want the value in the same word as the name."""


class Given(NamedTuple):
    """Where an option stands among the words (first word, one behind the last) and the value that it gives."""

    start: int
    stop: int
    value: str


def given(words: Sequence[str], argument: Argument) -> Given | None:
    """The last place where an option is given by its name; None when it is not."""
    found = None
    for index in range(len(words)):
        found = _at(words, index, argument) or found
    return found


def _at(words: Sequence[str], index: int, argument: Argument) -> Given | None:
    """The option at one place, if it stands there."""
    word = words[index]
    for flag in _names(argument):
        if flag.endswith("="):
            if word.lstrip("+").startswith(flag):
                return Given(index, index + 1, word.lstrip("+")[len(flag) :])
        elif word.startswith(flag + "="):
            return Given(index, index + 1, word[len(flag) + 1 :])
        elif word == flag:
            return _behind(words, index, argument, flag)
        elif argument.form == "pair" and word == _negative(argument, flag):
            return Given(index, index + 1, "False")
    return None


def _behind(words: Sequence[str], index: int, argument: Argument, flag: str) -> Given:
    if argument.form == "on" or (argument.form == "pair" and flag == _names(argument)[0]):
        return Given(index, index + 1, "True")
    if argument.form == "off":
        return Given(index, index + 1, "False")
    if argument.form == "pair":
        return Given(index, index + 1, "True")
    if argument.form == "many":
        stop = index + 1
        while stop < len(words) and not is_option(words[stop]):
            stop += 1
        return Given(index, stop, " ".join(words[index + 1 : stop]))
    if index + 1 < len(words) and not is_option(words[index + 1]):
        return Given(index, index + 2, words[index + 1])
    return Given(index, index + 1, "True")


def put(words: Sequence[str], argument: Argument, value: str) -> Words:
    """The words with the option set to a value (truth values as "True" and "False"): changed where it is given, else
    added at the end. An option that cannot be given on the command line leaves them as they are."""
    if argument.form == "place":
        return (value, *words)
    names = _names(argument)
    if not names:
        return tuple(words)
    if argument.form == "rest" and given(words, argument) is None:
        behind = argument.flags[1] if len(argument.flags) > 1 else ""
        if behind in words:
            place = tuple(words).index(behind) + 1
            return (*words[:place], *spelled(argument, value), *words[place:])
        return (*words, *filter(None, (behind,)), *spelled(argument, value))
    rest = drop(words, argument)
    where = given(words, argument)
    place = min(where.start, len(rest)) if where is not None else len(rest)
    return (*rest[:place], *spelled(argument, value), *rest[place:])


def truth_word(argument: Argument, value: str, wish: bool) -> str:
    """A truth value in the spelling of the option: `type=bool` takes every word but the empty one for true."""
    if argument.kind == "argparse" and argument.type == "bool":
        return "1" if wish else ""
    if argument.type == "int" or value in ("0", "1"):
        return str(int(wish))
    return str(wish) if value[:1].isupper() else str(wish).lower()


def spelled(argument: Argument, value: str) -> Words:
    """The words that set an option to a value."""
    flag = max(_names(argument), key=lambda name: (name.startswith("--") or name.endswith("="), -_rank(argument, name)))
    truth = value.lower() in TRUE
    if flag.endswith("="):
        return (f"{flag}{value}",)
    if argument.form in ("on", "off"):
        return (flag,) if truth == (argument.form == "on") else ()
    if argument.form == "pair":
        return (flag,) if truth else (_negative(argument, flag),)
    if argument.form == "many":
        return (flag, *value.split())
    return (f"{flag}={value}",) if argument.kind in _JOINED or value.startswith("-") else (flag, value)


def drop(words: Sequence[str], argument: Argument) -> Words:
    """The words without the option and its value, wherever it stands."""
    rest = tuple(words)
    while (found := given(rest, argument)) is not None:
        rest = (*rest[: found.start], *rest[found.stop :])
    return rest


def is_option(word: str) -> bool:
    """Whether a word begins an option: `-x` and `--x`, not the number -1."""
    return word.startswith("-") and word != "-" and not word[1:].replace(".", "", 1).replace("e-", "").isdigit()


def free_words(words: Sequence[str], arguments: Sequence[Argument]) -> Words:
    """The words that belong to no option: what a program takes by place."""
    taken: set[int] = set()
    for argument in arguments:
        for index in range(len(words)):
            found = _at(words, index, argument)
            if found is not None:
                taken.update(range(found.start, found.stop))
    return tuple(
        word
        for index, word in enumerate(words)
        if index not in taken and not is_option(word) and "=" not in word.split("/")[0]
    )


def _names(argument: Argument) -> Words:
    """The spellings of an option, those of a pair (`--x/--no-x`) apart; none for what is given by its place."""
    if argument.form == "place":
        return ()
    if argument.form == "rest":
        return argument.flags[:1]
    return tuple(flag.split("/")[0] for flag in argument.flags if flag.startswith("-") or flag.endswith("="))


def _rank(argument: Argument, name: str) -> int:
    return _names(argument).index(name)


def _negative(argument: Argument, flag: str) -> str:
    """The switch that makes one of a pair false."""
    for spelling in argument.flags:
        if spelling.startswith(flag + "/"):
            return spelling.split("/")[1].strip()
    if argument.kind == "absl":
        return "--no" + flag.lstrip("-")
    group, dot, name = flag.rpartition(".")
    if dot:
        return f"{group}.no-{name}"
    return "--no-" + flag.lstrip("-")
