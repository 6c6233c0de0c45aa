"""House rules that can be counted: docstrings, lengths, one noun per file, nothing left to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from sources import ROOT, Module, modules

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = re.compile(r"(utils?|helpers?|common|misc|managers?)\.py$")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(node: ast.AST, public: bool = True) -> Iterator[tuple[Definition, bool]]:
    """Functions and classes at module and class level, and whether they are public as a whole."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            is_public = public and not child.name.startswith("_")
            yield child, is_public
            if isinstance(child, ast.ClassDef):
                yield from definitions(child, is_public)
        elif isinstance(child, ast.If | ast.Try):
            yield from definitions(child, public)


def is_overload(node: Definition) -> bool:
    """Overloads, setters and the like say nothing new."""
    return any("overload" in ast.unparse(item) or ".setter" in ast.unparse(item) for item in node.decorator_list)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.path)
def test_everything_public_says_what_it_is(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.path} has no docstring"
    silent = [
        f"{module.path}:{node.lineno} {node.name}"
        for node, public in definitions(module.tree)
        if public and not is_overload(node) and not ast.get_docstring(node)
    ]
    assert silent == []


def test_files_are_short_and_named_by_a_noun() -> None:
    folders = ("repotour", "tracer", "walkthroughs", "tests", "benchmarks")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}
    assert [path for path in lengths if FORBIDDEN_NAMES.search(path)] == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.path)
def test_functions_are_short(module: Module) -> None:
    long = {
        f"{module.path}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|for now\b")
    found = [
        f"{module.path}:{number}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if words.search(line)
    ]
    assert found == []
