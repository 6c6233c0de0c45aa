"""Notebook files as Jupyter writes them, for tests; cells that begin with `#md ` are Markdown."""

from __future__ import annotations

import json
from typing import Any


def notebook(*cells: str, indent: int | None = 1, language: str = "python", outputs: Any = ()) -> str:
    """The text of a notebook of format 4; every code cell has the given outputs."""
    written: list[dict[str, Any]] = []
    for text in cells:
        source = text.removeprefix("#md ").splitlines(keepends=True)
        if text.startswith("#md "):
            written.append({"cell_type": "markdown", "metadata": {}, "source": source})
        else:
            cell = {"cell_type": "code", "execution_count": 7, "metadata": {}, "outputs": list(outputs)}
            written.append({**cell, "source": source})
    about = {"language_info": {"name": language, "version": "3.11.7"}}
    whole = {"cells": written, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=indent, ensure_ascii=False) + "\n"
