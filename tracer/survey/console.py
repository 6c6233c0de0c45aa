"""Console scripts that a package declares. Host side; setup.py is read, never run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tracer.survey.walk import Tree

_SCRIPT_LINE = re.compile(r"""^\s*["']?([\w.-]+)["']?\s*=\s*["']?([\w.]+)\s*(?::\s*([\w.]+))?["']?\s*(?:#.*)?$""")
_SCRIPT_TABLES = frozenset(("project.scripts", "tool.poetry.scripts", "project.gui-scripts"))


@dataclass(frozen=True, slots=True)
class ConsoleScript:
    """A command that installing the package would create."""

    name: str
    module: str
    function: str
    file: str
    line: int


def console_scripts(tree: Tree) -> tuple[ConsoleScript, ...]:
    """All console scripts declared at the root of the repository."""
    found: list[ConsoleScript] = []
    found.extend(_from_toml(tree.read("pyproject.toml")))
    found.extend(_from_cfg(tree.read("setup.cfg")))
    found.extend(_from_setup(tree.read("setup.py")))
    return tuple(found)


def _script(text: str, file: str, line: int) -> ConsoleScript | None:
    match = _SCRIPT_LINE.match(text)
    if not match:
        return None
    return ConsoleScript(match.group(1), match.group(2), match.group(3) or "", file, line)


def _from_toml(text: str) -> list[ConsoleScript]:
    """Read the script tables alone, lines of `name = "a:b"`: Python 3.10 has no tomllib."""
    found: list[ConsoleScript] = []
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"^\s*\[([^\[\]]+)\]\s*(?:#.*)?$", line)
        if header:
            table = header.group(1).strip().replace('"', "")
        elif table in _SCRIPT_TABLES:
            script = _script(line, "pyproject.toml", number)
            if script:
                found.append(script)
    return found


def _from_cfg(text: str) -> list[ConsoleScript]:
    found: list[ConsoleScript] = []
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"^\s*console_scripts\s*=\s*$", line):
            inside = True
        elif inside and not line.startswith((" ", "\t")):
            inside = False
        elif inside:
            script = _script(line, "setup.cfg", number)
            if script:
                found.append(script)
    return found


def _from_setup(text: str) -> list[ConsoleScript]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found: list[ConsoleScript] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "console_scripts":
                    for part in ast.walk(value):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            script = _script(part.value, "setup.py", part.lineno)
                            if script:
                                found.append(script)
    return found
