"""The end of what a program printed, without paths of this machine. Runs on the host."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracer.engines.recorder import RunResult

TAIL = 4000
"""Bytes of each stream that are kept."""


def tail_of(result: RunResult | None, root: Path) -> str:
    """The end of a run's standard output and error, as a tour may show it."""
    if result is None:
        return ""
    parts = []
    for path in (result.stdout, result.stderr):
        try:
            with open(path, "rb") as handle:
                handle.seek(max(0, path.stat().st_size - TAIL))
                parts.append(handle.read().decode("utf-8", "replace"))
        except OSError:
            continue
    return scrub("\n".join(part.strip() for part in parts if part.strip()), root)


def scrub(text: str, root: Path) -> str:
    """Text without the paths and names of this machine."""
    for prefix, shown in (
        (str(root) + os.sep, ""),
        (str(root), "."),
        (str(root.parent), "<workspace>"),
        (str(Path.home()), "~"),
    ):
        text = text.replace(prefix, shown)
    return text
