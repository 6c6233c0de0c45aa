"""Data: backwards from what predictions and loss read to the lines and functions that made it."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame, Summary
from walkthroughs.rules.by_hand.graph import Graph, Node
from walkthroughs.rules.by_hand.holders import step_codes
from walkthroughs.rules.by_hand.step import is_content
from walkthroughs.rules.by_hand.teller import Teller
from walkthroughs.rules.by_hand.weights import enclosing, stack_of
from walkthroughs.story import Finding, walk_items

DEPTH = 8
LINES = 16


def data(teller: Teller) -> Iterator[Finding]:
    """Backwards from what the predictions and the loss read to the lines and functions that made it."""
    flow, step = teller.flow, teller.step
    depths = _sources(teller)
    codes = step_codes(teller)
    stack = _outer(teller)
    lines: list[tuple[float, Finding]] = []
    told: set[tuple[int, int]] = set()
    for index, depth in sorted(depths.items(), key=lambda item: (item[1], -item[0])):
        node = flow.nodes[index]
        site = (node.frame.code.id, node.number)
        if (
            site in told
            or node.frame.code.name == "__init__"
            or (node.frame.code.id in codes and node.frame.id not in stack)
        ):
            continue
        made = _made(node)
        state = any(version in step.tainted for slot in _slots(flow, node) for version in flow.versions.get(slot, ()))
        if node.kind == "line" and made and not node.what.loop and not node.what.bare and not state:
            told.add(site)
            because = f"`{made}`, which flows into the predictions or the loss, is made here"
            near = 0.0 if node.frame.id in stack else 0.8
            lines.append((depth, teller.node(Stage.DATA, node, 2.4 - 0.12 * depth - near, because, "lineage")))
        for frame in _givers(teller, node):
            if frame.code.id not in codes and (frame.code.id, 0) not in told and frame.code.name[:2] != "__":
                told.add((frame.code.id, 0))
                if frame.parent not in stack and frame.code.type != "generator":
                    continue  # the helper of a function that is told
                near = 0.0 if frame.parent in stack else 0.3
                for finding in teller.definition(
                    Stage.DATA,
                    frame,
                    2.6 - 0.12 * depth - near,
                    f"`{frame.code.qualname}` gave what flows into the predictions or the loss",
                ):
                    lines.append((depth, finding))
    yield from [finding for _, finding in lines[:LINES]]


def _sources(teller: Teller) -> dict[int, int]:
    """Nodes behind the data of the step by distance; weights and what depends on them left out."""
    flow, step = teller.flow, teller.step
    weights = _weight_nodes(teller)
    waiting: list[tuple[int, int]] = []
    last = max([node.index for node in [*step.losses[:1], *step.errors[:1]]] + [step.boundary, step.first.index])
    for node in flow.nodes[step.first.index : last + 1]:
        if node.index in step.tainted:
            waiting.extend((version, 0) for slot, version in node.reads.items() if _carries(flow, version, slot))
    depths: dict[int, int] = {}
    while waiting:
        index, depth = waiting.pop(0)
        if index in depths or index in step.tainted or index in weights or depth > DEPTH:
            continue
        depths[index] = depth
        node = flow.nodes[index]
        real = node.kind == "line" and not node.what.bare and not node.what.loop
        for slot, version in node.reads.items():
            if _carries(flow, version, slot):
                waiting.append((version, depth + real))
        waiting.extend((need, depth + real) for need in node.needs if flow.nodes[need].kind == "return")
        waiting.extend((other, depth) for other in _arrivals(teller, node))
        if node.kind == "return":
            binding = next(
                (
                    other
                    for other in flow.nodes[index + 1 :]
                    if other.frame.id == node.frame.parent and index in other.needs
                ),
                None,
            )
            if binding is not None and binding.kind == "line":
                waiting.append((binding.index, depth))
    return depths


def _slots(flow: Graph, node: Node) -> list[tuple[str, int, str]]:
    """The slots that a node set, and those of changes in place of what it put there."""
    held = [("item", identity, "*") for value in node.sets.values() if (identity := flow.identity(value)) is not None]
    return [*node.sets, *held]


def _outer(teller: Teller) -> set[int]:
    """The frames in which the training stands: that of the step and those further out, modules too."""
    stack = [frame.id for frame, _ in stack_of(teller.chapter, teller.step.first)]
    start = stack.index(teller.step.inner.id) if teller.step.inner.id in stack else 0
    modules = {frame.id for frame in teller.chapter.trace.frames.values() if frame.code.type == "module"}
    return {*stack[start:], *modules}


def _arrivals(teller: Teller, node: Node) -> list[int]:
    """The lines of functions on the training stack that bound what a node further in had made."""
    flow = teller.flow
    stack = _outer(teller)
    if node.frame.id in stack or node.kind != "line":
        return []
    found: list[int] = []
    for value in node.sets.values():
        identity = flow.identity(value)
        for row in teller.chapter.bound(identity) if is_content(value) else []:
            if row.frame.id in stack and row.line is not None:
                found.extend(index for index in flow.of_frame[row.frame.id] if flow.nodes[index].line is row.line)
    return found


def _weight_nodes(teller: Teller) -> set[int]:
    """Nodes that made the weights, or other arrays that the same update goes over."""
    flow, step = teller.flow, teller.step
    sites = {(weight.made.frame.code.id, weight.made.number) for weight in step.weights}
    found = {node.index for node in flow.nodes[: step.first.index] if (node.frame.code.id, node.number) in sites}
    around = set(enclosing(teller.chapter, step.first))
    held: set[int] = set()
    for weight in step.weights:
        found.add(weight.made.index)
        found |= flow.below(weight.made)
        headers = [key for key in enclosing(teller.chapter, weight.update) if key not in around]
        for node in flow.nodes[weight.read.index : weight.update.index + 1]:
            if (node.frame.id, node.number) in headers:
                held |= set(node.reads.values())
        for slot, version in weight.update.reads.items():
            value = flow.nodes[version].sets.get(slot, {})
            if any(flow.identity(part) == weight.slot[1] for part in walk_items(value, 2)):
                held |= {
                    flow.made[one]
                    for part in walk_items(value, 2)
                    if (one := flow.identity(part)) in flow.made and one is not None
                }
                held.add(version)
    return found | {index for index in held if index < step.first.index}


def _carries(flow: Graph, version: int, slot: tuple[str, int, str]) -> bool:
    """Whether a slot held data, not a setting or an object."""
    node = flow.nodes[version]
    value = node.sets.get(slot)
    if slot[0] == "made":
        return node.kind in ("line", "return") and any(is_content(one) for one in node.sets.values())
    return value is not None and is_content(value)


def _made(node: Node) -> str:
    """The name of the data that a line made."""
    return next(
        (slot[2] for slot, value in node.sets.items() if slot[0] in ("name", "attribute") and is_content(value)), ""
    )


def _givers(teller: Teller, node: Node) -> list[Frame]:
    """The functions that a line got its data from: those it called and generators it went through."""
    if node.line is None:
        return (
            [node.frame]
            if node.kind == "return" and node.frame.returned is not None and _gives(node.frame.returned)
            else []
        )
    called = teller.flow.children.get(node.line.done, [])
    return [
        frame
        for frame in called
        if frame.code.type == "generator" or (frame.returned is not None and _gives(frame.returned))
    ]


def _gives(value: Summary) -> bool:
    return is_content(value)
