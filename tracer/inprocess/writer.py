"""Appends events to the trace file, one JSON object per line. Runs in the target."""

from __future__ import annotations

import os
from _thread import get_ident

from .jsontext import json_text
from .tracefile import FLAGS, TraceFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable, Optional

    Opening = Callable[[dict[str, Any]], Optional[int]]


_LIMIT = b'{"kind":"elided","reason":"the trace reached its size limit"}\n'
_UNWRITTEN = b'{"kind":"elided","reason":"the trace could not be written"}\n'


class Writer:
    """Writes each event with one system call, so that a killed target loses at most the line being written.

    `limit` bounds the file in bytes: beyond it only events that are marked as important are still written, and one
    `elided` event says so. `root` is the workspace: neither its place nor that of the home folder enters a trace.
    """

    def __init__(self, path: str, limit: int, root: str = "") -> None:
        self._file: Optional[TraceFile] = None
        self._late: Optional[tuple[Opening, Callable[[], dict[str, Any]]]] = None
        if path:
            try:
                self._file = TraceFile(os.open(path, FLAGS | os.O_CREAT, 0o644), path)
            except OSError:
                pass  # the target runs on; whoever looks for the trace finds none
        self.path = path
        self.limit = limit
        self.lost = 0
        self.size = 0
        self._of_thread: dict[int, int] = {}
        self.full = False
        self._hidden = list(_hidden(root)) if root else []

    @property
    def begun(self) -> bool:
        """Whether there is a file that is written to."""
        return self._file is not None

    def own_size(self) -> int:
        """The bytes that this thread has written: of use as a difference, since numbers of threads come back."""
        return self._of_thread.get(get_ident(), 0)

    def begin_late(self, opening: Opening, header: Callable[[], dict[str, Any]]) -> None:
        """Ask `opening` with each event for a file, until it gives one; the file begins with `header()`."""
        self._late = opening, header

    def _begin(self, event: dict[str, Any]) -> bool:
        """Whether the file could be begun, if `event` is one to begin it with."""
        if self._late is None:
            return False
        opening, header = self._late
        opened = opening(event)
        if opened is None:
            return False
        self._late = None
        self._file = TraceFile(opened)
        self.put(header(), True)
        return True

    def put(self, event: dict[str, Any], important: bool = False) -> None:
        """Write one event; never raises into the target."""
        if self._file is None and not self._begin(event):
            return
        file = self._file
        if file is None or (self.full and not important):
            return
        try:
            text = json_text(event)
            for place, shown in self._hidden:
                if place in text:
                    text = text.replace(place, shown)
            data = (text + "\n").encode("ascii")
            self.size += len(data)
            me = get_ident()
            self._of_thread[me] = self._of_thread.get(me, 0) + len(data)
            if self.lost and file.append(_UNWRITTEN):
                self.lost = 0
            if not file.append(data, 0 if important and self.full else len(_UNWRITTEN)):
                self._lose()
            elif self.size > self.limit and not self.full:
                self.full = True
                file.append(_LIMIT)
        except OSError:
            self._lose()
        except (ValueError, RecursionError):
            self.full = True

    def _lose(self) -> None:
        """A line could not be written: from now on only what is important is tried, and told that much is missing."""
        self.full = True
        self.lost += 1

    def limit_size(self, size: int) -> None:
        """The target lowers the size that its files may have."""
        if self._file is not None and size >= 0:
            self._file.ceiling = min(self._file.ceiling, size)

    def close(self) -> None:
        """Close the file; later events are dropped."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def forget(self) -> None:
        """In a forked child: write nothing more, and leave the parent's file alone."""
        self._file = None
        self._late = None


def _hidden(root: str) -> Iterator[tuple[str, str]]:
    """(place, what is shown instead), as both stand in JSON: the workspace, the folder around it, the home folder."""
    for folder in dict.fromkeys((root, os.path.realpath(root))):
        yield json_text(folder + os.sep)[1:-1], ""
        yield json_text(folder)[1:-1], "."
        yield json_text(os.path.dirname(folder) + os.sep)[1:-1], "<workspace>/"
    home = os.path.expanduser("~")
    if len(home) > 1:
        yield json_text(home + os.sep)[1:-1], "~/"
