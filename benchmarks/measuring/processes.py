"""Runs one command and tells what it used. POSIX only: the figures come from `wait4`."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import HERE

LAUNCH = HERE / "launch.py"


@dataclass(frozen=True)
class Usage:
    """CPU and wall seconds and the peak memory in bytes of one process.

    Children that it waited for are in the CPU time, and in the peak when one of them was larger.
    """

    cpu: float
    wall: float
    peak: int
    code: int


class TooSlow(Exception):
    """The time for one run was up."""


class Failed(Exception):
    """The command did not end well; the message is the last thing it said."""


def launched(python: str | Path, usage: Path, command: Sequence[str]) -> list[str]:
    """The command that runs `command` and writes its usage."""
    return [str(python), "-IS", str(LAUNCH), str(usage), *command]


def wrapper(path: Path, python: str | Path, usage: Path) -> Path:
    """An executable that behaves as `python` does and writes what it used."""
    words = shlex.join(launched(python, usage, [str(python)]))
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    path.chmod(0o755)
    return path


def read_usage(path: Path) -> Usage:
    """What the launcher wrote."""
    try:
        return Usage(**json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise Failed("it was ended before its usage could be read") from error


def run(
    command: Sequence[str],
    *,
    python: str | Path,
    folder: Path,
    scratch: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    beside: Callable[[], object] | None = None,
) -> Usage:
    """Run a command in `folder`; `scratch` takes its output and usage. `beside` is called once it has started.

    Raises `TooSlow` and `Failed`.
    """
    usage = scratch / "usage.json"
    usage.unlink(missing_ok=True)
    with open(scratch / "stdout.txt", "wb") as out, open(scratch / "stderr.txt", "wb") as err:
        process = subprocess.Popen(
            launched(python, usage, command),
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            if beside is not None:
                beside()
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TooSlow from None
        finally:
            _end_group(process)
    found = read_usage(usage)
    if found.code != 0:
        raise Failed(last_line(scratch / "stderr.txt") or f"exit status {found.code}")
    return found


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of a run behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def last_line(path: Path) -> str:
    """The last line of a text that says something."""
    lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
