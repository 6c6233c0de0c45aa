"""Options declared with argparse (groups, sub-parsers, set_defaults) and its relatives. Host side, pure."""

from __future__ import annotations

import ast
from dataclasses import replace

from tracer.survey.arguments.parsed import Parsed, choices_of, is_true, keyword, name_of, source_of, text_of
from tracer.survey.arguments.parsers import owners
from tracer.survey.sightings import Argument

_SWITCHES = {"store_true": "False", "store_false": "True", "count": "0", "append": "None"}
_FORMS = {"store_true": "on", "store_false": "off", "store_const": "on", "count": "on", "help": "on", "version": "on"}


def argparse_arguments(parsed: Parsed) -> list[Argument]:
    """Every `add_argument("--x", ...)` of a file, on whichever object: parser, group or sub-parser; optparse's too."""
    found: list[Argument] = []
    defaults: dict[str, str] = {}
    commands = owners(parsed)
    for node in parsed.nodes:
        if not isinstance(node, ast.Call):
            continue
        last = name_of(node).rsplit(".", 1)[-1]
        if last in ("add_argument", "add_option") and node.args:
            argument = _option(parsed, node)
            if argument is not None:
                found.append(replace(argument, command=commands.get(id(node), "")))
        elif last == "set_defaults":
            defaults.update({word.arg: source_of(word.value) for word in node.keywords if word.arg})
    found.sort(key=lambda argument: argument.location.line)
    return [replace(item, default=defaults.get(item.name, item.default)) for item in found]


def _option(parsed: Parsed, node: ast.Call) -> Argument | None:
    flags = tuple(text for text in map(text_of, node.args) if text)
    if not flags:
        return None
    optional = flags[0].startswith("-")
    longest = next((flag for flag in flags if flag.startswith("--")), flags[0])
    name = text_of(keyword(node, "dest")) or longest.lstrip("-").replace("-", "_")
    action = text_of(keyword(node, "action"))
    given = keyword(node, "default")
    default = source_of(given) if given is not None else _SWITCHES.get(action, "None" if optional else "")
    many = keyword(node, "nargs")
    open_ended = many is not None and (
        (isinstance(many, ast.Constant) and many.value in ("?", "*", "...")) or name_of(many).endswith("REMAINDER")
    )
    required = is_true(keyword(node, "required")) or (not optional and given is None and not open_ended)
    form = _FORMS.get(action) or ("pair" if _is_pair(node) else "value" if optional else "place")
    return Argument(
        name=name,
        flags=flags,
        default="" if required else default,
        required=required,
        choices=choices_of(keyword(node, "choices")),
        help=" ".join(text_of(keyword(node, "help")).split()),
        kind="argparse",
        location=parsed.location(node),
        form="many" if form == "value" and many is not None and not _takes_one(many) else form,
        type=source_of(keyword(node, "type")),
    )


def _is_pair(node: ast.Call) -> bool:
    """`action=argparse.BooleanOptionalAction`: both `--x` and `--no-x`."""
    given = keyword(node, "action")
    return given is not None and name_of(given).endswith("BooleanOptionalAction")


def _takes_one(many: ast.expr) -> bool:
    """`nargs="?"` and `nargs=1` take one word."""
    return isinstance(many, ast.Constant) and many.value in ("?", 1)
