"""A notebook as the program that a driver runs in the target, and as text that is read like any Python file. Host."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.notebooks.document import Notebook, NotebookError, is_notebook, read_notebook
from tracer.notebooks.translating import translate

_STANDS_FOR = ("google.colab",)


@dataclass(frozen=True, slots=True)
class Program:
    """The code of a notebook as Python. `text` has its lines where `Notebook` numbers them, and nothing on the others
    but the number of each cell above it; cells that are no Python are comments in it. `cells` are (number, first line,
    text) as they are run; `left` are (line, what stood there, why it is not carried out)."""

    text: str
    cells: tuple[tuple[int, int, str], ...]
    left: tuple[tuple[int, str, str], ...] = ()
    wants_colab: bool = False
    """It imports `google.colab` as if that were always there."""

    def for_driver(self, path: Path) -> dict[str, Any]:
        """What the driver in the target is told."""
        return {"path": str(path), "cells": [list(cell) for cell in self.cells], "colab": self.wants_colab}


def program_of(notebook: Notebook) -> Program:
    """The program that a notebook is."""
    rows = [""] * notebook.length
    cells, left, trees = [], [], []
    for cell in notebook.cells:
        translation = translate(cell.lines)
        text = "\n".join(translation.lines)
        cells.append((cell.number, cell.line, text))
        left += [(cell.line + index, what, why) for index, what, why in translation.left]
        tree = _parsed(text)
        shown = translation.lines if tree is not None else [f"# {line}".rstrip() for line in translation.lines]
        trees += [tree] if tree is not None else []
        rows[cell.line - 1 : cell.line - 1 + len(shown)] = shown
        if cell.line > 1 and not rows[cell.line - 2]:
            rows[cell.line - 2] = f"# --- In [{cell.number}] ---"
    return Program("\n".join(rows) + "\n", tuple(cells), tuple(left), _wants_colab(trees))


def source_text(path: Path) -> str:
    """The Python text of a file, line for line: of a notebook that of its cells. Raises `OSError`.

    Of a notebook that cannot be read, or whose cells are no Python, the text is empty.
    """
    if not is_notebook(path):
        return path.read_bytes().decode("utf-8-sig", "replace")
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        return program_of(read_notebook(path)).text
    except NotebookError:
        return ""


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _wants_colab(trees: list[ast.Module]) -> bool:
    """Whether `google.colab` is imported outside any `try` or `if`: a guarded import asks whether this is Colab."""
    plain = guarded = False
    for tree in trees:
        for node in ast.walk(tree):
            here = _imports_colab(node)
            plain = plain or here
            if isinstance(node, (ast.Try, ast.If)):
                guarded = guarded or any(_imports_colab(inner) for inner in ast.walk(node))
    return plain and not guarded


def _imports_colab(node: ast.AST) -> bool:
    names = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [f"{node.module}.{alias.name}" for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module
        else []
    )
    return any(f"{name}.".startswith(f"{known}.") for name in names for known in _STANDS_FOR)
