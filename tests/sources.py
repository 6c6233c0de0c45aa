"""The project's own source as syntax trees, for the tests of its architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("repotour", "tracer", "walkthroughs")


@dataclass(frozen=True)
class Module:
    """One file of the three packages; `path` is relative to the root and uses `/`."""

    path: str
    name: str
    text: str
    tree: ast.Module


@dataclass(frozen=True)
class Import:
    """A module that is imported, by absolute name; `only_types` is true under `if TYPE_CHECKING:`."""

    module: str
    line: int
    only_types: bool


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the three packages."""
    return tuple(_read(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = relative.with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(relative.as_posix(), name, text, ast.parse(text, filename=str(relative)))


def imports(module: Module) -> Iterator[Import]:
    """What a module imports anywhere, inside functions too; names that are modules themselves are given in full."""
    guarded = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    known = {other.name for other in modules()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in guarded)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield Import(full if full in known else base, node.lineno, id(node) in guarded)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    if not module.path.endswith("__init__.py"):
        parts = parts[:-1]
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])])


def is_in(name: str, package: str) -> bool:
    """Whether a module is a package or lies inside it."""
    return name == package or name.startswith(package + ".")
