"""Options declared with click's decorators or typer's parameters. Host side, pure."""

from __future__ import annotations

import ast
from dataclasses import replace

from tracer.survey.arguments.parsed import Parsed, choices_of, is_true, keyword, name_of, source_of, text_of
from tracer.survey.sightings import Argument

Function = ast.FunctionDef | ast.AsyncFunctionDef


def click_arguments(parsed: Parsed) -> list[Argument]:
    """Options of click commands, and parameters of typer commands, of one file."""
    imported = _imported(parsed)
    commands = _commands(parsed)
    found: list[Argument] = []
    for node in parsed.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if "click" in imported:
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and name_of(decorator).rsplit(".", 1)[-1] in ("option", "argument"):
                    found.extend(_of(commands, node, _click(parsed, decorator, node)))
        if "typer" in imported and _is_typer_command(parsed, node):
            found.extend(_of(commands, node, _typer(parsed, node)))
    return found


def _of(commands: dict[str, str], function: Function, options: list[Argument]) -> list[Argument]:
    """The options with the sub-command that takes them."""
    return [replace(option, command=commands.get(function.name, "")) for option in options]


def _commands(parsed: Parsed) -> dict[str, str]:
    """The sub-commands by the names of their functions; typer's only command is none."""
    found, typed = {}, False
    for node in parsed.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in node.decorator_list:
            owner, _, last = name_of(decorator).rpartition(".")
            if last == "command" and owner and owner != "click":
                words = decorator.args if isinstance(decorator, ast.Call) else []
                given = words[0] if words else keyword(decorator, "name") if isinstance(decorator, ast.Call) else None
                found[node.name] = text_of(given) or node.name.replace("_", "-")
            typed = typed or last == "callback"
    single = len(found) == 1 and not typed and "typer" in _imported(parsed)
    return {} if single else found


def _imported(parsed: Parsed) -> set[str]:
    names: set[str] = set()
    for node in parsed.nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def _click(parsed: Parsed, node: ast.Call, function: Function) -> list[Argument]:
    flags = tuple(text for text in map(text_of, node.args) if text)
    if not flags:
        return []
    positional = name_of(node).endswith("argument")
    plain = next((flag for flag in flags if not flag.startswith("-")), "")
    longest = next((flag for flag in flags if flag.startswith("--")), flags[0])
    name = plain or longest.split("/")[0].lstrip("-").replace("-", "_")
    given = keyword(node, "default")
    required = is_true(keyword(node, "required")) or (positional and given is None)
    default = source_of(given) if given is not None else ("False" if is_true(keyword(node, "is_flag")) else "None")
    kind = keyword(node, "type")
    choices = (
        choices_of(kind.args[0])
        if isinstance(kind, ast.Call) and name_of(kind).endswith("Choice") and kind.args
        else ()
    )
    return [
        Argument(
            name=name,
            flags=flags,
            default="" if required else default,
            required=required,
            choices=choices,
            help=" ".join(text_of(keyword(node, "help")).split()),
            kind="click",
            location=parsed.location(node, function.name),
            form=_form(node, flags, positional),
            type=name_of(kind) if kind is not None and not isinstance(kind, ast.Call) else "",
        )
    ]


def _form(node: ast.Call, flags: tuple[str, ...], positional: bool) -> str:
    """How a click option is given: `--x/--no-x` is a pair, `is_flag` a switch."""
    if positional:
        return "place"
    if any("/" in flag for flag in flags):
        return "pair"
    if is_true(keyword(node, "is_flag")):
        given = keyword(node, "default")
        return "off" if is_true(given) else "on"
    many = keyword(node, "nargs")
    return "many" if isinstance(many, ast.Constant) and many.value not in (1, None) else "value"


def _is_typer_command(parsed: Parsed, function: Function) -> bool:
    """A function under `@app.command()`, or one handed to `typer.run`."""
    if any(name_of(decorator).endswith((".command", ".callback")) for decorator in function.decorator_list):
        return True
    return any(
        isinstance(node, ast.Call)
        and name_of(node) == "typer.run"
        and node.args
        and name_of(node.args[0]) == function.name
        for node in parsed.nodes
    )


def _typer(parsed: Parsed, function: Function) -> list[Argument]:
    parameters = [*function.args.posonlyargs, *function.args.args]
    defaults: list[ast.expr | None] = [None] * (len(parameters) - len(function.args.defaults)) + list(
        function.args.defaults
    )
    pairs = list(zip(parameters, defaults, strict=True))
    pairs += list(zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True))
    found = []
    for parameter, default in pairs:
        wrapped = (
            default if isinstance(default, ast.Call) and name_of(default).endswith(("Option", "Argument")) else None
        )
        value = (wrapped.args[0] if wrapped.args else keyword(wrapped, "default")) if wrapped is not None else default
        required = value is None or (isinstance(value, ast.Constant) and value.value is ...)
        flags = tuple(text for text in map(text_of, wrapped.args[1:]) if text) if wrapped is not None else ()
        positional = (wrapped is not None and name_of(wrapped).endswith("Argument")) or (
            wrapped is None and default is None
        )
        found.append(
            Argument(
                name=parameter.arg,
                flags=flags or (() if positional else ("--" + parameter.arg.replace("_", "-"),)),
                default="" if required else source_of(value),
                required=required,
                help=text_of(keyword(wrapped, "help")) if wrapped is not None else "",
                kind="click",
                location=parsed.location(parameter, function.name),
                form="place" if positional else "pair" if source_of(parameter.annotation) == "bool" else "value",
                type=source_of(parameter.annotation),
            )
        )
    return found
