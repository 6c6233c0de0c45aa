"""A notebook file (nbformat 3 and 4): its code cells, and on which line each of them begins. Host side, pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 64 * 2**20
"""A larger notebook is one of outputs; its code could still be read, but not in the time that a survey has."""

_OPENINGS = ('"source": [', '"input": [', '"source":[', '"input":[')


class NotebookError(ValueError):
    """A file that is no notebook, or one whose cells are not Python."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell. `number` is that of Jupyter's `In [n]` when all cells are run in order from a fresh start: cells
    without code are not counted. `line` is the number of its first line in the notebook; `lines` are as written."""

    number: int
    line: int
    lines: tuple[str, ...]

    @property
    def end_line(self) -> int:
        """The number of its last line."""
        return self.line + len(self.lines) - 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code of a notebook. With `of_file` lines are numbered as in the file, else as in the text of all cells."""

    cells: tuple[Cell, ...]
    length: int
    of_file: bool = True

    def cell_at(self, line: int) -> Cell | None:
        """The cell that a line belongs to."""
        return next((cell for cell in self.cells if cell.line <= line <= cell.end_line), None)


def is_notebook(path: str | Path) -> bool:
    """Whether a file is a notebook by its name."""
    return str(path).lower().endswith(".ipynb")


def read_notebook(path: Path) -> Notebook:
    """The code cells of a file; raises `NotebookError` with the reason when there are none to be had."""
    try:
        with open(path, "rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotebookError(f"it cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise NotebookError(f"it is larger than {MAX_BYTES // 2**20} MB")
    return parse_notebook(data.decode("utf-8-sig", "replace"))


def parse_notebook(text: str) -> Notebook:
    """The code cells in the text of a notebook file; raises `NotebookError` for other text, other languages."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotebookError("it is not the JSON of a notebook") from error
    if not isinstance(document, dict):
        raise NotebookError("it is not the JSON of a notebook")
    language = _language(document)
    if language not in ("python", "python3", "python2", "ipython", ""):
        raise NotebookError(f"its cells are written in {language}")
    sources = [source for source in map(_source, _cells(document)) if source is not None]
    lists = [_lines(source) for source in sources]
    begins = _lines_in_file(text.split("\n"), sources)
    if begins is not None:
        return Notebook(_numbered(lists, begins), text.removesuffix("\n").count("\n") + 1)
    begins, line = [], 2
    for lines in lists:  # a line for the number of the cell above it, an empty one below
        begins.append(line)
        line += len(lines) + 2
    return Notebook(_numbered(lists, begins), max(1, line - 2), of_file=False)


def _numbered(lists: list[list[str]], begins: list[int]) -> tuple[Cell, ...]:
    found: list[Cell] = []
    for lines, line in zip(lists, begins, strict=True):
        if any(text.strip() for text in lines):
            found.append(Cell(len(found) + 1, line, tuple(lines)))
    return tuple(found)


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for part, name in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(part)
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return str(found[name]).lower()
    return ""


def _cells(document: dict[str, Any]) -> list[dict[str, Any]]:
    cells = document.get("cells")
    if not isinstance(cells, list):  # nbformat 3
        sheets = document.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
        if not cells and not sheets:
            raise NotebookError("it has no cells")
    return [cell for cell in cells if isinstance(cell, dict)]


def _source(cell: dict[str, Any]) -> list[str] | str | None:
    """What a code cell holds, as its file has it: a list of lines, or one text; None for other cells."""
    if cell.get("cell_type") != "code" or cell.get("language", "python") not in ("python", ""):
        return None
    found = cell.get("source", cell.get("input"))
    if isinstance(found, list):
        return [str(part) for part in found]
    return found if isinstance(found, str) else None


def _lines(source: list[str] | str) -> list[str]:
    text = source if isinstance(source, str) else "".join(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return text.split("\n") if text else []


def _lines_in_file(rows: list[str], sources: list[list[str] | str]) -> list[int] | None:
    """The line of the file on which the first line of each source stands; None when any has no lines of its own."""
    begins = []
    position = 0
    for source in sources:
        if not source:
            begins.append(position + 1)
            continue
        if isinstance(source, str) or not _line_by_line(source):
            return None
        found = _find(rows, source, position)
        if found is None:
            return None
        begins.append(found + 1)
        position = found + len(source)
    return begins


def _line_by_line(source: list[str]) -> bool:
    """Whether each part is one line, all but the last with their line break."""
    return all("\n" not in part[:-1] and "\r" not in part for part in source) and all(
        part.endswith("\n") for part in source[:-1]
    )


def _find(rows: list[str], source: list[str], position: int) -> int | None:
    """The index of the row that holds the first part of a source, when each part has a row of its own."""
    for index in range(position, len(rows) - len(source)):
        if rows[index].strip() in _OPENINGS and all(
            _is_text(row, part) for row, part in zip(rows[index + 1 :], source, strict=False)
        ):
            return index + 1
    return None


def _is_text(row: str, part: str) -> bool:
    row = row.strip().removesuffix(",")
    if not row.startswith('"') or not row.endswith('"'):
        return False
    try:
        return bool(json.loads(row) == part)
    except ValueError:
        return False
