"""Programs of equal rank, as in a folder of demonstrations: first the one that shows most stages. Host side."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.stages import CORE_STAGES
from tracer.survey.detectors import all_detectors
from tracer.survey.reading import class_kinds, open_source
from tracer.survey.sightings import EntryPoint, FileFacts
from tracer.survey.walk import Tree

MOST = 24
"""Programs that are looked into; one costs some ten milliseconds."""
LIKELY = 0.5
"""Sightings below this confidence do not count."""
_PROCESSES = frozenset(("multiprocessing", "torch.multiprocessing", "torch.distributed", "mpi4py", "ray"))


def widest_first(tree: Tree, entries: tuple[EntryPoint, ...], facts: Mapping[str, FileFacts]) -> tuple[EntryPoint, ...]:
    """The entries with those that share the first place sorted by what they show; no document may name one of them,
    since who wrote it knew better. Programs of several processes come after the others."""
    tied = [entry for entry in entries[: MOST + 1] if entry.score == entries[0].score]
    if not 1 < len(tied) <= MOST or any(entry.commands or entry.file.endswith(".ipynb") for entry in tied):
        return entries
    kinds = class_kinds(facts.values())
    widths = {entry.file: _width(tree, entry.file, kinds) for entry in tied}

    def order(entry: EntryPoint) -> tuple[bool, int]:
        many = any(name.startswith(tuple(_PROCESSES)) for name in facts[entry.file].imports)
        return many, -widths[entry.file]

    return (*sorted(tied, key=order), *entries[len(tied) :])


def _width(tree: Tree, file: str, kinds: Mapping[str, str]) -> int:
    """How many of the core stages are seen in a file."""
    source = open_source(file, tree.read(file), kinds, closely=False)
    if source is None:
        return 0
    seen = {
        sighting.stage
        for detector in all_detectors()
        for sighting in detector.detect(source)
        if sighting.confidence >= LIKELY
    }
    return len(seen & set(CORE_STAGES))
