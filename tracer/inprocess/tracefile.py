"""The open trace file: whole lines, whatever the target or the disk does to it. Runs in the target."""

from __future__ import annotations

import os

from .outputs import out_of_the_way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
FILE_SIZE = 1  # the number of the limit on the size of files, where `resource` knows it: Linux, macOS, the BSDs
_FAR = 1 << 62


class TraceFile:
    """Appends lines to a file through a descriptor that the target may close, or come to own, at any time.

    `ceiling` is the size in bytes that the process may give to a file: one byte more and the system sends a signal,
    which the target would take for its own.
    """

    def __init__(self, descriptor: int, path: str = "") -> None:
        self.path = path
        self.ceiling = file_size_limit()
        self._descriptor: Optional[int] = out_of_the_way(descriptor)
        status = os.fstat(self._descriptor)
        self._identity = (status.st_dev, status.st_ino)
        self._size = status.st_size
        self._broken = False
        self._write = os.write

    def append(self, line: bytes, spare: int = 0) -> bool:
        """Write a line with one system call; False when it is not there as a whole. Raises OSError as writing does.

        `spare` bytes below the ceiling are left for others.
        """
        descriptor = self._own()
        if descriptor is None:
            return False
        if self._broken:
            line = b"\n" + line  # what is left of the line before must not spoil this one
        if self._size + len(line) + spare > self.ceiling:
            return False
        written = self._write(descriptor, line)
        self._size += written
        self._broken = written < len(line)
        return not self._broken

    def _own(self) -> Optional[int]:
        """The descriptor, if it still is that of our file: a program may close whatever it finds open."""
        if self._descriptor is None:
            return None
        try:
            status = os.fstat(self._descriptor)
            if (status.st_dev, status.st_ino) == self._identity:
                return self._descriptor
        except OSError:
            pass
        self._descriptor = self._again() if self.path else None
        return self._descriptor

    def _again(self) -> Optional[int]:
        try:
            opened = os.open(self.path, FLAGS)
        except OSError:
            return None
        status = os.fstat(opened)
        if (status.st_dev, status.st_ino) != self._identity:
            os.close(opened)
            return None
        return out_of_the_way(opened)

    def close(self) -> None:
        """Close the descriptor, unless it is the target's by now."""
        descriptor = self._own()
        if descriptor is not None:
            os.close(descriptor)


def file_size_limit() -> int:
    """How many bytes a file may have that this process writes."""
    try:
        import resource
    except ImportError:  # Windows
        return _FAR
    soft = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return soft if 0 <= soft < _FAR else _FAR
