"""Reading a few files closely: which ones, resolved how, and what the detectors say about them. Host side."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping

from tracer.survey.detectors import all_detectors
from tracer.survey.kinds import kind_of_base
from tracer.survey.program import SourceFile
from tracer.survey.scopes import resolve_names
from tracer.survey.sightings import FileFacts, Sighting
from tracer.survey.walk import Tree

MAX_CLOSE_FILES = 8
MAX_CLOSE_BYTES = 60_000
"""Text that libcst may take in one survey: some two seconds."""
MAX_BYTES = 400_000
"""Text that the detectors look at in one survey, whichever way its names are resolved."""
ENTRY_BONUS = 0.06
"""What the entry itself does is nearer to the reader than what it imports."""

Progress = Callable[[str, int, int], None]


def class_kinds(files: Iterable[FileFacts]) -> dict[str, str]:
    """The sort of every class of the repository by its plain name, inherited through the repository's own classes."""
    listed = list(files)
    bases: dict[str, set[str]] = {}
    for facts in listed:
        for item in facts.classes:
            bases.setdefault(item.name, set()).update(item.bases)
    kinds: dict[str, str] = {}
    for facts in listed:
        for item in facts.classes:
            by_methods = _kind_by_methods(frozenset(item.methods))
            if by_methods:
                kinds[item.name] = by_methods
    for _ in range(6):
        before = len(kinds)
        for name, parents in bases.items():
            if name not in kinds:
                found = [kind_of_base(base) or kinds.get(base.rsplit(".", 1)[-1], "") for base in sorted(parents)]
                kind = next(filter(None, found), "")
                if kind:
                    kinds[name] = kind
        if len(kinds) == before:
            break
    return kinds


def _kind_by_methods(methods: frozenset[str]) -> str:
    """What a class without a telling base is by what it can do: code without a framework names its methods alike."""
    if {"fit", "predict"} <= methods:
        return "estimator"
    forward = methods & {"forward", "forward_pass", "_forward", "_forward_pass", "feed_forward", "feedforward"}
    backward = methods & {"backward", "backward_pass", "_backward", "_backward_pass", "backprop", "parameters"}
    return "model" if forward and backward else ""


def own_modules(tree: Tree) -> frozenset[str]:
    """First parts of dotted names that import the repository's own files."""
    return frozenset(part.removesuffix(".py") for path in tree.python for part in path.split("/"))


def open_source(
    path: str, text: str, kinds: Mapping[str, str], own: frozenset[str] = frozenset(), *, closely: bool
) -> SourceFile | None:
    """Parse a file for the detectors; `closely` has libcst resolve its names, where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = resolve_names(tree, text)
    if closely:
        from tracer.survey import source  # libcst takes a quarter of a second to import

        # what libcst knows wins; places that it spells otherwise (parentheses) keep the quick answer
        names.update(source.resolve_names(text) or {})
    return SourceFile(path, text, tree, names, kinds, own)


def sight(
    tree: Tree, paths: Iterable[str], kinds: Mapping[str, str], progress: Progress | None = None
) -> tuple[tuple[Sighting, ...], tuple[str, ...]]:
    """Run all detectors over some files: the sightings (one per place and stage), and the files libcst resolved."""
    best: dict[tuple[str, str, int], Sighting] = {}
    close: list[str] = []
    own = own_modules(tree)
    budget = MAX_CLOSE_BYTES
    read = 0
    listed = list(paths)
    for index, path in enumerate(listed):
        if progress is not None:
            progress("looking for stages", index, len(listed))
        text = tree.read(path)
        if index and read + len(text) > MAX_BYTES:
            continue
        read += len(text)
        closely = len(close) < MAX_CLOSE_FILES and len(text) <= budget
        opened = open_source(path, text, kinds, own, closely=closely)
        if opened is None:
            continue
        if closely:
            close.append(path)
            budget -= len(text)
        for detector in all_detectors():
            for sighting in detector.detect(opened):
                key = (sighting.stage.value, path, sighting.location.line)
                if key not in best or best[key].confidence < sighting.confidence:
                    best[key] = sighting
    order = {path: index for index, path in enumerate(listed)}

    def rank(item: Sighting) -> tuple[float, int, int]:
        place = order[item.location.file]
        return -item.confidence - (ENTRY_BONUS if place == 0 else 0.0), place, item.location.line

    return tuple(sorted(best.values(), key=rank)), tuple(close)
