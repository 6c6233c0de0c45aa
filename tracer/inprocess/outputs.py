"""What the target prints, read from the files it prints to, so that a line can be told with its output.

Runs in the target.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

FIRST = 900  # the number of the first descriptor of ours, where so many are allowed
NUMBERS = 60
LONGEST = 600  # bytes of one line's output that are kept
BOTH = 2  # the files of standard output and error


class Outputs:
    """The files behind the target's standard output and error. Nothing is wrapped: `sys.stdout` stays as it is.

    Where several processes print into the same files, `written` gives the bytes that we ourselves have written: then
    text is told of a line only when this process wrote just as much meanwhile as the files have grown.
    """

    def __init__(self, paths: list[Optional[str]], written: Optional[Callable[[], int]] = None) -> None:
        self._files: Optional[list[tuple[int, int, tuple[int, int]]]] = None
        self._written = written
        self._account = -1
        found = []
        for descriptor, path in zip((1, 2), paths):
            try:
                found.append((descriptor, os.open(path or "", os.O_RDONLY | os.O_CLOEXEC)))
            except OSError:
                return
        if written is not None and not self.shared([reader for _, reader in found]):
            for _, reader in found:
                os.close(reader)
            return
        self._files = [(descriptor, *moved(reader)) for descriptor, reader in found]

    def shared(self, readers: list[int]) -> bool:
        """Whether this process prints into these files, unbuffered, on a system that counts what it writes."""
        try:
            same = all(identity_of(number) == identity_of(reader) for number, reader in zip((1, 2), readers))
            if not same or not unbuffered():
                return False
            self._account = out_of_the_way(os.open("/proc/self/io", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            return False
        return self.amount() is not None

    def amount(self) -> Optional[int]:
        """The bytes that this process has written, anywhere, but for our own."""
        if self._written is None:
            return None
        try:
            account = os.pread(self._account, 400, 0)
            return int(account.partition(b"wchar:")[2].partition(b"\n")[0]) - self._written()
        except (OSError, ValueError):
            return None

    def ends(self) -> Optional[list[int]]:
        """Where both files end now, or None."""
        if self._files is None:
            return None
        try:
            ends = [os.lseek(descriptor, 0, os.SEEK_CUR) for descriptor, _, _ in self._files]
        except OSError:
            self._files = None
            return None
        if self._written is not None:
            amount = self.amount()
            if amount is None:
                return None
            ends.append(amount)
        return ends

    def add_text(self, event: dict[str, Any], before: Optional[list[int]]) -> None:
        """Add to `event` the text that was printed since `before`."""
        now = self.ends() if before is not None else None
        if before is None or now is None or now == before or self._files is None:
            return
        if len(now) > BOTH and now[0] + now[1] - before[0] - before[1] != now[BOTH] - before[BOTH]:
            return  # another process printed too
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


def unbuffered() -> bool:
    """Whether what is printed is written at once (`python -u`)."""
    stream: Any = sys.__stdout__
    return type(stream).__module__ == "_io" and getattr(stream, "write_through", False) is True


def _first_number() -> int:
    """Where our descriptors begin: far up, or at the end of what this process may have."""
    try:
        most = os.sysconf("SC_OPEN_MAX")
    except (AttributeError, OSError, ValueError):  # Windows
        return FIRST
    return FIRST if most < 0 else min(FIRST, max(most - NUMBERS, most // 2))


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
    first = _first_number()
    for number in range(first, first + NUMBERS):
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
