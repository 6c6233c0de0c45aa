"""What this machine offers to a target: accelerators, cores, memory. Runs on the host."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Machine:
    """`gpus` is the number of CUDA devices, `cores` that of usable processors, `memory` in bytes (0: not known)."""

    gpus: int = 0
    cores: int = 1
    memory: int = 0


@cache
def this_machine() -> Machine:
    """Look once; costs a few milliseconds without a GPU."""
    return Machine(
        _gpus(), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, _memory()
    )


def _gpus() -> int:
    """The GPUs that the driver lists and that CUDA_VISIBLE_DEVICES leaves visible."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in ("", "-1"):
        return 0
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    try:
        done = subprocess.run([tool, "--list-gpus"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    count = sum(line.startswith("GPU ") for line in done.stdout.splitlines())
    return min(count, len(visible.split(","))) if visible else count


def _memory() -> int:
    """Bytes of memory of the machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
