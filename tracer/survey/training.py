"""Which calls betray a training program, from their spelling alone. Host side; used by the first pass only."""

from __future__ import annotations

import ast
import re

from tracer.survey.sightings import TrainingCall

_OPTIMIZER = re.compile(r"opt|solver|updater|trainer", re.IGNORECASE)
_TRAINER = re.compile(
    r"trainer|learner|runner|engine|agent|xgb|lgb|lightgbm|catboost|yolo|estimator|booster", re.IGNORECASE
)
_RATE = re.compile(r"^(lr|rate|learning_rate|eta|alpha|step_size|lrate|learn_rate|.*_lr|lr_.*)$", re.IGNORECASE)
_GRADIENT = re.compile(r"grad|^d_?[wb]\d?$|delta", re.IGNORECASE)
_GRADIENT_FUNCTIONS = frozenset(
    ("value_and_grad", "filter_value_and_grad", "filter_grad", "GradientTape", "apply_gradients")
)
_FIT = frozenset(("fit", "fit_generator", "train_on_batch", "partial_fit", "fit_transform_model"))


def training_call(node: ast.Call | ast.AugAssign, name: str, at_module_level: bool) -> TrainingCall | None:
    """The evidence in one call (its spelled dotted name) or in-place update, or None."""
    if isinstance(node, ast.AugAssign):
        return _update_by_hand(node, at_module_level)
    strength = _strength(name, node)
    if not strength:
        return None
    return TrainingCall(node.lineno, f"{name}()", strength, at_module_level)


def _strength(name: str, node: ast.Call) -> float:
    receiver, _, last = name.rpartition(".")
    if last == "backward":
        return 1.0 if receiver and not receiver.startswith("super") else 0.0
    if last == "step":
        return 0.9 if _OPTIMIZER.search(receiver) else 0.0
    if last in _GRADIENT_FUNCTIONS or name in ("jax.grad", "nnx.grad", "optax.apply_updates"):
        return 0.9
    if last in _FIT:
        return 0.8 if receiver and (node.args or node.keywords) else 0.0
    if last == "minimize":
        return 0.8 if _OPTIMIZER.search(receiver) else 0.0
    if last in ("train", "learn"):
        return 0.8 if _TRAINER.search(receiver) and (last == "learn" or receiver) else 0.0
    return 0.0


def _update_by_hand(node: ast.AugAssign, at_module_level: bool) -> TrainingCall | None:
    """`w -= lr * grad`: gradient descent written out."""
    if not isinstance(node.op, (ast.Sub, ast.Add)) or not isinstance(node.value, (ast.BinOp, ast.Attribute, ast.Name)):
        return None
    names = [
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node.value)
        if isinstance(part, (ast.Name, ast.Attribute))
    ]
    rate = any(_RATE.match(name) for name in names)
    gradient = any(_GRADIENT.search(name) for name in names)
    factor = any(isinstance(part, ast.Constant) and isinstance(part.value, float) for part in ast.walk(node.value))
    by_rate = rate and (gradient or isinstance(node.op, ast.Sub))
    if not (by_rate or (factor and gradient and isinstance(node.op, ast.Sub))):
        return None
    return TrainingCall(node.lineno, ast.unparse(node)[:60], 0.7 if gradient else 0.5, at_module_level)
