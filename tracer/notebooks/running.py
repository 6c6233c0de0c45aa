"""What the cells of a notebook run beside their own code: other notebooks, and programs. Host side, static."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tracer.notebooks.document import Notebook, NotebookError, is_notebook, read_notebook

MOST = 12
_RUNS = re.compile(r"^\s*(?:%\s*run|!\s*python[\d.]*)\s+(?P<words>.+)$")


def run_by(notebook: Notebook) -> list[str]:
    """The files that `%run file` and `!python file` name, as they are written."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        for line in cell.lines:
            match = _RUNS.match(line)
            name = _program(match["words"]) if match is not None else ""
            if name:
                found.setdefault(name)
    return list(found)


def _program(words: str) -> str:
    """The file among the words behind `%run`, "" when there is none."""
    try:
        rest = shlex.split(words)
    except ValueError:
        rest = words.split()
    plain = [word for word in rest if not word.startswith("-")]
    if not plain or "-m" in rest or "-c" in rest or "{" in plain[0] or "$" in plain[0]:
        return ""
    return plain[0] if plain[0].endswith((".py", ".ipynb")) else f"{plain[0]}.py"


def files_run(root: Path, file: str) -> list[str]:
    """The files of the repository at `root` that a notebook of it runs, relative to the root; [] for other files."""
    if not is_notebook(file):
        return []
    try:
        names = run_by(read_notebook(root / file))
    except NotebookError:
        return []
    folder = posixpath.dirname(file)
    found = []
    for name in names:
        for base in (folder, ""):
            path = posixpath.normpath(posixpath.join(base, name))
            if not path.startswith(("..", "/")) and (root / path).is_file():
                found.append(path)
                break
    return list(dict.fromkeys(found))


def notebooks_run(root: Path, file: str) -> Iterator[str]:
    """The notebooks that a notebook runs, and those that they run in turn."""
    pending, seen = [file], {file}
    while pending and len(seen) <= MOST:
        for path in files_run(root, pending.pop(0)):
            if is_notebook(path) and path not in seen:
                seen.add(path)
                pending.append(path)
                yield path
