"""The live engine, host side: starts the target in the user's terminal, to stand still at the stops of a tour. Host."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracer.engines.driving import Driven, driven
from tracer.engines.recorder import PLAN, START, command_line, landmark_data, lay_out, target_environment, write_plan
from tracer.plan import RunPlan
from tracer.safety.sandbox import exit_status
from tracer.safety.supervisor import Supervisor, end_all

BORROWED = (
    "IPython", "asttokens", "decorator", "executing", "ipdb", "ipython_pygments_lexers", "jedi", "matplotlib_inline",
    "parso", "pexpect", "prompt_toolkit", "ptyprocess", "pure_eval", "pygments", "stack_data", "traitlets",
    "typing_extensions", "wcwidth",
)  # fmt: skip
"""The packages that ipdb is made of: all that a target may find of ours."""

POLL = 0.1

Noted = Callable[[list[dict[str, Any]]], None]
"""Takes the notes that a reader has made so far."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What is walked live: the stops as `inprocess/live/stops.py` wants them, and where to stand still first."""

    stops: list[dict[str, Any]]
    first: str = ""
    stage: str = ""
    borrowed: tuple[Path, ...] = field(default=())
    """Folders in which the debugger is found when the target's environment has none."""
    port: int = 0
    """Where debugpy waits for an editor; 0: the walk is in the terminal."""


def own_packages(version: tuple[int, int, int], names: Sequence[str] = BORROWED) -> tuple[Path, ...]:
    """Where packages of ours lie, ipdb's if not others, for a target of our own Python; nothing for any other."""
    if version[:2] != sys.version_info[:2]:
        return ()
    found = [find_spec(name) for name in names]
    origins = [Path(spec.origin) for spec in found if spec is not None and spec.origin]
    # A package's origin is its `__init__`, a module's the module itself.
    return tuple(dict.fromkeys(path.parent.parent if path.stem == "__init__" else path.parent for path in origins))


def walk(plan: RunPlan, walked: Walked, on_notes: Noted) -> int:
    """Run a plan in this terminal under the debugger, and wait for its end; gives its exit status.

    Ctrl-C is the target's: it stands still where it is. `on_notes` is called when the reader saves, and at the end.
    """
    shelter = plan.shelter
    parent = shelter.place(".live") if shelter.folder is not None else None
    lay_out(plan)
    with tempfile.TemporaryDirectory(prefix="repotour-live-", dir=parent) as name:
        folder = Path(name)
        plan_file, notes = folder / "plan.marshal", folder / "notes.jsonl"
        notes.touch()
        ours = driven(plan, folder)
        _write(plan, walked, ours, plan_file, notes)
        command = command_line(plan) if ours is None else ours.command
        try:
            return _run(plan, walked, command, plan_file, notes, on_notes)
        finally:
            on_notes(_read(notes))


def _write(plan: RunPlan, walked: Walked, ours: Driven | None, plan_file: Path, notes: Path) -> None:
    """The plan file of a live run."""
    values = plan.to_dict(plan_file.with_name("live.trace.jsonl"), Path(), Path(), landmark_data())
    values["live"] = {
        "stops": walked.stops,
        "first": walked.first,
        "stage": walked.stage,
        "notes": str(notes),
        "port": walked.port,
        "borrowed": [[str(path) for path in walked.borrowed], list(BORROWED)],
    }
    write_plan(plan_file, values if ours is None else {**values, **ours.facts})


def _run(plan: RunPlan, walked: Walked, command: list[str], plan_file: Path, notes: Path, on_notes: Noted) -> int:
    """Start the target in this terminal and wait for it."""
    folder, shelter = plan.root / plan.folder, plan.shelter
    environment = target_environment(plan, plan_file)
    mark = shelter.mark or f"{PLAN}={plan_file}"
    visible: Iterable[Path] = (START.parent, *plan.extra_path, *walked.borrowed)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Supervisor() as supervisor:
            process = subprocess.Popen(
                shelter.command(command, folder, visible),
                cwd=folder,
                env=environment,
                preexec_fn=_take_interrupts,  # noqa: PLW1509 - no thread of ours runs yet
            )
            supervisor.watch(process.pid, mark, shelter.folder, [plan_file.parent])
            try:
                _wait(process, notes, on_notes)
            finally:
                with suppress(OSError):
                    process.kill()
                process.wait()
                end_all(mark, str(shelter.folder or ""))
    finally:
        signal.signal(signal.SIGINT, before)
    return exit_status(process.returncode) if shelter.sandbox is not None else process.returncode


def _take_interrupts() -> None:
    """In the started process: Ctrl-C, which we ourselves leave to it, is not ignored there."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _wait(process: subprocess.Popen[bytes], notes: Path, on_notes: Noted) -> None:
    """Wait for the end, and pass the notes on each time that the reader saves them."""
    saved = 0
    while process.poll() is None:
        time.sleep(POLL)
        rows = _read(notes)
        saves = sum(1 for row in rows if row.get("save"))
        if saves > saved:
            saved = saves
            on_notes(rows)


def _read(notes: Path) -> list[dict[str, Any]]:
    """The rows of a notes file; a row that is being written is read the next time."""
    rows = []
    for line in notes.read_text("utf-8", "replace").splitlines():
        with suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict):
                rows.append(row)
    return rows
