"""Sub-commands of a program: which there are, and which of them trains. Host side, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.survey.names import START_WORDS, TRAIN_WORDS, words_of

_ADDED = re.compile(r"""add_parser\(\s*["']([\w-]+)["']""")
_DECORATED = re.compile(r"""^\s*@\w+(?:\.\w+)*\.command\(\s*(?:name\s*=\s*)?(?:["']([\w-]+)["'])?""")
_FUNCTION = re.compile(r"^\s*(?:async\s+)?def\s+(\w+)\s*\(")


def subcommands(lines: Iterable[str]) -> list[str]:
    """Names that argparse's sub-parsers, click's and typer's commands declare, in reading order."""
    found, decorated = [], False
    for line in lines:
        found += _ADDED.findall(line)
        command = _DECORATED.match(line)
        function = _FUNCTION.match(line)
        if command is not None and command.group(1):
            found.append(command.group(1))
        elif command is not None:
            decorated = True
        elif function is not None and decorated:
            found.append(function.group(1).replace("_", "-"))
            decorated = False
    return list(dict.fromkeys(found))


def training_command(lines: Iterable[str], listed: str = "") -> str:
    """The sub-command that trains, among those `listed` as `{a,b}` or declared; "" when none says so."""
    names = re.split(r"[,{}\s]+", listed.strip("{}")) if listed.startswith("{") else subcommands(lines)
    if listed == "subcommand":
        names = ["fit"]
    for wanted in (TRAIN_WORDS, START_WORDS):
        for name in names:
            if wanted.intersection(words_of(name)):
                return name
    return names[0] if len(names) == 1 else ""
