"""Settings held in dataclasses that a library (tyro, HfArgumentParser, ...) turns into options. Host side, pure."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from tracer.survey.arguments.parsed import Parsed, keyword, name_of, source_of, text_of
from tracer.survey.sightings import Argument
from tracer.survey.wordlist import words

_PARSERS = frozenset(
    ("cli", "HfArgumentParser", "TrlParser", "add_arguments", "parse", "wrap", "structured", "auto_cli")
)
_LIBRARIES = words("tyro transformers simple_parsing trl draccus pyrallis chz jsonargparse omegaconf")
_ASSIGNED = frozenset(("chz", "omegaconf"))
"""Libraries whose options are written `name=value`."""


def dataclass_arguments(files: Sequence[Parsed]) -> list[Argument]:
    """Fields of the dataclasses that are handed to such a library; the nearest file's class counts."""
    wanted: dict[str, str] = {}
    for parsed in files:
        library = _parser_library(parsed)
        if library:
            for name in _handed_over(parsed):
                wanted.setdefault(name, library)
    found: list[Argument] = []
    for name, library in wanted.items():
        for parsed in files:
            node = _class_named(parsed, name)
            if node is not None:
                found.extend(_spelled(field, library) for field in _fields(parsed, node))
                break
    return found


def _spelled(field: Argument, library: str) -> Argument:
    """The field as the library that parses wants it written."""
    if library in _ASSIGNED:
        return replace(field, flags=(f"{field.name}=",), form="value")
    if library == "tyro":
        return replace(field, flags=("--" + field.name.replace("_", "-"), *field.flags))
    # The others take a word behind a truth value too: `--flag false`.
    return replace(field, form="value" if field.form == "pair" else field.form)


def _parser_library(parsed: Parsed) -> str:
    """The library that turns dataclasses into options and that a file imports, or ""."""
    for node in parsed.nodes:
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [(node.module or "").split(".")[0]]
        else:
            continue
        found = _LIBRARIES.intersection(names)
        if found:
            return min(found)
    return ""


def _handed_over(parsed: Parsed) -> list[str]:
    """Plain names of classes given to a parsing call, and of the parameter of a function under `@wrap()`."""
    names: list[str] = []
    for node in parsed.nodes:
        if isinstance(node, ast.Call) and name_of(node).rsplit(".", 1)[-1] in _PARSERS:
            values = [
                *node.args,
                *[word.value for word in node.keywords if word.arg in ("dataclass_types", "config_class")],
            ]
            for value in values:
                parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
                names.extend(part.id for part in parts if isinstance(part, ast.Name))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.args.args:
            wrapped = any(name_of(decorator).endswith(".wrap") for decorator in node.decorator_list)
            names.append(name_of(node.args.args[0].annotation or node) if wrapped else "")
    return [name for name in names if name]


def _class_named(parsed: Parsed, name: str) -> ast.ClassDef | None:
    return next((node for node in parsed.nodes if isinstance(node, ast.ClassDef) and node.name == name), None)


def _fields(parsed: Parsed, node: ast.ClassDef) -> list[Argument]:
    found = []
    for index, statement in enumerate(node.body):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        value = statement.value
        described = ""
        if isinstance(value, ast.Call) and name_of(value).rsplit(".", 1)[-1] == "field":
            described = _help(value)
            given = keyword(value, "default") or keyword(value, "default_factory")
        else:
            given = value
        following = node.body[index + 1] if index + 1 < len(node.body) else None
        if not described and isinstance(following, ast.Expr):
            described = text_of(following.value)
        name = statement.target.id
        found.append(
            Argument(
                name=name,
                flags=(f"--{name}",),
                default=source_of(given),
                required=given is None,
                help=" ".join(described.split()),
                kind="dataclass",
                location=parsed.location(statement, node.name),
                form="pair" if source_of(statement.annotation) == "bool" else "value",
                type=source_of(statement.annotation),
            )
        )
    return found


def _help(node: ast.Call) -> str:
    metadata = keyword(node, "metadata")
    if isinstance(metadata, ast.Dict):
        for key, value in zip(metadata.keys, metadata.values, strict=True):
            if text_of(key) == "help":
                return text_of(value)
    return text_of(keyword(node, "help"))
