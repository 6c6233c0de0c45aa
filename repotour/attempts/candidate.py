"""Which program to try, and which next when that one does not train. Runs on the host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from tracer.plan import RunPlan
    from tracer.survey import EntryPoint, ReadmeCommand, Survey

COMMANDS = 2
"""Other commands of the same program that are tried."""
ENTRIES = 3
"""Other programs that are tried."""
WORTH = 0.5
"""Share of the best program's points that another one needs to be tried in its place."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that may be toured. The last of `commands` is the one that is told; what stands before it prepares.

    `before` are preparation commands as people type them; `given` is set where the user gave the very command: then
    nothing is changed about it ahead, and nothing else takes its place. `because` says why it is tried now.
    """

    file: str
    commands: tuple[TargetCommand, ...]
    before: tuple[str, ...] = ()
    entry: EntryPoint | None = None
    reason: str = ""
    given: bool = False
    because: str = ""


def alternatives(first: Candidate, found: Survey, root: Path, *, named: bool) -> Iterator[Candidate]:
    """What to try after `first`: other commands of the same program, then other programs unless the user `named` it."""
    if first.given or first.entry is None:
        return
    known = {_shape(first.commands[-1])}
    yield from _others(first, _commands_of(first.entry), root, known, COMMANDS)
    if named:
        return
    tried = 0
    for entry in successors(found, first.entry):
        made = of_entry(entry, root)
        if made is None or _shape(made.commands[-1]) in known:
            continue
        known.add(_shape(made.commands[-1]))
        yield replace(made, because=f"{entry.file} is the next program ({'; '.join(entry.reasons[:2])})")
        tried += 1
        if tried == ENTRIES:
            return


def successors(found: Survey, first: EntryPoint) -> list[EntryPoint]:
    """Other programs worth a try, those that train before all others, those that only evaluate last."""
    order = {"train": 0, "other": 1, "eval": 2}
    enough = WORTH * first.score
    kept = [
        entry
        for entry in found.entries
        if entry.file != first.file and entry.role in order and (entry.score >= enough or entry.role == "eval")
    ]
    return sorted(kept, key=lambda entry: order[entry.role])


def of_entry(entry: EntryPoint, root: Path) -> Candidate | None:
    """The candidate that an entry point is, by its best command; None when that cannot be started."""
    try:
        commands = parse_target(entry.command or (entry.file,), root, entry.cwd)
    except RepoTourError:
        return None
    return Candidate(entry.file, tuple(commands), entry.before, entry, "; ".join(entry.reasons[:3]))


def _commands_of(entry: EntryPoint) -> list[ReadmeCommand]:
    """The other commands that the repository gives for a program: without holes, started by Python alone."""
    from tracer.survey.commands import has_placeholder

    return [said for said in entry.commands if not has_placeholder(said.words) and said.launcher in ("", "console")]


def _others(
    first: Candidate, said: list[ReadmeCommand], root: Path, known: set[tuple[object, ...]], most: int
) -> Iterator[Candidate]:
    """The candidates of other commands of the same program."""
    for item in said:
        try:
            commands = parse_target((*item.environment, *item.words), root, item.cwd)
        except RepoTourError:
            continue
        if _shape(commands[-1]) in known:
            continue
        known.add(_shape(commands[-1]))
        because = f"{item.file}:{item.line} gives this command for it too"
        yield replace(first, commands=tuple(commands), before=item.before or first.before, because=because)
        most -= 1
        if most == 0:
            return


def _shape(command: TargetCommand) -> tuple[object, ...]:
    """What makes two commands the same."""
    return command.launch, command.argv, command.folder


def file_of(command: TargetCommand, root: Path) -> str:
    """The repository's file that a command starts, or ""."""
    if command.launch == "script":
        return os.path.normpath(os.path.join(command.folder, command.argv[0])).replace(os.sep, "/")
    module = command.argv[0].partition(":")[0].replace(".", "/")
    for base in (command.folder, "", "src"):
        for tail in (".py", "/__main__.py"):
            path = os.path.normpath(os.path.join(base, module + tail)).replace(os.sep, "/")
            if (root / path).is_file():
                return path
    # A launcher: the program is among its words.
    for word in command.argv[1:]:
        path = os.path.normpath(os.path.join(command.folder, word)).replace(os.sep, "/")
        if word.endswith(".py") and (root / path).is_file():
            return path
    return ""


def file_of_plan(plan: RunPlan) -> str:
    """The repository's file that a plan starts, or ""."""
    return file_of(TargetCommand(plan.launch, plan.argv, plan.folder), Path(plan.root))
