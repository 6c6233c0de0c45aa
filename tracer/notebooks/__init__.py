"""Notebooks as programs: their code cells as Python, line for line, and how they are started. Host side, stdlib only.

A line of a notebook is told by its number in the `.ipynb` file itself wherever each source line stands on a line of its
own there, as Jupyter writes it. So one number means the same in a trace, in an excerpt, in an editor and in a link; the
cell and the line in the cell are derived from it.
"""

from __future__ import annotations

from tracer.notebooks.document import Cell, Notebook, NotebookError, is_notebook, parse_notebook, read_notebook
from tracer.notebooks.program import Program, program_of, source_text
from tracer.notebooks.running import files_run, notebooks_run

__all__ = [
    "Cell",
    "Notebook",
    "NotebookError",
    "Program",
    "files_run",
    "is_notebook",
    "notebooks_run",
    "parse_notebook",
    "program_of",
    "read_notebook",
    "source_text",
]
