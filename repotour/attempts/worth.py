"""How much an attempt showed, so that the best of several is told. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from tracer.processes import Processes

TRAINING = frozenset(stage.value for stage in (Stage.TRAIN_LOOP, Stage.BACKWARD, Stage.OPTIMIZER_STEP))
"""Stages that only a program shows that trained."""
WELL = ("finished", "limit")
"""How a run ends that did what it was asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Worth:
    """Orders attempts: one that trained is better than one that did not, then more stages, then a good end, then more
    lines of the repository that ran."""

    trained: bool = False
    stages: int = 0
    well: bool = False
    lines: int = 0
    seen: frozenset[str] = field(default=frozenset(), compare=False)
    """The stages that it showed, by their ids."""


def has_trained(found: Processes | None) -> bool:
    """Whether a program computed gradients, changed weights or handed data to a library's training, by its marks."""
    from tracer.processes import trained

    return found is not None and any(trained(trace) for trace in (*found.told, *found.others))


def worth_of(found: Processes | None, kind: str, root: Path) -> Worth:
    """What the recordings of one run are worth. `root` is the workspace, whose sources tell the rules what ran."""
    from tracer.processes import lines_in

    if found is None:
        return Worth()
    seen = stages_of(found, root)
    trained = has_trained(found) or bool(seen & TRAINING)
    core = {stage.value for stage in CORE_STAGES}
    lines = max(lines_in(trace) for trace in found.told)
    return Worth(trained, len(seen & core), kind in WELL, lines, frozenset(seen))


def stages_of(found: Processes, root: Path) -> set[str]:
    """The stages that the rules of the tour find in recordings."""
    from tracer.garbage import without_collection
    from walkthroughs.choosing import choose
    from walkthroughs.rules import find_all
    from walkthroughs.sources import Sources
    from walkthroughs.story import Story

    with without_collection():
        story = Story(found.told, Sources(root), found.others)
        return {finding.stage.value for finding in choose(find_all(story))}
