"""A Python file of settings chosen by an absl flag: `--config=configs/x.py --config.lr=0.1`. Host side, pure."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from tracer.survey.arguments.module_values import is_config_function, literal_attributes
from tracer.survey.arguments.parsed import Parsed, keyword, name_of, text_of
from tracer.survey.imports import folder_of
from tracer.survey.sightings import Argument
from tracer.survey.walk import Tree

_CALLS = ("DEFINE_config_file", "DEFINE_config_dict")
_FIRST = ("default", "base", "config", "mnist", "cifar10", "tiny", "small", "debug")


def config_flag_arguments(tree: Tree, files: Sequence[Parsed]) -> list[Argument]:
    """The flag that names the file, and the settings in the file that it names (or would, were it not left out)."""
    for parsed in files:
        for node in parsed.nodes:
            if isinstance(node, ast.Call) and name_of(node).rsplit(".", 1)[-1] in _CALLS:
                name = text_of(node.args[0]) if node.args else text_of(keyword(node, "name"))
                given = text_of(node.args[1] if len(node.args) > 1 else keyword(node, "default"))
                if name:
                    return _arguments(tree, parsed, node, name, given)
    return []


def _arguments(tree: Tree, parsed: Parsed, node: ast.Call, name: str, given: str) -> list[Argument]:
    folder = folder_of(parsed.file)
    file = next((path for path in (f"{folder}/{given}".lstrip("/"), given) if path in tree.python), "")
    flag = Argument(
        name, (f"--{name}",), repr(given) if given else "None", not given, (), "", "absl", parsed.location(node)
    )
    file = file or usual_config(tree, folder)
    if not file:
        return [flag]
    try:
        settings = Parsed(file, ast.parse(tree.read(file)))
    except (SyntaxError, ValueError, RecursionError):
        return [flag]
    found = [flag]
    for inner in settings.nodes:
        if isinstance(inner, ast.FunctionDef) and is_config_function(inner.name):
            for item in literal_attributes(settings, list(ast.walk(inner)), inner.name):
                found.append(replace(item, name=f"{name}.{item.name}", flags=(f"--{name}.{item.name}=",), kind="absl"))
    return found


def usual_config(tree: Tree, folder: str) -> str:
    """The file of settings beside a program that one would take first, or ""."""
    inside = f"{folder}/configs/".lstrip("/")
    files = [path for path in tree.python if path.startswith(inside) and not path.endswith("__init__.py")]
    for word in _FIRST:
        for path in files:
            if word in path.rsplit("/", 1)[-1]:
                return path
    return files[0] if files else ""
