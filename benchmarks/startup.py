"""How fast RepoTour answers: `repotour --help`, `--version`, and `find` on a tiny repository.

    python benchmarks/startup.py [--runs 15]

Measured: the median wall and CPU time of whole processes (`python -m repotour …`), in turn with `python -c pass` of the
same interpreter, so that what RepoTour adds can be told from what Python itself needs. The first round is dropped: it
fills the disk's cache.

How far to trust it. CPU time holds within some per cent; wall time only on a machine that is idle. It measures the
interpreter that runs this script and the RepoTour of this checkout.

Goal: `repotour --help` in 0.15 s of wall time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT
from measuring.machine import this_machine
from measuring.processes import Usage, run

GOALS = {"--help": 0.15}
TINY = {
    "train.py": "import json\n\nfrom model import Model\n\nif __name__ == '__main__':\n    print(Model().fit())\n",
    "model.py": "class Model:\n    def fit(self):\n        return [step for step in range(3)]\n",
}


def commands(python: str, repository: Path) -> dict[str, list[str]]:
    """What is timed, by name."""
    repotour = [python, "-m", "repotour"]
    return {
        "python -c pass": [python, "-c", "pass"],
        "repotour --help": [*repotour, "--help"],
        "repotour --version": [*repotour, "--version"],
        "repotour find (tiny repository)": [*repotour, "find", str(repository)],
    }


def main() -> int:
    """Time and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="runs of each command (15)")
    args = parser.parse_args()
    found: dict[str, list[Usage]] = {}
    print(this_machine().line())
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as folder:
        scratch = Path(folder)
        repository = scratch / "tiny"
        repository.mkdir()
        for name, text in TINY.items():
            (repository / name).write_text(text, encoding="utf-8")
        for number in range(args.runs + 1):
            for name, command in commands(sys.executable, repository).items():
                # Started in the checkout, `-m repotour` finds the one beside this file.
                usage = run(command, python=sys.executable, folder=ROOT, scratch=scratch)
                if number:
                    found.setdefault(name, []).append(usage)
    print(f"Python {sys.version.split()[0]}, median of {args.runs}, seconds\n")
    print(f"{'':34}{'wall':>8}{'CPU':>8}{'above pass':>12}{'goal (wall)':>13}")
    base = statistics.median(one.wall for one in found["python -c pass"])
    for name, usages in found.items():
        wall, cpu = (statistics.median(getattr(one, kind) for one in usages) for kind in ("wall", "cpu"))
        goal = next((seconds for word, seconds in GOALS.items() if word in name), None)
        verdict = "" if goal is None else f"{goal:.2f} {'reached' if wall <= goal else 'missed'}"
        print(f"{name:34}{wall:8.3f}{cpu:8.3f}{wall - base:12.3f}{verdict:>15}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
