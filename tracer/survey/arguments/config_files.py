"""Settings in JSON and YAML files that the program opens by default. Host side; the files are only read."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tracer.location import Location
from tracer.survey.arguments.parsed import Parsed, text_of
from tracer.survey.imports import folder_of
from tracer.survey.sightings import Argument
from tracer.survey.walk import Tree
from tracer.survey.yamltext import yaml_values

MAX_FILES = 3
MAX_VALUES = 120
_NAME = re.compile(r"[\w./-]+\.(?:json|ya?ml)$")


def file_arguments(tree: Tree, entry: str, own: Parsed, known: Sequence[Argument]) -> list[Argument]:
    """Values of the configuration files named by an option's default or by a text in the entry file."""
    names = [argument.default.strip("\"'") for argument in known if argument.kind != "hydra"]
    names += [text_of(node) for node in own.nodes if isinstance(node, ast.Constant)]
    documents = frozenset(tree.documents)
    files: dict[str, None] = {}
    for name in names:
        if _NAME.match(name):
            for candidate in (name, f"{folder_of(entry)}/{name}".lstrip("/")):
                plain = candidate.removeprefix("./")
                if plain in documents:
                    files.setdefault(plain, None)
    found: list[Argument] = []
    for file in list(files)[:MAX_FILES]:
        text = tree.read(file)
        values = (
            _json_values(text)
            if file.endswith(".json")
            else ((".".join(v.key), v.value, v.line) for v in yaml_values(text))
        )
        for name, value, line in list(values)[:MAX_VALUES]:
            found.append(Argument(name, (), value, kind="file", location=Location(file, line, line)))
    return found


def _json_values(text: str) -> Iterator[tuple[str, str, int]]:
    """Dotted name, value and line of every scalar of a JSON object, by looking for the keys one after the other."""
    try:
        data = json.loads(text)
    except ValueError:
        return
    position = 0
    for name, value in _flat(data, ()):
        key = next((part for part in reversed(name) if not part.isdigit()), "")
        for part in name:
            found = -1 if part.isdigit() else text.find(json.dumps(part), position)
            if found >= 0 and part == key:
                position = found
        yield ".".join(name), json.dumps(value), text.count("\n", 0, position) + 1
        if name and not name[-1].isdigit():
            position += 1


def _flat(data: Any, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _flat(value, (*name, str(key)))
    elif isinstance(data, list) and any(isinstance(item, (dict, list)) for item in data):
        for index, item in enumerate(data):
            yield from _flat(item, (*name, str(index)))
    elif name:
        yield name, data
