"""What a failed attempt left in the workspace, and what of it has to go before the next one. Runs on the host."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracer.workspace import Workspace

LARGE = 2**20
"""Bytes from which a file that a run completed may be a download, which the next attempt need not repeat."""
SETTLED = 3.0
"""Seconds for which a file was not written to when it is taken for complete."""
RESULTS = (".pt", ".pth", ".ckpt", ".h5", ".keras", ".safetensors", ".log", ".msgpack", ".orbax")
"""Endings of what a training writes: the next attempt must not go on from it as if it had trained already."""

_Stamp = tuple[int, int]


class Leftovers:
    """Brings a workspace back to how it was when the program was first started, preparations included.

    An attempt that ended half way leaves a cache that is half written, a folder that must not exist yet, a checkpoint
    to resume from: with them the next one would not be the same program. Large files that are complete stay.
    """

    def __init__(self, workspace: Workspace, original: Path) -> None:
        self.workspace = workspace
        self.original = original
        self._kept: dict[str, _Stamp] = {}
        self._first = self._folders = _folders(workspace.root)

    def mark(self) -> None:
        """What is there now is there to stay: it was prepared."""
        root = self.workspace.root
        self._kept = {path: _stamp(root / path) for path in self.workspace.new_files()}
        self._folders = _folders(root)

    def drop_empty(self) -> None:
        """Take away empty files that are new: a program that failed began them, and its next run would take them for
        done."""
        root = self.workspace.root
        for path in self.workspace.new_files():
            if path not in self._kept and not (self.original / path).exists() and _stamp(root / path)[0] == 0:
                (root / path).unlink(missing_ok=True)

    def reset(self) -> None:
        """Forget the preparations too: another program is tried, which has its own."""
        self._kept, self._folders = {}, self._first
        self.clear()

    def clear(self) -> list[str]:
        """Take away what was written since `mark()`, put back what was changed; gives the paths, sorted."""
        root, now = self.workspace.root, time.time()
        cleared = []
        for path in self.workspace.new_files():
            place = root / path
            if self._kept.get(path) == _stamp(place) or _is_download(place, now):
                continue
            if self._put_back(path):
                cleared.append(path)
        for path in self.workspace.deleted_files():
            if path not in self._kept and self._put_back(path):
                cleared.append(path)
        for folder in sorted(_folders(root) - self._folders, key=len, reverse=True):
            with suppress(OSError):
                os.rmdir(root / folder)
        return sorted(cleared)

    def _put_back(self, path: str) -> bool:
        """The file as it is in the repository, or no file where the repository has none."""
        place, source = self.workspace.root / path, self.original / path
        if path in self._kept and not source.is_file():
            return False  # a preparation made it, the program changed it: nobody has the earlier one
        try:
            place.unlink(missing_ok=True)
            if source.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place)
        except OSError:
            return False
        return True


def newest_first(workspace: Workspace) -> tuple[str, ...]:
    """The files that programs wrote or changed in a workspace, relative to it, the latest first."""
    return tuple(sorted(workspace.new_files(), key=lambda path: _stamp(workspace.root / path)[1], reverse=True))


def _stamp(path: Path) -> _Stamp:
    try:
        state = os.lstat(path)
    except OSError:
        return (0, 0)
    return state.st_size, state.st_mtime_ns


def _is_download(path: Path, now: float) -> bool:
    try:
        state = os.lstat(path)
    except OSError:
        return False
    return state.st_size >= LARGE and now - state.st_mtime > SETTLED and path.suffix not in RESULTS


def _folders(root: Path) -> set[str]:
    """Every folder below `root`, relative to it."""
    return {
        os.path.relpath(os.path.join(place, name), root)
        for place, names, _ in os.walk(root)
        for name in names
        if name != "__pycache__"
    }
