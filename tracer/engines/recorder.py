"""The recording engine, host side: starts the target, watches it, ends it when its time is up."""

from __future__ import annotations

import json
import marshal
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.edited import write_edited
from tracer.engines.awaiting import Awaiting
from tracer.engines.driving import driven
from tracer.engines.tails import Tails
from tracer.frameworks import all_frameworks
from tracer.plan import RunPlan
from tracer.processes import children_of, count_path, stem_of
from tracer.safety.bounds import Bounds, members_of, name_of
from tracer.safety.delivery import deliver
from tracer.safety.sandbox import PROGRAM as SANDBOX
from tracer.safety.sandbox import exit_status
from tracer.safety.supervisor import Supervisor, end_all

START = Path(__file__).resolve().parent.parent / "inprocess" / "start"
GRACE = 8.0
"""Seconds without news after which a target that was asked to end is asked less gently."""
WAY_OUT = 40.0
"""Seconds that a target may take on its way out as long as it shows something new there."""
IMPATIENT = 3.0
"""Seconds for the way out when it is the user who wants an end."""
INTERRUPTED = "interrupted by you (Ctrl-C)"
POLL = 0.05
"""Seconds between looks at the growing trace; the end of the target is noticed at once."""

PLAN = "REPOTOUR_PLAN"
"""The variable that leads the recorder to its plan."""

TRAINS = {"optimizer_step", "functional_step", "fit"}

OnEvent = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one recorded run ended.

    `reason` says why we ended it, when we did; `code` is the exit status (negative: a signal). `children` are the
    traces of processes that the program started, in the order in which they first ran code of the repository.
    """

    trace: Path
    stdout: Path
    stderr: Path
    code: int
    seconds: float
    reason: str = ""
    children: tuple[Path, ...] = ()
    interrupted: bool = False
    """Whether the user ended it."""
    excess: str = ""
    """What it had taken too much of, when we ended it for that: memory, processes or disk."""


def landmark_data() -> list[dict[str, Any]]:
    """The landmarks of every framework, as the plan carries them."""
    return [spec.to_dict() for framework in all_frameworks() for spec in framework.landmarks]


def framework_environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables that make known libraries run offline and without windows; one that is set already is left alone."""
    found: dict[str, str] = {}
    for framework in all_frameworks():
        found.update({name: value for name, value in framework.environment.items() if name not in given})
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
    Ctrl-C ends the target, not us: the result says so, and what was recorded until then can be told. A second one is
    raised.
    """
    stem = stem_of(trace)
    stdout, stderr = trace.with_name(stem + ".stdout.log"), trace.with_name(stem + ".stderr.log")
    for path in (trace, stdout, stderr, count_path(trace), *children_of(trace)):
        path.unlink(missing_ok=True)
    lay_out(plan)
    started = time.monotonic()
    shelter = plan.shelter
    parent = shelter.place(".record") if shelter.folder is not None else None
    with tempfile.TemporaryDirectory(prefix="repotour-plan-", dir=parent) as folder:
        plan_file = Path(folder) / "plan.marshal"
        # In a shelter nothing outside of it is written: what was recorded comes out at the end, without secrets.
        inside = trace if parent is None else Path(folder) / trace.name
        try:
            end = _run(plan, inside, plan_file, landmarks or landmark_data(), on_event)
        finally:
            if parent is not None:
                deliver(inside, trace, plan)
    seconds = time.monotonic() - started
    children = tuple(children_of(trace))
    return RunResult(trace, stdout, stderr, end.code, seconds, end.reason, children, end.interrupted, end.excess)


def lay_out(plan: RunPlan) -> None:
    """Make the folders and files in the workspace that a plan wants to be there before the start."""
    for made in plan.folders:
        (plan.root / made).mkdir(parents=True, exist_ok=True)
    write_edited(plan.root, plan.files)


@dataclass(slots=True)
class _Ended:
    """How a target ended, as `RunResult` says it."""

    code: int = 0
    reason: str = ""
    interrupted: bool = False
    excess: str = ""


def _run(
    plan: RunPlan, trace: Path, plan_file: Path, landmarks: list[dict[str, Any]], on_event: OnEvent | None
) -> _Ended:
    """Start the target and wait for its end."""
    stem = stem_of(trace)
    stdout, stderr = trace.with_name(stem + ".stdout.log"), trace.with_name(stem + ".stderr.log")
    ours = driven(plan, plan_file.parent)
    values = plan.to_dict(trace, stdout, stderr, landmarks)
    write_plan(plan_file, values if ours is None else {**values, **ours.facts})
    command = command_line(plan) if ours is None else ours.command
    folder, shell = plan.root / plan.folder, plan.shelter.folder
    mark = plan.shelter.mark or f"{PLAN}={plan_file}"
    end = _Ended()
    with Supervisor() as supervisor, open(stdout, "wb") as out, open(stderr, "wb") as err:
        process = subprocess.Popen(
            plan.shelter.command(command, folder, (START.parent, *plan.extra_path)),
            cwd=folder,
            env=target_environment(plan, plan_file),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        supervisor.watch(process.pid, mark, shell, [plan_file.parent])
        try:
            try:
                end.reason, end.excess = _watch(process, plan, trace, on_event)
            except KeyboardInterrupt:
                end.interrupted = True
                end.reason = _end(process, Tails(trace), None, INTERRUPTED, impatient=True)
        except BaseException:
            _signal(process, signal.SIGKILL)
            process.wait()
            raise
        finally:
            end_all(mark, str(shell or ""))
            if ours is not None:
                ours.tell(trace)
    end.code = exit_status(process.returncode) if plan.shelter.sandbox is not None else process.returncode
    return end


def write_plan(path: Path, plan: dict[str, Any]) -> None:
    """Write a plan in a form that every Python since 3.4 reads without importing anything into the target."""
    shared = 4  # the version of the format in which equal keys lie in memory once
    path.write_bytes(marshal.dumps(json.loads(json.dumps(plan)), shared))


def target_environment(plan: RunPlan, plan_file: Path) -> dict[str, str]:
    """The target's environment, and the two variables that start the recorder and are gone before its first line."""
    seen = plan.shelter.environment(os.environ)
    environment = seen | framework_environment(seen) | plan.environment
    needed = [str(plan.root / part) for part in plan.needs_path]
    given = environment.get("PYTHONPATH")
    wanted = os.pathsep.join([*needed, *filter(None, [given])])
    environment["PYTHONPATH"] = os.pathsep.join([str(START), *filter(None, [wanted])])
    environment[PLAN] = str(plan_file) + ("+" if given is not None else "")
    return environment


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the target's whole process group; a sandbox around it ends with what is in it, or by force."""
    if number != signal.SIGKILL and isinstance(process.args, list) and process.args[0] == SANDBOX:
        for pid in [pid for pid in members_of(process.pid) if name_of(pid) != SANDBOX]:
            with suppress(OSError):
                os.kill(pid, number)
        return
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _watch(process: subprocess.Popen[bytes], plan: RunPlan, trace: Path, on_event: OnEvent | None) -> tuple[str, str]:
    """Follow the traces while the target runs; gives the reason why we ended the target, and what was too much."""
    tails = Tails(trace)
    bounds = Bounds(process.pid, plan.limits, plan.shelter.folder)
    bounds.set_limits()
    started = last_news = time.monotonic()
    trained = False
    awaiting = Awaiting(plan.awaited)
    while not _over(process, POLL):
        for event, shown in tails.read():
            trained = trained or event.get("event") in TRAINS or "updated" in event
            awaiting.note(event)
            if on_event is not None and shown:
                on_event(event)
        now = time.monotonic()
        last_news = now if tails.grown else last_news
        excess = bounds.exceeded()
        if excess is not None:
            _signal(process, signal.SIGKILL)  # asked to go, it would take more before it does
            process.wait()
            _tell(tails, on_event)
            return excess.text, excess.of
        if now - started > plan.limits.seconds:
            return _end(process, tails, on_event, f"its time of {plan.limits.seconds:g} s was up"), ""
        quiet = max(plan.limits.quiet, plan.limits.patience if awaiting.stages else 0.0)
        if trained and now - last_news > quiet:
            return _end(process, tails, on_event, f"it had shown nothing new for {quiet:g} s"), ""
    _tell(tails, on_event)
    _signal(process, signal.SIGKILL)  # what the target left running in its process group
    return "", ""


