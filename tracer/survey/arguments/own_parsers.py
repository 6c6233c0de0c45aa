"""Options that a program takes apart for itself: `--key=value` words set globals or attributes. Host side, pure.

The parser is known by what it does: it splits words of `sys.argv` at "=" and assigns by name. Which settings it can set
is what it assigns to: the globals of the program, or the attributes of its configuration object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracer.survey.arguments.module_values import is_config_function, literal_attributes
from tracer.survey.arguments.parsed import Parsed, keyword, name_of, text_of
from tracer.survey.sightings import Argument


def executed_files(parsed: Parsed) -> list[str]:
    """Names of files whose text a program executes: `exec(open("settings.py").read())`."""
    return [
        text
        for node in parsed.nodes
        if isinstance(node, ast.Call) and name_of(node) == "exec"
        for inner in ast.walk(node)
        if (text := text_of(inner)).endswith(".py")
    ]


def own_arguments(own: Parsed, files: Sequence[Parsed], found: Iterable[Argument]) -> list[Argument]:
    """The settings that such a parser can set, with the words that set them; `found` are the globals known so far."""
    styles = {style for parsed in files if (style := _style(parsed))}
    if not styles or not any(_reads_words(parsed) for parsed in files):
        return []
    dash = "--" if any(_strips_dashes(parsed) for parsed in files) else ""
    result = []
    if "globals" in styles:
        result += [item for item in found if item.kind == "global" and item.location.file == own.file]
    if "attributes" in styles:
        result += _nested(own, files)
    return [replace(item, flags=(f"{dash}{item.name}=",), kind="own") for item in result]


def _style(parsed: Parsed) -> str:
    """What a file that splits words at "=" assigns to: globals, attributes, or "" when it does no such thing."""
    splits = any(
        isinstance(node, ast.Call)
        and name_of(node).rsplit(".", 1)[-1] in ("split", "partition", "rsplit")
        and node.args
        and text_of(node.args[0]) == "="
        for node in parsed.nodes
    )
    if not splits:
        return ""
    for node in parsed.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            if name_of(node.targets[0].value) == "globals":
                return "globals"
        elif isinstance(node, ast.Call) and name_of(node) == "setattr":
            return "attributes"
        elif isinstance(node, ast.Call) and name_of(node) in ("globals.update", "exec"):
            return "globals"
    return ""


def _reads_words(parsed: Parsed) -> bool:
    return any(isinstance(node, ast.Attribute) and name_of(node) == "sys.argv" for node in parsed.nodes)


def _strips_dashes(parsed: Parsed) -> bool:
    return bool(_style(parsed)) and any(text_of(node) in ("--", "-") for node in parsed.nodes)


def _nested(own: Parsed, files: Sequence[Parsed]) -> list[Argument]:
    """Attributes set in the entry's configuration function, and under their names those of the classes it calls:
    `C.trainer = Trainer.get_default_config()`."""
    found: dict[str, Argument] = {}
    for node in own.nodes:
        if not isinstance(node, ast.FunctionDef) or not is_config_function(node.name):
            continue
        for prefix, owner in _delegated(node):
            for parsed in files:
                for item in _of_class(parsed, owner):
                    found.setdefault(f"{prefix}.{item.name}", replace(item, name=f"{prefix}.{item.name}"))
        # What the function itself sets comes after, and wins.
        for item in literal_attributes(own, list(ast.walk(node)), node.name):
            found[item.name] = item
    return list(found.values())


def _delegated(function: ast.FunctionDef) -> list[tuple[str, str]]:
    """(attribute, class) of `C.attribute = Class.get_config()`."""
    found = []
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Attribute):
            continue
        attribute = name_of(node.targets[0]).partition(".")[2]
        owner, _, called = name_of(node.value).rpartition(".")
        if isinstance(node.value, ast.Call) and owner and is_config_function(called):
            found.append((attribute, owner.rsplit(".", 1)[-1]))
    return found


def _of_class(parsed: Parsed, name: str) -> list[Argument]:
    for node in parsed.nodes:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and is_config_function(inner.name):
                    return literal_attributes(parsed, list(ast.walk(inner)), f"{name}.{inner.name}")
    return []


def dotlist_arguments(files: Sequence[Parsed], found: Iterable[Argument]) -> list[Argument]:
    """Values of configuration files that `OmegaConf.from_cli()` (or a dot list of leftover words) lets one override."""
    for parsed in files:
        for node in parsed.nodes:
            if isinstance(node, ast.Call) and name_of(node).endswith(("OmegaConf.from_cli", "OmegaConf.from_dotlist")):
                literal = node.args and isinstance(node.args[0], ast.List)
                if not literal and keyword(node, "args_list") is None:
                    return [replace(item, flags=(f"{item.name}=",)) for item in found if item.kind == "file"]
    return []
