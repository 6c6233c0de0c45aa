"""Settings held in dataclasses that a library (tyro, HfArgumentParser, ...) turns into options. Host side, pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracer.survey.arguments.parsed import Parsed, keyword, name_of, source_of, text_of
from tracer.survey.sightings import Argument
from tracer.survey.wordlist import words

_PARSERS = frozenset(
    ("cli", "HfArgumentParser", "TrlParser", "add_arguments", "parse", "wrap", "structured", "auto_cli")
)
_LIBRARIES = words("tyro transformers simple_parsing trl draccus pyrallis chz jsonargparse omegaconf")
_NESTING = frozenset(("simple_parsing", "tyro", "draccus", "pyrallis", "chz", "jsonargparse", "omegaconf"))
"""Libraries that make options of the fields of a field: `--optim.lr`."""
DEEPEST = 4
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
        for parsed, node in _owners(files, name):
            if isinstance(node, ast.ClassDef):
                fields = _all_fields(files, parsed, node, library in _NESTING)
            else:
                fields = _parameters(files, parsed, node) if library == "tyro" else []
            found.extend(_spelled(field, library) for field in fields)
            break
    return found


def _owners(files: Sequence[Parsed], name: str) -> Iterator[tuple[Parsed, ast.ClassDef | ast.FunctionDef]]:
    """The classes and functions of a name, nearest first."""
    for parsed in files:
        for node in parsed.nodes:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == name:
                yield parsed, node


def _parameters(files: Sequence[Parsed], parsed: Parsed, function: ast.FunctionDef) -> list[Argument]:
    """The parameters of a function that becomes the command; those that hold a dataclass with its fields."""
    plain = [*function.args.posonlyargs, *function.args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(function.args.defaults)) + list(function.args.defaults)
    pairs = [*zip(plain, defaults, strict=True), *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)]
    found = []
    for parameter, default in pairs:
        inner = list(_nested(files, parameter.annotation, parameter.arg, 0))
        given = _argument(parsed, parameter.arg, parameter.annotation, default, parameter, function.name)
        found += inner or [given]
    return found


def _all_fields(
    files: Sequence[Parsed], parsed: Parsed, node: ast.ClassDef, nesting: bool, depth: int = 0
) -> list[Argument]:
    """The fields of a class, those of its bases first, and under their names those of the dataclasses it holds."""
    found: dict[str, Argument] = {}
    for base in node.bases if depth < DEEPEST else ():
        for other, owner in _owners(files, name_of(base).rsplit(".", 1)[-1]):
            if isinstance(owner, ast.ClassDef) and owner is not node:
                found.update({item.name: item for item in _all_fields(files, other, owner, nesting, depth + 1)})
                break
    for field, annotation in _fields(parsed, node):
        inner = list(_nested(files, annotation, field.name, depth)) if nesting else []
        found.update({item.name: item for item in inner or [field]})
    return list(found.values())


def _nested(files: Sequence[Parsed], annotation: ast.expr | None, name: str, depth: int) -> Iterator[Argument]:
    """The fields of the dataclass that an annotation names, under a name."""
    if annotation is None or depth >= DEEPEST:
        return
    for parsed, owner in _owners(files, name_of(annotation).rsplit(".", 1)[-1]):
        if isinstance(owner, ast.ClassDef) and _is_dataclass(owner):
            for item in _all_fields(files, parsed, owner, True, depth + 1):
                full = f"{name}.{item.name}"
                yield replace(item, name=full, flags=(f"--{full}",), required=False)
            return


def _is_dataclass(node: ast.ClassDef) -> bool:
    """Whether fields of a class are settings: a dataclass, attrs or chz by its decorator, pydantic by its base."""
    marks = [name_of(mark).rsplit(".", 1)[-1] for mark in (*node.decorator_list, *node.bases)]
    return any(mark in ("dataclass", "define", "frozen", "chz", "BaseModel", "BaseSettings", "attrs") for mark in marks)


def _spelled(field: Argument, library: str) -> Argument:
    """The field as the library that parses wants it written."""
    if library == "simple_parsing":
        # Its options are called like the fields, wherever these stand.
        return replace(field, flags=(f"--{field.name.rsplit('.', 1)[-1]}",), form="value")
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


def _fields(parsed: Parsed, node: ast.ClassDef) -> Iterator[tuple[Argument, ast.expr]]:
    """The annotated fields of a class, each with its annotation."""
    for index, statement in enumerate(node.body):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        value, described = statement.value, ""
        given: ast.expr | None = value
        if isinstance(value, ast.Call) and name_of(value).rsplit(".", 1)[-1] == "field":
            described = _help(value)
            given = keyword(value, "default") or keyword(value, "default_factory")
        following = node.body[index + 1] if index + 1 < len(node.body) else None
        if not described and isinstance(following, ast.Expr):
            described = text_of(following.value)
        found = _argument(parsed, statement.target.id, statement.annotation, given, statement, node.name)
        yield replace(found, help=" ".join(described.split())), statement.annotation


def _argument(
    parsed: Parsed, name: str, annotation: ast.expr | None, default: ast.expr | None, node: ast.AST, owner: str
) -> Argument:
    """One field or parameter as an option."""
    return Argument(
        name=name,
        flags=(f"--{name}",),
        default=source_of(default),
        required=default is None,
        kind="dataclass",
        location=parsed.location(node, owner),
        form="pair" if source_of(annotation) == "bool" else "value",
        type=source_of(annotation),
    )


def _help(node: ast.Call) -> str:
    metadata = keyword(node, "metadata")
    if isinstance(metadata, ast.Dict):
        for key, value in zip(metadata.keys, metadata.values, strict=True):
            if text_of(key) == "help":
                return text_of(value)
    return text_of(keyword(node, "help"))
