"""Fixtures for tests of safety: shelters for real runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from safety_fixtures import Program

from tracer.engines.recorder import RunResult, record
from tracer.plan import Limits, RunPlan
from tracer.safety.shelter import Shelter, make_shelter
from tracer.workspace import Workspace


@pytest.fixture
def run_program(make_repo: Callable[..., Path], tmp_path: Path) -> Iterator[Program]:
    """Runs the text of a program in a shelter of its own under the recorder; gives the result and what it printed."""
    opened: list[Workspace] = []

    def run(
        text: str,
        *arguments: str,
        sandbox: bool | None = False,
        remote: bool = False,
        limits: Limits | None = None,
        keep: tuple[str, ...] = (),
        files: dict[str, str] | None = None,
    ) -> tuple[RunResult, str]:
        repo = make_repo(files={"main.py": text, **(files or {})}, name=f"repo{len(opened)}")
        workspace = Workspace.create(repo)
        opened.append(workspace)
        shelter: Shelter = make_shelter(
            workspace, repo, python=sys.executable, remote=remote, sandbox=sandbox, keep=keep
        )
        plan = RunPlan(
            workspace.root,
            "",
            "script",
            ("main.py", *arguments),
            sys.executable,
            limits=limits or Limits(seconds=30),
            shelter=shelter,
        )
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        result = record(plan, out / "run.trace.jsonl")
        return result, result.stdout.read_text("utf-8") + result.stderr.read_text("utf-8")

    yield run
    for workspace in opened:
        workspace.remove()
