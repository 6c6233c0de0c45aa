"""What is trained: the arrays and numbers that a loop sets again and again from predictions that were made with them.

A weight is set before the loop, read in the loop by something other than its own update, and set again to a value of
the same shape that depends on what was read. Moving averages of an optimizer are first read after they were set,
cached activations and gradients likewise; totals and counters are read by nothing that leads back to them; settings
are not set from predictions.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise

from tracer.trace import Frame, Summary
from walkthroughs.rules.by_hand.graph import Graph, Node, Slot
from walkthroughs.rules.by_hand.reading import written
from walkthroughs.sources import LOOPS
from walkthroughs.story import Chapter, is_array, walk_items

MOST = 120
BACKWARD = re.compile(r"_*back_?(?:ward|prop)(?!.*forward)", re.IGNORECASE)
Shapes = tuple[tuple[int, ...], ...]
Loop = ast.For | ast.AsyncFor | ast.While
_NUMBERS = re.compile(r"^\[(-?\d+\.\d+(e-?\d+)?(, )?)+\]$")


@dataclass(frozen=True, slots=True)
class Weight:
    """One trained value: `made` set it before training, `read` used it for a prediction, `update` set it from that."""

    slot: Slot
    name: str
    shapes: Shapes
    made: Node
    read: Node
    update: Node
    direct: bool
    outer: Node | None = None
    """The line that bound what the call it made had updated, when prediction and update both happened in that call."""

    @property
    def site(self) -> tuple[int, int]:
        """The line that updates it."""
        return (self.update.frame.code.id, self.update.number)


def float_shapes(value: Summary) -> Shapes:
    """The shapes of the real numbers that a value consists of; () when it holds anything else or nothing."""
    if is_array(value):
        return (tuple(value["shape"]),) if "float" in str(value.get("dtype")) else ()
    if isinstance(value.get("scalar"), float) or ("float" in str(value.get("dtype")) and value.get("shape") == []):
        return ((),)
    if value.get("type") in ("list", "tuple", "dict"):
        if _NUMBERS.match(str(value.get("value", ""))):
            return ((int(value.get("len", 0)),),)
        parts = [float_shapes(row[1]) for row in value.get("items", ()) if isinstance(row[1], dict)]
        return tuple(shape for part in parts for shape in part) if parts and any(parts) else ()
    return ()


def weights_of(chapter: Chapter, flow: Graph) -> list[Weight]:
    """The weights of a chapter, in the order in which they were first updated."""
    slots = [
        slot
        for slot, versions in flow.versions.items()
        if len(versions) + (slot[0] == "item") > 1 and slot[2] not in ("_", "__doc__")
    ]
    found: list[Weight] = []
    tried = 0
    for slot in slots:
        if tried >= MOST:
            break
        pairs = _pairs(flow, slot)
        tried += bool(pairs)
        for made, update in pairs[:3]:
            weight = _weight(chapter, flow, slot, made, update)
            if weight is not None:
                found.append(weight)
                break
    found.sort(key=lambda weight: weight.update.index)
    return _proper(chapter, found)


def _pairs(flow: Graph, slot: Slot) -> list[tuple[Node, Node]]:
    """(value made anew, first value after it) where both have one shape and a real content."""
    versions = list(flow.versions[slot])
    if slot[0] == "item" and slot[1] in flow.made and flow.made[slot[1]] < versions[0]:
        versions.insert(0, flow.made[slot[1]])
    nodes = [flow.nodes[index] for index in versions]
    if slot[0] == "kind":
        later = [node for node in nodes if node.number != nodes[0].number and (node.what.adds or slot in node.reads)]
        return [(nodes[0], later[0])] if later and float_shapes(later[0].sets[slot]) else []
    found = []
    for position, (one, other) in enumerate(pairwise(nodes)):
        shapes = float_shapes(other.sets.get(slot, {}))
        before = _value(flow, one, slot)
        if not shapes or (before is None and not is_array(other.sets[slot])):
            continue
        if before is not None and float_shapes(before) != shapes and not _grown(before, shapes):
            continue
        previous = nodes[position - 1].index if position else -1
        if previous in flow.behind([one.index], after=max(previous - 1, one.index - 400)) and previous >= 0:
            continue  # not made anew
        found.append((one, other))
    return found


def _value(flow: Graph, node: Node, slot: Slot) -> Summary | None:
    """What a node put into a slot, by the slot or by the identity of what lies in it; None when the trace does not
    show it."""
    if slot in node.sets:
        return node.sets[slot]
    for value in node.sets.values():
        for part in (value, *walk_items(value, 2)):
            if slot[0] == "item" and slot[2] == "*" and flow.identity(part) == slot[1]:
                return part
    return None


def _grown(before: Summary, shapes: Shapes) -> bool:
    """Whether a plain number was replaced by an array: `w = 0.0` before the first update."""
    return (float_shapes(before) == ((),) and len(shapes) == 1) or isinstance(before.get("scalar"), int)


def _weight(chapter: Chapter, flow: Graph, slot: Slot, made: Node, update: Node) -> Weight | None:
    loops = set(enclosing(chapter, update)) - set(enclosing(chapter, made))
    headers = [
        node.index
        for node in flow.nodes[made.index : update.index]
        if node.kind == "line" and (node.frame.id, node.number) in loops
    ]
    if not headers:
        return None
    behind = flow.behind([update.index], after=made.index)
    own = flow.below(update)
    region = {update.index, *own}
    direct = (
        update.what.adds
        or flow.reads_slot(update.index, slot, made.index)
        or any(flow.reads_slot(index, slot, made.index) for index in own)
    )
    readers = [
        reader
        for index in sorted(behind - region)
        if index > headers[0] and flow.reads_slot(index, slot, made.index)
        if (reader := _reader(flow, flow.nodes[index], slot)) is not None and _computes(reader, update)
    ]
    # Where the prediction was not recorded, a backward pass is the first to use the old value.
    readers.sort(key=lambda reader: goes_back(chapter, reader))
    name = _name(flow, slot, update)
    start, made = made.index, _origin(flow, made, slot)
    if readers:
        return Weight(slot, name, float_shapes(update.sets[slot]), made, readers[0], update, direct)
    inside = [
        flow.nodes[index]
        for index in sorted(own & behind)
        if _computes(flow.nodes[index], update) and flow.reads_slot(index, slot, start)
    ]
    if inside and direct and _steps_from(chapter, update):
        return Weight(slot, name, float_shapes(update.sets[slot]), made, inside[0], update, True)
    if direct and _twice(chapter, update):
        return Weight(slot, name, float_shapes(update.sets[slot]), made, update, update, True)
    if inside and _close(_value(flow, flow.nodes[start], slot), update.sets[slot]):
        shapes = float_shapes(update.sets[slot])
        inner = [
            flow.nodes[index]
            for index in sorted(own & behind)
            if index > inside[0].index and _gave(flow.nodes[index], shapes)
        ]
        if inner:
            return Weight(slot, name, shapes, made, inside[0], inner[-1], True, update)
    return None


def _origin(flow: Graph, made: Node, slot: Slot) -> Node:
    """Where a value that a function was handed was made."""
    identity = flow.identity(made.sets.get(slot, {})) if made.kind == "argument" else None
    found = flow.nodes[flow.made[identity]] if identity in flow.made and identity is not None else made
    return found if found.kind == "line" else made


def _gave(node: Node, shapes: Shapes) -> bool:
    """Whether a line or return made a value of the given shapes."""
    if node.kind == "return":
        returned = node.frame.returned or {}
        return not node.what.bare and any(
            float_shapes(value) == shapes for value in (returned, *walk_items(returned, 1))
        )
    return (
        node.kind == "line"
        and not node.what.bare
        and any(float_shapes(value) == shapes for value in node.sets.values())
    )


def _close(before: Summary | None, after: Summary) -> bool:
    """Whether a value moved little: the shown numbers changed, by less than half of their size."""
    old, new = numbers(before or {}), numbers(after)
    if len(old) != len(new) or not old or old == new:
        return False
    size = sum(value * value for value in old) or 1.0
    return sum((one - other) ** 2 for one, other in zip(old, new, strict=True)) < 0.25 * size


def numbers(value: Summary) -> list[float]:
    """The numbers that a summary shows of a value and its parts."""
    found = [float(one) for one in value.get("sample", ()) if isinstance(one, (int, float))]
    return found + [one for row in value.get("items", ()) if isinstance(row[1], dict) for one in numbers(row[1])]


def _steps_from(chapter: Chapter, update: Node) -> bool:
    """Whether a statement adds to or takes from the value itself: `w = w - rate * gradient(w)`."""
    source = chapter.source(update.frame.code)
    node = source.statement(update.number) if source is not None else None
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, (ast.Add, ast.Sub))
    if (
        not isinstance(node, ast.Assign)
        or not isinstance(node.value, ast.BinOp)
        or not isinstance(node.value.op, (ast.Add, ast.Sub))
    ):
        return False
    targets = {ast.unparse(target) for target in node.targets}
    return any(ast.unparse(side) in targets for side in (node.value.left, node.value.right))


def _reader(flow: Graph, node: Node, slot: Slot) -> Node | None:
    """The event that used a value; where a number was made of it (`Value(a.data * b.data)`), the line that did."""
    if node.kind != "argument":
        return node
    frame = node.frame
    if frame.code.name != "__init__" or slot[0] not in ("attribute", "kind") or frame.called_from is None:
        return None
    made = [flow.nodes[index] for index in flow.of_frame.get(frame.parent or 0, ()) if index > node.index]
    return next((one for one in made if one.number == frame.called_from[1] and one.kind in ("line", "return")), None)


def goes_back(chapter: Chapter, node: Node) -> bool:
    """Whether an event belongs to a backward pass by the name that the field has for one: it predicts nothing."""
    return any(BACKWARD.match(frame.code.name) for frame, _ in stack_of(chapter, node))


def _computes(node: Node, update: Node) -> bool:
    """Whether an event that reads a weight does more than hand it on to a loop, a call or its own update."""
    same = node.frame.code.id == update.frame.code.id and node.number == update.number
    return node.kind in ("line", "return") and not node.what.loop and not node.what.bare and not same


def _name(flow: Graph, slot: Slot, update: Node) -> str:
    stores = [path for path in update.what.stores if path]
    if len(stores) == 1:
        return written(stores[0])
    return flow.names.get(slot, slot[2])


def _twice(chapter: Chapter, update: Node) -> bool:
    """Whether one statement predicts and updates: `w -= lr * X.T @ (X @ w - y)` reads `w` beside the value it builds
    on."""
    source = chapter.source(update.frame.code)
    node = source.statement(update.number) if source is not None else None
    if not isinstance(node, (ast.Assign, ast.AugAssign)):
        return False
    stored = [ast.unparse(item) for item in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    holders = {text.partition("[")[0] for text in stored}
    seen = [ast.unparse(item) for item in ast.walk(node.value) if isinstance(item, (ast.Name, ast.Attribute))]
    count = sum(1 for text in seen if text in holders)
    return count >= (1 if isinstance(node, ast.AugAssign) else 2)


def enclosing(chapter: Chapter, node: Node) -> dict[tuple[int, int], Loop]:
    """The loops on the stack of a node by (frame, header line), innermost first."""
    found: dict[tuple[int, int], Loop] = {}
    for frame, line in stack_of(chapter, node):
        source = chapter.source(frame.code)
        for loop in source.loops(line) if source is not None else []:
            if isinstance(loop, LOOPS):
                found[(frame.id, loop.lineno)] = loop
    return found


def stack_of(chapter: Chapter, node: Node) -> list[tuple[Frame, int]]:
    """The recorded frames above a node with the line each stands on, innermost first."""
    found = [(node.frame, node.number)]
    frame = node.frame
    while frame.parent is not None and frame.called_from is not None and frame.parent in chapter.trace.frames:
        line = frame.called_from[1]
        frame = chapter.trace.frames[frame.parent]
        found.append((frame, line))
    return found


def _proper(chapter: Chapter, found: list[Weight]) -> list[Weight]:
    """Weights rather than states: values that build on their former selves come first, and what a step makes anew is
    none."""
    arrays = [weight for weight in found if weight.direct]
    kept = arrays or found
    outer = {key for weight in kept for key in enclosing(chapter, weight.update)}
    proper = []
    for weight in kept:
        inside = [key for key in enclosing(chapter, weight.made) if key in outer]
        others = [
            other
            for other in kept
            if other is not weight and not any(key in enclosing(chapter, other.made) for key in inside)
        ]
        if inside and others:
            continue
        proper.append(weight)
    return [weight for weight in proper if _repeated(chapter, weight)]


def _repeated(chapter: Chapter, weight: Weight) -> bool:
    """Whether the updating line ran more than once."""
    code, line = weight.site
    hits = {row[0]: row[1] for row in chapter.trace.counts.get(code, {}).get("hits", ())}
    return int(hits.get(line, 0)) > 1 or chapter.trace.calls(weight.update.frame.code) > 1
