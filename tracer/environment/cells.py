"""The Python of a notebook's cells, for reading what it imports and what it has installed for itself. Host."""

from __future__ import annotations

import re
from pathlib import Path

from tracer.notebooks import NotebookError, read_notebook

_NOT_PYTHON = re.compile(r"^\s*[%!?]|^\s*\w[\w.]*\?+\s*$")
_INSTALLS = re.compile(r"^\s*[%!]\s*(?:\{sys\.executable\}\s+-m\s+|python3?\s+-m\s+)?pip3?\s+install\s+(?P<what>.+)$")


def cells_of(path: Path) -> list[str]:
    """The source of each code cell, with what only a notebook understands as comments; [] for what is no notebook."""
    found = []
    for source in _sources(path):
        if not source.lstrip().startswith("%%") or source.lstrip().startswith(("%%time", "%%capture")):
            found.append("\n".join(f"#{line}" if _NOT_PYTHON.match(line) else line for line in source.splitlines()))
    return found


def installs_of(path: Path) -> list[str]:
    """The requirements that a notebook installs itself (`!pip install …`), as they are spelled."""
    found = []
    for source in _sources(path):
        for line in source.splitlines():
            match = _INSTALLS.match(line)
            words = match["what"].split("#")[0].split() if match else []
            found += [word.strip("\"'") for word in words if not word.startswith("-") and "{" not in word]
    return found


def _sources(path: Path) -> list[str]:
    try:
        return ["\n".join(cell.lines) for cell in read_notebook(path).cells]
    except NotebookError:
        return []
