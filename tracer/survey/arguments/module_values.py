"""Settings written as plain values: globals of the entry, attributes of a configuration object. Host side, pure."""

from __future__ import annotations

import ast
import re

from tracer.survey.arguments.parsed import Parsed, is_literal, name_of, source_of
from tracer.survey.sightings import Argument

MAX_GLOBALS = 80
_CONFIG_FUNCTION = re.compile(r"(.*_)?(config|cfg|hparams|hyperparameters|params)(_.*)?$")
_CONFIG_OBJECT = re.compile(r"_?(c|cfg|config|conf|hparams|hps|params|_C|C|__C)$")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*$")


def global_arguments(parsed: Parsed, *, only_constants: bool) -> list[Argument]:
    """Module-level `name = literal` of the entry file, in a guard's body too.

    `only_constants` leaves out lower-case names: where options are declared, those are usually something else.
    """
    found: list[Argument] = []
    for statement in _statements(parsed.tree.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for name, value in _pairs(target, statement.value):
                if name.startswith("__") or not is_literal(value) or (only_constants and not _CONSTANT.match(name)):
                    continue
                found.append(Argument(name, (), source_of(value), kind="global", location=parsed.location(statement)))
    return found[:MAX_GLOBALS]


def _statements(body: list[ast.stmt]) -> list[ast.Assign | ast.AnnAssign]:
    found: list[ast.Assign | ast.AnnAssign] = []
    for statement in body:
        if isinstance(statement, ast.Assign) or (isinstance(statement, ast.AnnAssign) and statement.value is not None):
            found.append(statement)
        elif isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            found.extend(_statements(statement.body))
    return found


def _pairs(target: ast.expr, value: ast.expr | None) -> list[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name) and value is not None:
        return [(target.id, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [pair for left, right in zip(target.elts, value.elts, strict=True) for pair in _pairs(left, right)]
    return []


def config_object_arguments(parsed: Parsed) -> list[Argument]:
    """`config.lr = 0.1` in a function that builds a configuration, or `_C.SOLVER.LR = 0.1` at module level."""
    found: list[Argument] = []
    for node in parsed.nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and is_config_function(node.name):
            found.extend(literal_attributes(parsed, list(ast.walk(node)), node.name))
    found.extend(literal_attributes(parsed, list(parsed.tree.body), "<module>"))
    return sorted(found, key=lambda argument: argument.location.line)


def is_config_function(name: str) -> bool:
    """Whether a function's name says that it builds a configuration: `get_default_config`, `hparams`."""
    return bool(_CONFIG_FUNCTION.match(name.lower()))


def literal_attributes(parsed: Parsed, nodes: list[ast.AST] | list[ast.stmt], qualname: str) -> list[Argument]:
    """Assignments of literals to attributes of a configuration object among some nodes."""
    found = []
    for node in nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Attribute):
            continue
        owner, _, name = name_of(node.targets[0]).partition(".")
        if name and _CONFIG_OBJECT.match(owner) and is_literal(node.value):
            found.append(
                Argument(name, (), source_of(node.value), kind="global", location=parsed.location(node, qualname))
            )
    return found
