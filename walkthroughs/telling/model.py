"""The model: its class, its parts, its parameters, and the shapes that went through it."""

from __future__ import annotations

from typing import Any

from walkthroughs.captions import shape_text
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.values import capital, statement_lines, when
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import article, class_name, code, count, describe, listed

PARTS = 8
SHAPES = 8


def subtotal(rows: list[list[Any]], path: str) -> int:
    """Parameters of a module and everything in it."""
    return sum(int(row[3]) for row in rows if not path or row[0] == path or row[0].startswith(path + "."))


def whole_size(scene: Scene, root: Any) -> int | None:
    """Parameters of a root module, shared ones counted once: as the recorder counted them when it was applied."""
    for event in scene.trace.landmarks("module_call"):
        module = event.data.get("module") or {}
        if module.get("id") == root and isinstance(module.get("parameters"), int):
            scene.note(event.seq)
            return int(module["parameters"])
    # A model that was run alone is applied from no line of the repository: its forward pass received it.
    for frame in scene.trace.frames.values():
        known = frame.args[0] if frame.args and frame.parent is None and not frame.code.name.startswith("__i") else None
        if known is not None and known.id == root and isinstance(known.value.get("parameters"), int):
            scene.note(frame.seq)
            return int(known.value["parameters"])
    return None


def sizes_hold(scene: Scene, root: Any, rows: list[list[Any]]) -> bool:
    """Whether no parameter is shared between modules, so that the sizes of parts add up."""
    return whole_size(scene, root) == subtotal(rows, "")


@rule("model.built")
def built(scene: Scene, args: Args) -> str | None:
    """The object that a line bound, its class and its number of parameters."""
    frame, lines = statement_lines(scene, args["seqs"])
    bound = next((row for line in lines for row in line.bound if row.name == args["name"] and not row.touched), None)
    if bound is None:
        return None
    text = describe(bound.value)
    if not text:
        return None
    return capital(f"{when(scene, frame, lines[0], lines)}{code(bound.name)} became {text}.")


@rule("model.parts")
def parts(scene: Scene, args: Args) -> str | None:
    """The modules directly inside a root, with their classes and parameter counts."""
    rows = scene.tree(args["root"])
    if not sizes_hold(scene, args["root"], rows):
        return None
    children = [row for row in rows if int(row[4]) == 1]
    if not children:
        own = subtotal(rows, "")
        return (
            f"It holds no further modules; its {count(own, 'parameter')} {'is' if own == 1 else 'are'} its own."
            if own
            else None
        )
    told = []
    for row in children[:PARTS]:
        size = subtotal(rows, row[0])
        what = f" with {count(size, 'parameter')}" if size else ""
        told.append(f"{code(row[0])}, {article(row[2])} `{row[2]}`{what}")
    lead = "Directly inside it are " if len(children) > 1 else "Directly inside it is "
    rest = len(children) - PARTS
    return lead + "; ".join(told) + (f"; and {count(rest, 'more module')}" if rest > 0 else "") + "."


@rule("model.holds")
def holds(scene: Scene, args: Args) -> str | None:
    """The first modules directly inside a model, from what was recorded when it was bound."""
    _, line = scene.line(args["seq"])
    bound = next((row for row in line.bound if row.name == args["name"] and not row.touched), None)
    rows = [row for row in bound.value.get("items", ()) if "parameters" in row[1]] if bound is not None else []
    if not rows:
        return None
    told = []
    for name, value in rows[:PARTS]:
        kind = str(value.get("type", "")).rpartition(".")[2]
        size = f" with {count(value['parameters'], 'parameter')}" if value["parameters"] else ""
        told.append(f"{code(str(name))}, {article(kind)} `{kind}`{size}")
    lead = "Among the modules directly inside it are " if len(rows) > 1 else "Directly inside it is "
    return lead + "; ".join(told) + "."


