"""Where programs of a tour are run: the workspace, the environment, the folder of the recordings. Runs on the host."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repotour.ahead import Ahead
from tracer import accounts, synthetic
from tracer.engines.awaiting import LIVE
from tracer.plan import Limits, RunPlan

if TYPE_CHECKING:
    from repotour.progress import Progress
    from tracer.command import TargetCommand
    from tracer.engines.recorder import RunResult
    from tracer.environment import Environment
    from tracer.safety.shelter import Shelter
    from tracer.workspace import Workspace


class Bench:
    """Runs one plan at a time under the recorder. `name` is that of the tour, `out` the folder of its files."""

    def __init__(
        self,
        workspace: Workspace,
        environment: Environment,
        out: Path,
        name: str,
        limits: Limits,
        progress: Progress,
        shelter: Shelter,
        packages: Iterable[str] = (),
        *,
        made_up: bool = False,
    ) -> None:
        """`packages` are what the repository imports; `made_up`: their data are made up from the first attempt on."""
        self.workspace = workspace
        self.environment = environment
        self.out = out
        self.name = name
        self.limits = limits
        self.progress = progress
        self.packages = frozenset(packages)
        self.made_up = self.packages if made_up else frozenset()
        self.shelter = shelter
        self.ahead = Ahead()
        self._extra: tuple[Path, ...] = ()

    @property
    def root(self) -> Path:
        """The workspace's copy of the repository."""
        return self.workspace.root

    def plan(self, command: TargetCommand, chapter: str) -> RunPlan:
        """The plan of a command as it stands."""
        plan = RunPlan(
            self.root,
            command.folder,
            command.launch,
            command.argv,
            str(self.environment.interpreter.path),
            chapter,
            dict(command.environment),
            (".", "src") if command.launch == "console" else (),
            self.limits,
            shelter=self.shelter,
        )
        return self.equip(synthetic.arm(accounts.left_alone(plan, self.packages), self.made_up))

    def equip(self, plan: RunPlan, packages: Iterable[str] = ()) -> RunPlan:
        """A plan that runs with these packages, and with all that were added for programs before it.

        Raises `RepoTourError` when they cannot be had.
        """
        plan = self.environment.equip(plan, packages)
        self._extra = tuple(dict.fromkeys((*self._extra, *plan.extra_path)))
        return replace(plan, extra_path=self._extra)

    def trace_of(self, chapter: str) -> Path:
        """Where the program of a chapter is recorded."""
        stem = self.name if chapter == "main" else f"{self.name}.{chapter}"
        return self.out / f"{stem}.trace.jsonl"

    def record(self, plan: RunPlan, seconds: float, *, quiet: bool = False) -> RunResult:
        """One recorded run of at most `seconds`; a `quiet` one only prepares another and is not announced."""
        from tracer.engines.recorder import record

        if not quiet:
            self.progress.attempt(shlex.join(plan.command()))
        self.ahead.start()
        plan = replace(plan, limits=replace(plan.limits, seconds=seconds))
        return record(plan, self.trace_of(plan.chapter), on_event=None if quiet else _Watcher(self.progress).on_event)


class _Watcher:
    """Turns events of a growing trace into live progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.codes: dict[int, str] = {}

    def on_event(self, event: dict[str, Any]) -> None:
        """One event as it is written."""
        kind = event.get("kind")
        if kind == "code":
            self.codes[event["id"]] = event["file"]
        elif kind in ("landmark", "modules"):
            stage = LIVE.get(str(event.get("event", kind)))
            stack = event.get("stack")
            if stage is not None and stack:
                self.progress.stage_reached(stage, f"{self.codes.get(stack[0][0], '?')}:{stack[0][1]}")
        elif kind in ("fast_forward", "source_ended"):
            self.progress.detail(
                f"left the loop at {self.codes.get(event['code'], '?')}:{event['line']}"
                f" after {event['iterations']} iterations"
            )
