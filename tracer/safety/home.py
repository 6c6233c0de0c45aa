"""The home folder that a target gets in place of the user's: empty, but for what libraries had downloaded. Host.

Folders of a cache are made anew, small files are copied, large ones linked: what a library adds or replaces stays in
the scratch, since all of them write beside and rename. `exposed` are the originals that a link leads to.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tracer.safety.caches import CACHES

SMALL_FILE = 64 * 2**10
"""Files up to this many bytes are copied."""
MOST_ENTRIES = 4000
"""Files and folders that are gone through for all caches together; deeper ones are linked as whole folders."""


@dataclass(slots=True)
class StandIn:
    """A home folder in the scratch, the variables that lead to it, the originals that it links to, and the folders of
    the user's in which these lie."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    exposed: list[Path] = field(default_factory=list)
    offered: list[Path] = field(default_factory=list)
    _left: int = MOST_ENTRIES

    def offer(self, original: Path, target: Path) -> None:
        """Show a folder of the user's under another path, breadth first, so that what is linked whole lies deep."""
        self.offered.append(original)
        waiting = [(original, target)]
        while waiting:
            source, copy = waiting.pop(0)
            if self._left <= 0:
                self._link(source, copy)
                continue
            try:
                entries = list(os.scandir(source))
                copy.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue
            self._left -= len(entries)
            for entry in entries:
                with suppress(OSError):
                    self._entry(entry, copy / entry.name, waiting)

    def _entry(self, entry: os.DirEntry[str], copy: Path, waiting: list[tuple[Path, Path]]) -> None:
        if entry.is_symlink():
            there = os.readlink(entry.path)
            inside = not os.path.isabs(there)
            copy.symlink_to(there if inside else os.path.realpath(entry.path))
        elif entry.is_dir(follow_symlinks=False):
            waiting.append((Path(entry.path), copy))
        elif entry.is_file(follow_symlinks=False):
            if entry.stat(follow_symlinks=False).st_size <= SMALL_FILE:
                shutil.copyfile(entry.path, copy)
                shutil.copystat(entry.path, copy)
            else:
                self._link(Path(entry.path), copy)

    def _link(self, original: Path, copy: Path) -> None:
        with suppress(OSError):
            copy.symlink_to(original)
            self.exposed.append(original)


def make_home(folder: Path, scratch: Path, given: Mapping[str, str]) -> StandIn:
    """A home in `folder` and a folder for temporary files in `scratch`; `given` is the user's environment."""
    real = Path(given.get("HOME") or Path.home())
    for path in (folder, scratch):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = StandIn(folder, {name: str(scratch) for name in ("TMPDIR", "TMP", "TEMP")})
    found.variables["HOME"] = str(folder)
    if os.name == "nt":
        found.variables["USERPROFILE"] = str(folder)
    for name, place in _XDG.items():
        (folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        found.variables[name] = str(folder / place)
    for cache in CACHES:
        original, target = cache.original(real, given), folder / cache.place
        if cache.variable in given:
            found.variables[cache.variable] = str(target)
        if not original.is_dir() or folder.is_relative_to(original):
            continue
        for part in cache.parts or ("",):
            if (original / part).is_dir() and (not (target / part).exists() or cache.variable in given):
                found.offer(original / part, target / part)
    _for_the_interpreter(found, real, given)
    return found


_XDG = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": ".local/run",
}


def _for_the_interpreter(found: StandIn, real: Path, given: Mapping[str, str]) -> None:
    """What an interpreter looks for in the home folder: the user's own packages, and the versions of pyenv."""
    if "PYTHONUSERBASE" not in given and (real / ".local" / "lib").is_dir():
        found.variables["PYTHONUSERBASE"] = str(real / ".local")
    if "PYENV_ROOT" not in given and (real / ".pyenv").is_dir():
        found.variables["PYENV_ROOT"] = str(real / ".pyenv")
