"""Runs what is no Python program, a line for the shell, in the shelter of a run and within its bounds. Host."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracer.plan import Limits
from tracer.safety.bounds import Bounds
from tracer.safety.sandbox import exit_status
from tracer.safety.shelter import Shelter
from tracer.safety.supervisor import Supervisor, end_all

_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status (negative: a signal), or why we ended it."""

    code: int
    reason: str = ""


def run_line(line: str, folder: Path, shelter: Shelter, limits: Limits, *, first_path: str = "") -> Ended:
    """Run a line with the shell in `folder` for at most `limits.seconds`; `first_path` is put before the PATH."""
    environment = shelter.environment(os.environ)
    environment["PATH"] = os.pathsep.join(filter(None, [first_path, environment.get("PATH", "")]))
    words = ["/bin/sh", "-c", line] if os.name == "posix" else ["cmd", "/c", line]
    with Supervisor() as supervisor:
        process = subprocess.Popen(
            shelter.command(words, folder),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        supervisor.watch(process.pid, shelter.mark, shelter.folder)
        try:
            reason = _wait(process, Bounds(process.pid, limits, shelter.folder), limits.seconds)
        finally:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            end_all(shelter.mark, str(shelter.folder or ""))
    return Ended(exit_status(process.returncode) if shelter.sandbox is not None else process.returncode, reason)


def _wait(process: subprocess.Popen[bytes], bounds: Bounds, seconds: float) -> str:
    """Wait for its end; gives the reason when it has to be ended."""
    bounds.set_limits()
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        excess = bounds.exceeded()
        if excess is not None:
            return excess.text
        if time.monotonic() > deadline:
            return f"its {seconds:.0f} s were up"
        time.sleep(_POLL)
    return ""
