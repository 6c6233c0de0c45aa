"""What the target prints, read from the files it prints to, so that a line can be told with its output.

Runs in the target.
"""

from __future__ import annotations

import os
import sys
from _thread import _count, get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from .writer import Writer

FIRST = 900  # the number of the first descriptor of ours, where so many are allowed
NUMBERS = 60
LONGEST = 600  # bytes of one line's output that are kept
BOTH = 2  # the files of standard output and error
OF_PROCESS = "/proc/self/io"
OF_THREAD = "/proc/thread-self/io"


class Outputs:
    """The files behind the target's standard output and error. Nothing is wrapped: `sys.stdout` stays as it is.

    Where several processes print into the same files (`shared`), text is told of a line only when this process wrote
    just as much meanwhile as the files have grown; where other threads are there when the line begins, only when this
    thread did. What we ourselves have written meanwhile, as `writer` counts it, is left out.
    """

    def __init__(self, paths: list[Optional[str]], writer: Writer, shared: bool = False) -> None:
        self._files: Optional[list[tuple[int, int, tuple[int, int]]]] = None
        self._writer = writer
        self._shared = shared
        self._account = -1
        self._own_account = -1
        self._thread = get_ident()
        self.ours = 0  # threads that are not the target's
        found = []
        for descriptor, path in zip((1, 2), paths):
            try:
                found.append((descriptor, os.open(path or "", os.O_RDONLY | os.O_CLOEXEC)))
            except OSError:
                return
        if shared and not self.counts([reader for _, reader in found]):
            for _, reader in found:
                os.close(reader)
            return
        self._files = [(descriptor, *moved(reader)) for descriptor, reader in found]

    def counts(self, readers: list[int]) -> bool:
        """Whether this process prints into these files, unbuffered, on a system that counts what it writes."""
        try:
            same = all(identity_of(number) == identity_of(reader) for number, reader in zip((1, 2), readers))
            if not same or not unbuffered():
                return False
            self._account = out_of_the_way(os.open(OF_PROCESS, os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            return False
        return self.amount() is not None

    def amount(self) -> Optional[int]:
        """The bytes that this process has written, anywhere, but for our own."""
        try:
            return written_of(self._account) - self._writer.size
        except (OSError, ValueError):
            return None

    def own_amount(self) -> Optional[int]:
        """The bytes that this thread has written, anywhere, but for our own; None where the system does not count."""
        try:
            if get_ident() == self._thread:
                if self._own_account < 0:
                    self._own_account = out_of_the_way(os.open(OF_THREAD, os.O_RDONLY | os.O_CLOEXEC))
                return written_of(self._own_account) - self._writer.own_size()
            account = os.open(OF_THREAD, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return written_of(account) - self._writer.own_size()
            finally:
                os.close(account)
        except (OSError, ValueError):
            return None

    def ends(self) -> Optional[list[int]]:
        """Where both files end now, and what tells whether the text that follows is this thread's; or None."""
        ends = self.positions()
        threads = _count() > self.ours
        if ends is None or not (threads or self._shared):
            return ends
        amount = self.own_amount() if threads else self.amount()
        return None if amount is None else [*ends, amount, threads]

    def positions(self) -> Optional[list[int]]:
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
        now = self.positions() if before is not None else None
        if before is None or now is None or now == before[:BOTH] or self._files is None:
            return
        if len(before) > BOTH:
            amount = self.own_amount() if before[BOTH + 1] else self.amount()
            if amount is None or amount - before[BOTH] != sum(now) - sum(before[:BOTH]):
                return  # another process or thread printed too
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


def written_of(account: int) -> int:
    """The bytes written, as an open account of the system's says."""
    return int(os.pread(account, 400, 0).partition(b"wchar:")[2].partition(b"\n")[0])


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
