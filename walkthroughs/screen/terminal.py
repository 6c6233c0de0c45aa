"""Opening the replay on the terminal of this process, and leaving the terminal as it was, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from walkthroughs.screen.reading import Reading

if TYPE_CHECKING:
    from walkthroughs.screen.application import ReplayApp

ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT) if sys.platform != "win32" else ()
"""What ends a replay in good order; loops on Windows know no signals."""


def play(reading: Reading, *, auto: bool = False, seconds: float = 0.0, message: str = "") -> int:
    """Replay on the terminal until the reader quits; returns the exit code, 128 and its number after a signal."""
    from walkthroughs.screen.application import ReplayApp

    with _standard_streams_at_the_terminal():
        application = ReplayApp(reading, auto=auto, seconds=seconds, message=message)
        asyncio.run(_run(application))
    return application.return_code or 0


async def _run(application: ReplayApp) -> None:
    """The application, ended in good order by what would otherwise leave the terminal in disorder."""
    loop = asyncio.get_running_loop()
    for number in ENDINGS:
        loop.add_signal_handler(number, partial(application.exit, return_code=128 + number))
    await application.run_async()


def has_terminal() -> bool:
    """Whether a full screen can be shown: a terminal that can place its cursor, keys to read, and Unicode."""
    if os.environ.get("TERM", "dumb") in ("", "dumb") or not sys.stdout.isatty():
        return False
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return encoding.startswith("utf") and _terminal_of_keys() is not None


def _terminal_of_keys() -> str | int | None:
    """Where keys come from: standard input, or the controlling terminal when that is a pipe."""
    if sys.stdin is not None and sys.stdin.isatty():
        return sys.stdin.fileno()
    return "/dev/tty" if os.path.exists("/dev/tty") and _opens("/dev/tty") else None


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


@contextmanager
def _standard_streams_at_the_terminal() -> Iterator[None]:
    """Textual reads from standard input and writes to standard error: both lead to the terminal while it is open."""
    kept: list[tuple[int, int]] = []
    for descriptor, source in ((0, "/dev/tty"), (2, 1)):
        if os.isatty(descriptor):
            continue
        kept.append((descriptor, os.dup(descriptor)))
        opened = os.open(source, os.O_RDWR | os.O_NOCTTY) if isinstance(source, str) else os.dup(source)
        os.dup2(opened, descriptor)
        os.close(opened)
    try:
        yield
    finally:
        for descriptor, before in kept:
            os.dup2(before, descriptor)
            os.close(before)
