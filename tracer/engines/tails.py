"""Reads trace files while they grow: that of the program, and those of processes that it starts. Runs on the host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracer.processes import MOST_CHILDREN, child_path

LONGEST = 4_000_000
"""Bytes of one file that are read at a look; the rest waits for the next one."""


class Tails:
    """The trace of a program and those of its processes, whole lines only, each read once."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace
        self.tails = [_Tail(trace)]

    def read(self) -> Iterator[tuple[dict[str, Any], bool]]:
        """The events written since the last call, and whether they are the program's own."""
        while len(self.tails) <= MOST_CHILDREN:
            path = child_path(self.trace, len(self.tails))
            if not path.exists():
                break
            self.tails.append(_Tail(path))
        for number, tail in enumerate(self.tails):
            for event in tail.read():
                yield event, number == 0


class _Tail:
    """One growing file. A look at it costs one question for its size when nothing was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.rest = b""

    def read(self) -> Iterator[dict[str, Any]]:
        """The events written since the last call."""
        try:
            if self.path.stat().st_size <= self.offset:
                return
            with open(self.path, "rb") as handle:
                handle.seek(self.offset)
                data = handle.read(LONGEST)
        except OSError:
            return
        self.offset += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
