"""Titles of stops: at most 70 characters, made of facts like every sentence; `title.code` always has an answer."""

from __future__ import annotations

import ast

from tracer.stages import Stage
from tracer.trace import Code
from walkthroughs.telling.claims import Args, rule, statement, written
from walkthroughs.telling.config import parsed
from walkthroughs.telling.model import whole_size
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import count, hide_paths, short_class

LONGEST = 70
NAMES = 4


def cut(text: str) -> str:
    """A title of at most 70 characters."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip(" ,.(") + "…"


def stage_title(args: Args) -> str:
    """The stage in plain words."""
    return Stage(args["stage"]).title


def in_code(known: Code) -> str:
    """` in train()`, or ` in main.py` at a module's own level."""
    return (
        f" in {known.file.rpartition('/')[2]}"
        if known.type != "function" and known.name == "<module>"
        else f" in {known.qualname}()"
    )


def fitting(*choices: str) -> str:
    """The first of several titles, longest first, that fits."""
    return next((choice for choice in choices if len(choice) <= LONGEST), cut(choices[-1]))


@rule("title.code")
def by_code(scene: Scene, args: Args) -> str | None:
    """The stage and the statement itself."""
    del scene
    node = statement(args)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return cut(f"{stage_title(args)}: {node.name}()")
    if isinstance(node, ast.ClassDef):
        return cut(f"{stage_title(args)}: class {node.name}")
    row = hide_paths(ast.unparse(node).splitlines()[0]).rstrip(" :") if node is not None else ""
    return cut(f"{stage_title(args)}: {row}") if row else stage_title(args)


@rule("title.function")
def by_function(scene: Scene, args: Args) -> str | None:
    """The stage and the function that is defined there."""
    known = scene.code(args["code"])
    for frame in scene.chapter.by_code.get(known.id, ())[:1]:
        scene.note(frame.seq)
    name = f"class {known.qualname}" if known.type == "class" else f"{known.qualname}()"
    return cut(f"{stage_title(args)}: {name}")


@rule("title.options")
def options(scene: Scene, args: Args) -> str | None:
    """How many options were parsed, and where."""
    event = scene.event(args["seq"])
    value = parsed(event)
    if not isinstance(value.get("len"), int):
        return None
    head = f"Configuration: {count(value['len'], 'option')} parsed"
    return fitting(head + in_code(event.place.code), head)


@rule("title.set")
def set_names(scene: Scene, args: Args) -> str | None:
    """The stage and the names that a run of a statement bound."""
    names: list[str] = []
    for seq in args["seqs"]:
        frame, line = scene.line(seq)
        names.extend(bound.name for bound in line.bound if not bound.touched and bound.name not in names)
    wanted = [name for name in args.get("names") or names if name in names and name != "_"]
    if not wanted:
        return None
    known = frame.code
    heads = []
    for shown in range(min(len(wanted), NAMES), 0, -1):
        more = " and more" if len(wanted) > shown else ""
        heads.append(f"{stage_title(args)}: {', '.join(wanted[:shown])}{more}")
    return fitting(heads[0] + in_code(known), *heads)


@rule("title.model")
def model(scene: Scene, args: Args) -> str | None:
    """The class of a model and its size."""
    _, line = scene.line(args["seq"])
    bound = next((row for row in line.bound if row.name == args["name"] and not row.touched), None)
    if bound is None or not bound.value.get("parameters"):
        return None
    name = short_class(str(bound.value["type"]))
    return fitting(f"Model: {name} with {count(bound.value['parameters'], 'parameter')}", f"Model: {name}")


@rule("title.part")
def part(scene: Scene, args: Args) -> str | None:
    """A class that occurs inside a model."""
    rows = scene.tree(args["root"])
    if not any(row[2] == args["class"] and row[0] for row in rows):
        return None
    return fitting(f"Model: {args['class']}, a part of {rows[0][2]}", f"Model: {args['class']}")


@rule("title.tree")
def tree(scene: Scene, args: Args) -> str | None:
    """The class of a root module and its size."""
    rows = scene.tree(args["root"])
    size = whole_size(scene, args["root"])
    if rows[0][2] != args["class"] or size is None:
        return None
    return fitting(f"Model: class {rows[0][2]}, {count(size, 'parameter')}", f"Model: class {rows[0][2]}")


