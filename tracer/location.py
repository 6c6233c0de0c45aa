"""Places in a repository's code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the code: `file` is relative to the repository's root and uses `/`; lines count from 1."""

    file: str
    line: int
    end_line: int = 0
    qualname: str = "<module>"

    def __str__(self) -> str:
        """`file:line`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}"
