"""Where the environments that RepoTour builds are kept: one folder per content, complete or not there. Host.

Layout: `<base>/<key>/` with the environment (or the folder of packages) and `repotour.json`, which says what is in it.
The key is a digest of everything that was asked for, so that the same wish finds its environment at once, without the
network. Whoever builds holds a lock; a second tour that wants the same waits for it and then finds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tracer.disk import disk_full, is_full, remove_tree
from tracer.errors import RepoTourError

FORMAT = 1
"""Part of every key: environments that an older RepoTour built otherwise are not taken for ours."""

RECORD = "repotour.json"
_PARTIAL = ".partial-"
_UNUSED_SECONDS = 60 * 24 * 3600.0
_STALE_SECONDS = 24 * 3600.0

Build = Callable[[Path], dict[str, Any]]
"""Fills an empty folder, and gives what the record should say of it."""


def default_base() -> Path:
    """The folder for environments in the user's cache."""
    import platformdirs

    return platformdirs.user_cache_path("repotour", appauthor=False) / "environments"


def key_of(*parts: Any) -> str:
    """The name for what these (JSON-able) parts describe."""
    text = json.dumps([FORMAT, *parts], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:20]


class Store:
    """The kept environments. Several processes may use it at once."""

    def __init__(self, base: Path | None = None) -> None:
        """`base` is the folder to keep them in, the user's cache by default."""
        self._base = base if base is not None else default_base()

    def find(self, key: str) -> tuple[Path, dict[str, Any]] | None:
        """The complete folder of a key with its record, or None. Being found counts as being used."""
        folder = self._base / key
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        with suppress(OSError):
            os.utime(folder / RECORD)
        return (folder, record) if isinstance(record, dict) else None

    def keep(self, key: str, build: Build, waiting: Callable[[], None] = lambda: None) -> tuple[Path, dict[str, Any]]:
        """The folder of a key, built when it is not there. `waiting` is told when another process is building it.

        A build that fails or is interrupted leaves nothing. Raises what `build` raises, and disk-full.
        """
        try:
            self._base.mkdir(parents=True, exist_ok=True)
            with self._locked(key, waiting):
                found = self.find(key)
                return found if found is not None else self._built(key, build)
        except OSError as error:
            if is_full(error):
                raise disk_full("the environment") from error
            raise RepoTourError(
                f"the environment cannot be kept in {self._base} ({error.strerror or error}).",
                slug="environment-not-kept",
                hint="Set XDG_CACHE_HOME to a folder that can be written, or give an interpreter with --python.",
            ) from error

    def _built(self, key: str, build: Build) -> tuple[Path, dict[str, Any]]:
        """Build beside, then give it its name in one step."""
        self.tidy()
        place = self._base / key
        partial = Path(tempfile.mkdtemp(dir=self._base, prefix=_PARTIAL))
        try:
            record = build(partial / "it")
            (partial / "it" / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
            if place.exists():
                remove_tree(place)  # without a readable record: damaged
            os.rename(partial / "it", place)
        finally:
            remove_tree(partial)
        return place, record

    @contextmanager
    def _locked(self, key: str, waiting: Callable[[], None]) -> Iterator[None]:
        """Only one process builds a key; the system forgets the lock of a process that dies."""
        try:
            import fcntl
        except ImportError:  # where there is none, two may build the same, and one of the two is kept
            yield
            return
        with open(self._base / f".lock-{key}", "w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def tidy(self) -> None:
        """Remove what an ended process left half-made, and what nobody has used for two months."""
        now = time.time()
        with suppress(OSError):
            for entry in self._base.iterdir():
                with suppress(OSError):
                    if entry.name.startswith(_PARTIAL):
                        if now - entry.stat().st_mtime > _STALE_SECONDS:
                            remove_tree(entry)
                    elif entry.is_dir() and now - (entry / RECORD).stat().st_mtime > _UNUSED_SECONDS:
                        remove_tree(entry)
