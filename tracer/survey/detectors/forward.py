"""The model's own forward pass, and the lines that call it. Pure, static."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import Call, ClassDefinition, Definition, SourceFile
from tracer.survey.sightings import Sighting

_METHODS = frozenset(("forward", "__call__", "call", "training_step", "_forward", "forward_pass"))
_NO_FORWARD = re.compile(r"__\w+__$|_?(init|save|load|from|configure|get_num|reset|freeze|build|make)(_|$)")


class Forward:
    """Forward passes: the methods that define them and the calls of a model."""

    stage = Stage.FORWARD

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """`forward` of model classes; calls of a model, first of all where gradients are taken as well."""
        methods = {}
        for function in source.functions:
            confidence = _definition(source, function)
            if confidence:
                methods[function.node.name] = confidence
                line = function.node.lineno
                yield source.sighting(self.stage, function.node, function.qualname, confidence, "forward", line)
        for call in source.calls:
            confidence = _call(source, call, frozenset(methods))
            if confidence:
                yield source.sighting(self.stage, call.node, call.qualname, confidence, "forward")


def _definition(source: SourceFile, function: Definition) -> float:
    name = function.node.name
    owner = next((item for item in source.classes if item.qualname == function.owner), None)
    if owner is not None and owner.kind == "model":
        part = 0.15 if owner.qualname in source.inner_models else 0.0
        if name in _METHODS:
            return (0.7 if name == "training_step" else 0.9) - part
        return 0.65 - part if _calls_layers(source, function, owner) else 0.0
    return 0.6 if name in ("forward", "forward_pass", "feed_forward", "feedforward") else 0.0


def _calls_layers(source: SourceFile, function: Definition, owner: ClassDefinition) -> bool:
    """A method that applies its own layers (`self.actor(x)`): a forward pass of another name."""
    if _NO_FORWARD.match(function.node.name) or function.node.name.endswith(("_step", "_end", "_optimizers")):
        return False
    methods = {item.name for item in owner.node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for call in source.own_calls(function.node):
        parts = call.spelled.split(".")
        if len(parts) == 2 and parts[0] == "self" and parts[1] not in methods and call.node.args:
            return True
    return False


def _call(source: SourceFile, call: Call, methods: frozenset[str]) -> float:
    """How surely a call runs a model: an object called, or its forward pass by name."""
    if source.class_kind(call.name) or call.last in ("to", "cuda", "parameters", "train", "eval"):
        return 0.0  # the construction of a model, or a change of its mode, is not its use
    value = source.value(call.node.func)
    if value.kind not in ("model", "layer") or not call.node.args:
        value = source.value(call.receiver)
        if value.kind != "model" or call.last not in methods | {"forward", "apply"}:
            return 0.0
    if source.in_model(call.qualname):
        return 0.5
    confidence = 0.92 if source.trains_in(call.qualname) else 0.6
    return confidence - (0.0 if value.sure else 0.15)


DETECTOR = Forward()
