"""Where clones are kept: one folder per repository, one checkout per commit in it. Host; knows nothing of git.

Layout: `<base>/<name>-<hash of the address>/<first 12 digits of the commit>/<name>/`, and `pins.json` beside the
commits, which says what each branch or tag meant when last looked up, so that a tour can be made again offline.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracer.disk import remove_tree

_PARTIAL = ".partial-"
_STALE_SECONDS = 24 * 3600.0
_COMMIT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Pin:
    """What is toured of a repository: a reference ('' is the default branch), the commit it means, and a sub-folder."""

    ref: str
    commit: str
    folder: str = ""


def default_base() -> Path:
    """The folder for clones in the user's cache."""
    import platformdirs

    return platformdirs.user_cache_path("repotour", appauthor=False) / "checkouts"


class CloneCache:
    """The clones of one repository. A checkout appears under its final name only when it is complete."""

    def __init__(self, base: Path | None, key: str, repository: str) -> None:
        """`key` tells repositories apart (an address without secrets); `repository` is the name of the work tree."""
        self._base = base if base is not None else default_base()
        self._repository = repository
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:10]
        self._slot = self._base / f"{repository}-{digest}"

    def root(self, commit: str) -> Path:
        """The work tree of a commit, whether it is there or not."""
        return self._slot / commit[:_COMMIT_DIGITS] / self._repository

    def has(self, commit: str) -> bool:
        """Whether a complete checkout of exactly this commit is there."""
        if not commit:
            return False
        try:
            return (self.root(commit) / ".git" / "HEAD").read_text(encoding="utf-8").strip() == commit
        except OSError:
            return False

    def pins(self) -> dict[str, str]:
        """Reference -> commit, as last looked up. A damaged file counts as none."""
        try:
            stored = json.loads((self._slot / "pins.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(stored, dict):
            return {}
        return {ref: commit for ref, commit in stored.items() if isinstance(commit, str)}

    def remember(self, pin: Pin) -> None:
        """Keep what a reference means now."""
        pins = {**self.pins(), pin.ref: pin.commit}
        if pins == self.pins():
            return
        handle, name = tempfile.mkstemp(dir=self._slot, prefix=_PARTIAL)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(pins, file, indent=1, sort_keys=True)
            os.replace(name, self._slot / "pins.json")
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def commit_starting_with(self, digits: str) -> str:
        """The one cloned commit with these first digits (at least four); '' if there is none, or more than one."""
        if len(digits) < 4 or not self._slot.is_dir():
            return ""
        heads = [entry / self._repository / ".git" / "HEAD" for entry in self._slot.iterdir()]
        commits = {head.read_text(encoding="utf-8").strip() for head in heads if head.is_file()}
        found = [commit for commit in commits if commit.startswith(digits)]
        return found[0] if len(found) == 1 else ""

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """An empty folder for a clone in the making; gone at the end, however it ends, unless `keep` moved it."""
        self._slot.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=self._slot, prefix=_PARTIAL))
        try:
            folder = partial / self._repository
            folder.mkdir()
            yield folder
        finally:
            remove_tree(partial)

    def keep(self, folder: Path, commit: str) -> None:
        """Give a complete checkout its place. If another process was faster, its checkout stays."""
        place = self.root(commit).parent
        if place.exists() and not self.has(commit):
            remove_tree(place)
        try:
            os.rename(folder.parent, place)
        except OSError:
            if not self.has(commit):
                raise

    def tidy(self) -> None:
        """Remove what an ended process left half-made, and folders without content."""
        with suppress(OSError):
            for entry in self._slot.iterdir():
                if entry.name.startswith(_PARTIAL) and time.time() - entry.stat().st_mtime > _STALE_SECONDS:
                    remove_tree(entry)
        for folder in (self._slot, self._base):
            with suppress(OSError):
                folder.rmdir()
