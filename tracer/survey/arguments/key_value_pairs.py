"""Settings given as pairs among the last words: yacs's `KEY VALUE`, OmegaConf's `KEY=VALUE`, often behind `--opts`.

Host side, pure.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from tracer.survey.arguments.parsed import Parsed, name_of
from tracer.survey.sightings import Argument

_TAKES = {"merge_from_list": "", "from_dotlist": "=", "merge_with_dotlist": "=", "from_cli": "="}
"""Functions that take such words, and what stands between a key and its value."""


def with_pairs(files: Sequence[Parsed], found: Sequence[Argument]) -> list[Argument]:
    """The settings, those of a configuration object or file that such words can set with the words for it."""
    for parsed in files:
        for node in parsed.nodes:
            taken = _TAKES.get(name_of(node).rsplit(".", 1)[-1]) if isinstance(node, ast.Call) and node.args else None
            if taken is None or not isinstance(node, ast.Call):
                continue
            option = next((item for item in found if item.name == _option_name(node.args[0])), None)
            if option is not None:
                return [_paired(item, option, taken) for item in found if item != option]
    return list(found)


def _option_name(node: ast.expr) -> str:
    """The option whose words are handed over: of `args.opts` that is `opts`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _paired(item: Argument, option: Argument, sign: str) -> Argument:
    """A setting of an object or a file as it is given by a pair."""
    of_object = item.kind == "global" and ("." in item.name or item.name.isupper()) and sign == ""
    if not of_object and not (item.kind == "file" and sign):
        return item
    behind = tuple(flag for flag in option.flags if flag.startswith("--"))[:1]
    return replace(item, flags=(f"{item.name}{sign}", *behind), form="rest", kind="yacs" if of_object else item.kind)
