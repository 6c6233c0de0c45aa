"""Settings held in dataclasses that a library (tyro, HfArgumentParser, ...) turns into options. Host side, pure."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tracer.survey.arguments.parsed import Parsed, keyword, name_of, source_of, text_of
from tracer.survey.sightings import Argument
from tracer.survey.wordlist import words

_PARSERS = frozenset(
    ("cli", "HfArgumentParser", "TrlParser", "add_arguments", "parse", "wrap", "structured", "auto_cli")
)
_LIBRARIES = words("tyro transformers simple_parsing trl draccus pyrallis chz jsonargparse omegaconf")


def dataclass_arguments(files: Sequence[Parsed]) -> list[Argument]:
    """Fields of the dataclasses that are handed to such a library; the nearest file's class counts."""
    wanted: dict[str, None] = {}
    for parsed in files:
        if _imports_parser(parsed):
            for name in _handed_over(parsed):
                wanted.setdefault(name, None)
    found: list[Argument] = []
    for name in wanted:
        for parsed in files:
            node = _class_named(parsed, name)
            if node is not None:
                found.extend(_fields(parsed, node))
                break
    return found


def _imports_parser(parsed: Parsed) -> bool:
    for node in parsed.nodes:
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] in _LIBRARIES for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _LIBRARIES:
            return True
    return False


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
