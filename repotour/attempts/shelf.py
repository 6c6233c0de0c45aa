"""The recordings of a tour's attempts: the best is kept while others are tried, and is back at the end. Host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tracer.processes import children_of, count_path, stem_of

FOLDER = ".attempts"


def files_of(trace: Path) -> list[Path]:
    """Every file that a recorded run leaves beside its trace, that there is."""
    stem = stem_of(trace)
    logs = [trace.with_name(f"{stem}.{stream}.log") for stream in ("stdout", "stderr")]
    return [path for path in (trace, *logs, count_path(trace), *children_of(trace)) if path.exists()]


class Shelf:
    """Keeps the files of one attempt safe from the attempts after it, which write files of the same names."""

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER
        self.number = 0
        self._kept: tuple[Path, ...] = ()

    def keep(self, number: int, traces: Iterable[Path]) -> None:
        """Keep the recordings of the `number`th attempt, in the place of the one that was kept before."""
        if number == self.number:
            return
        self.clear()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._kept = tuple(traces)
        for trace in self._kept:
            for path in files_of(trace):
                _link(path, self.folder / path.name)
        self.number = number

    def bring_back(self) -> None:
        """Put the files that were kept where they were, in the place of what was written since."""
        for trace in self._kept:
            forget(trace)
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            os.replace(path, self.folder.parent / path.name)
        self.clear()

    def clear(self) -> None:
        """Forget what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.number, self._kept = 0, ()


def forget(trace: Path) -> None:
    """Remove a recording."""
    for path in files_of(trace):
        path.unlink(missing_ok=True)


def _link(path: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no such thing."""
    with suppress(OSError):
        os.link(path, target)
        return
    shutil.copy2(path, target)
