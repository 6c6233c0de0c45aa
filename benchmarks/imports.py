"""What an armed recorder costs the imports of a program.

    python benchmarks/imports.py [--python 3.11] [--pairs 7]

Measured: the CPU time between the first and the last line of a program that does nothing but import, taken by the
program itself, under the recorder over without it, in turn; the median of the pairs. `torch` alone, `numpy` and a
handful of modules of the standard library. Compiled files are there in both. Environments are those of overhead.py.

How far to trust it. Importing torch takes one to two seconds of CPU time, most of it in native code and in the disk's
cache: single pairs differ by a tenth, the row `untraced, again` shows how much. Ratios of CPU time only.

Goal: as near to 1.00 as the interpreter allows. One `return None` for each call costs 1.2 on Python 3.11.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import METER
from measuring.environments import Environment, default_folder, existing, interpreters, prepared
from measuring.machine import environment_line, this_machine
from measuring.processes import Failed, TooSlow
from measuring.tools import Job, Ran, repotour, surroundings, untraced
from measuring.workloads import TORCH, Workload

PROGRAMS = {
    "import torch": ("torch",),
    "import numpy": ("numpy",),
    "import json, argparse, …": (
        "json, argparse, logging, dataclasses, asyncio, unittest.mock, xml.dom.minidom, email",
    ),
}
NEEDS = {"import torch": (TORCH, "numpy"), "import numpy": ("numpy",)}

SOURCE = """\
from step_meter import report, start, stop

start()
{imports}
stop()
report()
"""


def seconds(start: Callable[[Job], Ran], environment: Environment, root: Path) -> tuple[float, str]:
    """CPU seconds of the imports of one run, and the engine that recorded them."""
    meter = root.parent / "steps.txt"
    with tempfile.TemporaryDirectory(dir=root.parent) as scratch:
        extra = {"PYTHONPATH": str(METER), "STEP_METER_FILE": str(meter)}
        workload = Workload("imports", "", "", 1, 1)
        job = Job(workload, environment.python, root, ["main.py"], Path(scratch), surroundings(extra), 300.0)
        ran = start(job)
    return float(meter.read_text()), ran.engine


def row(name: str, environment: Environment, pairs: int) -> str:
    """One program under one Python, as a line of text."""
    reason = environment.lacks(NEEDS.get(name, ()))
    if reason:
        return f"{name:28}{reason}"
    base: list[float] = []
    again: list[float] = []
    traced: list[float] = []
    engine = ""
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as folder:
        root = Path(folder).resolve() / "repository"
        root.mkdir()
        text = "\n".join(f"import {names}" for names in PROGRAMS[name])
        (root / "main.py").write_text(SOURCE.format(imports=text), encoding="utf-8")
        try:
            seconds(untraced, environment, root)
            for _ in range(pairs):
                base.append(seconds(untraced, environment, root)[0])
                found, engine = seconds(repotour, environment, root)
                traced.append(found)
                again.append(seconds(untraced, environment, root)[0])
        except (Failed, TooSlow) as error:
            return f"{name:28}failed: {error}"
    ratios = [after / before for before, after in zip(base, traced, strict=True)]
    noise = statistics.median(after / before for before, after in zip(base, again, strict=True))
    return (
        f"{name:28}{statistics.median(ratios):>8.2f}{min(ratios):>8.2f}–{max(ratios):.2f}{noise:>14.2f}"
        f"{statistics.median(base):>12.3f}  {engine}"
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--python", action="append", default=[], metavar="PY", help="a version or a program (each found)"
    )
    parser.add_argument("--pairs", type=int, default=7, metavar="N", help="pairs for each program (7)")
    parser.add_argument("--envs", type=Path, metavar="FOLDER", help="where environments are kept (the user's cache)")
    parser.add_argument("--no-install", action="store_true", help="measure with the Pythons as they are")
    args = parser.parse_args()
    print(this_machine().line())
    for interpreter in interpreters(args.python):
        needed = [TORCH, "numpy"]
        if args.no_install:
            environment = existing(interpreter, needed)
        else:
            environment = prepared(interpreter, needed, args.envs or default_folder())
        print(f"\n{environment_line(environment)}; {args.pairs} pairs")
        print(f"{'':28}{'traced':>8}{'least–greatest':>13}{'again':>13}{'untraced s':>12}  engine")
        for name in PROGRAMS:
            print(row(name, environment, args.pairs))
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
