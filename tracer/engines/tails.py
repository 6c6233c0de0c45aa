"""Reads trace files while they grow: that of the program, and those of processes that it starts. Runs on the host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracer.processes import MOST_CHILDREN, child_path

LONGEST = 4_000_000
"""Bytes of one file that are read at a look; the rest waits for the next one."""

PASSED_OVER = tuple(f'{{"kind":"{kind}"'.encode() for kind in ("line", "call", "return", "yield", "counts"))
"""How most lines of a trace begin, of which nobody who watches needs to know what they say."""
UPDATED = b'"updated":'


class Tails:
    """The trace of a program and those of its processes, whole lines only, each read once."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace
        self.tails = [_Tail(trace)]
        self.shown = 0
        self.grown = False

    def read(self) -> Iterator[tuple[dict[str, Any], bool]]:
        """What was written since the last call but for calls and plain lines; whether it is of the process to show.

        That is the program itself, or the first rank behind a launcher that is none of the repository's.
        """
        while len(self.tails) <= MOST_CHILDREN:
            path = child_path(self.trace, len(self.tails))
            if not path.exists():
                break
            self.tails.append(_Tail(path))
        self.grown = False
        for number, tail in enumerate(self.tails):
            for event in tail.read():
                if not self.shown and number and not self.tails[0].codes and tail.rank == 0:
                    self.shown = number
                yield event, number == self.shown
            self.grown = self.grown or tail.grown


class _Tail:
    """One growing file. A look at it costs one question for its size when nothing was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.rest = b""
        self.grown = False
        self.codes = 0
        self.rank: int | None = None

    def read(self) -> Iterator[dict[str, Any]]:
        """The events written since the last call, but for calls and plain lines."""
        self.grown = False
        try:
            if self.path.stat().st_size <= self.offset:
                return
            with open(self.path, "rb") as handle:
                handle.seek(self.offset)
                data = handle.read(LONGEST)
        except OSError:
            return
        self.grown = True
        self.offset += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(PASSED_OVER) and UPDATED not in line:
                continue
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                self.codes += found.get("kind") == "code"
                if found.get("kind") == "header":
                    self.rank = found.get("rank")
                yield found
