"""What a program's parser complains about, read from what it printed or raised. Host side, pure.

The sentences are those of argparse, optparse, click, typer, absl, fire, tyro, jsonargparse and Hydra.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOX = re.compile(r"^[ \t│|╭╰─╮╯]+|[ \t│|╭╰─╮╯]+$", re.MULTILINE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

_REQUIRED = (
    r"the following arguments are required: (?P<list>[^\n]+)",
    r"one of the arguments (?P<first>\S+)[^\n]* is required",
    r"Missing (?:option|argument|parameter):? [\"'`]?(?P<one>[^\"'`\n.]+)",
    r"[Ff]lag --(?P<flag>[\w.-]+) must have a value other than None",
    r"received no value for the required arguments?: (?P<name>[\w]+)",
    r"[Mm]issing mandatory value: (?P<key>[\w.]+)",
    r"[Kk]ey [\"'](?P<key2>[\w.]+)[\"'] is required",
    r"expected \"subcommand\" to be one of (?P<sub>\{[^}\n]*\})",
    r"Missing from [^\n]*\n\s*(?P<long>--[\w.-]+)",
    r"You must specify '(?P<group>[\w/]+)', e\.g",
)
_REFUSED = r"(?P<name>[^\n:]+): invalid choice: '?(?P<value>[^'\n(]*?)'?"
_QUOTED_NAME = r"[\"'](?P<name>[^\"'\n]+)[\"'](?: \([^)]*\))?"
_CHOICES = (
    rf"(?:argument|option) {_REFUSED} \((?:choose from|maybe you meant:) (?P<choices>[^\n]+)\)",
    rf"Invalid value for {_QUOTED_NAME}: [\"'](?P<value>[^\"'\n]*)[\"'] is not one of (?P<choices>[^\n]+)",
    r"flag --(?P<name>[\w.-]+)=(?P<value>[^:\n]*): value should be one of <(?P<choices>[^>\n]+)>",
    r"invalid choice '(?P<value>[^'\n]*)' for argument '(?P<name>[^'\n]+)'\. Expected one of \((?P<choices>[^)\n]+)\)",
)
_HYDRA_CHOICES = re.compile(
    r"Could not find '(?P<value>[\w/.-]+)'\s+Available options in '(?P<name>[\w/]+)':\s*"
    r"(?P<choices>(?:\n[\w.-]+(?=\n|$))+)"
)
_UNKNOWN = (
    r"unrecognized arguments: (?P<list>[^\n]+)",
    r"[Nn]o such option:? [\"'`]?(?P<one>-[\w.-]+)",
    r"Unknown command line flag [\"'](?P<flag>[\w.-]+)[\"']",
    r"Unrecognized options?:? (?P<list>[^\n]+)",
    r"Could not consume arg: (?P<one>\S+)",
    r"Could not override [\"'](?P<key>[\w./@]+)[\"']",
    r"Key [\"'](?P<key>[\w.]+)[\"'] is not in struct",
    r"Unknown (?:config|configuration|key|option|argument|parameter|hyperparameter)[^\n:]*: [\"'`]?(?P<key>[\w.-]+)",
    r"(?P<key>[\w.]+) is not an attribute that exists",
    r"ambiguous option: (?P<one>-[\w.-]+)",
    r"argument (?P<one>-[\w./, -]+): (?:invalid [^\n]* value|expected (?:one|at least one) argument|ignored explicit)",
    r"Invalid value for [\"'](?P<one>-[^\"'\n]+)[\"']: [^\n]* is not a valid",
    r"flag --(?P<flag>[\w.-]+)=[^\n]*(?:invalid literal|Non-boolean|could not convert)",
    r"Error parsing (?P<one>--[\w.-]+): ",
    r"Parser key \"(?P<key>[\w.]+)\":",
)


@dataclass(frozen=True, slots=True)
class WrongChoice:
    """A value that an option does not take, and those that it does."""

    option: str
    value: str
    choices: tuple[str, ...]


def plain(printed: str) -> str:
    """What was printed, without colours and without the frames that some parsers draw around their errors."""
    return _BOX.sub("", _COLOURS.sub("", printed))


def required_names(printed: str) -> list[str]:
    """Names of arguments that a parser missed, as it spells them: `--model`, `data`, `{train,eval}`."""
    return _named(_REQUIRED, printed, r",\s+(?![^{]*\})")


def unknown_names(printed: str) -> list[str]:
    """Options (and stray words) that a parser did not know, or could not take as they are."""
    return _named(_UNKNOWN, printed, r"[\s,]+")


def wrong_choices(printed: str) -> list[WrongChoice]:
    """Values that a parser refused, with the choices that it offers."""
    text = plain(printed)
    found = [
        WrongChoice(_first_flag(match["name"]), match["value"], _choices(match["choices"]))
        for pattern in _CHOICES
        for match in re.finditer(pattern, text)
    ]
    for match in _HYDRA_CHOICES.finditer(text):
        found.append(WrongChoice(match["name"], match["value"].rpartition("/")[2], tuple(match["choices"].split())))
    return found


def _named(patterns: tuple[str, ...], printed: str, between: str) -> list[str]:
    text, found = plain(printed), []
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            for kind, value in match.groupdict().items():
                if not value:
                    continue
                parts = re.split(between, value.strip()) if kind == "list" else [_first_flag(value)]
                found += [f"--{part}" if kind == "flag" else part for part in parts if part]
    return list(dict.fromkeys(found))


def _first_flag(text: str) -> str:
    """`-c/--config` and `--a / -a` as one of the spellings."""
    parts = [part for part in re.split(r"\s*[/,]\s*(?=-)|\s+(?=-)", text.strip()) if part]
    return max(parts, key=len, default="").strip()


def _choices(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'").rstrip(".").strip("\"'") for part in re.split(r",|\|", text) if part.strip())
