"""Measures one tool on one program: untraced, traced, untraced, traced, and the ratios of neighbours."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from measuring import METER
from measuring.environments import Environment
from measuring.processes import Failed, TooSlow
from measuring.tools import Job, Ran, Tool, surroundings, untraced
from measuring.workloads import Workload

MOST_PAIRS_OF_SLOW_TOOLS = 3
NO_PAIR = "no pair"


@dataclass(frozen=True)
class Sample:
    """One run: what it used and the CPU seconds of each step, warm-up dropped."""

    ran: Ran
    steps: list[float]

    @property
    def step(self) -> float:
        """CPU seconds of its median step."""
        return statistics.median(self.steps)


@dataclass(frozen=True)
class Cell:
    """One tool on one program under one Python. Ratios are traced over untraced; medians over `pairs` pairs.

    `step` and `run` are CPU time, `wall` is the whole run's wall time, `memory` the peak of the program's process.
    `spread` holds the least and the greatest of the pairs' step ratios. `short` marks a run shorter than the program's
    own, for a tool too slow for that. `note` says what is to be known, or why there are no figures.
    """

    python: str
    workload: str
    tool: str
    records: str
    engine: str = ""
    steps: int = 0
    pairs: int = 0
    step: float | None = None
    spread: tuple[float, float] | None = None
    run: float | None = None
    wall: float | None = None
    memory: float | None = None
    output: int | None = None
    untraced_step_ms: float | None = None
    untraced_run_s: float | None = None
    untraced_peak_mb: float | None = None
    short: bool = False
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Bench:
    """A scratch copy of one program, and the runs of it with one Python."""

    def __init__(self, workload: Workload, environment: Environment, folder: Path, timeout: float) -> None:
        self.workload = workload
        self.environment = environment
        self.folder = folder
        self.timeout = timeout
        self.root = folder / "repository"
        shutil.copytree(workload.folder, self.root, ignore=shutil.ignore_patterns("__pycache__"))
        # Compiled files and those of the disk's cache are there from now on, for all alike.
        self.sample(untraced, 2, 0)

    def sample(self, start: Any, steps: int, warm: int) -> Sample:
        """One run of so many steps."""
        meter = self.folder / "steps.txt"
        meter.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            job = Job(
                self.workload,
                self.environment.python,
                self.root,
                self.workload.words(steps),
                Path(scratch),
                surroundings({"PYTHONPATH": str(METER), "STEP_METER_FILE": str(meter)}),
                self.timeout,
            )
            ran = start(job)
        found = [float(line) for line in meter.read_text().splitlines()]
        if len(found) != steps:
            raise Failed(f"{len(found)} of {steps} steps were run")
        return Sample(ran, found[warm:])

    def measure(self, tool: Tool, pairs: int, steps: int | None = None) -> Cell:
        """A tool's figures; on a shorter run where the tool is too slow for the program's own length."""
        if not tool.slow:
            cell = self.paired(tool, pairs, steps or self.workload.steps, self.workload.warm, short=False)
            if cell.pairs or not cell.note.startswith(NO_PAIR):
                return cell
        rounds = min(pairs, MOST_PAIRS_OF_SLOW_TOOLS)
        return self.paired(tool, rounds, steps or self.workload.few, self.workload.few_warm, short=True)

    def paired(self, tool: Tool, pairs: int, steps: int, warm: int, *, short: bool) -> Cell:
        """A tool's figures from runs of so many steps, the first `warm` dropped."""
        warm = min(warm, steps - 1)
        base: list[Sample] = []
        traced: list[Sample] = []
        note = ""
        try:
            for _ in range(pairs):
                before = self.sample(untraced, steps, warm)
                traced.append(self.sample(tool.start, steps, warm))
                base.append(before)
        except TooSlow:
            note = f"run {len(base) + 1} took over {self.timeout:g} s" if base else f"{NO_PAIR} in {self.timeout:g} s"
        except Failed as error:
            note = f"failed: {str(error)[:100]}"
        name = self.workload.name
        cell = Cell(self.environment.version, name, tool.name, tool.records, steps=steps, short=short, note=note)
        return _filled(cell, base, traced, tool) if base else cell


def _filled(cell: Cell, base: list[Sample], traced: list[Sample], tool: Tool) -> Cell:
    """A cell with its figures."""
    steps = [after.step / before.step for before, after in zip(base, traced, strict=True)]
    usages = [(before.ran.usage, after.ran.usage) for before, after in zip(base, traced, strict=True)]
    note = cell.note
    # pdb talks on the program's own output; of the recorder we demand that it says nothing.
    if tool.name == "repotour" and any(a.ran.said != b.ran.said for b, a in zip(base, traced, strict=True)):
        note = "THE PROGRAM PRINTED SOMETHING ELSE"
    return replace(
        cell,
        engine=traced[0].ran.engine,
        pairs=len(base),
        step=statistics.median(steps),
        spread=(min(steps), max(steps)),
        run=statistics.median(after.cpu / before.cpu for before, after in usages),
        wall=statistics.median(after.wall / before.wall for before, after in usages),
        memory=statistics.median(after.peak / before.peak for before, after in usages),
        output=round(statistics.median(sample.ran.output for sample in traced)),
        untraced_step_ms=statistics.median(sample.step for sample in base) * 1e3,
        untraced_run_s=statistics.median(sample.ran.usage.cpu for sample in base),
        untraced_peak_mb=statistics.median(sample.ran.usage.peak for sample in base) / 2**20,
        note=note,
    )


@contextmanager
def bench(workload: Workload, environment: Environment, timeout: float) -> Iterator[Bench]:
    """A place to measure a program in, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="repotour-bench-") as folder:
        yield Bench(workload, environment, Path(folder).resolve(), timeout)
