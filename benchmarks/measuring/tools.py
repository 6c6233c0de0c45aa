"""The tools that are compared, and how each is started as its users start it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measuring import HERE, dap
from measuring.processes import Failed, TooSlow, Usage, last_line, read_usage, run, size_of, wrapper
from measuring.workloads import Workload
from tracer.engines.recorder import record
from tracer.plan import Limits, RunPlan

DRIVE = str(HERE / "drive.py")


@dataclass(frozen=True)
class Job:
    """One run: what to run (`words`, in `root`) with which Python, and an empty `scratch` folder for what it leaves."""

    workload: Workload
    python: Path
    root: Path
    words: list[str]
    scratch: Path
    environment: dict[str, str]
    timeout: float

    @property
    def out(self) -> Path:
        """Where the tool writes its result, and nothing else."""
        folder = self.scratch / "out"
        folder.mkdir(exist_ok=True)
        return folder


@dataclass(frozen=True)
class Ran:
    """What one run used and left. `said` is what the program printed, where the tool leaves that alone."""

    usage: Usage
    output: int = 0
    engine: str = ""
    said: str | None = None


@dataclass(frozen=True)
class Tool:
    """One way to run a program. `values` says whether values of variables or arguments are recorded."""

    name: str
    title: str
    records: str
    start: Callable[[Job], Ran]
    requires: tuple[str, ...] = ()
    values: bool = False
    slow: bool = False


def _run(job: Job, words: list[str], beside: Callable[[], object] | None = None) -> Ran:
    """The target's Python with `words`."""
    out = job.out
    usage = run(
        [str(job.python), "-u", *words],
        python=job.python,
        folder=job.root,
        scratch=job.scratch,
        environment=job.environment,
        timeout=job.timeout,
        beside=beside,
    )
    return Ran(usage, size_of(out), said=(job.scratch / "stdout.txt").read_text("utf-8", "replace"))


def untraced(job: Job) -> Ran:
    """The program alone."""
    return _run(job, job.words)


def repotour(job: Job) -> Ran:
    """RepoTour's recorder, alone, as a tour starts it, but no loop is left early and silence ends nothing."""
    usage = job.scratch / "usage.json"
    limits = Limits(seconds=job.timeout, jumps=False, linger=1e9, quiet=1e9)
    python = str(wrapper(job.scratch / "python", job.python, usage))
    plan = RunPlan(job.root, "", "script", tuple(job.words), python, environment=job.environment, limits=limits)
    result = record(plan, job.out / "main.trace.jsonl")
    if result.reason:
        raise TooSlow
    found = read_usage(usage)
    if found.code != 0:
        raise Failed(last_line(result.stderr) or f"exit status {found.code}")
    with open(result.trace, "rb") as file:
        header = json.loads(file.readline())
    said = result.stdout.read_text("utf-8", "replace")
    return Ran(found, result.trace.stat().st_size, str(header.get("engine", "?")), said)


def cprofile(job: Job) -> Ran:
    """The profiler of the standard library."""
    return _run(job, ["-m", "cProfile", "-o", str(job.out / "profile"), *job.words])


def coverage(job: Job) -> Ran:
    """Line coverage with the core that coverage chooses on this Python."""
    return _run(job, ["-m", "coverage", "run", f"--data-file={job.out / 'coverage'}", *job.words])


def viztracer(job: Job) -> Ran:
    """As the first line of its manual says."""
    return _run(job, ["-m", "viztracer", "--quiet", "-o", str(job.out / "result.json"), "--", *job.words])


def viztracer_arguments(job: Job) -> Ran:
    """Functions of the repository's files only, with arguments and return values."""
    options = ["--log_func_args", "--log_func_retval", "--include_files", str(job.root)]
    return _run(job, ["-m", "viztracer", "--quiet", "-o", str(job.out / "result.json"), *options, "--", *job.words])


def driven(name: str) -> Callable[[Job], Ran]:
    """A tool that is used from Python; `drive.py` does that."""

    def start(job: Job) -> Ran:
        return _run(job, [DRIVE, name, str(job.root), str(job.out), *job.words])

    return start


def pdb(job: Job) -> Ran:
    """The debugger of the standard library with one breakpoint that is never hit."""
    place = f"{job.root / job.workload.marked}:{job.workload.never_reached()}"
    return _run(job, ["-m", "pdb", "-c", f"b {place}", "-c", "c", "-c", "q", *job.words])


def debugpy(job: Job) -> Ran:
    """A client attaches, sets one breakpoint that is never hit and lets the program run."""
    port = dap.free_port()
    client = dap.Client(port, job.root / job.workload.marked, job.workload.never_reached())
    attending = threading.Thread(target=client.attend, daemon=True)
    options = ["-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client"]
    ran = _run(job, [*options, *job.words], beside=attending.start)
    if not client.verified:
        raise Failed("its breakpoint was not verified")
    return ran


CALLS, LINES, VALUES = "calls", "lines", "lines, values"

TOOLS = (
    Tool("untraced", "untraced, again", "nothing: the noise", untraced),
    Tool("repotour", "RepoTour", "lines, values, calls, landmarks", repotour, values=True),
    Tool("cprofile", "cProfile", CALLS, cprofile),
    Tool("coverage", "coverage", LINES, coverage, ("coverage",)),
    Tool("viztracer", "viztracer", CALLS, viztracer, ("viztracer",)),
    Tool(
        "viztracer-args",
        "viztracer, repository files, arguments",
        "calls, arguments",
        viztracer_arguments,
        ("viztracer",),
        values=True,
    ),
    Tool("hunter", "hunter CodePrinter", LINES, driven("hunter"), ("hunter",), slow=True),
    Tool("hunter-vars", "hunter VarsSnooper", VALUES, driven("hunter-vars"), ("hunter",), values=True, slow=True),
    Tool("snoop", "snoop, main and what it calls", VALUES, driven("snoop"), ("snoop",), values=True, slow=True),
    Tool("snoop-deep", "snoop, everything", VALUES, driven("snoop-deep"), ("snoop",), values=True, slow=True),
    Tool(
        "pysnooper",
        "PySnooper, main and what it calls",
        VALUES,
        driven("pysnooper"),
        ("pysnooper",),
        values=True,
        slow=True,
    ),
    Tool(
        "pysnooper-deep",
        "PySnooper, everything",
        VALUES,
        driven("pysnooper-deep"),
        ("pysnooper",),
        values=True,
        slow=True,
    ),
    Tool("debugpy", "debugpy, client, breakpoint never hit", "nothing", debugpy, ("debugpy",)),
    Tool("pdb", "pdb, breakpoint never hit", "nothing", pdb),
)


def find_tool(name: str) -> Tool:
    """By name; raises KeyError."""
    for tool in TOOLS:
        if tool.name == name:
            return tool
    raise KeyError(name)


def surroundings(extra: dict[str, str]) -> dict[str, str]:
    """What every run is given, traced or not: one thread, no random hashes, the frameworks' switches of a tour."""
    from tracer.engines.recorder import framework_environment

    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = os.pathsep.join([extra.pop("PYTHONPATH"), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return framework_environment() | threads | {"PYTHONHASHSEED": "0", "PYTHONPATH": path} | extra
