"""Files of settings with other values, written into the workspace before a run. Host side."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tracer.plan import Edited


def write_edited(root: Path, files: Iterable[Edited]) -> None:
    """Write changed files below the workspace's copy `root`; never through a link that leads out of it."""
    for edited in files:
        if is_inside(root, edited.path):
            target = root / edited.path
            target.unlink(missing_ok=True)  # it may be a link to what must not be written
            target.write_text(edited.text, encoding="utf-8")


def is_inside(root: Path, path: str) -> bool:
    """Whether a file lies in the workspace itself, not behind a link to what must not be changed."""
    return (root / path).parent.resolve().is_relative_to(root.resolve())
