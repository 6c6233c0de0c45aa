"""The probes of gradients and optimizers: what gradients are taken of, and what a step does to the weights.

Runs in the target.
"""

from __future__ import annotations

from . import tensors, values
from .modules import instance_space
from .namespaces import local_names, outer_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NamedTuple, Optional

    from .landmarks import Landmark, Landmarks

    Numbers = Optional[list[float]]

    class Sampled(NamedTuple):
        """One parameter as it stands at a moment."""

        serial: Optional[int]
        shape: Optional[list[int]]
        rate: Any
        norm: Optional[float]
        numbers: Numbers


GRAPH = 3000  # nodes of a graph that are visited in search of its leaves
LEAVES = 64
PARAMETERS = 64  # parameters of an optimizer that are sampled
ELEMENTS = 48


class UpdateProbe:
    """Notes where gradients are computed and where an optimizer steps.

    The first step of each is sampled before and after.
    """

    def __init__(self, marks: Landmarks) -> None:
        self.marks = marks
        self._sampled: set[Optional[int]] = set()

    def on_backward(self, mark: Landmark, frame: FrameType) -> Any:
        """Gradients are computed: of which object, and from now on weights may change."""
        marks = self.marks
        event = marks.note(mark, frame)
        marks.watch.arm()
        if frame.f_back is not None:
            marks.leaver.on_backward(frame.f_back)
        if event is None:
            return None
        names = local_names(frame)
        for name in mark.spec.get("arguments", ()):
            if name in names:
                value = names[name]
                if (type(value) is tuple or type(value) is list) and len(value):
                    value = value[0]
                event["of"] = marks.values.summary(value, stats=True)
                if not marks.watch.watched:
                    self.watch_leaves(value, frame.f_back)
                break
        marks.writer.put(event)
        return None

    def watch_leaves(self, value: Any, frame: Optional[FrameType]) -> None:
        """Weights that belong to no module.

        The leaves of the differentiated graph, named as the repository names them.
        """
        marks = self.marks
        names: dict[int, str] = {}
        for _, level in marks.leaver.repository_frames(frame):
            for space in (local_names(level), outer_names(level)):
                for name, item in list(space.items()):
                    if type(name) is str:
                        names.setdefault(id(item), name)
        rows: list[tuple[Any, ...]] = []
        pending: list[Any] = [tensors.node_of(value)]
        seen: set[int] = set()
        while pending and len(seen) < GRAPH and len(rows) < LEAVES:
            node = pending.pop()
            if node is None or id(node) in seen:
                continue
            seen.add(id(node))
            leaf = tensors.leaf_of(node)
            if leaf is not None:
                shown = marks.values.summary(leaf)
                name = names.get(id(leaf), "")
                rows.append((name, shown.get("id"), shown.get("shape")))
                marks.watch.add(name or "weights", leaf)
            else:
                pending.extend(tensors.nodes_behind(node))
        if rows:
            marks.writer.put({"kind": "leaves", "rows": rows})
        marks.watch.arm()

    def on_step(self, mark: Landmark, frame: FrameType) -> Any:
        """An optimizer steps: its loops are training loops."""
        marks = self.marks
        found = marks.nearest(frame, mark.event)
        if found is None:
            return None
        marks.leaver.on_step(found[0])
        event = marks.note(mark, frame)
        if event is None:
            return None
        names = local_names(frame)
        optimizer = names.get("self")
        if optimizer is None and type(names.get("args")) is tuple and names["args"]:
            optimizer = names["args"][0]
        serial = marks.values.serial(optimizer)
        event["optimizer"] = marks.values.summary(optimizer)
        if serial in self._sampled:
            marks.writer.put(event)
            return None
        self._sampled.add(serial)
        before = self.parameters(optimizer)
        noted = event

        def finished(value: Any) -> None:
            noted["parameters"] = self.compare(before, self.parameters(optimizer))
            marks.done(noted)

        return finished

    def parameters(self, optimizer: Any) -> list[Sampled]:
        """(serial, shape, learning rate, gradient norm, sampled numbers) of an optimizer's first parameters."""
        space = instance_space(optimizer)
        groups = space.get("param_groups") if space else None
        found: list[Any] = []
        for group in groups if type(groups) is list else ():
            if type(group) is not dict:
                continue
            rate = self.marks.values.summary(group.get("lr")).get("scalar")
            parameters = group.get("params")
            for parameter in parameters if type(parameters) is list else ():
                if len(found) >= PARAMETERS:
                    return found
                gradient = values.gradient(parameter)
                norm = values.norm(gradient) if gradient is not None else None
                shown = self.marks.values.summary(parameter)
                numbers = values.sample_values(parameter, ELEMENTS)
                found.append((shown.get("id"), shown.get("shape"), rate, norm, numbers))
        return found

    def compare(self, before: list[Sampled], after: list[Sampled]) -> list[dict[str, Any]]:
        """What a step did to each parameter.

        Name, shape, rate, gradient norm, first numbers before and after, largest change.
        """
        rows = []
        for (serial, shape, rate, norm, old), (_, _, _, _, new) in zip(before, after):
            change = max((abs(b - a) for a, b in zip(old, new)), default=0.0) if old and new else None
            name = self.marks.watch.names.get(serial, "") if serial is not None else ""
            row = {"name": name, "shape": shape, "lr": rate, "grad_norm": norm, "before": old[:3] if old else None}
            row["after"] = new[:3] if new else None
            row["change"] = change
            rows.append(row)
        return rows
