"""The second, slower part of a survey: arguments of the best entries, places of the stages. Host side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tracer.notebooks import is_notebook
from tracer.survey.arguments import Parsed, arguments_of
from tracer.survey.imports import ImportGraph, folder_of
from tracer.survey.names import in_side_folder
from tracer.survey.reading import class_kinds, sight
from tracer.survey.sightings import EntryPoint, FileFacts, Survey
from tracer.survey.walk import Tree

MAX_ENTRIES = 3
"""Entries whose arguments are read."""
MAX_READ = 24
"""Files in which detectors look; libcst resolves the first few of them."""

Progress = Callable[[str, int, int], None]


def with_detail(
    found: Survey, tree: Tree, graph: ImportGraph, entry: str = "", progress: Progress | None = None
) -> Survey:
    """The survey with arguments of the best entries (or of `entry`), and with sightings in what the chosen one runs."""
    chosen = [item for item in found.entries if item.file == entry] if entry else found.entries[:MAX_ENTRIES]
    known: dict[str, Parsed | None] = {}
    described = {item.file: _described(item, tree, graph, known) for item in chosen}
    entries = tuple(described.get(item.file, item) for item in found.entries)
    if chosen:
        paths = reading_list(replace(found, entries=entries), graph, described[chosen[0].file])
    else:
        paths = of_a_library(found.files)
    sightings, close = sight(tree, paths, class_kinds(found.files), progress)
    return replace(found, entries=entries, sightings=sightings, read_closely=close)


def _described(entry: EntryPoint, tree: Tree, graph: ImportGraph, known: dict[str, Parsed | None]) -> EntryPoint:
    if is_notebook(entry.file):
        return entry  # nothing is given to a notebook from outside
    reached = [item.path for item in graph.reach(entry.file)]
    return replace(entry, arguments=arguments_of(tree, entry.file, reached, known))


def reading_list(found: Survey, graph: ImportGraph, entry: EntryPoint) -> Sequence[str]:
    """The files to read for stages: the entry, its companions, then what they import, the telling ones first."""
    facts = {item.path: item for item in found.files}
    roots = [entry.file, *companions(found, entry), *named_in_configuration(facts, entry)]
    distance: dict[str, int] = {}
    for root in roots:
        for item in graph.reach(root):
            if not in_side_folder(item.path):
                distance[item.path] = min(item.distance, distance.get(item.path, item.distance))
    ranked = sorted(distance, key=lambda path: (distance[path] - _tells(facts.get(path)), distance[path], path))
    imported = [path for path in ranked if path in facts and facts[path].lines > 3]
    return list(dict.fromkeys([*roots, *imported]))[:MAX_READ]


def of_a_library(files: Sequence[FileFacts]) -> Sequence[str]:
    """The files to read for stages where nothing can be started: those that train, then those that hold classes."""
    telling = [item for item in files if _tells(item) > 0 and not in_side_folder(item.path)]
    return [item.path for item in sorted(telling, key=lambda item: (-_tells(item), item.path))][:MAX_READ]


def companions(found: Survey, entry: EntryPoint) -> list[str]:
    """Scripts that belong to the same program: preparation that runs before it, one evaluation beside it."""
    before = {word for command in entry.before for word in command.split()}
    prepares = [item.file for item in found.entries if item.file != entry.file and before & {item.file, *item.command}]
    documents = {command.file for command in entry.commands}
    evaluates = [
        item.file
        for item in found.entries
        if item.role == "eval"
        and folder_of(item.file) == folder_of(entry.file)
        and documents & {command.file for command in item.commands}
    ]
    return [*prepares, *evaluates[:1]]


def named_in_configuration(facts: Mapping[str, FileFacts], entry: EntryPoint) -> list[str]:
    """Files of classes that a configuration instantiates by name (`_target_: package.module.Class`)."""
    files: list[str] = []
    for argument in entry.arguments:
        if argument.name.rsplit(".", 1)[-1] in ("_target_", "class_path", "target"):
            stem = argument.default.strip("\"'").rpartition(".")[0].replace(".", "/")
            files += [path for path in (f"{stem}.py", f"{stem}/__init__.py", f"src/{stem}.py") if path in facts]
    return list(dict.fromkeys(files))


def _tells(facts: FileFacts | None) -> float:
    """How much a file is likely to say about stages: training calls and classes count, a package front does not."""
    if facts is None or facts.path.endswith("__init__.py"):
        return -3.0
    return (1.5 if facts.training_calls else 0.0) + (0.5 if facts.classes else 0.0)
