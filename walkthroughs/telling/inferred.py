"""Sentences of a tour that was made by reading alone: what a line is taken for, and what is written in it. Host.

No rule here looks at a trace: a sentence follows from the source text in its arguments, which the tour carries.
"""

from __future__ import annotations

import ast

from tracer.stages import Stage
from walkthroughs.sources import called_names, dotted, is_literal
from walkthroughs.telling.claims import Args, rule, statement, written
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code

LISTED = 5
LONGEST = 60
"""Characters of an expression that a sentence quotes at most."""

_HERE = {
    Stage.CONFIG: "settings of the program take their values here",
    Stage.DATA: "data are read or made ready here",
    Stage.MODEL: "the model or its optimizer is built here",
    Stage.TRAIN_LOOP: "training repeats from here",
    Stage.FORWARD: "the model is applied here",
    Stage.LOSS: "the loss is computed here",
    Stage.BACKWARD: "gradients are computed here",
    Stage.OPTIMIZER_STEP: "the weights are changed here",
    Stage.EVALUATION: "the model is measured here",
    Stage.CHECKPOINT: "weights or results are saved or restored here",
    Stage.ROLLOUT: "a policy acts in an environment here",
    Stage.INFERENCE: "the model is used to get answers here",
    Stage.LOGGING: "figures of the run are kept here",
}
_DEFINITION = {
    Stage.CONFIG: "settings of the program",
    Stage.DATA: "reading data or making them ready",
    Stage.MODEL: "the model",
    Stage.TRAIN_LOOP: "training",
    Stage.FORWARD: "what the model computes from its input",
    Stage.LOSS: "the loss",
    Stage.BACKWARD: "computing gradients",
    Stage.OPTIMIZER_STEP: "changing the weights",
    Stage.EVALUATION: "measuring the model",
    Stage.CHECKPOINT: "saving or restoring weights or results",
    Stage.ROLLOUT: "acting in an environment",
    Stage.INFERENCE: "using the model to get answers",
    Stage.LOGGING: "keeping figures of the run",
}


@rule("inferred.place")
def place(scene: Scene, args: Args) -> str | None:
    """What reading takes a statement or a definition for."""
    del scene
    node, stage = statement(args), Stage(args["stage"])
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        kind = "class" if isinstance(node, ast.ClassDef) else "function"
        return f"By its text the {kind} {code(node.name)} is about {_DEFINITION[stage]}; it was not run."
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)) and stage is Stage.TRAIN_LOOP:
        return "By its text this is the head of a loop that trains; it was not run."
    return f"By its text {_HERE[stage]}; it was not run."


@rule("inferred.bases")
def bases(scene: Scene, args: Args) -> str | None:
    """What a class is derived from."""
    del scene
    node = statement(args)
    if not isinstance(node, ast.ClassDef):
        return None
    names = [name for name in map(dotted, node.bases) if name]
    return f"{code(node.name)} is derived from {_listed(names)}." if names else None


@rule("inferred.takes")
def takes(scene: Scene, args: Args) -> str | None:
    """The arguments that a function declares."""
    del scene
    node = statement(args)
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    listed = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = [item.arg for item in listed if item.arg not in ("self", "cls")]
    return f"It takes {_listed(names)}." if names else None


@rule("inferred.calls")
def calls(scene: Scene, args: Args) -> str | None:
    """What a statement calls, as it is spelled there."""
    del scene
    node = statement(args)
    if node is None or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    names = list(dict.fromkeys(name.lstrip(".") for name in called_names(node)))
    return f"It calls {_listed(names)}." if names else None


@rule("inferred.literals")
def literals(scene: Scene, args: Args) -> str | None:
    """The plain values that are written in a statement, with the names they are given to."""
    del scene
    node = statement(args)
    found: list[str] = []
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and is_literal(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        found = [f"{name} = {written(args, node.value)}" for name in map(dotted, targets) if name]
    elif node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        words = [word for part in ast.walk(node) if isinstance(part, ast.Call) for word in part.keywords]
        found = [f"{word.arg}={written(args, word.value)}" for word in words if word.arg and is_literal(word.value)]
    short = [text for text in dict.fromkeys(found) if len(text) <= LONGEST]
    return f"Written there: {_listed(short)}." if short else None


def _listed(names: list[str]) -> str:
    """Names as code, in one line; those beyond the first few as a number."""
    shown = [code(name) for name in names[:LISTED]]
    if len(names) > LISTED:
        return ", ".join(shown) + f" and {len(names) - LISTED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
