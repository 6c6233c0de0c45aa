"""The line that changes the weights. Pure, static."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tracer.stages import Stage
from tracer.survey.program import Call, Loop, SourceFile
from tracer.survey.sightings import Sighting

_RATE = re.compile(r"(.*_)?(lr|rate|learning_rate|eta|step_size|lrate)(_.*)?$|alpha$", re.IGNORECASE)
_GRADIENT = re.compile(r"grad|^d_?[wb]\d?$|delta|^w_?updt", re.IGNORECASE)


class OptimizerStep:
    """Updates: an optimizer's step (told apart from a simulator's), applied gradients, weights changed by hand."""

    stage = Stage.OPTIMIZER_STEP

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Calls that update, the hook that builds a trainer's optimizer, in-place changes by rate times gradient."""
        for call in source.calls:
            confidence = _confidence(source, call)
            if confidence:
                yield source.sighting(self.stage, call.node, call.qualname, confidence, "optimizer_step")
        for function in source.functions:
            if function.node.name == "configure_optimizers" and function.owner:
                yield source.sighting(
                    self.stage, function.node, function.qualname, 0.5, "optimizer_step", function.node.lineno
                )
        for node, qualname, _ in updates_by_hand(source):
            yield source.sighting(self.stage, node, qualname, 0.65, "optimizer_step")


def _confidence(source: SourceFile, call: Call) -> float:
    if call.last == "step" and call.receiver is not None:
        value = source.value(call.receiver)
        if value.kind == "optimizer":
            return 0.98 if value.sure else 0.85
        return 0.95 if value.kind == "scaler" and call.node.args else 0.0
    if not source.is_update(call):
        return 0.0
    if call.last == "update":
        # optax computes the change in `update` and applies it elsewhere; flax's own optimizer applies it right there
        value = source.value(call.receiver)
        return 0.6 if value.sure else 0.3
    return 0.9


def updates_by_hand(source: SourceFile) -> Iterator[tuple[ast.stmt, str, tuple[Loop, ...]]]:
    """`w -= rate * gradient`, `p.data.add_(-lr, grad)`: the statement, its function, the loops around it there."""
    for node in source.nodes:
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, (ast.Sub, ast.Add))
            and _rate_times_gradient(node.value)
        ):
            yield node, source.scope_at(node.lineno), source.loops_at(node.lineno)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Sub):
            same = any(ast.unparse(target) == ast.unparse(node.value.left) for target in node.targets)
            if same and _rate_times_gradient(node.value.right):
                yield node, source.scope_at(node.lineno), source.loops_at(node.lineno)
    for call in source.calls:
        if call.last in ("add_", "sub_") and ".data." in f"{call.spelled}." and "grad" in ast.unparse(call.node):
            yield call.statement, call.qualname, call.loops


def _rate_times_gradient(node: ast.expr) -> bool:
    names = [
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, (ast.Name, ast.Attribute))
    ]
    rate = any(_RATE.match(name) for name in names)
    gradient = any(_GRADIENT.search(name) for name in names)
    factor = any(isinstance(part, ast.Constant) and isinstance(part.value, float) for part in ast.walk(node))
    return (rate and (gradient or isinstance(node, ast.BinOp))) or (factor and gradient)


DETECTOR = OptimizerStep()
