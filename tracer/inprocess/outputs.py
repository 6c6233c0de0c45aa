"""What the target prints, read from the files it prints to, so that a line can be told with its output.

Runs in the target.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

LONGEST = 600  # bytes of one line's output that are kept


class Outputs:
    """The files behind the target's standard output and error. Nothing is wrapped: `sys.stdout` stays as it is."""

    def __init__(self, paths: list[Optional[str]]) -> None:
        self._files: Optional[list[tuple[int, int, tuple[int, int]]]] = None
        found = []
        for descriptor, path in zip((1, 2), paths):
            try:
                found.append((descriptor, os.open(path or "", os.O_RDONLY | os.O_CLOEXEC)))
            except OSError:
                return
        self._files = [(descriptor, *moved(reader)) for descriptor, reader in found]

    def ends(self) -> Optional[list[int]]:
        """Where both files end now, or None."""
        if self._files is None:
            return None
        try:
            return [os.lseek(descriptor, 0, os.SEEK_CUR) for descriptor, _, _ in self._files]
        except OSError:
            self._files = None
            return None

    def add_text(self, event: dict[str, Any], before: Optional[list[int]]) -> None:
        """Add to `event` the text that was printed since `before`."""
        now = self.ends() if before is not None else None
        if before is None or now is None or now == before or self._files is None:
            return
        for index, name in enumerate(("out", "err")):
            size = now[index] - before[index]
            if size > 0:
                _, reader, identity = self._files[index]
                try:
                    if identity_of(reader) != identity:
                        continue  # the target has closed our descriptor and opened a file of its own under its number
                    data = os.pread(reader, min(size, LONGEST), before[index])
                except OSError:
                    continue
                event[name] = data.decode("utf-8", "replace")


def identity_of(descriptor: int) -> tuple[int, int]:
    """What tells an open file from all others, whatever number it is open under."""
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def moved(descriptor: int) -> tuple[int, tuple[int, int]]:
    """The same file out of the way, and its identity."""
    identity = identity_of(descriptor)
    return out_of_the_way(descriptor), identity


def out_of_the_way(descriptor: int) -> int:
    """The same file under a high number: a target that closes or counts its first descriptors does not meet ours."""
    for number in range(900, 960):
        try:
            os.fstat(number)
        except OSError:
            try:
                os.dup2(descriptor, number, inheritable=False)
            except OSError:
                return descriptor
            os.close(descriptor)
            return number
    return descriptor
