"""The command line: a parser made of the modules in `repotour.commands`, error messages and exit codes. Host.

Exit codes: 0 done, 1 known error, 2 wrong usage, 3 nothing to tour, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from repotour import __version__
from tracer.errors import RepoTourError
from tracer.open_folder import offered

_DESCRIPTION = "From a machine-learning repository to a truthful, replayable tour of what it does."
_EPILOG = """\
start here:
  repotour run https://github.com/OWNER/NAME    clone it, run it under the debugger, tell what it does
  repotour find FOLDER                          only read it: what could be run, and where each stage seems to be
  repotour replay FILE.tour.json                walk through a tour
"""


class _Help(argparse.RawDescriptionHelpFormatter):
    """One line for each command where the terminal is wide enough."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=18)
        self._action_max_length = 16  # argparse forgets the indentation of commands when it measures them


class Command(Protocol):
    """A verb of the command line: what a module in `repotour/commands/` offers as COMMAND.

    The module must be cheap to import; what is heavy is imported inside `run`. A command that declares an argument
    `target` gets the words behind `--` in it, as they are; for any other command such words are wrong usage.
    """

    @property
    def name(self) -> str:
        """The word that is typed."""

    @property
    def help(self) -> str:
        """One line that says what it does."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it. Returns the exit code; a known failure is raised as `RepoTourError`."""


def find_commands() -> list[Command]:
    """The command of every module in `repotour/commands/`, sorted by name."""
    found: list[Command] = offered("repotour.commands", "COMMAND")
    return sorted(found, key=lambda command: command.name)


def build_parser(found: Sequence[Command]) -> argparse.ArgumentParser:
    """The parser for all commands; `args.command` is the `Command` that was chosen."""
    parser = argparse.ArgumentParser(
        prog="repotour",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"repotour {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in found:
        verb = verbs.add_parser(command.name, help=command.help, description=command.help, allow_abbrev=False)
        command.add_arguments(verb)
        verb.set_defaults(command=command, verb=verb)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. Wrong usage ends in `SystemExit(2)`, as argparse does it."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except RepoTourError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `repotour list | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    own, target = _split(words)
    found = find_commands()
    parser = build_parser(found)
    if not own:
        parser.print_help(sys.stderr)
        return 2
    _suggest(own[0], [command.name for command in found], parser)
    args = parser.parse_args(own)
    if target:
        if "target" not in args:
            args.verb.error("nothing is run here, so there can be no command behind --")
        args.target = target
    code = int(args.command.run(args))
    sys.stdout.flush()
    return code


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our words and the target's, which stand behind the first `--`. argparse would look for options in them."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _suggest(first: str, known: list[str], parser: argparse.ArgumentParser) -> None:
    """When the first word is no command but looks like a repository or a slip of the pen, say what to type."""
    if first in known or first.startswith("-"):
        return
    if first.endswith(".tour.json"):
        parser.error(f"{first} is a tour, not a command. Try: repotour replay {first}")
    if "/" in first or "://" in first or os.path.isdir(first):
        parser.error(f"{first} is not a command. Try: repotour run {first}")
    import difflib

    close = difflib.get_close_matches(first, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"
    parser.error(f"there is no command {first!r}: {hint}")
