"""Finding the files of a repository that are worth reading: quickly, and without what is not its own. Host side."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracer.notebooks import is_notebook, source_text
from tracer.survey.wordlist import words

PRUNED = words(
    """
    node_modules site-packages __pycache__ __pypackages__ build dist venv virtualenv .venv .git .hg .svn .tox
    .nox .eggs .mypy_cache .ruff_cache .pytest_cache .ipynb_checkpoints wandb mlruns lightning_logs
    """
)
"""Folders that hold no source of the repository's own: environments, build outputs, caches, logs of runs."""

VISIBLE_DOT_FOLDERS = frozenset((".github", ".circleci", ".ci"))
MAX_FILES = 20_000
MAX_BYTES = 1_000_000
"""A larger Python file is generated or data; reading it would cost more than it tells."""

DOCUMENT_SUFFIXES = (".md", ".rst", ".txt", ".sh", ".yml", ".yaml", ".toml", ".cfg", ".json", ".bash")
DOCUMENT_NAMES = frozenset(("makefile", "readme", "justfile", "procfile"))


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a repository by sort; all paths are relative to `root` and use `/`."""

    root: Path
    python: tuple[str, ...]
    notebooks: tuple[str, ...]
    documents: tuple[str, ...]

    def read(self, path: str, limit: int = MAX_BYTES) -> str:
        """The text of a file, at most `limit` bytes; of a notebook that of its cells; "" when it cannot be read."""
        if is_notebook(path):
            return source_text(self.root / path) if (self.root / path).is_file() else ""
        return read_text(self.root / path, limit)


def list_tree(root: Path) -> Tree:
    """List the repository without following links to folders, so that loops of links cannot catch us."""
    python: list[str] = []
    notebooks: list[str] = []
    documents: list[str] = []
    for path in _files(root):
        name = path.rsplit("/", 1)[-1].lower()
        if name.endswith((".py", ".pyw")):
            python.append(path)
        elif name.endswith(".ipynb"):
            notebooks.append(path)
        elif name.endswith(DOCUMENT_SUFFIXES) or name in DOCUMENT_NAMES:
            documents.append(path)
    return Tree(root, tuple(python), tuple(notebooks), tuple(documents))


def _files(root: Path) -> Iterator[str]:
    count = 0
    for folder, folders, names in os.walk(root):
        if "pyvenv.cfg" in names or "conda-meta" in folders:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not _pruned(name))
        prefix = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if prefix == "." else prefix + "/"
        for name in sorted(names):
            count += 1
            if count > MAX_FILES:
                return
            yield prefix + name


def _pruned(name: str) -> bool:
    if name.startswith("."):
        return name not in VISIBLE_DOT_FOLDERS
    return name in PRUNED or name.endswith(".egg-info")


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Decode a file as Python would (coding line, BOM), else byte for byte: reading never fails."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            data = stream.read(limit)
    except OSError:
        return ""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")
