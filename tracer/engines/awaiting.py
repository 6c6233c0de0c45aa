"""Which stages that reading found have not been seen in a run, told from its growing trace. Host."""

from __future__ import annotations

from typing import Any

from tracer.plan import Awaited
from tracer.stages import Stage

LIVE = {
    "config": Stage.CONFIG,
    "config_file": Stage.CONFIG,
    "dataset": Stage.DATA,
    "dataloader": Stage.DATA,
    "read": Stage.DATA,
    "simulator": Stage.DATA,
    "modules": Stage.MODEL,
    "optimizer": Stage.MODEL,
    "module_call": Stage.FORWARD,
    "loss_function": Stage.LOSS,
    "backward": Stage.BACKWARD,
    "optimizer_step": Stage.OPTIMIZER_STEP,
    "functional_step": Stage.OPTIMIZER_STEP,
    "fit": Stage.TRAIN_LOOP,
    "metric": Stage.EVALUATION,
    "evaluate": Stage.EVALUATION,
    "save": Stage.CHECKPOINT,
    "load": Stage.CHECKPOINT,
}
"""The stages that landmarks tell of while a program runs."""


class Awaiting:
    """Crosses off what reading expects, as landmarks are met and functions begin to run."""

    def __init__(self, expected: tuple[Awaited, ...]) -> None:
        self._functions = {(place.file, place.qualname): place.stage for place in expected}
        self.stages = {place.stage for place in expected}

    def note(self, event: dict[str, Any]) -> None:
        """One event of the trace."""
        if not self.stages:
            return
        kind = event.get("kind")
        if kind == "code":
            self.stages.discard(self._functions.get((event["file"], event["qualname"].replace(".<locals>", "")), ""))
        elif kind in ("landmark", "modules"):
            stage = LIVE.get(str(event.get("event", kind)))
            if stage is not None:
                self.stages.discard(stage.value)
