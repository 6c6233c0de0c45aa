"""The probe of module calls: what goes into a model and comes out, and the tree of its modules. Runs in the target."""

from __future__ import annotations

from _thread import get_ident

from . import reading, tensors
from .followers import Raised
from .namespaces import local_names, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional

    from .landmarks import Landmark, Landmarks

TREE = 400  # modules of one tree that are told
NESTED = 600  # calls of modules inside a first call that are told


class ModuleProbe:
    """Notes the outermost call of a module; on the first call of each model, its tree and the shapes inside it too."""

    def __init__(self, marks: Landmarks) -> None:
        self.marks = marks
        self.busy: set[int] = set()
        self.roots: set[int] = set()
        self._nested: Optional[tuple[int, dict[int, str]]] = None
        self._nested_count = 0
        self._root: Optional[int] = None

    def forget_running(self) -> None:
        """The trace function was lost for a while: what was running then may have ended unseen."""
        self.busy.clear()
        self._nested = None

    def on_call(self, mark: Landmark, frame: FrameType) -> Any:
        """A module is applied. Only the outermost call is an event; a root's first call is followed inside."""
        me = get_ident()
        if me in self.busy:
            return self.on_nested_call(frame) if self._nested is not None and self._nested[0] == me else None
        marks = self.marks
        module = local_names(frame).get("self")
        event = marks.note(mark, frame)
        if marks.gradients() is False and frame.f_back is not None:
            marks.leaver.on_evaluation(frame.f_back)
        serial = marks.values.serial(module)
        if event is not None:
            event["module"] = marks.values.summary(module)
            event["args"] = self.inputs(frame)
        # While `torch.jit` traces, no shape can be asked for: the next call shows the tree.
        first = serial is not None and serial not in self.roots and not tensors.is_traced()
        if serial is not None and first:
            self.roots.add(serial)
            self._root = serial
            self._nested = (me, self.tree(module, serial))
        self.busy.add(me)

        def finished(value: Any) -> None:
            self.busy.discard(me)
            if first:
                self._nested = None
            if event is not None:
                marks.gave(event, value, marks.values.summary)

        return finished

    def inputs(self, frame: FrameType) -> list[tuple[str, dict[str, Any]]]:
        """(name, summary) of what a module is applied to."""
        names = local_names(frame)
        summary = self.marks.values.summary
        found: list[tuple[str, dict[str, Any]]] = []
        for group in (names.get("args"), names.get("kwargs"), names.get("input")):
            if type(group) is tuple:
                found.extend(("", summary(item)) for item in group[:6])
            elif type(group) is dict:
                found.extend((key_text(name), summary(item)) for name, item in list(group.items())[:6])
        return found

    def tree(self, module: Any, serial: int) -> dict[int, str]:
        """Write the module tree below a root; gives {id of module: its path} for the call that is about to run."""
        marks = self.marks
        paths: dict[int, str] = {}
        rows: list[tuple[Any, ...]] = []
        stack: list[tuple[str, Any, int]] = [("", module, 0)]
        while stack and len(rows) < TREE:
            path, item, depth = stack.pop()
            space = instance_space(item)
            if space is None or id(item) in paths:
                continue
            paths[id(item)] = path
            own = 0
            for name, parameter in _entries(space.get("_parameters")):
                if parameter is not None:
                    own += product(marks.values.summary(parameter).get("shape", [0]))
                    marks.watch.add(path + "." + name if path else name, parameter)
            kind = type(item)
            named = (reading.module_name(kind), reading.qualname(kind))
            rows.append((path, *named, own, depth, marks.values.serial(item)))
            for name, child in reversed(_entries(space.get("_modules"))):
                if child is not None:
                    stack.append((path + "." + name if path else name, child, depth + 1))
        if any(row[3] for row in rows):
            marks.writer.put({"kind": "modules", "root": serial, "rows": rows})
        return paths

    def on_nested_call(self, frame: FrameType) -> Any:
        """A module inside the root's first call: its path with the shapes that went in and came out."""
        path = self._nested[1].get(id(local_names(frame).get("self"))) if self._nested is not None else None
        if path is None or self._nested_count > NESTED:
            return None
        self._nested_count += 1
        marks = self.marks
        root = self._root
        inputs = [shown.get("shape") for _, shown in self.inputs(frame)]

        def finished(value: Any) -> None:
            if value is Raised:
                return
            shown = marks.values.summary(value)
            parts = [shown] if "shape" in shown else [item[1] for item in shown.get("items", [])]
            event = {"kind": "module_io", "root": root, "path": path, "in": [shape for shape in inputs if shape]}
            event["out"] = [part["shape"] for part in parts if part.get("shape")]
            marks.writer.put(event)

        return finished


def instance_space(item: Any) -> Optional[dict[str, Any]]:
    """The instance dictionary of an object, read without its own attribute access."""
    found = reading.instance_dict(item)
    return found if found is None else plain(found)


def key_text(name: Any) -> str:
    """A name as text; one that may print itself otherwise is left out."""
    return name if type(name) is str else "?"


def _entries(value: Any) -> list[tuple[str, Any]]:
    items = dict.items(value) if reading.derives(type(value), dict) else ()
    return [(name, item) for name, item in items if type(name) is str]


def product(shape: list[int]) -> int:
    """The number of elements of a shape."""
    total = 1
    for size in shape:
        total *= size
    return total
