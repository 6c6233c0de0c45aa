"""The second, slower part of a survey: arguments of the best entries, places of the stages. Host side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tracer.survey.arguments import arguments_of
from tracer.survey.imports import ImportGraph
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
    python = [item for item in found.entries if not item.file.endswith(".ipynb")]
    chosen = [item for item in python if item.file == entry] if entry else python[:MAX_ENTRIES]
    described = {item.file: _described(item, tree, graph) for item in chosen}
    entries = tuple(described.get(item.file, item) for item in found.entries)
    if not chosen:
        return found
    paths = reading_list(found, graph, chosen[0])
    sightings, close = sight(tree, paths, class_kinds(found.files), progress)
    return replace(found, entries=entries, sightings=sightings, read_closely=close)


def _described(entry: EntryPoint, tree: Tree, graph: ImportGraph) -> EntryPoint:
    reached = [item.path for item in graph.reach(entry.file)]
    return replace(entry, arguments=arguments_of(tree, entry.file, reached))


def reading_list(found: Survey, graph: ImportGraph, entry: EntryPoint) -> Sequence[str]:
    """The files to read for stages: the entry, then what it imports, the telling ones first."""
    facts = {item.path: item for item in found.files}
    reached = [item for item in graph.reach(entry.file) if not in_side_folder(item.path)]
    ranked = sorted(reached, key=lambda item: (item.distance - _tells(facts.get(item.path)), item.distance, item.path))
    paths = [entry.file, *[item.path for item in ranked if facts.get(item.path) and facts[item.path].lines > 3]]
    return paths[:MAX_READ]


def _tells(facts: FileFacts | None) -> float:
    """How much a file is likely to say about stages: training calls and classes count, a package front does not."""
    if facts is None or facts.path.endswith("__init__.py"):
        return -3.0
    return (1.5 if facts.training_calls else 0.0) + (0.5 if facts.classes else 0.0)
