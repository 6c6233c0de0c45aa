"""Two facts of life with disks: they get full, and what was written on them has to go again. Host."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from tracer.errors import RepoTourError


def is_full(error: OSError) -> bool:
    """Whether a write failed for want of room (or of what the user may use)."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def disk_full(what: str = "") -> RepoTourError:
    """The error for a disk without room; `what` names the thing that did not fit."""
    return RepoTourError(
        f"the disk is full{': no room for ' + what if what else ''}.",
        slug="disk-full",
        hint="Free some space, or set TMPDIR and XDG_CACHE_HOME to folders on another disk.",
    )


def remove_tree(folder: Path) -> None:
    """Delete a folder for good, read-only parts and a Ctrl-C in the middle notwithstanding."""
    interrupted: KeyboardInterrupt | None = None
    for _attempt in range(3):
        try:
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            _make_writable(folder)
        except KeyboardInterrupt as signal:
            interrupted = signal
    if interrupted is not None:
        raise interrupted


def _make_writable(folder: Path) -> None:
    for place, folders, _files in os.walk(folder):
        for name in (".", *folders):
            path = os.path.join(place, name)
            if not os.path.islink(path):
                with suppress(OSError):
                    os.chmod(path, 0o700)
