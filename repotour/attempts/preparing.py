"""What runs before the toured program, in the same workspace. Runs on the host."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.account import Account, Entry
from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.safety.commands import run_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from repotour.attempts.bench import Bench
    from repotour.attempts.bounds import Bounds
    from tracer.engines.recorder import RunResult
    from tracer.plan import RunPlan

_CHANGE = re.compile(r"cd ('[^']*'|[^\s'\"&;|]+) && ")
SECONDS = 120.0
"""For a preparation that is no Python program."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One run of a program that is not the toured one; `entry` is its line of the account."""

    plan: RunPlan
    result: RunResult
    kind: str
    detail: str
    entry: Entry

    @property
    def trained(self) -> bool:
        """It is not asked to."""
        return False

    @property
    def unseen(self) -> tuple[str, ...]:
        """Nothing is expected of it."""
        return ()


class Preparing:
    """Runs the preparations of one program, each as a chapter of its own. `run` records a Python program."""

    def __init__(
        self,
        bench: Bench,
        bounds: Bounds,
        account: Account,
        program: int,
        run: Callable[[TargetCommand, str], Prepared | None],
    ) -> None:
        self.bench = bench
        self.bounds = bounds
        self.account = account
        self.program = program
        self.run = run
        self.traces: list[Path] = []

    def text(self, text: str, folder: str) -> None:
        """A command as people type it: recorded when it is Python, else run by the shell."""
        step = _CHANGE.match(text)
        if step:
            folder = os.path.normpath(os.path.join(folder, shlex.split(step[1])[0]))
            text = text[step.end() :]
        try:
            commands = parse_target(tuple(shlex.split(text)), self.bench.root, folder)
        except (RepoTourError, ValueError):
            self._shell(text, folder)
            return
        for command in commands:
            self.command(command)

    def command(self, command: TargetCommand) -> bool:
        """Record a program; gives whether it did what it should."""
        chapter = f"before-{len(self.traces) + 1}"
        self.traces.append(self.bench.trace_of(chapter))  # at once: what an interrupted one showed is told too
        ran = self.run(command, chapter)
        return ran is not None and self._note(ran.entry.command, ran.kind, ran.detail)

    def _shell(self, text: str, folder: str) -> None:
        """Something that is no Python program (`mkdir -p data`): run, not recorded."""
        self.bench.progress.attempt(text)
        limits = replace(self.bench.limits, seconds=self.bounds.take(SECONDS))
        first_path = str(self.bench.environment.interpreter.path.parent)
        done = run_line(text, self.bench.root / folder, self.bench.shelter, limits, first_path=first_path)
        if done.reason:
            self._note((text,), "timed_out", f"ended by RepoTour because {done.reason}")
            return
        failed = done.code != 0
        self._note((text,), "exited" if failed else "finished", f"exit status {done.code}" if failed else "")

    def _note(self, command: tuple[str, ...], kind: str, detail: str) -> bool:
        """Note how a preparation ended; one that failed is said at once, for what comes after it may miss its files."""
        well = kind in ("finished", "limit") or detail == "exit status 0"
        if not well:
            self.bench.progress.warn(f"the preparation did not succeed: {shlex.join(command)} ({detail})")
        self.account.add(Entry(command, kind, detail, self.program, note="preparation", beside=True))
        return well
