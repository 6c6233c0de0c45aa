"""The line where the number that is minimised is computed. Pure, static."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from tracer.stages import Stage
from tracer.survey.program import Call, SourceFile, is_backward, spelling
from tracer.survey.sightings import Sighting

_FUNCTIONS = re.compile(
    r"torch\.nn\.functional\.(\w*loss\w*|\w*entropy\w*|kl_div)$|optax(\.losses)?\.\w*(loss|entropy|error)\w*$|jax\.nn\.\w*loss$"
    r"|(tensorflow\.)?keras\.losses\.\w+$|tensorflow\.nn\.\w*entropy\w*$"
)
_NAME = re.compile(r"(.*_)?(loss|losses|cost|objective|nll|elbo)(_\w+)?$|loss[A-Z_]?\w*$")

_DEFINES = re.compile(r"loss|criterion|cost|objective")
_TALKS = re.compile(r"^__|estimate|eval|valid|log|print|plot|show|save|record|get_")
"""Functions about a loss that do not compute the one that is minimised."""


class Loss:
    """The loss: what `backward` is called on, traced back to its binding; criteria applied; loss functions defined."""

    stage = Stage.LOSS

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Bindings of the value that is differentiated, then criteria and loss functions, then names."""
        for call in source.calls:
            if is_backward(call):
                yield from self._binding(source, call)
            elif _is_criterion(source, call):
                confidence = 0.85 if source.trains_in(call.qualname) else 0.6
                yield source.sighting(
                    self.stage, call.statement, call.qualname, confidence, "loss", call.node.end_lineno or 0
                )
        for function in source.functions:
            if _DEFINES.search(function.node.name.lower()) and not _TALKS.search(function.node.name.lower()):
                yield source.sighting(self.stage, function.node, function.qualname, 0.6, "loss", function.node.lineno)
        for name in handed_over(source, ("obj", "fobj", "objective")):
            for function in source.functions:
                if function.node.name == name:
                    line = function.node.lineno
                    yield source.sighting(self.stage, function.node, function.qualname, 0.8, "loss", line)
        for item in source.classes:
            if item.kind == "criterion":
                yield source.sighting(self.stage, item.node, item.qualname, 0.6, "loss", item.node.lineno)

    def _binding(self, source: SourceFile, call: Call) -> Iterable[Sighting]:
        """The assignments in the same function of the variable that is differentiated."""
        wanted = _differentiated(call)
        if wanted is None:
            return
        name = spelling(wanted)
        if isinstance(wanted, ast.BinOp):
            yield source.sighting(self.stage, call.statement, call.qualname, 0.8, "loss")
        for node in source.nodes:
            if isinstance(node, (ast.Assign, ast.AugAssign)) and name and source.scope_at(node.lineno) == call.qualname:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {spelling(part) for target in targets for part in _flat(target)}
                if name in names and not isinstance(node.value, ast.Constant):
                    yield source.sighting(self.stage, node, call.qualname, 0.95, "loss")


def handed_over(source: SourceFile, keywords: tuple[str, ...]) -> frozenset[str]:
    """Names of functions given to a boosting library under one of these keywords: it will call them."""
    return frozenset(
        word.value.id
        for call in source.calls
        for word in call.node.keywords
        if word.arg in keywords and isinstance(word.value, ast.Name) and call.last in ("train", "cv", "fit")
    )


def _differentiated(call: Call) -> ast.expr | None:
    """`loss` of `loss.backward()`, `scaler.scale(loss).backward()`, `accelerator.backward(loss)`."""
    receiver = call.receiver
    if receiver is None:
        return None
    if isinstance(receiver, ast.Call):
        return receiver.args[0] if receiver.args else receiver
    if (
        call.node.args
        and isinstance(call.node.args[0], (ast.Name, ast.Attribute, ast.BinOp))
        and "loss" in spelling(call.node.args[0])
    ):
        return call.node.args[0]
    return receiver


def _is_criterion(source: SourceFile, call: Call) -> bool:
    if _FUNCTIONS.match(call.name):
        return True
    if source.value(call.node.func).kind == "criterion":
        return bool(call.node.args)
    return bool(call.node.args) and len(call.node.args) >= 2 and bool(_NAME.match(call.last)) and call.last.islower()


def _flat(target: ast.expr) -> list[ast.expr]:
    return (
        [part for item in target.elts for part in _flat(item)]
        if isinstance(target, (ast.Tuple, ast.List))
        else [target]
    )


DETECTOR = Loss()
