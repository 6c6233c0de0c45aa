"""The settings of an entry point and their defaults, from whichever mechanism it uses. Host side, purely static."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, MutableMapping

from tracer.survey.arguments.absl_flags import absl_arguments
from tracer.survey.arguments.argparse_options import argparse_arguments
from tracer.survey.arguments.click_options import click_arguments
from tracer.survey.arguments.config_files import file_arguments
from tracer.survey.arguments.config_flags import config_flag_arguments
from tracer.survey.arguments.dataclass_fields import dataclass_arguments
from tracer.survey.arguments.function_parameters import parameter_arguments
from tracer.survey.arguments.hydra_config import hydra_arguments
from tracer.survey.arguments.key_value_pairs import with_pairs
from tracer.survey.arguments.library_options import library_arguments
from tracer.survey.arguments.module_values import config_object_arguments, global_arguments
from tracer.survey.arguments.own_parsers import dotlist_arguments, executed_files, own_arguments
from tracer.survey.arguments.parsed import Parsed
from tracer.survey.imports import folder_of
from tracer.survey.sightings import Argument
from tracer.survey.walk import Tree

MAX_FILES = 25
MAX_ARGUMENTS = 300

__all__ = ["Parsed", "arguments_of", "parse"]


def parse(file: str, text: str) -> Parsed | None:
    """A file ready for the miners, or None when it is not valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Parsed(file, ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def arguments_of(
    tree: Tree, entry: str, reached: Iterable[str], known: MutableMapping[str, Parsed | None] | None = None
) -> tuple[Argument, ...]:
    """The arguments of one entry file; `reached` are the files it imports, nearest first.

    A parser may stand in another file, so those are searched as well, the entry's own first. Globals count only in the
    entry itself: elsewhere they are constants. `known` keeps parsed files from one entry to the next.
    """
    known = {} if known is None else known
    first = [entry, *list(reached)[:MAX_FILES]]
    for path in first:
        if path not in known:
            known[path] = parse(path, tree.read(path))
    own = known[entry]
    if own is None:
        return ()
    files = [parsed for parsed in (known[path] for path in first) if parsed is not None]
    found: list[Argument] = []
    for mine in (argparse_arguments, click_arguments, absl_arguments):
        found.extend(_nearest(mine(parsed) for parsed in files))
    found.extend(hydra_arguments(tree, own))
    found.extend(dataclass_arguments(files))
    found.extend(parameter_arguments(files))
    found.extend(library_arguments(files))
    found.extend(config_flag_arguments(tree, files))
    by_words = list(found)
    for parsed in files:
        found.extend(config_object_arguments(parsed))
    found.extend(global_arguments(own, only_constants=bool(found)))
    if not by_words:
        found = _with_own_parser(tree, own, files, known, found)
    found.extend(file_arguments(tree, entry, own, found))
    found = [*dotlist_arguments(files, found), *found]
    found = with_pairs(files, found)
    return _unique(found)


def _with_own_parser(
    tree: Tree, own: Parsed, files: list[Parsed], known: MutableMapping[str, Parsed | None], found: list[Argument]
) -> list[Argument]:
    """The settings with the words of the program's own parser, which may stand in a file that it executes by name."""
    executed = []
    for name in executed_files(own):
        for path in (name, f"{folder_of(own.file)}/{name}".lstrip("/")):
            if path in tree.python and path not in known:
                known[path] = parse(path, tree.read(path))
        executed += [parsed for parsed in map(known.get, (name, f"{folder_of(own.file)}/{name}")) if parsed is not None]
    settable = own_arguments(own, [*files, *executed], found)
    names = {item.name for item in settable}
    plain = [item for item in found if item.name not in names and not any(n.endswith("." + item.name) for n in names)]
    return [*settable, *plain]


def _unique(found: Iterable[Argument]) -> tuple[Argument, ...]:
    """The first of each name and kind, for each sub-command."""
    unique: dict[tuple[str, str, str], Argument] = {}
    for argument in found:
        unique.setdefault((argument.name, argument.kind, argument.command), argument)
    return tuple(unique.values())[:MAX_ARGUMENTS]


def _nearest(groups: Iterable[list[Argument]]) -> list[Argument]:
    """The arguments of the entry itself, else those of the first imported file that has any: one program, one parser.

    A base parser that the entry extends is found too: an entry with few options of its own takes the next file's.
    """
    found: list[Argument] = []
    for group in groups:
        found.extend(group)
        if len(found) > 2:
            break
    return found
