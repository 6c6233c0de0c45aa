"""`repotour find REPO`: what could be run and where each stage seems to be, from reading alone. Host; runs nothing."""

from __future__ import annotations

import argparse
import json
import posixpath
import shlex
import sys
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from tracer.checkout import Checkout
    from tracer.survey import Argument, EntryPoint, ReadmeCommand, Sighting, Survey

_ENTRIES = 6
_REASONS = 3
_COMMANDS = 8
_ARGUMENTS = 20
_PLACES = 3
_SURE = 0.55
"""Places of a stage below this confidence are shown only with -v, or when there is no better one."""


class Find:
    """The command."""

    name = "find"
    help = "read a repository and rank what could be run, with reasons; runs nothing"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("repo", metavar="REPO", help="a git URL, a folder, or a folder inside a repository")
        parser.add_argument("--ref", metavar="REF", help="branch, tag or commit (default: the newest)")
        parser.add_argument(
            "--entry", metavar="FILE", default="", help="read this file closely instead of the best one"
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")
        parser.add_argument("-v", "--verbose", action="store_true", help="show all entries, reasons, arguments, places")

    def run(self, args: argparse.Namespace) -> int:
        """Survey the repository and print what was found."""
        from repotour.progress import Progress
        from tracer.checkout import open_checkout

        began = time.monotonic()
        with Progress() as progress:
            progress.step(f"Reading {args.repo}")
            checkout = open_checkout(args.repo, ref=args.ref, progress=progress.transfer)
            found, entry = _survey(checkout, args.entry, progress)
            seconds = time.monotonic() - began
            progress.done(f"Read {len(found.files)} files, {len(found.entries)} of them can be started")
        if args.json:
            print(json.dumps(_as_data(found, checkout, entry), indent=1, ensure_ascii=False))
        else:
            _Report(found, checkout, entry, args.repo, verbose=args.verbose).print(seconds)
        return 0


def _survey(checkout: Checkout, entry: str, progress: Any) -> tuple[Survey, EntryPoint]:
    """The survey, read closely at the chosen entry, and that entry."""
    from tracer.survey import survey
    from tracer.survey.failures import require_entry

    def tell(what: str, done: int, total: int) -> None:
        progress.detail(f"{what}: {done} of {total} files")

    path = ""
    if entry:
        quick = survey(
            checkout.root, folder=checkout.folder, entry=entry.removeprefix("./"), detail=False, progress=tell
        )
        path = require_entry(quick, checkout.name, entry).file
    found = survey(checkout.root, folder=checkout.folder, entry=path, progress=tell)
    return found, require_entry(found, checkout.name, path)


def _as_data(found: Survey, checkout: Checkout, entry: EntryPoint) -> dict[str, Any]:
    repository = {"name": checkout.name, "url": checkout.url, "commit": checkout.commit, "dirty": checkout.dirty}
    return {"repository": repository, "chosen": entry.file, **found.to_dict()}


class _Report:
    """The answer for people: plain lines when piped, colours on a terminal, never wider than it."""

    def __init__(self, found: Survey, checkout: Checkout, entry: EntryPoint, repo: str, *, verbose: bool) -> None:
        from rich.console import Console

        self.found = found
        self.checkout = checkout
        self.entry = entry
        self.repo = repo
        self.verbose = verbose
        self.console: Console = Console(file=sys.stdout, highlight=False)

    def print(self, seconds: float) -> None:
        """All parts, in the order in which a reader asks; without the blanks that fill up the last column."""
        with self.console.capture() as captured:
            self._all(seconds)
        sys.stdout.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))

    def _all(self, seconds: float) -> None:
        found = self.found
        place = found.folder or self.checkout.name
        frameworks = ", ".join(self.entry.frameworks or found.frameworks) or "no ML framework that we know"
        self._title(
            f"{place}: {_count(len(found.entries), 'entry point')} in {_count(len(found.files), 'Python file')}"
        )
        self._text(f"{frameworks} · read in {seconds:.1f} s, nothing was run", style="dim")
        self._entries()
        self._commands()
        self._arguments()
        self._stages()
        self._next()

    def _title(self, text: str) -> None:
        self.console.print(text, style="bold", markup=False)

    def _text(self, text: str, indent: int = 0, style: str = "") -> None:
        from rich.text import Text

        width = max(40, self.console.width)
        margin = " " * indent
        for line in textwrap.wrap(text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False):
            self.console.print(Text(line, style=style))

    def _command(self, text: str, indent: int = 0, style: str = "") -> None:
        """A line to copy: the terminal may fold it, we do not break it."""
        from rich.text import Text

        self.console.print(Text(" " * indent + text, style=style), soft_wrap=True)

    def _table(self, *widths: int | None, whole: int = -1) -> Table:
        """A table without lines: columns of a greatest width (the last takes what is left); `whole` is not folded."""
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for index, width in enumerate(widths):
            table.add_column(max_width=width, overflow="fold", no_wrap=index == whole)
        return table

    def _entries(self) -> None:
        from tracer.survey import equal_rank

        self.console.print()
        self._title("Entry points, best first")
        entries = self.found.entries
        shown = entries if self.verbose else entries[:_ENTRIES]
        for number, entry in enumerate(shown, 1):
            mark = "→" if entry.file == self.entry.file else " "
            self._text(
                f"{mark}{number:2}  {entry.file}:{entry.line}  {entry.role}, score {entry.score:g}",
                style="bold" if mark == "→" else "",
            )
            first = entry.file == self.entry.file
            if first or self.verbose:
                self._how(entry)
            reasons = entry.reasons if first or self.verbose else entry.reasons[:_REASONS]
            self._text("; ".join(reasons), 5, "dim")
        if len(entries) > len(shown):
            self._text(f"… and {len(entries) - len(shown)} more (-v shows all)", 5, "dim")
        equal = equal_rank(self.found)
        if len(equal) > 1 and self.entry.file == equal[0].file:
            others = ", ".join(item.file for item in equal[1:4]) + (", …" if len(equal) > 4 else "")
            self._text(f"{len(equal)} of them rank about equally; the first is taken. Others: {others}", 5)

    def _how(self, entry: EntryPoint) -> None:
        for before in entry.before:
            self._command(f"first: {before}", 5)
        folder = f"  (in {entry.cwd}/)" if entry.cwd else ""
        variables = (
            f"PYTHONPATH={':'.join(_seen_from(entry.cwd, path) for path in entry.needs_path)} "
            if entry.needs_path and entry.launch == "script"
            else ""
        )
        self._command(f"{variables}python {shlex.join(entry.command)}{folder}", 5, "green")

    def _commands(self) -> None:
        commands = self.entry.commands
        if not commands:
            return
        self.console.print()
        self._title(f"Commands given for {self.entry.file}")
        table = self._table(44, None, whole=0)
        unique: dict[tuple[str, ...], ReadmeCommand] = {}
        for command in commands:
            unique.setdefault(command.words, command)
        rows = list(unique.values())
        for command in rows if self.verbose else rows[:_COMMANDS]:
            words = (
                shlex.join(command.words) if command.launcher == "console" else f"python {shlex.join(command.words)}"
            )
            table.add_row(_plain(f"{command.file}:{command.line}"), _plain(words))
        self.console.print(table)
        if len(rows) > _COMMANDS and not self.verbose:
            self._text(f"… and {len(rows) - _COMMANDS} more (-v shows all)", 0, "dim")

    def _arguments(self) -> None:
        arguments = self.entry.arguments
        self.console.print()
        if not arguments:
            self._text(f"{self.entry.file} has no settings that could be found by reading.")
            return
        kinds = ", ".join(sorted({argument.kind for argument in arguments}))
        self._title(f"Settings of {self.entry.file}: {len(arguments)} ({kinds})")
        shown = arguments if self.verbose else _telling(arguments)
        wide = self.console.width >= 110
        table = self._table(34, 22, 40, None, whole=2) if wide else self._table(26, 18, 44, whole=2)
        for argument in shown:
            default = "must be given" if argument.required else f"= {argument.default}"
            name = ", ".join(argument.flags) or argument.name
            cells = [name, _cut(default, 40), str(argument.location), _cut(argument.help, 90)]
            table.add_row(*map(_plain, cells if wide else cells[:3]))
        self.console.print(table)
        if len(shown) < len(arguments):
            self._text(f"… and {len(arguments) - len(shown)} more (-v shows all)", 0, "dim")

    def _stages(self) -> None:
        self.console.print()
        self._title("Where the stages seem to be (read, not run)")
        table = self._table(16, 44, None, whole=1)
        missing = []
        by_stage: dict[Stage, list[Sighting]] = {}
        for sighting in self.found.sightings:
            by_stage.setdefault(sighting.stage, []).append(sighting)
        extra = [stage for stage in by_stage if stage not in CORE_STAGES]
        for stage in (*CORE_STAGES, *extra):
            places = self._best(by_stage.get(stage, []))
            if not places:
                missing.append(stage.title.lower())
            for index, place in enumerate(places):
                table.add_row(
                    _plain(stage.title if index == 0 else ""),
                    _plain(str(place.location)),
                    _plain(_cut(place.evidence, 70)),
                )
        self.console.print(table)
        if missing:
            self._text(f"Not found by reading: {', '.join(missing)}. A run may still show it.", 0, "dim")

    def _best(self, places: Sequence[Sighting]) -> Sequence[Sighting]:
        """The places worth showing: all with -v, else the few best."""
        if self.verbose:
            return places
        sure = [place for place in places if place.confidence >= _SURE]
        return (sure or list(places[:1]))[:_PLACES]

    def _next(self) -> None:
        chosen = "" if self.entry.file == self.found.entries[0].file else f" --entry {shlex.quote(self.entry.file)}"
        self.console.print()
        self._command(f"Next: repotour run {shlex.quote(self.repo)}{chosen}")


def _seen_from(folder: str, path: str) -> str:
    """A folder of the repository as it is written from another one of its folders."""
    return posixpath.relpath(path, folder or ".")


def _telling(arguments: Sequence[Argument]) -> Sequence[Argument]:
    """The settings to show when there are many: those that must be given, then the rest in their order."""
    if len(arguments) <= _ARGUMENTS:
        return arguments
    required = [argument for argument in arguments if argument.required]
    return (required + [argument for argument in arguments if not argument.required])[:_ARGUMENTS]


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _plain(text: str) -> Any:
    """Text in which square brackets mean nothing."""
    from rich.text import Text

    return Text(text)


COMMAND = Find()
