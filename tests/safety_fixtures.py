"""What tests of safety share: trees that can be compared, and the word when there is no bubblewrap."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.engines.recorder import RunResult
from tracer.safety.sandbox import obstacle

Program = Callable[..., tuple[RunResult, str]]
"""The fixture `run_program`."""


def needs_bubblewrap() -> None:
    """Skips, loudly, where bubblewrap cannot be had."""
    if obstacle():
        pytest.skip(f"no sandbox here: {obstacle()}; on Debian and Ubuntu: apt install bubblewrap")


def fingerprint(*folders: Path) -> dict[str, str]:
    """Of everything below the folders: kind and mode, time of change, link text or digest of the content."""
    found = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            state = path.lstat()
            content = os.readlink(path) if path.is_symlink() else ""
            if path.is_file() and not path.is_symlink():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = f"{state.st_mode:o} {state.st_mtime_ns} {content}"
    return found
