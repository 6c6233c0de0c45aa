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
                yield source.sighting(self.stage, item.node, item.qualname, 0.85, "model", item.node.lineno)
        for call in source.calls:
            last = call.name.rsplit(".", 1)[-1]
            kind = kind_of_call(call.name) or source.class_kind(last)
            inside_model = any(
                item.kind == "model" and call.qualname.startswith(item.qualname + ".") for item in source.classes
            )
            if kind in ("model", "estimator") and not inside_model:
                yield source.sighting(
                    self.stage, call.statement, call.qualname, 0.9, "model", call.node.end_lineno or 0
                )
            elif kind == "optimizer":
                yield source.sighting(
                    self.stage, call.statement, call.qualname, 0.7, "model", call.node.end_lineno or 0
                )
        for function in source.functions:
            if _BUILDER.match(function.node.name.lower()):
                yield source.sighting(self.stage, function.node, function.qualname, 0.5, "model", function.node.lineno)


DETECTOR = Model()
