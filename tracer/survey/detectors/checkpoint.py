"""Where weights or results are saved and restored. Pure, static."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import Call, SourceFile
from tracer.survey.sightings import Sighting

_SAVERS = re.compile(
    r"torch\.(save|jit\.save)$|(joblib|pickle|cloudpickle|dill)\.dump$|safetensors\.\w+\.save_\w+$|flax\.training\.checkpoints\.\w+$"
    r"|orbax\.checkpoint\.\w+$|tensorflow\.train\.Checkpoint\w*$|numpy\.savez?(_compressed)?$"
)
_LOADERS = re.compile(r"torch\.(load|jit\.load)$|safetensors\.\w+\.load_\w+$")
_ANYTHING = re.compile(r"(joblib|pickle|cloudpickle|dill)\.load$")
"""What restores weights and reads data alike: the line has to say which."""
_WEIGHTS = re.compile(
    r"(?i)model|weight|net(?!cdf)|ckpt|checkpoint|state|param|estimator|classifier|clf|regressor|optim|policy|agent"
)
_CALLBACKS = re.compile(r".*\bModelCheckpoint$")
_FUNCTION = re.compile(
    r"_?(save|load|restore|resume|write|export)_?(\w*_)?(checkpoint|ckpt|model|weights|state|snapshot|network|results?)s?$"
)


class Checkpoint:
    """Checkpoints: calls that write or read weights, functions and callbacks made for it."""

    stage = Stage.CHECKPOINT

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Library calls first, then methods named for saving, then functions named for it."""
        for call in source.calls:
            confidence = _call(source, call)
            if confidence:
                yield source.sighting(
                    self.stage, call.statement, call.qualname, confidence, "checkpoint", call.node.end_lineno or 0
                )
        for function in source.functions:
            if _FUNCTION.match(function.node.name.lower()):
                yield source.sighting(
                    self.stage, function.node, function.qualname, 0.65, "checkpoint", function.node.lineno
                )


def _call(source: SourceFile, call: Call) -> float:
    if _SAVERS.match(call.name):
        return 0.95 if call.name.startswith("torch.") else 0.8
    if _LOADERS.match(call.name):
        return 0.8
    if _ANYTHING.match(call.name):
        return 0.8 if _WEIGHTS.search(ast.unparse(call.statement)) else 0.0
    if call.last in (
        "load_state_dict",
        "save_pretrained",
        "save_state",
        "load_weights",
        "save_weights",
        "save_checkpoint",
    ):
        return 0.75
    if call.last in ("save", "save_model", "load_model", "restore") and source.value(call.receiver).kind in (
        "model",
        "booster",
        "estimator",
        "trainer",
    ):
        return 0.7
    if _CALLBACKS.match(call.name):
        return 0.7
    if call.name == "json.dump":
        return 0.35
    return 0.0


DETECTOR = Checkpoint()
