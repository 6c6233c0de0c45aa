"""`repotour` as a user without a terminal types it, and the tour that comes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Toured:
    """What a call of `repotour run` gave: exit status, stdout, stderr, the tour and its file."""

    code: int
    out: str
    said: str
    tour: dict[str, Any]
    path: Path

    @property
    def remedies(self) -> str:
        """What was changed, and why, of all attempts: a line each."""
        return "\n".join(f"{row['remedy']} | {row['reason']}" for row in self.tour["attempts"])

    @property
    def labels(self) -> set[str]:
        """What is said to be adapted at any stop."""
        return {text for stop in self.tour["stops"] for text in stop.get("adapted", ())}

    @property
    def stages(self) -> set[str]:
        """The stages that have a stop."""
        return {stop["stage"] for stop in self.tour["stops"]}

    def verified(self) -> subprocess.CompletedProcess[str]:
        """`repotour verify` of the tour."""
        return repotour("verify", str(self.path), cwd=self.path.parent)


def repotour(*words: str, cwd: Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """The command, with nothing to answer its questions; it may fail, but not with a traceback of ours."""
    done = subprocess.run(
        [sys.executable, "-m", "repotour", *words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def toured(
    repo: Path, *words: str, python: Path | str = sys.executable, out: str = "out", seconds: float = 300
) -> Toured:
    """The tour of a repository, with this interpreter, in a folder beside it."""
    folder = repo.parent / out
    done = repotour(
        "run", str(repo), "--python", str(python), "--out", str(folder), *words, cwd=repo.parent, seconds=seconds
    )
    (path,) = folder.glob("*.tour.json")
    return Toured(done.returncode, done.stdout, done.stderr, json.loads(path.read_text("utf-8")), path)
