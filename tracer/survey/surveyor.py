"""The survey from start to end: list, read quickly, mine commands, rank, read the best closely. Host side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from tracer.garbage import without_collection
from tracer.survey.commands import mine_commands
from tracer.survey.console import console_scripts
from tracer.survey.crew import Crew, look_at
from tracer.survey.entrypoints import Evidence, rank
from tracer.survey.imports import ImportGraph
from tracer.survey.names import NEVER_FILES
from tracer.survey.packages import frameworks_of
from tracer.survey.sightings import EntryPoint, FileFacts, Survey
from tracer.survey.ties import widest_first
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
    with without_collection():
        return _survey(root, folder.strip("/"), entry, detail, progress)


def _survey(root: Path, folder: str, entry: str, detail: bool, progress: Progress | None) -> Survey:
    tree = list_tree(root)
    candidates = [path for path in tree.python if not folder or path.startswith(folder + "/")]
    if entry and entry in tree.python and entry not in candidates:
        candidates.append(entry)
    scripts = console_scripts(tree)
    commands = mine_commands(tree, scripts, folder)
    named = {command.target for command in commands} | {entry}
    with closing(_Reading(tree, len(candidates), progress)) as reading:
        if len(candidates) > MAX_EXACT:
            reading.glance(path for path in candidates if path not in named and not path.endswith("__main__.py"))
        reading.read(path for path in candidates if path not in reading.facts)
        graph = ImportGraph(tree.python, reading.facts_of, reading.read)
        importers = _importers(graph, [path for path in candidates if not reading.facts[path].skimmed])
        notebooks = [path for path in tree.notebooks if not folder or path.startswith(folder + "/")]
        reading.read(notebooks)
        entries = rank(
            Evidence(root, graph, reading.facts, commands, scripts, folder, importers), [*candidates, *notebooks]
        )
        entries = widest_first(tree, entries, reading.facts)
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
    """Facts of files, read once: many together, or one when it is first asked for."""

    def __init__(self, tree: Tree, total: int, progress: Progress | None) -> None:
        self._tree = tree
        self._total = total
        self._progress = progress
        self._crew = Crew(tree.root)
        self.facts: dict[str, FileFacts] = {}

    def glance(self, paths: Iterable[str]) -> None:
        """Read files in full only if they could be started; the others are read when something imports them."""
        self._take(self._crew.read(list(paths), whole=False))

    def read(self, paths: Iterable[str]) -> None:
        """Read those of the files in full that are not known in full."""
        self._take(self._crew.read([path for path in paths if not self._is_known(path)], whole=True))

    def facts_of(self, path: str) -> FileFacts:
        """The facts of one file of the tree."""
        if not self._is_known(path):
            self.facts[path] = look_at(self._tree.root, path, whole=True)
        return self.facts[path]

    def close(self) -> None:
        """End the processes that read."""
        self._crew.close()

    def _is_known(self, path: str) -> bool:
        return path in self.facts and not self.facts[path].skimmed

    def _take(self, found: Iterable[FileFacts]) -> None:
        for facts in found:
            self.facts[facts.path] = facts
            if self._progress is not None and len(self.facts) % 25 == 1:
                self._progress("reading", min(len(self.facts), self._total), self._total)


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
