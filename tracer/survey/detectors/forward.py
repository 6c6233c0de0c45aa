"""The model's own forward pass, and the lines that call it. Pure, static."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import SourceFile
from tracer.survey.sightings import Sighting

_METHODS = frozenset(("forward", "__call__", "call", "training_step", "_forward", "forward_pass"))


class Forward:
    """Forward passes: the methods that define them and the calls of a model."""

    stage = Stage.FORWARD

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """`forward` of model classes; calls of a model, first of all where gradients are taken in the same function."""
        models = {item.qualname for item in source.classes if item.kind == "model"}
        for function in source.functions:
            name = function.node.name
            if function.owner in models and name in _METHODS:
                confidence = 0.7 if name == "training_step" else 0.9
            elif name in ("forward", "forward_pass", "feed_forward", "feedforward"):
                confidence = 0.6
            else:
                continue
            yield source.sighting(
                self.stage, function.node, function.qualname, confidence, "forward", function.node.lineno
            )
        for call in source.calls:
            plain = source.value(call.node.func)
            by_method = call.last in ("forward", "apply") and source.value(call.receiver).kind == "model"
            if not (by_method or (plain.kind == "model" and call.node.args)):
                continue
            if call.last in ("to", "cuda", "parameters", "train", "eval"):
                continue
            confidence = 0.85 if source.trains_in(call.qualname) else 0.55
            sure = plain.sure or by_method
            if source.class_kind(call.name.rsplit(".", 1)[-1]):
                continue  # the construction of a model, not its use
            yield source.sighting(self.stage, call.node, call.qualname, confidence - (0 if sure else 0.15), "forward")


DETECTOR = Forward()