@rule("model.total")
def total(scene: Scene, args: Args) -> str | None:
    """The size of a module tree when it was first applied."""
    rows = scene.tree(args["root"])
    whole = whole_size(scene, args["root"])
    if whole is None or args.get("class", rows[0][2]) != rows[0][2]:
        return None
    shared = subtotal(rows, "") - whole
    tail = ", some of which several modules share" if shared > 0 else ""
    return (
        f"When it was first applied, `{rows[0][2]}` consisted of {count(len(rows), 'module')}, itself included, "
        f"with {count(whole, 'parameter')} in all{tail}."
    )


@rule("model.occurs")
def occurs(scene: Scene, args: Args) -> str | None:
    """Where in a module tree a class occurs, and the size of each."""
    rows = scene.tree(args["root"])
    found = [row for row in rows if row[2] == args["class"] and row[0]]
    if not found:
        return None
    sizes = sorted({subtotal(rows, row[0]) for row in found})
    known = sizes_hold(scene, args["root"], rows)
    root = rows[0][2]
    if len(found) == 1:
        size = f", with {count(sizes[0], 'parameter')}" if known else ""
        return f"`{root}` holds one `{args['class']}`, at {code(found[0][0])}{size}."
    each = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    size = f", with {each} parameters each" if known else ""
    names = [code(row[0]) for row in found[:3]]
    more = len(found) - len(names)
    return f"`{root}` holds {len(found)} modules of class `{args['class']}`: {listed(names, more)}{size}."


@rule("model.applied")
def applied(scene: Scene, args: Args) -> str | None:
    """One application of a module: what went in, what came out."""
    event = scene.event(args["seq"])
    module = event.data.get("module") or {}
    name = class_name(str(module.get("type", "")))
    inputs = [text for text in (_named(row) for row in event.data.get("args", ())) if text]
    output = describe(event.data.get("value") or {}, ranges=False)
    raised = event.data.get("raised") is True
    if event.name != "module_call" or not name or not inputs or not (output or raised):
        return None
    first = "The first time, " if int(event.data.get("nth", 0)) == 0 else ""
    end = "; an exception ended the call" if raised else f", and gave back {output}"
    return capital(f"{first}`{name}` was given {listed(inputs)}{end}.")


def _named(row: list[Any]) -> str:
    text = describe(row[1], ranges=False)
    return f"{code(str(row[0]))} = {text}" if row[0] and text else text


@rule("model.mode")
def mode(scene: Scene, args: Args) -> str | None:
    """Whether gradients were recorded, and in which mode the module was."""
    event = scene.event(args["seq"])
    gradients, training = event.data.get("grad"), (event.data.get("module") or {}).get("training")
    if gradients is None or training is None:
        return None
    how = "with gradients recorded" if gradients else "with gradients switched off"
    return f"The module was in {'training' if training else 'evaluation'} mode and ran {how}."


@rule("model.shapes")
def shapes(scene: Scene, args: Args) -> str | None:
    """The submodules that ran in the first application, in order, with the shapes that went in and came out."""
    rows = scene.tree(args["root"])
    if sum(1 for found in scene.trace.modules if found["root"]) != 1:
        return None  # the recorder does not say to which of several models a submodule's shapes belong
    paths = {row[0]: row for row in rows}
    leaves = {path for path in paths if path and not any(other.startswith(path + ".") for other in paths)}
    steps = [row for row in scene.trace.module_io if row["path"] in leaves and row.get("in") and row.get("out")]
    if not steps:
        return None
    told = [f"{code(row['path'])} {_flow(row)}" for row in steps[:SHAPES]]
    more = f"; {count(len(steps) - SHAPES, 'more step')} followed" if len(steps) > SHAPES else ""
    name = code(rows[0][2])
    return f"When {name} was first applied, its innermost modules ran in this order: {'; '.join(told)}{more}."


def _flow(row: dict[str, Any]) -> str:
    inside = " and ".join(shape_text(shape) for shape in row["in"][:2])
    outside = " and ".join(shape_text(shape) for shape in row["out"][:2])
    return f"{inside} → {outside}"
