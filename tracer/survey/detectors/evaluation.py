"""Validation and test: the functions, the calls, the metrics. Pure, static."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.detectors.loss import handed_over
from tracer.survey.program import Call, SourceFile
from tracer.survey.sightings import Sighting

_FUNCTION = re.compile(
    r"(.*_)?(eval|evaluate|evaluation|valid|validate|validation|val|test)(_\w+)?$|_?(valid|test|val)_epoch$"
)
_METRIC = re.compile(
    r"(.*_)?(accuracy|acc|precision|recall|f1|f1_score|auc|metric|metrics|bleu|perplexity|mae|mse|rmse|iou|r2|top_?k)(_\w+)?$"
)
_METRICS = re.compile(
    r"sklearn\.metrics\.\w+$|torchmetrics\.(\w+\.)*[A-Z]\w+$|evaluate\.load$|sklearn\.model_selection\.cross_val_\w+$"
)
_HOOKS = frozenset(
    ("validation_step", "test_step", "validation_epoch_end", "on_validation_epoch_end", "compute_metrics", "eval_step")
)


class Evaluation:
    """Evaluation: functions that measure without training, metrics, and calls of a library's evaluation."""

    stage = Stage.EVALUATION

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Functions by what they do (no gradients, eval mode) and by name; metric calls; a trainer's test calls."""
        metrics = handed_over(source, ("feval", "custom_metric", "eval_metric"))
        for function in source.functions:
            name = function.node.name.lstrip("_")
            calm = any(is_calm(call) for call in source.own_calls(function.node)) or any(
                item.endswith(("no_grad", "inference_mode")) for item in function.decorators
            )
            trains = source.trains_in(function.qualname)
            if name in metrics:
                confidence = 0.8
            elif name in _HOOKS or (calm and not trains and _FUNCTION.match(name.lower())):
                confidence = 0.9
            elif _FUNCTION.match(name.lower()) and not trains:
                confidence = 0.6
            elif _METRIC.match(name.lower()):
                confidence = 0.7
            elif calm and not trains:
                confidence = 0.5
            else:
                continue
            yield source.sighting(
                self.stage, function.node, function.qualname, confidence, "evaluation", function.node.lineno
            )
        for call in source.calls:
            confidence = _call(source, call)
            if confidence:
                yield source.sighting(self.stage, call.node, call.qualname, confidence, "evaluation")


def is_calm(call: Call) -> bool:
    """A call that turns gradients off or a model to evaluation mode."""
    if call.name in ("torch.no_grad", "torch.inference_mode", "torch.set_grad_enabled"):
        return True
    return call.last == "eval" and not call.node.args and call.receiver is not None


def _call(source: SourceFile, call: Call) -> float:
    if _METRICS.match(call.name):
        return 0.85
    value = source.value(call.receiver)
    if call.last in ("test", "validate", "evaluate", "predict") and value.kind == "trainer":
        return 0.9 if value.sure else 0.7
    if call.last in ("evaluate", "score", "predict", "predict_proba") and value.kind in (
        "model",
        "estimator",
        "booster",
    ):
        return 0.75 if value.sure else 0.55
    if call.name in ("torch.no_grad", "torch.inference_mode") and not source.trains_in(call.qualname):
        return 0.5
    if call.last == "eval" and value.kind == "model":
        return 0.55
    if re.match(r"(evaluate|validate|eval_\w+|estimate_loss|test)$", call.last) and call.receiver is None:
        return 0.6
    return 0.0


DETECTOR = Evaluation()
