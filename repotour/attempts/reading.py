"""What reading says about the program that is being tried: its arguments, where its stages seem to be. On the host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracer.plan import Awaited
from tracer.stages import Stage

if TYPE_CHECKING:
    from tracer.survey import EntryPoint, Survey


SURE = 0.6
"""Confidence from which a place that reading found is worth waiting for."""
WAITED_FOR = (
    Stage.TRAIN_LOOP, Stage.FORWARD, Stage.LOSS, Stage.BACKWARD, Stage.OPTIMIZER_STEP, Stage.EVALUATION,
    Stage.CHECKPOINT,
)  # fmt: skip


def awaited_of(found: Survey) -> tuple[Awaited, ...]:
    """The places for whose sake a run may go on longer: stages of training and what comes behind it."""
    return tuple(
        Awaited(item.stage.value, item.location.file, item.location.line, item.location.qualname or "<module>")
        for item in found.sightings
        if item.stage in WAITED_FOR and item.confidence >= SURE
    )


class Reading:
    """The survey, read closely for the program that is asked about, once for each, and only when it is asked."""

    def __init__(self, found: Survey, root: Path) -> None:
        self._found = found
        self._root = root
        self._close: dict[str, Survey] = {}

    def survey_for(self, file: str) -> Survey:
        """The survey with the arguments of `file` and what its imports show; that of the repository without a file."""
        if not file:
            return self._found
        if file not in self._close:
            known = self._found.entry(file)
            if known is not None and known.arguments:
                self._close[file] = self._found
            else:
                from tracer.survey import survey

                self._close[file] = survey(self._root, folder=self._found.folder, entry=file)
        return self._close[file]

    def entry(self, file: str) -> EntryPoint | None:
        """The entry point of a file, with its arguments; None when it is none."""
        return self.survey_for(file).entry(file) if file else None
