"""Ends a target when we are gone, however we went: a small process that waits for our end of a pipe. Host.

This file is also what that process runs, with nothing but the standard library and none of our packages. It learns what
process group to end, by what to know processes that left the group, and which scratch folders
to delete. When the pipe ends without the word that all is well, it does that.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_WELL = b"well\n"


class Supervisor:
    """Watches over one target as long as the `with` block lasts, and beyond it if we are killed inside."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C at the terminal is not meant for it.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=os.path.abspath(os.sep),
        )

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_error: object) -> None:
        self.dismiss()

    def watch(self, group: int, mark: str, shell: Path | None, folders: Iterable[Path] = ()) -> None:
        """Tell what to end and what to delete; `mark` is the beginning of a `NAME=value` in the environment of all
        that is to end, `shell` the folder that only they work in."""
        said = [group, mark, str(shell or ""), [str(folder) for folder in folders]]
        self._say(json.dumps(said).encode() + b"\n")

    def dismiss(self) -> None:
        """All is well: the target is gone, by our own hand."""
        self._say(_WELL)
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()

    def _say(self, line: bytes) -> None:
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()


def end_all(mark: str, folder: str = "") -> None:
    """End the processes that were started with `mark` in their environment, or that are at work below `folder`: what
    left the group of the target, as launchers let each of their ranks do."""
    text = b"\0" + os.fsencode(mark)
    for name in os.listdir("/proc") if os.path.exists("/proc/self/environ") else ():
        if name.isdecimal() and int(name) != os.getpid():
            with suppress(OSError, ValueError):
                with open(f"/proc/{name}/environ", "rb") as file:
                    theirs = b"\0" + file.read()
                if (mark and text in theirs) or (folder and _is_below(os.readlink(f"/proc/{name}/cwd"), folder)):
                    os.kill(int(name), signal.SIGKILL)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _main() -> None:
    """Wait for the end of the pipe, then act."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    said = sys.stdin.buffer.read()
    lines = said.splitlines(keepends=True)
    if not lines or lines[-1] == _WELL:
        return
    group, mark, shell, folders = json.loads(lines[-1])
    with suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    end_all(mark, shell)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _main()
