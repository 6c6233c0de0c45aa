"""How long `repotour find` reads: on repositories of 1,000 and of 4,000 Python files (about 10 and 40 MB).

    python benchmarks/survey.py [--files 1000 --files 4000] [--runs 1] [--keep FOLDER]

Measured: wall and CPU time of `python -m repotour find FOLDER`, on one core (where the system can pin a process to
one) and on all of them. The repositories are generated from a fixed seed: packages with models, data sets, trainers,
tests and helper modules with docstrings, a handful of entry points. They are no git repositories, and nothing of an
earlier run is used.

How far to trust it. The generated code is even: real repositories have a few huge files and many small ones, notebooks
and data beside them. Wall time is what counts and holds only while nothing else runs; CPU time holds always.

Goals, on one core: 4,000 files in 15 s, 1,000 files in 4 s; on more cores proportionally less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT
from measuring.machine import this_machine
from measuring.processes import TooSlow, Usage, run
from measuring.synthetic import generate

LONGEST = 600.0
GOALS = {1000: 4.0, 4000: 15.0}
PIN = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); os.execv(sys.argv[2], sys.argv[2:])"


def find(repository: Path, scratch: Path, one_core: bool) -> Usage:
    """One `repotour find`, pinned to the first core that we may use, or not."""
    command = [sys.executable, "-m", "repotour", "find", str(repository)]
    if one_core:
        command = [sys.executable, "-IS", "-c", PIN, str(min(os.sched_getaffinity(0))), *command]
    caches = {name: str(scratch / "home") for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME")}
    return run(command, python=sys.executable, folder=ROOT, scratch=scratch, environment=caches, timeout=LONGEST)


def report(files: int, scratch: Path, folder: Path, runs: int) -> None:
    """Time one size and print its lines."""
    repository = folder / f"synthetic{files}"
    size = generate(repository, files)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    ways = {"one core": True} if hasattr(os, "sched_setaffinity") else {}
    if cores > 1 or not ways:
        ways[f"all {cores} cores"] = False
    for name, one_core in ways.items():
        try:
            usages = [find(repository, scratch, one_core) for _ in range(runs)]
        except TooSlow:
            print(f"{files:>6} files  {size / 1e6:5.1f} MB  {name:14} did not finish in {LONGEST:g} s")
            continue
        wall, cpu = (statistics.median(getattr(one, kind) for one in usages) for kind in ("wall", "cpu"))
        peak = max(one.peak for one in usages) / 2**20
        goal = GOALS.get(files) if one_core else None
        verdict = "" if goal is None else f"goal {goal:g} s {'reached' if wall <= goal else 'missed'}"
        used = f"{wall:8.1f} s wall{cpu:8.1f} s CPU{peak:8.0f} MB peak  {verdict}"
        print(f"{files:>6} files  {size / 1e6:5.1f} MB  {name:14}{used}".rstrip(), flush=True)


def main() -> int:
    """Generate, time and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, action="append", metavar="N", help="Python files (1000 and 4000)")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of each, the median is told (1)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the generated repositories there")
    args = parser.parse_args()
    print(f"{this_machine().line()}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as folder:
        scratch = Path(folder)
        for files in args.files or sorted(GOALS):
            report(files, scratch, args.keep or scratch, args.runs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
