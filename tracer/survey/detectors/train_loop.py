"""Loops in which an optimizer steps, and the one call that hands the loop to a library. Pure, static."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.detectors.optimizer_step import updates_by_hand
from tracer.survey.program import Call, SourceFile, is_backward
from tracer.survey.sightings import Sighting

_BOOSTING = ("xgboost.train", "lightgbm.train", "xgboost.cv", "lightgbm.cv")


class TrainLoop:
    """Training loops: those that enclose an update, directly or through calls; or `fit` calls."""

    stage = Stage.TRAIN_LOOP

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Loop headers by how far the update is, and library calls that train."""
        training = _functions_that_train(source)
        for call in source.calls:
            if source.is_update(call) or is_backward(call):
                for loop in call.loops:
                    yield source.sighting(self.stage, loop.node, loop.qualname, 0.95, "train_loop", loop.end_line)
            elif call.last in training and call.loops:
                for loop in call.loops:
                    yield source.sighting(self.stage, loop.node, loop.qualname, 0.8, "train_loop", loop.end_line)
            confidence = _hands_over(source, call)
            if confidence:
                yield source.sighting(
                    self.stage, call.statement, call.qualname, confidence, "train_loop", call.node.end_lineno or 0
                )
        for node, qualname, loops in updates_by_hand(source):
            for loop in loops:
                if loop.node.lineno <= node.lineno:
                    yield source.sighting(self.stage, loop.node, qualname, 0.6, "train_loop", loop.end_line)


def _hands_over(source: SourceFile, call: Call) -> float:
    if call.name in _BOOSTING:
        return 0.95
    value = source.value(call.receiver)
    if call.last in ("fit", "fit_generator") and call.receiver is not None:
        if value.kind in ("trainer", "model", "estimator", "booster"):
            return 0.95 if value.sure else 0.8
        return 0.0 if value.kind == "transform" else 0.5
    if call.last in ("train", "learn") and value.kind == "trainer":
        return 0.95 if value.sure else 0.7
    return 0.0


def _functions_that_train(source: SourceFile) -> frozenset[str]:
    """Names of functions of this file in which, at any depth of calls within the file, an optimizer steps."""
    names = {function.node.name for function in source.functions if source.trains_in(function.qualname)}
    for _ in range(3):
        for function in source.functions:
            if any(call.last in names for call in source.own_calls(function.node)):
                names.add(function.node.name)
        names |= _wrapped(source, names)
    return frozenset(name for name in names if not name.startswith("__"))


def _wrapped(source: SourceFile, names: set[str]) -> set[str]:
    """Variables that hold such a function in a wrapper: `step = jax.jit(train_step)`."""
    found = set()
    for node in source.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            inside = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
            if inside & names:
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found - {"model", "state", "loss"}


DETECTOR = TrainLoop()