@rule("title.optimizer")
def optimizer(scene: Scene, args: Args) -> str | None:
    """An optimizer that was built or stepped."""
    event = scene.event(args["seq"])
    value = event.argument("self") if event.name == "optimizer" else event.data.get("optimizer") or {}
    if event.name not in ("optimizer", "optimizer_step") or not value.get("type"):
        return None
    kind = short_class(str(value["type"]))
    known = scene.code(args["code"])
    head = f"Optimizer: {kind} built" if event.name == "optimizer" else f"Optimizer step: {kind}"
    return fitting(head + in_code(known), head)


@rule("title.loop")
def loop(scene: Scene, args: Args) -> str | None:
    """The header of a loop."""
    del scene
    node = statement(args)
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return cut(f"Training loop: for {written(args, node.target)} in {written(args, node.iter)}")
    if isinstance(node, ast.While):
        return cut(f"Training loop: while {written(args, node.test)}")
    return None


@rule("title.applied")
def applied(scene: Scene, args: Args) -> str | None:
    """The module that was applied, and where."""
    event = scene.event(args["seq"])
    name = short_class(str((event.data.get("module") or {}).get("type", "")))
    if event.name != "module_call" or not name:
        return None
    head = f"{stage_title(args)}: {name} applied"
    return fitting(head + in_code(scene.code(args["code"])), head)


@rule("title.loss")
def loss(scene: Scene, args: Args) -> str | None:
    """The loss function of a library that made the value, with the names it was given."""
    event = scene.event(args["seq"])
    name = str(event.data.get("name", "")).rpartition(".")[2]
    if event.name != "loss_function" or not name:
        return None
    head = f"Loss: {name}"
    return fitting(head + in_code(scene.code(args["code"])), head)


@rule("title.backward")
def backward(scene: Scene, args: Args) -> str | None:
    """The name of the object on which gradients were computed."""
    event = scene.event(args["seq"])
    of = (event.data.get("of") or {}).get("id")
    rows = [row for row in scene.chapter.bound(of) if row.seq < event.seq]
    if event.name != "backward" or not rows:
        return None
    row = rows[-1]
    scene.note(row.seq)
    head = f"Backward pass: gradients of {row.name}"
    return fitting(head + in_code(event.place.code), head)


@rule("title.file")
def file(scene: Scene, args: Args) -> str | None:
    """A file that was read or written."""
    event = scene.event(args["seq"])
    if event.kind != "file":
        return None
    name = str(event.data["path"]).rpartition("/")[2]
    verb = "read" if event.name == "read" else "written"
    head = f"{stage_title(args)}: {name} {verb}"
    return fitting(head + in_code(scene.code(args["code"])), head)


@rule("title.saved")
def saved(scene: Scene, args: Args) -> str | None:
    """A checkpoint file that was saved or loaded."""
    event = scene.event(args["seq"])
    path = event.argument("f")
    text = str(path.get("value", "")).strip("'\"") if path.get("type") == "str" else ""
    name = text.replace("\\", "/").rpartition("/")[2]
    verb = {"save": "saved", "load": "loaded"}.get(event.name)
    if not verb or not name or "…" in name:
        return None
    head = f"Checkpoint: {name} {verb}"
    return fitting(head + in_code(scene.code(args["code"])), head)


@rule("title.built")
def built(scene: Scene, args: Args) -> str | None:
    """A data set or loader of a library that was built."""
    event = scene.event(args["seq"])
    value = event.argument("self" if event.name == "dataset" else "dataset")
    if event.name not in ("dataset", "dataloader") or not value.get("type"):
        return None
    kind = short_class(str(value["type"]))
    head = f"Data: {kind} built" if event.name == "dataset" else f"Data: batches of {kind}"
    return fitting(head + in_code(scene.code(args["code"])), head)


@rule("title.called")
def called(scene: Scene, args: Args) -> str | None:
    """A repository function that is called from a line."""
    frame = scene.frame(args["frame"])
    if frame.called_from is None:
        return None
    head = f"{stage_title(args)}: {frame.code.qualname}() called"
    return fitting(head + in_code(scene.code(frame.called_from[0])), head)
