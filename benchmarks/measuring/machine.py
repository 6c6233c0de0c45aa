"""What a table was measured on, in one line."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from measuring.environments import Environment


@dataclass(frozen=True)
class Machine:
    """`load` is the mean number of running processes over the last minute, at the start."""

    system: str
    processor: str
    cores: int
    load: float
    day: str

    def line(self) -> str:
        """As it stands above a table."""
        return (
            f"{self.system}, {self.processor}, {self.cores} core{'s' * (self.cores != 1)}, "
            f"load {self.load:.1f}, {self.day}"
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def this_machine() -> Machine:
    """The machine that this runs on; no name of it or of its user."""
    return Machine(
        f"{platform.system()} {platform.machine()}",
        _processor(),
        _cores(),
        os.getloadavg()[0],
        date.today().isoformat(),
    )


def environment_line(environment: Environment) -> str:
    """A Python and the versions of what is in it."""
    build = "" if environment.optimised else " (built without --enable-optimizations)"
    versions = ", ".join(f"{name} {version}" for name, version in sorted(environment.versions.items()))
    return f"Python {environment.version}{build}" + (f": {versions}" if versions else "")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
