"""`repotour completion SHELL`: a script that completes commands, options and their values. Host.

It is made from the parsers, so it knows every option of every command.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_TOUR_FILES = frozenset({"TOUR", "TRACE"})
_FOLDERS = frozenset({"DIR", "REPO"})
_FILES = frozenset({"FILE", "PY", "OUT", "PATH"})


@dataclass(frozen=True, slots=True)
class _Option:
    """An option, or a positional argument (no flags). `kind` says what its value is: "none", "words" (see `words`),
    "tour", "folder", "file" or "text"."""

    flags: tuple[str, ...]
    help: str
    kind: str
    words: tuple[str, ...]
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class _Verb:
    """A command with all it accepts."""

    name: str
    help: str
    options: tuple[_Option, ...]
    arguments: tuple[_Option, ...]


class Completion:
    """The command."""

    name = "completion"
    help = "print the script for completion in bash, zsh or fish"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("shell", choices=sorted(_SHELLS), help="the shell to complete in")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = (
            "examples:\n"
            "  bash:  echo 'eval \"$(repotour completion bash)\"' >> ~/.bashrc\n"
            "  zsh:   echo 'eval \"$(repotour completion zsh)\"' >> ~/.zshrc      (behind compinit)\n"
            "  fish:  repotour completion fish > ~/.config/fish/completions/repotour.fish"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Print the script."""
        from repotour.cli import build_parser, find_commands

        parser = build_parser(find_commands())
        print(_SHELLS[args.shell](list(_verbs(parser)), list(_options(parser))), end="")
        return 0


def _verbs(parser: argparse.ArgumentParser) -> Iterator[_Verb]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, verb in action.choices.items():
                found = list(_options(verb))
                yield _Verb(
                    name=name,
                    help=verb.description or "",
                    options=tuple(option for option in found if option.flags),
                    arguments=tuple(option for option in found if not option.flags),
                )


def _options(parser: argparse.ArgumentParser) -> Iterator[_Option]:
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        words = tuple(map(str, action.choices or ()))
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest
        yield _Option(
            flags=tuple(action.option_strings),
            help=_plain(action.help),
            kind=_kind(action, metavar.upper()),
            words=words,
            is_repeatable=isinstance(action, argparse._AppendAction),
        )


def _kind(action: argparse.Action, metavar: str) -> str:
    if action.option_strings and action.nargs == 0:
        return "none"
    if action.choices:
        return "words"
    names = set(metavar.split("|"))
    if names & _FOLDERS and names & _TOUR_FILES:
        return "file"
    for kind, known in (("tour", _TOUR_FILES), ("folder", _FOLDERS), ("file", _FILES)):
        if names & known:
            return kind
    return "text"


def _plain(text: str | None) -> str:
    """Help text without what a shell or a completion system would take for syntax."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s.,;/()-]", "", (text or "").replace(": ", " - "))).strip()


# --- bash ---


def _bash(verbs: list[_Verb], top: list[_Option]) -> str:
    words = _bash_words([*(verb.name for verb in verbs), *(flag for option in top for flag in option.flags)])
    cases = "\n".join(_bash_case(verb) for verb in verbs)
    return f"""\
