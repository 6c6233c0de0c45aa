"""Which recorded event made what another one read: a graph of definitions and uses over one trace.

Nodes are the lines, calls and returns of recorded frames, in the order in which they were done. A node points back at
the nodes that made what it read: names, attributes by their owner, parts of containers and arrays that are changed in
place by their identity. Where a call was not recorded (visits are few), its line counts as reading everything that
the objects on the line hold.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tracer.trace import Binding, Frame, Line, Summary
from walkthroughs.rules.by_hand.graph import Graph, Node, Slot, fingerprint, is_data, part_of
from walkthroughs.rules.by_hand.reading import NOTHING, Path, Reads, dotted_path, reads_of
from walkthroughs.story import Chapter, is_array, walk_items

DEPTH = 4


class Flow(Graph):
    """The graph of one chapter, built in one pass over its trace."""

    def __init__(self, chapter: Chapter) -> None:
        super().__init__(chapter)
        self.seen: dict[int, Summary] = {}
        self._latest: dict[Slot, tuple[int, Summary]] = {}
        self._keys: dict[int, dict[str, Slot]] = defaultdict(dict)
        self._attributes: dict[int, dict[str, Slot]] = defaultdict(dict)
        self._modules: dict[str, int] = {}
        self._functions: dict[tuple[str, str], Frame] = {}
        self._returns: dict[int, int] = {}
        self._calls: dict[int, int] = {}
        self.children = self._assign_children()
        self._recorded = {frame.id for frames in self.children.values() for frame in frames}
        for _, kind, frame, line in sorted(self._events(), key=lambda event: event[0]):
            if kind == "call":
                self._call(frame)
            elif kind == "return":
                self._return(frame)
            elif line is not None:
                self._line(frame, line)

    # -- order ---------------------------------------------------------------------------------------------------------

    def _events(self) -> Iterator[tuple[int, str, Frame, Line | None]]:
        for frame in self.chapter.trace.frames.values():
            yield frame.entered, "call", frame, None
            for line in frame.lines:
                yield line.done, "line", frame, line
            if frame.left:
                yield frame.left, "return", frame, None

    def _assign_children(self) -> dict[int, list[Frame]]:
        """Recorded calls by the recorded line (its `done`) that made them."""
        found: dict[int, list[Frame]] = defaultdict(list)
        for parent, frames in self.chapter.children.items():
            caller = self.chapter.trace.frames.get(parent)
            if caller is None:
                continue
            source = self.chapter.source(caller.code)
            for frame in frames:
                line = next((row for row in reversed(caller.lines) if row.seq < frame.seq), None)
                if line is None or frame.called_from is None or line.done < frame.entered:
                    continue
                span = source.span(line.line) if source is not None else None
                if frame.called_from[1] == line.line or (span is not None and frame.called_from[1] in span):
                    found[line.done].append(frame)
        return found

    # -- one event -----------------------------------------------------------------------------------------------------

    def _node(self, kind: str, frame: Frame, line: Line | None, number: int, seq: int, what: Reads) -> Node:
        node = Node(len(self.nodes), kind, frame, line, number, seq, what=what)
        self.nodes.append(node)
        self.of_frame[frame.id].append(node.index)
        return node

    def _call(self, frame: Frame) -> None:
        if frame.code.type == "module":
            self._modules[frame.code.file] = frame.id
        self._functions[(frame.code.file, frame.code.qualname)] = frame
        node = self._node("call", frame, None, frame.code.line, frame.seq, NOTHING)
        self._calls[frame.id] = node.index
        caller = self.chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
        context: dict[Slot, int] = {}
        if caller is not None and frame.called_from is not None:
            source = self.chapter.source(caller.code)
            if source is not None and frame.code.type != "class":
                what = reads_of(source, frame.called_from[1])
                for path in what.paths:
                    self.read(caller, path, context)
                    if not frame.args:
                        self.read(caller, path[:1], context)
        node.reads.update(context)
        node.needs.update(context.values())
        for binding in frame.args:
            value = binding.value
            part = self._node("argument", frame, None, frame.code.line, frame.seq, NOTHING)
            identity = self.identity(value)
            if identity is not None and identity in self.made:
                self._read_value(value, part.reads, 0)
            elif identity is None or is_array(value) or identity not in self._attributes:
                part.reads.update(context)
            part.needs.update(part.reads.values())
            self._set(part, ("name", frame.id, binding.name), binding.name, value, made=identity not in self.made)

    def _return(self, frame: Frame) -> None:
        source = self.chapter.source(frame.code)
        last = frame.lines[-1] if frame.lines else None
        what = reads_of(source, frame.return_line) if source is not None else NOTHING
        node = self._node("return", frame, None, frame.return_line, frame.return_seq, what)
        self._returns[frame.id] = node.index
        if last is not None:
            self._explain(node, frame, last)
        if frame.returned is not None:
            self._read_value(frame.returned, node.reads, 0)
            node.needs.update(node.reads.values())
            self._produce(node, frame.returned)
        self._bridge(node, frame)

    def _bridge(self, node: Node, frame: Frame) -> None:
        """What came back to a line that was not recorded this time is still what the line's name stands for from then
        on."""
        caller = self.chapter.trace.frames.get(frame.parent) if frame.parent is not None else None
        if caller is None or frame.called_from is None or frame.id in self._recorded or frame.returned is None:
            return
        source = self.chapter.source(caller.code)
        what = reads_of(source, frame.called_from[1]) if source is not None else NOTHING
        for path in what.stores if not what.loop else ():
            slot = ("name", caller.id, path[0][1]) if len(path) == 1 else None
            if slot is not None and slot in self._latest:
                gap = self._node("gap", caller, None, frame.called_from[1], frame.return_seq, what)
                gap.needs.update((node.index, self._latest[slot][0]))
                self._latest[slot] = (gap.index, frame.returned)

    def _line(self, frame: Frame, line: Line) -> None:
        source = self.chapter.source(frame.code)
        what = reads_of(source, line.line) if source is not None else NOTHING
        node = self._node("line", frame, line, line.line, line.seq, what)
        self._explain(node, frame, line)
        for bound in line.bound:
            self._bind(node, frame, bound)

    def _explain(self, node: Node, frame: Frame, line: Line) -> None:
        """What an event read: its own paths, and what the recorded calls on its line gave back."""
        children = self.children.get(line.done, []) if node.kind == "line" or line.line == node.number else []
        seen: set[int] = set()
        for path in node.what.paths:
            sized: dict[Slot, int] = {}
            value = self.read(frame, path, sized if path in node.what.shapes else node.reads)
            node.needs.update(sized.values())
            if value is not None and node.what.calls and not children:
                self._held(value, node.needs, seen, 0)
        node.needs.update(node.reads.values())
        node.needs.update(self._returns[child.id] for child in children if child.id in self._returns)
        if not frame.args and frame.id in self._calls and "." in frame.code.qualname and frame.code.type == "function":
            node.needs.add(self._calls[frame.id])  # a closure: what it reads came from where it was called

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self, frame: Frame, path: Path, reads: dict[Slot, int]) -> Summary | None:
        """Follow a path as far as it is known, note the slots on the way; the value it ended at."""
        value: Summary | None = None
        for position, (kind, name) in enumerate(path):
            slot = self._slot(frame, value, kind, name)
            if kind == "attribute" and value is not None and (part := self._kind(value, name)) in self._latest:
                reads[part] = self._latest[part][0]
                slot = slot or part
            known = self._latest.get(slot) if slot is not None else None
            if known is not None:
                value = known[1]
                if position == len(path) - 1 or is_data(value):
                    reads[slot or part] = known[0]
                identity = self.identity(value)
                if identity in self.made and is_data(value):
                    reads[("made", identity, "")] = self.made[identity]
                continue
            inner = part_of(value, name) if value is not None else None
            if value is not None and is_data(value):
                self._read_value(value, reads, 0)
            if inner is None or (name == "*" and position == len(path) - 1):
                break
            value = inner
        if value is not None:
            self._read_value(value, reads, 0)
        return value

    def _slot(self, frame: Frame, value: Summary | None, kind: str, name: str) -> Slot | None:
        if kind == "name":
            return self._name(frame, name)
        owner = self.identity(value) if value is not None else None
        return (kind, owner, name) if owner is not None else None

    @staticmethod
    def _kind(value: Summary, name: str) -> Slot:
        """The attribute of all objects of a class."""
        return ("kind", 0, f"{value.get('type')}.{name}")

    def _name(self, frame: Frame, name: str) -> Slot:
        """The slot that a name means in a frame: its own, an enclosing function's, its module's."""
        slot = ("name", frame.id, name)
        if slot in self._latest:
            return slot
        outer = frame.code.qualname.rpartition(".")[0]
        while outer:
            around = self._functions.get((frame.code.file, outer))
            if around is not None and ("name", around.id, name) in self._latest:
                return ("name", around.id, name)
            outer = outer.rpartition(".")[0]
        return ("name", self._modules.get(frame.code.file, -1), name)

    def _read_value(self, value: Summary, reads: dict[Slot, int], depth: int) -> None:
        """What a value is made of: where it was first seen, the array's changes in place, the container's parts."""
        identity = self.identity(value)
        if identity is None or depth > DEPTH:
            return
        if identity in self.made:
            reads[("made", identity, "")] = self.made[identity]
        whole = ("item", identity, "*")
        if whole in self._latest:
            reads[whole] = self._latest[whole][0]
        if is_array(value) or not is_data(value):
            return
        for slot in self._keys.get(identity, {}).values():
            node, part = self._latest[slot]
            reads[slot] = node
            self._read_value(part, reads, depth + 1)
        for part in walk_items(value, 1):
            if is_array(part) or part.get("items") is not None:
                self._read_value(part, reads, depth + 1)

    def _held(self, value: Summary, needs: set[int], seen: set[int], depth: int) -> None:
        """The nodes that set anything an object holds, directly or in what it holds."""
        identity = self.identity(value)
        if identity is None or identity in seen or depth > DEPTH:
            return
        seen.add(identity)
        whole = ("item", identity, "*")
        if whole in self._latest:
            needs.add(self._latest[whole][0])
        slots = [*self._attributes.get(identity, {}).values(), *self._keys.get(identity, {}).values()]
        for slot in slots:
            node, part = self._latest[slot]
            needs.add(node)
            self._held(part, needs, seen, depth + 1)
        for part in walk_items(value, 1):
            self._held(part, needs, seen, depth + 1)

    # -- setting -------------------------------------------------------------------------------------------------------

    def _bind(self, node: Node, frame: Frame, bound: Binding) -> None:
        if bound.value.get("type") in ("module", "type", "function", "builtin_function_or_method"):
            return
        path = dotted_path(bound.name)
        if bound.touched:
            self._touch(node, frame, path, bound)
            return
        identity = self.identity(bound.value)
        slot = self._target(node, frame, bound, path)
        before = self._latest.get(slot)
        if (
            node.what.adds
            and identity is not None
            and is_array(bound.value)
            and before
            and self.identity(before[1]) == identity
        ):
            self._set(node, ("item", identity, "*"), bound.name, bound.value)
        self._set(node, slot, bound.name, bound.value)

    def _target(self, node: Node, frame: Frame, bound: Binding, path: Path) -> Slot:
        """The slot that a binding sets; an attribute of an object that cannot be told from others of its class is the
        class's."""
        owner = self.read(frame, path[:-1], {}) if len(path) > 1 else None
        if bound.owner is not None:
            if owner is not None and "scalar" in bound.value:
                self._set(node, self._kind(owner, path[-1][1]), bound.name, bound.value, made=False)
            return ("attribute", bound.owner, path[-1][1])
        if owner is not None and not is_array(owner):
            return self._kind(owner, path[-1][1])
        own = node.what.adds and frame.code.type == "module"
        return (
            self._name(frame, bound.name)
            if own or self._is_global(frame, bound.name)
            else ("name", frame.id, bound.name)
        )

    def _is_global(self, frame: Frame, name: str) -> bool:
        """Whether a function binds a name of its module (`global w`)."""
        if frame.code.type != "function":
            return False
        source = self.chapter.source(frame.code)
        function = source.function(frame.code.line) if source is not None else None
        if source is None or function is None:
            return False
        return any(isinstance(item, ast.Global) and name in item.names for item in ast.walk(function))

    def _touch(self, node: Node, frame: Frame, path: Path, bound: Binding) -> None:
        """A container or array that was changed in place: its changed parts, as far as they are shown."""
        known: dict[Slot, int] = {}
        before = self.read(frame, path, known)
        old = self.identity(before) if before is not None else None
        new = bound.value.get("id")
        if not isinstance(new, int):
            return
        if old is not None and new != old and before is not None and before.get("type") == bound.value.get("type"):
            self._same[new] = old
        identity = self.identity(bound.value)
        if identity is None or not is_data(bound.value):
            return
        node.reads.update(known)
        node.needs.update(known.values())
        last = self.seen.get(identity) or before or {}
        parts = {row[0]: row[1] for row in last.get("items", ())}
        told = False
        for key, part in bound.value.get("items", ()):
            changed = key in parts and fingerprint(part) != fingerprint(parts[key])
            stored = any(store and store[-1] == ("item", key) for store in node.what.stores)
            if changed or stored or key not in parts:
                told = True
                self._set(node, ("item", identity, key), f'{bound.name}["{key}"]', part)
                inner = self.identity(part)
                if inner is not None and key in parts and self.identity(parts[key]) == inner and is_array(part):
                    self._set(node, ("item", inner, "*"), f'{bound.name}["{key}"]', part)
        if not told or is_array(bound.value) or bound.value.get("type") == "list":
            self._set(node, ("item", identity, "*"), bound.name, bound.value)
        self.seen[identity] = bound.value

    def _set(self, node: Node, slot: Slot, name: str, value: Summary, *, made: bool = True) -> None:
        node.sets[slot] = value
        self.versions[slot].append(node.index)
        self.names.setdefault(slot, name)
        self._latest[slot] = (node.index, value)
        if slot[0] == "attribute":
            self._attributes[slot[1]][slot[2]] = slot
        elif slot[0] == "item" and slot[2] != "*":
            self._keys[slot[1]][slot[2]] = slot
        if made:
            self._produce(node, value)

    def _produce(self, node: Node, value: Summary) -> None:
        """Remember which event first showed each value."""
        for part in (value, *walk_items(value, 2)):
            identity = self.identity(part)
            if identity is not None:
                self.made.setdefault(identity, node.index)
                if part.get("items") is not None or is_array(part):
                    self.seen.setdefault(identity, part)
