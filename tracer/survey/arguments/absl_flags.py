"""Flags declared with absl (or TensorFlow's copy of it). Host side, pure."""

from __future__ import annotations

import ast
import re

from tracer.survey.arguments.parsed import Parsed, choices_of, keyword, name_of, source_of, text_of
from tracer.survey.sightings import Argument

_DEFINE = re.compile(r"(?:^|\.)DEFINE_(\w+)$")


def absl_arguments(parsed: Parsed) -> list[Argument]:
    """Every `flags.DEFINE_integer("name", default, "help")` of a file, and which of them must be given."""
    required = _required(parsed)
    found = []
    for node in parsed.nodes:
        if not isinstance(node, ast.Call):
            continue
        match = _DEFINE.search(name_of(node))
        name = text_of(node.args[0] if node.args else keyword(node, "name"))
        if match is None or not name:
            continue
        given = node.args[1] if len(node.args) > 1 else keyword(node, "default")
        enum = match.group(1) in ("enum", "multi_enum")
        choices = choices_of(node.args[2] if len(node.args) > 2 else keyword(node, "enum_values")) if enum else ()
        described = node.args[3 if enum else 2] if len(node.args) > (3 if enum else 2) else keyword(node, "help")
        needed = name in required or _is_required(node)
        found.append(
            Argument(
                name=name,
                flags=(f"--{name}",),
                default="" if needed else source_of(given) or "None",
                required=needed,
                choices=choices,
                help=" ".join(text_of(described).split()),
                kind="absl",
                location=parsed.location(node),
                form="pair" if match.group(1) in ("bool", "boolean") else "value",
                type={"integer": "int", "boolean": "bool"}.get(match.group(1), match.group(1)),
            )
        )
    return sorted(found, key=lambda argument: argument.location.line)


def _is_required(node: ast.Call) -> bool:
    given = keyword(node, "required")
    return isinstance(given, ast.Constant) and given.value is True


def _required(parsed: Parsed) -> set[str]:
    """Names in `flags.mark_flag_as_required("x")` and `mark_flags_as_required([...])`."""
    names: set[str] = set()
    for node in parsed.nodes:
        if isinstance(node, ast.Call) and "_as_required" in name_of(node).rsplit(".", 1)[-1]:
            names.update(
                part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
    return names
