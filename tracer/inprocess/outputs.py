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
        self._files: Optional[list[tuple[int, int]]] = None
        found = []
        for descriptor, path in zip((1, 2), paths):
            try:
                found.append((descriptor, os.open(path or "", os.O_RDONLY | os.O_CLOEXEC)))
            except OSError:
                return
        self._files = [(descriptor, out_of_the_way(reader)) for descriptor, reader in found]

    def ends(self) -> Optional[list[int]]:
        """Where both files end now, or None."""
        if self._files is None:
            return None
        try:
            return [os.lseek(descriptor, 0, os.SEEK_CUR) for descriptor, _ in self._files]
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
                data = os.pread(self._files[index][1], min(size, LONGEST), before[index])
                event[name] = data.decode("utf-8", "replace")


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
