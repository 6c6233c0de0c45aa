"""Where an environment is stepped: reinforcement learning's way to get data. Pure, static."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import SourceFile
from tracer.survey.sightings import Sighting


class Rollout:
    """Rollouts: calls of an environment's `step` and `reset`; never an optimizer's."""

    stage = Stage.ROLLOUT

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Steps and resets of what was made by a simulator library, or is named as one."""
        for call in source.calls:
            value = source.value(call.receiver)
            if value.kind == "environment" and call.last in ("step", "reset"):
                strength = 0.9 if call.last == "step" else 0.6
                yield source.sighting(
                    self.stage, call.node, call.qualname, strength - (0 if value.sure else 0.15), "rollout"
                )


DETECTOR = Rollout()
