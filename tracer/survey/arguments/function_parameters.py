"""Options made of a function's parameters: python-fire, jsonargparse's CLI, defopt and their like. Host side, pure."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tracer.survey.arguments.parsed import Parsed, name_of, source_of
from tracer.survey.sightings import Argument

_CALLS = {"fire.Fire": "fire", "Fire": "fire", "jsonargparse.CLI": "cli", "jsonargparse.auto_cli": "cli",
          "auto_cli": "cli", "CLI": "cli", "defopt.run": "cli", "typer.run": "", "plac.call": ""}  # fmt: skip


def parameter_arguments(files: Sequence[Parsed]) -> list[Argument]:
    """The parameters of the function (or of the class's constructor) that is handed to such a call."""
    for parsed in files:
        for node in parsed.nodes:
            if isinstance(node, ast.Call) and _CALLS.get(name_of(node)) and node.args:
                target = name_of(node.args[0])
                for other in (parsed, *files):
                    function = _function(other, target)
                    if function is not None:
                        return _parameters(other, function, _CALLS[name_of(node)])
    return []


def _function(parsed: Parsed, name: str) -> ast.FunctionDef | None:
    for node in parsed.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
        if isinstance(node, ast.ClassDef) and node.name == name:
            return next((i for i in node.body if isinstance(i, ast.FunctionDef) and i.name == "__init__"), None)
    return None


def _parameters(parsed: Parsed, function: ast.FunctionDef, kind: str) -> list[Argument]:
    plain = [*function.args.posonlyargs, *function.args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(function.args.defaults)) + list(function.args.defaults)
    pairs = list(zip(plain, defaults, strict=True))
    pairs += list(zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True))
    return [
        Argument(
            name=parameter.arg,
            flags=(f"--{parameter.arg}",),
            default=source_of(default),
            required=default is None,
            kind=kind,
            location=parsed.location(parameter, function.name),
            type=source_of(parameter.annotation),
        )
        for parameter, default in pairs
        if parameter.arg != "self"
    ]
