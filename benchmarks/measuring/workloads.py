"""The programs that are measured: small repositories of our own, the same work each time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from measuring import BENCHMARKS

TORCH = "torch==2.13.0"


@dataclass(frozen=True)
class Workload:
    """One program. `steps` is its usual length, `few` that for tools too slow for it; the first `warm` are dropped."""

    name: str
    letter: str
    title: str
    steps: int
    few: int
    warm: int = 5
    few_warm: int = 1
    option: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    marked: str = "train.py"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return BENCHMARKS / "workloads" / self.name

    def words(self, steps: int) -> list[str]:
        """Its command line behind `python`."""
        return ["train.py", *self.option, str(steps)]

    def never_reached(self) -> int:
        """The line of `marked` for a breakpoint that is never hit, in code that runs often."""
        lines = (self.folder / self.marked).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if line.endswith("# never reached"))


WORKLOADS = (
    Workload(
        "language_model",
        "a",
        "torch language model",
        steps=60,
        few=4,
        option=("--steps",),
        requires=(TORCH, "numpy"),
    ),
    Workload("autograd", "b", "scalar autograd", steps=20, few=2, marked="engine.py"),
    Workload(
        "reinforce",
        "c",
        "numpy reinforcement learning",
        steps=150,
        few=3,
        option=("--steps",),
        requires=("numpy",),
        marked="environment.py",
    ),
    Workload("dense", "d", "dense tiny functions", steps=400, few=1, few_warm=0, marked="letters.py"),
    Workload("dense_module", "d2", "the same in one long frame", steps=400, few=1, few_warm=0, marked="letters.py"),
)


def find_workload(name: str) -> Workload:
    """By name or letter; raises KeyError."""
    for workload in WORKLOADS:
        if name in (workload.name, workload.letter):
            return workload
    raise KeyError(name)