def _over(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the target has ended, waiting up to `seconds` for it to end."""
    watched = _pidfd(process.pid)
    if watched is None:
        time.sleep(min(seconds, 0.005))
        return process.poll() is not None
    try:
        select.select([watched], [], [], seconds)
    finally:
        os.close(watched)
    return process.poll() is not None


def _pidfd(pid: int) -> int | None:
    """A descriptor that is readable once the process has ended; None where there are none (not on Linux, old)."""
    opened = getattr(os, "pidfd_open", None)
    try:
        return int(opened(pid)) if opened is not None else None
    except OSError:
        return None


def _tell(tails: Tails, on_event: OnEvent | None) -> bool:
    """Pass on what was written since the last look; whether anything was."""
    looks = 0
    tails.grown = True
    while tails.grown:
        looks += 1
        for event, shown in tails.read():
            if on_event is not None and shown:
                on_event(event)
    return looks > 1


def _end(
    process: subprocess.Popen[bytes],
    tails: Tails,
    on_event: OnEvent | None,
    reason: str,
    *,
    impatient: bool = False,
) -> str:
    """End the target the way Ctrl-C would, once: what it does on its way out (a last evaluation, a checkpoint) belongs
    to the tour, and may take `WAY_OUT` seconds as long as something new is seen every `GRACE`. Less gently then."""
    grace, way_out = (IMPATIENT, IMPATIENT) if impatient else (GRACE, WAY_OUT)
    for number, most in ((signal.SIGINT, way_out), (signal.SIGTERM, grace), (signal.SIGKILL, grace)):
        _signal(process, number)
        began = last_news = time.monotonic()
        while not _over(process, POLL):
            now = time.monotonic()
            last_news = now if _tell(tails, on_event) else last_news
            if now - last_news > grace or now - began > most:
                break
        if process.poll() is not None:
            break
    _signal(process, signal.SIGKILL)
    return reason
