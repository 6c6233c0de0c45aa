"""Which sub-command takes an option of argparse: followed from `add_parser` through names and calls. Host, pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.survey.arguments.parsed import Parsed, keyword, name_of, text_of

SHARED = "*"
"""Stands for several sub-commands that take the same option."""
_MAKERS = ("add_argument_group", "add_mutually_exclusive_group")


def owners(parsed: Parsed) -> dict[int, str]:
    """The sub-command of each `add_argument` call (by the node's identity) that belongs to one."""
    if not any(isinstance(node, ast.Call) and _last(node) == "add_parser" for node in parsed.nodes):
        return {}
    functions = {node.name: node for node in parsed.nodes if isinstance(node, ast.FunctionDef)}
    found: dict[int, str] = {}
    given: dict[str, set[str]] = {}
    _follow(parsed.tree.body, {}, found, given)
    for function in functions.values():
        _follow(function.body, {}, found, given)
    for name, commands in given.items():
        function_name, _, position = name.partition(":")
        called = functions.get(function_name)
        if called is None or int(position) >= len(called.args.args):
            continue
        command = next(iter(commands)) if len(commands) == 1 else SHARED
        _follow(called.body, {called.args.args[int(position)].arg: command}, found, {})
    return found


def _follow(body: list[ast.stmt], names: dict[str, str], found: dict[int, str], given: dict[str, set[str]]) -> None:
    """Go through statements in order: `names` are the parsers known so far, by their source text."""
    for node in _in_order(body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            command = _made(node.value, names)
            for target in node.targets:
                if command is not None:
                    names[ast.unparse(target)] = command
                else:
                    names.pop(ast.unparse(target), None)
        if not isinstance(node, ast.Call):
            continue
        if _last(node) in ("add_argument", "add_option") and isinstance(node.func, ast.Attribute):
            command = _made(node.func.value, names) if isinstance(node.func.value, ast.Call) else None
            command = command or names.get(ast.unparse(node.func.value))
            if command:
                found[id(node)] = command
        else:
            for position, value in enumerate(node.args):
                if isinstance(value, (ast.Name, ast.Attribute)) and names.get(ast.unparse(value)):
                    given.setdefault(f"{name_of(node)}:{position}", set()).add(names[ast.unparse(value)])


def _made(value: ast.Call, names: dict[str, str]) -> str | None:
    """The sub-command of a parser or group that a call makes; None when it makes none that is known."""
    if _last(value) == "add_parser":
        return text_of(value.args[0]) if value.args else None
    if _last(value) in _MAKERS and isinstance(value.func, ast.Attribute):
        return names.get(ast.unparse(value.func.value))
    if _last(value) == "ArgumentParser":
        # One without help of its own is there to be the parent of others.
        helpless = keyword(value, "add_help")
        return SHARED if isinstance(helpless, ast.Constant) and helpless.value is False else None
    return None


def _in_order(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Assignments and calls of statements, and of the blocks in them, by their place; functions and classes apart."""
    nodes: list[ast.AST] = []
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Assign, ast.Call)):
            nodes.append(node)
        stack.extend(ast.iter_child_nodes(node))
    return iter(sorted(nodes, key=lambda node: (getattr(node, "lineno", 0), isinstance(node, ast.Call))))


def _last(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else name_of(node).rsplit(".", 1)[-1]
