"""The line that computes gradients. Pure, static."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.detectors.loss import handed_over
from tracer.survey.program import SourceFile, is_backward
from tracer.survey.sightings import Sighting

_BY_HAND = re.compile(r"backward(_pass)?$|back_?prop(agation|agate)?$|compute_gradients?$|gradient$")


class Backward:
    """Gradients: `loss.backward()`, `jax.grad`, a gradient tape, a hand-written backward pass."""

    stage = Stage.BACKWARD

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Calls that take gradients, and functions that compute them by hand."""
        for call in source.calls:
            if is_backward(call):
                yield source.sighting(self.stage, call.node, call.qualname, 0.95, "backward")
            elif call.name in ("torch.autograd.grad", "tensorflow.gradients") or call.last == "manual_backward":
                yield source.sighting(self.stage, call.node, call.qualname, 0.75, "backward")
        objectives = handed_over(source, ("obj", "fobj"))  # they return gradients and second derivatives
        for function in source.functions:
            if function.node.name in objectives:
                line = function.node.lineno
                yield source.sighting(self.stage, function.node, function.qualname, 0.6, "backward", line)
            elif _BY_HAND.match(function.node.name.lstrip("_")):
                yield source.sighting(
                    self.stage, function.node, function.qualname, 0.5, "backward", function.node.lineno
                )


DETECTOR = Backward()
