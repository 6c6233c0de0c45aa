"""Names the cell of every place in a notebook: what its readers see is cells, not lines of a file. Runs on the host."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tracer.location import Location
from tracer.notebooks import Notebook, NotebookError, is_notebook, read_notebook
from walkthroughs.sources import Sources
from walkthroughs.tour import Tour


def with_cells(tour: Tour, sources: Sources) -> Tour:
    """The tour with `cell` and `cell_line` set in each of its locations that stands in a notebook."""
    found: Tour = _Cells(sources).named(tour)
    return found


class _Cells:
    """The notebooks of one repository, read once each."""

    def __init__(self, sources: Sources) -> None:
        self.root = sources.root
        self._read: dict[str, Notebook | None] = {}

    def named(self, value: Any) -> Any:
        """A value of a tour with the places in it named; the same object where there is nothing to name."""
        if isinstance(value, Location):
            return self.placed(value)
        if isinstance(value, tuple):
            items = tuple(self.named(item) for item in value)
            return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        if is_dataclass(value) and not isinstance(value, type):
            changed = {}
            for field in fields(value):
                old = getattr(value, field.name)
                new = self.named(old)
                if new is not old:
                    changed[field.name] = new
            return replace(value, **changed) if changed else value
        return value

    def placed(self, location: Location) -> Location:
        """A place with its cell, counted as Jupyter does when all cells are run, and its line there from 1."""
        notebook = self.notebook(location.file) if is_notebook(location.file) else None
        cell = notebook.cell_at(location.line) if notebook is not None else None
        if cell is None:
            return location
        return replace(location, cell=cell.number, cell_line=location.line - cell.line + 1)

    def notebook(self, file: str) -> Notebook | None:
        """The notebook of a path relative to the repository."""
        if file not in self._read:
            try:
                self._read[file] = read_notebook(self.root / file)
            except NotebookError:
                self._read[file] = None
        return self._read[file]
