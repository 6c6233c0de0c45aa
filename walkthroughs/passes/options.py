"""Where options and settings are written down in the source: option parsers, dataclass fields, settings files. Host."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.location import Location
from tracer.trace import Summary
from walkthroughs.sources import SourceFile
from walkthroughs.story import Chapter


@dataclass(frozen=True, slots=True)
class Declared:
    """The place that declares an option, and the words by which a command line sets it."""

    location: Location
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its value, where it comes from, and the names through which code reads it."""

    name: str
    value: Summary
    source: str
    set_at: Location | None
    prefixes: frozenset[tuple[str, str]]
    """(file, dotted name) of what holds it: `args`, `self.args`; an empty name for a global of the file."""


def added_arguments(chapter: Chapter) -> dict[str, Declared]:
    """Destinations of `add_argument` calls in files that ran; a destination declared twice is left out."""
    found: dict[str, list[Declared]] = {}
    for source in _files(chapter):
        if source.tree is None:
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
                flags = tuple(str(item.value) for item in node.args if isinstance(item, ast.Constant))
                name = _destination(node, flags)
                if name:
                    place = Location(
                        source.path, node.lineno, int(node.end_lineno or node.lineno), _around(source, node)
                    )
                    found.setdefault(name, []).append(Declared(place, flags))
    return {name: rows[0] for name, rows in found.items() if len(rows) == 1}


def _files(chapter: Chapter) -> Iterator[SourceFile]:
    for path in dict.fromkeys(code.file for code in chapter.trace.codes.values()):
        source = chapter.sources.get(path)
        if source is not None:
            yield source


def _around(source: SourceFile, node: ast.AST) -> str:
    function = source.function(getattr(node, "lineno", 0))
    return source.qualname(function) if function is not None else "<module>"


def _destination(node: ast.Call, flags: tuple[str, ...]) -> str:
    for keyword in node.keywords:
        if keyword.arg == "dest" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    longest = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    return longest.lstrip("-").replace("-", "_")


def dataclass_fields(chapter: Chapter, kind: str) -> dict[str, Declared]:
    """Fields of the repository's class of a recorded type, with the flags that generated parsers give them."""
    name = kind.rpartition(".")[2]
    for source in _files(chapter):
        for node in source.classes():
            if node.name == name:
                fields = [
                    item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
                ]
                return {
                    item.target.id: _field(source, node, item) for item in fields if isinstance(item.target, ast.Name)
                }
    return {}


def _field(source: SourceFile, owner: ast.ClassDef, node: ast.AnnAssign) -> Declared:
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    dashed = name.replace("_", "-")
    flags = (f"--{name}", f"--{dashed}", f"--no-{dashed}")
    return Declared(
        Location(source.path, node.lineno, int(node.end_lineno or node.lineno), source.qualname(owner)), flags
    )


def on_command_line(argv: list[str], flags: tuple[str, ...]) -> bool:
    """Whether a command line names an option by one of its flags."""
    words = {word.partition("=")[0] for word in argv[1:] if word.startswith("-")}
    return any(flag in words for flag in flags if flag.startswith("-"))


def assigned(source: SourceFile, name: str, before: int) -> int:
    """The last line above `before` that assigns to a global name, or 0."""
    found = 0
    for node in source.tree.body if source.tree is not None else []:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.lineno < before:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(item, ast.Name) and item.id == name for item in targets):
                found = node.lineno
    return found


def file_settings(path: str, lines: list[str]) -> dict[str, tuple[str, int]]:
    """Scalar entries of a settings file by key with their line; keys that occur twice are left out."""
    if path.endswith(".json"):
        return _json_settings(lines)
    pattern = r'^\s*"?([A-Za-z_]\w*)"?\s*[:=]\s*(.+?),?\s*$'
    found: dict[str, list[tuple[str, int]]] = {}
    for number, line in enumerate(lines, 1):
        match = re.match(pattern, line.split(" #")[0])
        if match and match.group(2)[0] not in "{[&|>":
            found.setdefault(match.group(1), []).append((match.group(2).strip("\"'"), number))
    return {key: rows[0] for key, rows in found.items() if len(rows) == 1}


def _json_settings(lines: list[str]) -> dict[str, tuple[str, int]]:
    """Scalar entries of a JSON file whose key stands only once in it."""
    try:
        pending = [json.loads("\n".join(lines))]
    except ValueError:
        return {}
    found: dict[str, tuple[str, int]] = {}
    while pending:
        item = pending.pop()
        for key, value in item.items() if isinstance(item, dict) else ():
            at = [number for number, line in enumerate(lines, 1) for _ in range(line.count(f'"{key}":'))]
            if isinstance(value, dict):
                pending.append(value)
            elif isinstance(value, (bool, int, float, str)) and len(at) == 1:
                found[key] = (str(value), at[0])
    return dict(sorted(found.items(), key=lambda row: row[1][1]))
