"""A debugger for a program that runs already: debugpy goes into it, and an editor connects. Host."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from repotour.editor import free_port
from tracer.errors import RepoTourError

SECONDS = 60.0


def attach(pid: int, port: int = 0) -> int:
    """Have debugpy listen in process `pid` and say how an editor connects; the program is not stopped by it.

    Raises `RepoTourError` where there is no such process, or debugpy cannot get into it (it needs gdb on Linux, and
    the right to trace the process).
    """
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError) as error:
        raise RepoTourError(f"there is no process {pid} of yours: {error}.", slug="no-process", exit_code=2) from error
    port = port or free_port()
    words = [sys.executable, "-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--pid", str(pid)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
        failed = done.returncode != 0 or "Error" in done.stderr
        detail = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
    except subprocess.TimeoutExpired:
        failed, detail = True, [f"it was not in after {SECONDS:g} s"]
    if failed:
        raise RepoTourError(
            f"debugpy could not get into process {pid}: {detail[0]}",
            slug="not-attached",
            hint="It needs gdb and the right to trace the process; in a program of your own, repotour.here() needs "
            "neither.",
        )
    configuration = {
        "name": f"Attach to {pid}", "type": "debugpy", "request": "attach",
        "connect": {"host": "127.0.0.1", "port": port}, "justMyCode": True,
    }  # fmt: skip
    print(json.dumps({"version": "0.2.0", "configurations": [configuration]}, indent=2))
    print(f"debugpy listens in process {pid} on 127.0.0.1:{port}.")
    return 0
