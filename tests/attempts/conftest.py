"""Tours of repositories that resist, made by the command as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Toured:
    """What a call of `repotour run` gave."""

    code: int
    out: str
    said: str
    tour: dict[str, Any]
    folder: Path


@pytest.fixture
def tour_of(tmp_path: Path) -> Callable[..., Toured]:
    """Calls `repotour run` on a repository and reads the tour."""

    def run(repo: Path, *words: str, seconds: float = 120) -> Toured:
        out = tmp_path / "out"
        done = subprocess.run(
            [sys.executable, "-m", "repotour", "run", str(repo), "--python", sys.executable, "--out", str(out), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        found = list(out.glob("*.tour.json"))
        tour = dict(json.loads(found[0].read_text())) if found else {}
        return Toured(done.returncode, done.stdout, done.stderr, tour, out)

    return run
