"""Where the model and the optimizer are built, and the classes that define the model. Pure, static."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.kinds import kind_of_call
from tracer.survey.program import SourceFile
from tracer.survey.sightings import Sighting

_BUILDER = re.compile(
    r"(get|build|create|make|init|load|define|setup|_build)_?(\w*_)?(model|network|net|policy|agent)$"
)


class Model:
    """The model: its classes, the line that builds it, and the line that builds its optimizer."""

    stage = Stage.MODEL

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Model classes, constructions of models, estimators and optimizers, functions named for building one."""
        for item in source.classes:
            if item.kind in ("model", "estimator"):
                confidence = 0.7 if item.qualname in source.inner_models else 0.85
                yield source.sighting(self.stage, item.node, item.qualname, confidence, "model", item.node.lineno)
        for call in source.calls:
            kind = kind_of_call(call.name) or source.class_kind(call.name)
            if kind in ("model", "estimator") and not source.in_model(call.qualname):
                confidence = 0.9
            elif kind == "optimizer":
                confidence = 0.7
            elif kind in ("layer", "booster") and not source.in_model(call.qualname):
                confidence = 0.6
            else:
                continue
            end = call.node.end_lineno or 0
            yield source.sighting(self.stage, call.statement, call.qualname, confidence, "model", end)
        for function in source.functions:
            if _BUILDER.match(function.node.name.lower()):
                yield source.sighting(self.stage, function.node, function.qualname, 0.5, "model", function.node.lineno)


DETECTOR = Model()
