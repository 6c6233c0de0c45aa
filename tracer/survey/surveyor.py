"""The survey from start to end: list, read quickly, mine commands, rank, read the best closely. Host side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tracer.survey.commands import mine_commands
from tracer.survey.console import console_scripts
from tracer.survey.entrypoints import Evidence, rank
from tracer.survey.facts import may_start, read_facts, skim_facts
from tracer.survey.imports import ImportGraph
from tracer.survey.names import NEVER_FILES, in_side_folder, role_of
from tracer.survey.packages import frameworks_of
from tracer.survey.sightings import EntryPoint, FileFacts, Survey
from tracer.survey.walk import Tree, list_tree

Progress = Callable[[str, int, int], None]
"""`progress(what, done, total)`: called now and then while reading."""

MAX_EXACT = 500
"""In repositories with more files, those that cannot be started are read only when something imports them."""

EQUAL = 0.1
"""Entries whose score lies within this share of the best are of equal rank."""


def survey(
    root: Path, *, folder: str = "", entry: str = "", detail: bool = True, progress: Progress | None = None
) -> Survey:
    """Survey the repository at `root`; with `folder` only entry points inside it are ranked.

    `entry` (a file) is read closely instead of the best ranked ones. Without `detail` there are no arguments and no
    sightings: the fast part only.
    """
    folder = folder.strip("/")
    tree = list_tree(root)
    reading = _Reading(tree)
    candidates = [path for path in tree.python if not folder or path.startswith(folder + "/")]
    if entry and entry in tree.python and entry not in candidates:
        candidates.append(entry)
    scripts = console_scripts(tree)
    commands = mine_commands(tree, scripts, folder)
    named = {command.target for command in commands} | {entry}
    exact = len(candidates) <= MAX_EXACT
    for index, path in enumerate(candidates):
        if exact or path in named or path.endswith("__main__.py"):
            reading.facts_of(path)
        else:
            reading.skim(path)
        if progress is not None and index % 25 == 0:
            progress("reading", index, len(candidates))
    graph = ImportGraph(tree.python, reading.facts_of)
    importers = _importers(graph, [path for path in candidates if not reading.facts[path].skimmed])
    notebooks = [path for path in tree.notebooks if not folder or path.startswith(folder + "/")]
    for path in notebooks:
        reading.facts[path] = FileFacts(path, role="notebook", reason=role_of(path)[1])
    entries = rank(
        Evidence(root, graph, reading.facts, commands, scripts, folder, importers), [*candidates, *notebooks]
    )
    packages = _packages(tree, reading.facts)
    files = tuple(reading.facts[path] for path in sorted(reading.facts))
    result = Survey(str(root), folder, files, entries, commands, (), frameworks_of(set(packages)), packages)
    if not detail:
        return result
    from tracer.survey.detail import with_detail  # libcst is slow to import

    return with_detail(result, tree, graph, entry, progress)


def best_entry(found: Survey) -> EntryPoint | None:
    """The entry point to tour when nobody says which, or None."""
    return found.entries[0] if found.entries else None


def equal_rank(found: Survey) -> tuple[EntryPoint, ...]:
    """The entry points that are as good as the best (within a tenth of its score), the best first."""
    best = best_entry(found)
    if best is None:
        return ()
    return tuple(
        entry
        for entry in found.entries
        if entry.role == best.role and entry.score >= best.score - EQUAL * abs(best.score)
    )


class _Reading:
    """Facts of files, read once, when first asked for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.facts: dict[str, FileFacts] = {}

    def skim(self, path: str) -> None:
        """Read a file in full only if it could be started; the others are read when something imports them."""
        text = self._tree.read(path)
        worth = may_start(text) and not in_side_folder(path)
        self.facts[path] = read_facts(path, text) if worth else skim_facts(path, text)

    def facts_of(self, path: str) -> FileFacts:
        """The facts of one file of the tree."""
        known = self.facts.get(path)
        if known is None or known.skimmed:
            known = read_facts(path, self._tree.read(path))
            self.facts[path] = known
        return known


def _importers(graph: ImportGraph, paths: Iterable[str]) -> dict[str, int]:
    """How many files import each; tests and package fronts do not count, they import everything."""
    count: dict[str, int] = {}
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        if name in NEVER_FILES or name.startswith("test_"):
            continue
        for target, _ in graph.direct(path):
            count[target] = count.get(target, 0) + 1
    return count


def _packages(tree: Tree, facts: dict[str, FileFacts]) -> tuple[str, ...]:
    """Top-level packages imported that are not the repository's own."""
    own = {
        part
        for path in tree.python
        for part in (path.split("/")[0].removesuffix(".py"), path.rsplit("/", 1)[-1].removesuffix(".py"))
    }
    own |= {path.split("/")[1] for path in tree.python if path.startswith("src/")}
    found = {name.split(".")[0] for item in facts.values() for name in item.imports if not name.startswith(".")}
    return tuple(sorted(found - own))
