"""Evaluation: how the model was applied, and which figures came of it."""

from __future__ import annotations

from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import class_name, code, count, describe, line_of, listed, short_function, where


@rule("evaluation.applied")
def applied(scene: Scene, args: Args) -> str | None:
    """The application of a module in an evaluating function."""
    event = scene.event(args["seq"])
    module = event.data.get("module") or {}
    name = class_name(str(module.get("type", "")))
    gradients, training = event.data.get("grad"), module.get("training")
    if event.name != "module_call" or not name or gradients is None or training is None:
        return None
    how = "with gradients recorded" if gradients else "with gradients switched off"
    place = next((level for level in event.stack if level.code.id == args.get("code", level.code.id)), event.place)
    mode = "training" if training else "evaluation"
    return f"`{name}` was applied on {where(place.code, place.line)}, in {mode} mode and {how}."


@rule("evaluation.library")
def library(scene: Scene, args: Args) -> str | None:
    """A metric function of a library: what it was given and what it gave."""
    event = scene.event(args["seq"])
    if event.name not in ("metric", "evaluate", "predict"):
        return None
    given = [(name, describe(shown, ranges=False)) for name, shown in event.data.get("args", ()) if name != "self"]
    parts = [f"{code(name)} = {text}" for name, text in given if text]
    result = describe(event.data.get("value") or {}) if event.data.get("value") else ""
    name = code(short_function(str(event.data["name"])))
    with_ = f" with {listed(parts)}" if parts else ""
    gave = f" and gave {result}" if result else ""
    return f"{name} was called from this line{with_}{gave}." if parts or result else None


@rule("evaluation.cut")
def cut(scene: Scene, args: Args) -> str | None:
    """That an evaluation loop of a function was itself left early."""
    rows = [row for row in scene.trace.left_loops if row["code"] == args["code"] and row.get("role") == "evaluation"]
    if not rows:
        return None
    scene.note(rows[0]["seq"])
    passes = count(int(rows[0]["iterations"]), "iteration")
    line = line_of(scene.code(args["code"]), rows[0]["line"])
    return f"The tour left the evaluation loop on {line} after {passes}, so the figures do not cover all data."
