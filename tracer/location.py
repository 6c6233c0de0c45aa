"""Places in a repository's code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the code: `file` is relative to the repository's root and uses `/`; lines count from 1.

    In a notebook `line` is that of the `.ipynb` file where each source line has a line of its own there (else of its
    cells' text, one below the other); `cell` counts the code cells as `In [n]` does when all are run, and `cell_line`
    the lines in it.
    """

    file: str
    line: int
    end_line: int = 0
    qualname: str = "<module>"
    cell: int = 0
    cell_line: int = 0

    def __str__(self) -> str:
        """`file:line`, as editors and terminals understand it; in a notebook with the cell, as its readers do."""
        where = f" (cell {self.cell}, line {self.cell_line})" if self.cell else ""
        return f"{self.file}:{self.line}{where}"
