"""The recording engine, host side: starts the target, watches it, ends it when its time is up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.frameworks import all_frameworks
from tracer.plan import RunPlan

START = Path(__file__).resolve().parent.parent / "inprocess" / "start"
GRACE = 8.0
POLL = 0.05

OnEvent = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one recorded run ended.

    `reason` says why we ended it, when we did; `code` is the exit status (negative: a signal).
    """

    trace: Path
    stdout: Path
    stderr: Path
    code: int
    seconds: float
    reason: str = ""


def landmark_data() -> list[dict[str, Any]]:
    """The landmarks of every framework, as the plan carries them."""
    return [spec.to_dict() for framework in all_frameworks() for spec in framework.landmarks]


def framework_environment() -> dict[str, str]:
    """Variables that make known libraries run offline and without windows; one that is set already is left alone."""
    found: dict[str, str] = {}
    for framework in all_frameworks():
        found.update({name: value for name, value in framework.environment.items() if name not in os.environ})
    return found


def command_line(plan: RunPlan) -> list[str]:
    """What the target's interpreter is started with. Unbuffered, so that a line can be told with what it printed."""
    start = [plan.python, "-u"]
    if plan.launch == "module":
        return [*start, "-m", *plan.argv]
    if plan.launch == "console":
        # What an installation would have written into a file of its own.
        module, _, function = plan.argv[0].partition(":")
        text = f"import sys\nfrom {module} import {function.split('.')[0]}\nsys.exit({function}())"
        return [*start, "-c", text, *plan.argv[1:]]
    return [*start, *plan.argv]


def record(
    plan: RunPlan,
    trace: Path,
    *,
    on_event: OnEvent | None = None,
    landmarks: list[dict[str, Any]] | None = None,
) -> RunResult:
    """Run one plan under the recorder and wait for its end.

    The trace, and the target's output beside it, are written as it runs. `landmarks` replaces those of all frameworks.
    """
    stem = trace.name.removesuffix(".trace.jsonl")
    stdout, stderr = trace.with_name(stem + ".stdout.log"), trace.with_name(stem + ".stderr.log")
    for path in (trace, stdout, stderr):
        path.unlink(missing_ok=True)
    environment = os.environ | framework_environment() | plan.environment
    needed = [str(plan.root / part) for part in plan.needs_path]
    # The first word starts the recorder and is gone before the target's first line.
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(START), *needed, *filter(None, [environment.get("PYTHONPATH", "")])]
    )
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="repotour-plan-") as folder:
        plan_file = Path(folder) / "plan.json"
        plan_file.write_text(json.dumps(plan.to_dict(trace, stdout, stderr, landmarks or landmark_data())))
        environment["REPOTOUR_PLAN"] = str(plan_file)
        with open(stdout, "wb") as out, open(stderr, "wb") as err:
            process = subprocess.Popen(
                command_line(plan),
                cwd=plan.root / plan.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                reason = _watch(process, plan, trace, on_event)
            except BaseException:
                _signal(process, signal.SIGKILL)
                process.wait()
                raise
    return RunResult(trace, stdout, stderr, process.returncode, time.monotonic() - started, reason)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the target's whole process group."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _watch(process: subprocess.Popen[bytes], plan: RunPlan, trace: Path, on_event: OnEvent | None) -> str:
    """Follow the trace while the target runs; gives the reason why we ended the target, or ""."""
    tail = _Tail(trace)
    started = last_news = time.monotonic()
    trained = False
    while process.poll() is None:
        fresh = False
        for event in tail.read():
            fresh = True
            trained = (
                trained or event.get("event") in {"optimizer_step", "functional_step", "fit"} or "updated" in event
            )
            if on_event is not None:
                on_event(event)
        now = time.monotonic()
        last_news = now if fresh else last_news
        if now - started > plan.limits.seconds:
            return _end(process, tail, on_event, f"its time of {plan.limits.seconds:g} s was up")
        if trained and now - last_news > plan.limits.quiet:
            return _end(process, tail, on_event, f"it had shown nothing new for {plan.limits.quiet:g} s")
        time.sleep(POLL)
    for event in tail.read():
        if on_event is not None:
            on_event(event)
    _signal(process, signal.SIGKILL)  # what the target left running in its process group
    return ""


def _end(process: subprocess.Popen[bytes], tail: _Tail, on_event: OnEvent | None, reason: str) -> str:
    """End the target the way Ctrl-C would, and less gently if it does not go."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        _signal(process, number)
        deadline = time.monotonic() + GRACE
        while process.poll() is None and time.monotonic() < deadline:
            for event in tail.read():
                if on_event is not None:
                    on_event(event)
            time.sleep(POLL)
        if process.poll() is not None:
            break
    _signal(process, signal.SIGKILL)
    return reason


class _Tail:
    """Reads a growing trace file, whole lines only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.rest = b""

    def read(self) -> Iterator[dict[str, Any]]:
        """The events written since the last call."""
        try:
            with open(self.path, "rb") as handle:
                handle.seek(self.offset)
                data = handle.read()
        except FileNotFoundError:
            return
        self.offset += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue
