"""From pressing Enter to a finished tour: `repotour run` against the same bounded run without RepoTour.

    python benchmarks/tour_time.py [FOLDER ...] [--python PY] [--runs 3]       (no folder: each of sample_repos)

What is compared. A tour leaves loops early, so its program does less than the whole program. The trace says which loops
were left after how many passes; those bounds are written into a copy of the source (measuring/shortened.py), and that
copy is run without RepoTour: the same work, imports and evaluation included. Printed are wall seconds, medians:

    tour       `repotour run FOLDER --yes --python PY`, the whole command
    untraced   the shortened program or programs, in a fresh scratch copy, one after the other as the tour ran them
    above      tour - untraced: the goal is at most 3 s
    recorder   the recorded runs - untraced: what recording cost
    host       tour - recorded runs: opening, reading, copying, telling, writing

How far to trust it. Wall time: only on a machine that is idle; CPU seconds of tour and untraced are printed beside. A
program that loads data in worker processes does so in its own process in a tour, and with its workers here. Where a
first attempt failed and a remedy was needed, its seconds count as RepoTour's (column `attempts`). A loop that was let
run for a time and then left is bounded by the passes that it made under the recorder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import ROOT
from measuring.machine import this_machine
from measuring.processes import Failed, TooSlow, Usage, run
from measuring.shortened import loops_left, shorten

from tracer.engines.recorder import command_line, framework_environment
from tracer.errors import RepoTourError
from tracer.interpreter import probe
from tracer.plan import RunPlan
from tracer.workspace import Workspace

GOAL = 3.0
LONGEST = 600.0
ORDER = {"before": 0, "main": 1, "after": 2}


@dataclass(frozen=True)
class Timing:
    """One tour and its untraced counterpart; wall and CPU seconds."""

    tour: float
    recorded: float
    untraced: float
    tour_cpu: float
    untraced_cpu: float
    attempts: int
    loops: int
    note: str = ""


def tour(folder: Path, python: str, out: Path, scratch: Path) -> tuple[Usage, dict[str, Any]]:
    """The command as a user gives it; the tour that it wrote."""
    command = [sys.executable, "-m", "repotour", "run", str(folder), "--yes", "--quiet", "--python", python]
    usage = run([*command, "--out", str(out)], python=sys.executable, folder=ROOT, scratch=scratch, timeout=LONGEST)
    written: dict[str, Any] = json.loads(next(out.glob("*.tour.json")).read_text(encoding="utf-8"))
    return usage, written


def header_and_end(trace: Path) -> tuple[dict[str, Any], float]:
    """The first event of a trace, and the seconds at which its program ended."""
    lines = trace.read_bytes().splitlines()
    return json.loads(lines[0]), float(json.loads(lines[-1]).get("t", 0.0)) / 1000


def untraced(folder: Path, python: str, traces: list[Path], scratch: Path) -> tuple[float, float, int, str]:
    """Wall and CPU seconds of the shortened programs, the number of their bounded loops, and what to know of it."""
    wall = cpu = 0.0
    loops = 0
    notes: list[str] = []
    with Workspace.create(folder) as workspace:
        for trace in traces:
            header, _ = header_and_end(trace)
            left = loops_left(trace)
            originals = {file: (workspace.root / file).read_bytes() for file, _ in left}
            notes += [f"no loop found at {place}" for place in shorten(workspace.root, left)]
            needs = (".", "src") if header["launch"] == "console" else ()
            plan = RunPlan(
                workspace.root, header["folder"], header["launch"], tuple(header["argv"]), python, needs_path=needs
            )
            environment = framework_environment()
            if needs:
                environment["PYTHONPATH"] = f"{workspace.root}:{workspace.root / 'src'}"
            try:
                usage = run(
                    command_line(plan),
                    python=python,
                    folder=workspace.root / plan.folder,
                    scratch=scratch,
                    environment=environment,
                    timeout=LONGEST,
                )
            except Failed as error:
                raise Failed(f"untraced, {' '.join(plan.command())}: {error}") from error
            wall, cpu, loops = wall + usage.wall, cpu + usage.cpu, loops + sum(map(len, left.values()))
            for file, content in originals.items():
                (workspace.root / file).write_bytes(content)
    return wall, cpu, loops, "; ".join(notes)


def once(folder: Path, python: str) -> Timing:
    """One tour, one untraced run."""
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as place:
        scratch, out = Path(place), Path(place) / "tour"
        usage, written = tour(folder, python, out, scratch)
        traces = sorted(out.glob("*.trace.jsonl"), key=_place)
        chapters = [header_and_end(trace) for trace in traces]
        recorded = sum(end for header, end in chapters if header["chapter"] != "main")
        recorded += float(written["outcome"]["seconds"])
        wall, cpu, loops, note = untraced(folder, python, traces, scratch)
        attempts = len(written["attempts"])
        return Timing(usage.wall, recorded, wall, usage.cpu, cpu, attempts, loops, note)


def _place(trace: Path) -> tuple[int, str]:
    chapter = str(header_and_end(trace)[0]["chapter"])
    return ORDER.get(chapter.partition("-")[0], 1), chapter


def row(folder: Path, python: str, runs: int) -> str:
    """The line of one repository."""
    try:
        with tempfile.TemporaryDirectory(prefix="repotour-bench-") as place:
            if not (folder / ".git").exists():
                # A folder inside another repository would be toured as part of that one.
                folder = Path(shutil.copytree(folder, Path(place) / folder.name))
            found = [once(folder, python) for _ in range(runs)]
    except TooSlow:
        return f"{folder.name:22}did not finish in {LONGEST:g} s"
    except (Failed, RepoTourError) as error:
        return f"{folder.name:22}failed: {error}"

    def middle(name: str) -> float:
        return statistics.median(float(getattr(one, name)) for one in found)

    above = statistics.median(one.tour - one.untraced for one in found)
    recorder = statistics.median(one.recorded - one.untraced for one in found)
    host = statistics.median(one.tour - one.recorded for one in found)
    walls = f"{middle('tour'):8.2f}{middle('untraced'):10.2f}{above:8.2f}{recorder:10.2f}{host:8.2f}"
    verdict = "reached" if above <= GOAL else "missed"
    cpus = f"{middle('tour_cpu'):10.2f}{middle('untraced_cpu'):10.2f}"
    last = found[-1]
    return f"{folder.name:22}{walls}{cpus}{last.attempts:10}{last.loops:7}  {verdict}  {last.note}".rstrip()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="*", type=Path, help="repositories (each of sample_repos)")
    parser.add_argument("--python", default=sys.executable, metavar="PY", help="what runs the programs (this Python)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="tours of each, the median is told (3)")
    args = parser.parse_args()
    interpreter = probe(args.python)
    samples = sorted(path.parent for path in (ROOT / "sample_repos").glob("*/README.md"))
    print(
        f"{this_machine().line()}, programs with Python {interpreter.version_text}, wall seconds, median of {args.runs}"
    )
    names = f"{'tour':>8}{'untraced':>10}{'above':>8}{'recorder':>10}{'host':>8}{'tour CPU':>10}{'untr. CPU':>10}"
    print(f"{'':22}{names}{'attempts':>10}{'loops':>7}  goal: above <= {GOAL:g}")
    for folder in args.folder or samples:
        print(row(folder.resolve(), str(interpreter.path), args.runs), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
