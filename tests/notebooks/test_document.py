"""Which code a notebook file holds, and on which line of the file each line of it stands."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from written_notebooks import notebook

from tracer.notebooks import NotebookError, parse_notebook, program_of, source_text

CELLS = ("#md # How to fit\n\nx = 1", "x = 1\ny = 2", "", "   \n", 'print("a\\tü")\n\nfor i in range(3):\n    print(i)')


def lines_of(text: str) -> dict[int, str]:
    """Each line of code by the number that the notebook gives it."""
    return {
        cell.line + index: line for cell in parse_notebook(text).cells for index, line in enumerate(cell.lines)
    }  # fmt: skip


def test_lines_are_those_of_the_file() -> None:
    # What a cell printed may look like its source.
    printed = [{"output_type": "stream", "name": "stdout", "text": ["x = 1\n", "y = 2"]}]
    text = notebook(*CELLS, outputs=printed)
    rows = text.split("\n")
    found = lines_of(text)
    assert [line for _, line in sorted(found.items())] == [
        "x = 1", "y = 2", 'print("a\\tü")', "", "for i in range(3):", "    print(i)",
    ]  # fmt: skip
    for number, line in found.items():
        assert json.loads(rows[number - 1].strip().removesuffix(",")).rstrip("\n") == line
        assert '"source": [' in "".join(rows[number - 6 : number])


@pytest.mark.parametrize("indent", [None, 0, 4])
def test_code_is_the_same_however_the_file_is_written(indent: int | None) -> None:
    assert list(lines_of(notebook(*CELLS, indent=indent)).values()) == list(lines_of(notebook(*CELLS)).values())


def test_a_file_without_lines_is_numbered_by_its_cells() -> None:
    found = parse_notebook(notebook("a = 1\nb = 2", "c = 3", indent=None))
    assert not found.of_file
    assert [(cell.number, cell.line, cell.end_line) for cell in found.cells] == [(1, 2, 3), (2, 6, 6)]
    text = program_of(found).text.split("\n")
    assert [text[1], text[2], text[5]] == ["a = 1", "b = 2", "c = 3"]


def test_a_cell_that_is_one_text_is_read_too() -> None:
    document = {"cells": [{"cell_type": "code", "source": "a = 1\r\nb = 2\n"}], "nbformat": 4}
    assert list(lines_of(json.dumps(document, indent=1)).values()) == ["a = 1", "b = 2"]


def test_format_3() -> None:
    cell = {"cell_type": "code", "input": ["a = 1\n", "b = 2"], "language": "python", "outputs": []}
    text = json.dumps(
        {"nbformat": 3, "worksheets": [{"cells": [cell, {"cell_type": "heading", "source": "x"}]}]}, indent=1
    )
    found = lines_of(text)
    assert list(found.values()) == ["a = 1", "b = 2"]
    assert '"b = 2"' in text.split("\n")[max(found) - 1]


def test_cells_are_counted_as_jupyter_counts_them() -> None:
    found = parse_notebook(notebook("a = 1", "", "#md text", "b = 2"))
    assert [cell.number for cell in found.cells] == [1, 2]
    second = found.cells[1]
    assert found.cell_at(second.line) is second
    assert found.cell_at(1) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not the JSON of a notebook"),
        ("[1, 2]", "it is not the JSON of a notebook"),
        ("{}", "it has no cells"),
        (notebook("x <- 1", language="R"), "its cells are written in r"),
        ('{"cells": [{"cell_type": "code", "sour', "it is not the JSON of a notebook"),
    ],
)
def test_what_is_no_python_notebook(text: str, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        parse_notebook(text)


@pytest.mark.parametrize(
    "text", ['{"cells": 3}', '{"cells": [1, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]}']
)
def test_damaged_cells_are_passed_over(text: str) -> None:
    try:
        assert parse_notebook(text).cells == ()
    except NotebookError as error:
        assert str(error) == "it has no cells"


def test_the_text_of_a_notebook_parses_with_every_line_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(notebook("%matplotlib inline\nimport os", "this is no python", "def f():\n    return os"), "utf-8")
    text = source_text(path)
    found = {type(node).__name__: node.lineno for node in ast.parse(text).body}
    rows = path.read_text("utf-8").split("\n")
    assert "import os" in rows[found["Import"] - 1]
    assert "def f" in rows[found["FunctionDef"] - 1]
    assert "# this is no python" in text
    assert len(text.split("\n")) == len(rows)
