"""Which lines belong to a statement that began above, read from the text of a source file."""

from __future__ import annotations

import ast
import sys
import sysconfig
from pathlib import Path

import pytest

from tracer.inprocess.logical_lines import first_lines

SOURCES = {
    "nothing": ("a = 1\nb = (2)\n", {}),
    "a call": ("f(\n    1,\n)\ng()\n", {2: 1, 3: 1}),
    "brackets in texts and comments": ("a = '('  # (\nb = [\n  ')', # ]\n]\n", {3: 2, 4: 2}),
    "a text of many lines": ('a = """(\n\\"""\n"""; b = (\n1)\n', {2: 1, 3: 1, 4: 1}),
    "a backslash": ("a = 1 + \\\n    2 + \\\n    3\nb = 1\n", {2: 1, 3: 1}),
    "a decorator": ("@f\n# why\n\n@g(\n  1)\ndef h(\n  a,\n):\n    pass\n", {4: 1, 5: 1, 6: 1, 7: 1, 8: 1}),
    "a decorated method": ("class A:\n    @property\n    async def b(self):\n        pass\n", {3: 2}),
    "a product of matrices": ("a = (b\n@ c)\ndef f(): pass\n", {2: 1}),
    "no Python": ("a = (\nb = 1\n", {}),
}


@pytest.mark.parametrize("name", SOURCES)
def test_lines_of_a_statement(name: str) -> None:
    text, expected = SOURCES[name]
    assert first_lines(text) == expected


def statements(tree: ast.AST) -> dict[int, int]:
    """The same of simple statements, as the interpreter's own parser has it."""
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not hasattr(node, "cases"):
            for line in range(node.lineno + 1, (node.end_lineno or 0) + 1):
                found[line] = node.lineno
    return {line: found.get(first, first) for line, first in found.items()}


def test_the_standard_library_is_read_as_its_parser_reads_it() -> None:
    paths = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    assert len(paths) > 100, sys.version
    for path in paths:
        text = path.read_text("utf-8", "replace")
        told = first_lines(text)
        different = {line for line, first in statements(ast.parse(text)).items() if told.get(line) != first}
        assert different == set(), path.name