# bash completion for repotour
_repotour() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" verb="" i IFS=$'\\n'
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${{COMP_WORDS[i]}} == -- ]] && return 0
        [[ -z $verb && ${{COMP_WORDS[i]}} != -* ]] && verb="${{COMP_WORDS[i]}}"
    done
    case "$verb" in
        "") COMPREPLY=($(compgen -W {words} -- "$cur")) ;;
{cases}
    esac
}}
complete -o filenames -o bashdefault -o default -F _repotour repotour
"""


def _bash_case(verb: _Verb) -> str:
    lines = [f"        {verb.name})", '            case "$prev" in']
    for option in verb.options:
        if option.kind != "none":
            lines.append(f"                {'|'.join(option.flags)}) {_bash_reply(option)}; return 0 ;;")
    flags = _bash_words([flag for option in verb.options for flag in option.flags])
    lines += [
        "            esac",
        "            if [[ $cur == -* ]]; then",
        f'                COMPREPLY=($(compgen -W {flags} -- "$cur"))',
    ]
    if verb.arguments:
        lines += ["            else", f"                {_bash_reply(verb.arguments[0])}"]
    return "\n".join([*lines, "            fi", "            ;;"])


def _bash_words(words: Sequence[str]) -> str:
    """Words in a list that is split at line ends only, since names of files hold spaces."""
    return "$'" + "\\n".join(words) + "'"


def _bash_reply(option: _Option) -> str:
    generators = {
        "words": f"-W {_bash_words(option.words)}",
        "tour": "-f -X '!*.json' -o plusdirs",
        "folder": "-d",
        "file": "-f",
    }
    if option.kind not in generators:
        return "COMPREPLY=()"
    return f'COMPREPLY=($(compgen {generators[option.kind]} -- "$cur"))'


# --- zsh ---


def _zsh(verbs: list[_Verb], top: list[_Option]) -> str:
    names = "\n".join(f"        '{verb.name}:{_plain(verb.help)}'" for verb in verbs)
    cases = "\n".join(_zsh_case(verb) for verb in verbs)
    specs = " ".join(spec for option in top for spec in _zsh_specs(option, 1))
    return f"""\
#compdef repotour
_repotour() {{
    local line state
    local -a verbs
    verbs=(
{names}
    )
    _arguments -C {specs} '1:command:->verb' '*::argument:->argument'
    case $state in
        verb) _describe command verbs ;;
        argument)
            case $line[1] in
{cases}
            esac
            ;;
    esac
}}
if [ "$funcstack[1]" = "_repotour" ]; then
    _repotour "$@"
else
    compdef _repotour repotour
fi
"""


def _zsh_case(verb: _Verb) -> str:
    specs = [spec for option in verb.options for spec in _zsh_specs(option, 0)]
    specs += [spec for place, option in enumerate(verb.arguments, 1) for spec in _zsh_specs(option, place)]
    return f"                {verb.name}) _arguments {' '.join(specs)} ;;"


def _zsh_specs(option: _Option, place: int) -> Iterator[str]:
    actions = {"words": f"({' '.join(option.words)})", "tour": '_files -g "*.json"', "folder": "_files -/"}
    action = actions.get(option.kind, "_files" if option.kind == "file" else " ")
    if not option.flags:
        yield f"'{place}:{option.help.replace(':', ' ') or 'argument'}:{action}'"
    for flag in option.flags:
        value = "" if option.kind == "none" else f":value:{action}"
        yield f"'{'*' if option.is_repeatable else ''}{flag}[{option.help}]{value}'"


# --- fish ---


def _fish(verbs: list[_Verb], top: list[_Option]) -> str:
    lines = ["# fish completion for repotour", "complete -c repotour -f"]
    lines += [f"complete -c repotour -n __fish_use_subcommand {_fish_option(option)}" for option in top]
    for verb in verbs:
        lines.append(f"complete -c repotour -n __fish_use_subcommand -a {verb.name} -d '{_plain(verb.help)}'")
        seen = f"complete -c repotour -n '__fish_seen_subcommand_from {verb.name}'"
        lines += [f"{seen} {_fish_option(option)}" for option in verb.options]
        lines += [f"{seen} {_fish_values(option)}" for option in verb.arguments if _fish_values(option)]
    return "\n".join(lines) + "\n"


def _fish_option(option: _Option) -> str:
    flags = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    value = "" if option.kind == "none" else f" -r {_fish_values(option)}"
    return f"{' '.join(flags)} -d '{option.help}'{value}".rstrip()


def _fish_values(option: _Option) -> str:
    values = {
        "words": f"-a '{' '.join(option.words)}'",
        "tour": "-a '(__fish_complete_suffix .json)'",
        "folder": "-a '(__fish_complete_directories)'",
        "file": "-F",
    }
    return values.get(option.kind, "")


_SHELLS: dict[str, Callable[[list[_Verb], list[_Option]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}

COMMAND = Completion()
