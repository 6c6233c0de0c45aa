"""Which recorded event made what another one read: a graph of definitions and uses over one trace.

Nodes are the lines, calls and returns of recorded frames, in the order in which they were done. A node points back at the nodes that
made what it read: names, attributes by their owner, parts of containers and arrays that are changed in place by their identity.
Where a call was not recorded (visits are few), its line counts as reading everything that the objects on the line hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.trace import Binding, Frame, Line, Summary
from walkthroughs.rules.by_hand.reading import NOTHING, Path, Reads, dotted_path, reads_of
from walkthroughs.story import Chapter, is_array, walk_items

Slot = tuple[str, int, str]
DEPTH = 4


@dataclass(slots=True, eq=False)
class Node:
    """A line, call or return: `reads` are the slots it read with the node that had set each, `needs` the nodes it depends on."""

    index: int
    kind: str
    frame: Frame
    line: Line | None
    number: int
    seq: int
    needs: set[int] = field(default_factory=set)
    reads: dict[Slot, int] = field(default_factory=dict)
    sets: dict[Slot, Summary] = field(default_factory=dict)
    what: Reads = NOTHING


class Flow:
    """The graph of one chapter, built in one pass over its trace."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.nodes: list[Node] = []
        self.versions: dict[Slot, list[int]] = defaultdict(list)
        self.names: dict[Slot, str] = {}
        self.seen: dict[int, Summary] = {}
        self._latest: dict[Slot, tuple[int, Summary]] = {}
        self._keys: dict[int, dict[str, Slot]] = defaultdict(dict)
        self._attributes: dict[int, dict[str, Slot]] = defaultdict(dict)
        self._made: dict[int, int] = {}
        self._same: dict[int, int] = {}
        self._modules: dict[str, int] = {}
        self._functions: dict[tuple[str, str], Frame] = {}
        self._returns: dict[int, int] = {}
        self._calls: dict[int, int] = {}
        self.children = self._assign_children()
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
                if line is None or frame.called_from is None:
                    continue
                span = source.span(line.line) if source is not None else None
                if frame.called_from[1] == line.line or (span is not None and frame.called_from[1] in span):
                    found[line.done].append(frame)
        return found

    # -- one event -----------------------------------------------------------------------------------------------------

    def _node(self, kind: str, frame: Frame, line: Line | None, number: int, seq: int, what: Reads) -> Node:
        node = Node(len(self.nodes), kind, frame, line, number, seq, what=what)
        self.nodes.append(node)
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
                self._read_all(caller, reads_of(source, frame.called_from[1]), context, opaque=False)
        for binding in frame.args:
            value = binding.value
            identity = self.identity(value)
            if identity is not None and (identity in self._made or (identity, "") in self._same):
                self._read_value(value, node.reads, 0, opaque=False)
            elif identity is None or is_array(value) or identity not in self._attributes:
                node.reads.update(context)
            self._set(node, ("name", frame.id, binding.name), binding.name, value, made=False)
        if not frame.args:
            node.reads.update(context)
        node.needs.update(node.reads.values())

    def _return(self, frame: Frame) -> None:
        source = self.chapter.source(frame.code)
        last = frame.lines[-1] if frame.lines else None
        what = reads_of(source, frame.return_line) if source is not None else NOTHING
        node = self._node("return", frame, None, frame.return_line, frame.return_seq, what)
        self._returns[frame.id] = node.index
        if last is not None:
            self._explain(node, frame, last)
        if frame.returned is not None:
            self._read_value(frame.returned, node.reads, 0, opaque=False)
            node.needs.update(node.reads.values())
            self._produce(node, frame.returned)

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
        self._read_all(frame, node.what, node.reads, opaque=node.what.calls and not children)
        node.needs.update(node.reads.values())
        node.needs.update(self._returns[child.id] for child in children if child.id in self._returns)
        if not frame.args and frame.id in self._calls and "." in frame.code.qualname and frame.code.type == "function":
            node.needs.add(self._calls[frame.id])  # a closure: what it reads came from where it was called

    # -- reading -------------------------------------------------------------------------------------------------------

    def _read_all(self, frame: Frame, what: Reads, reads: dict[Slot, int], *, opaque: bool) -> None:
        for path in what.paths:
            self.read(frame, path, reads, opaque=opaque)

    def read(self, frame: Frame, path: Path, reads: dict[Slot, int], *, opaque: bool = False) -> Summary | None:
        """Follow a path as far as it is known, note the slots on the way; the value it ended at."""
        value: Summary | None = None
        for kind, name in path:
            if kind == "name":
                slot = self._name(frame, name)
            elif value is None or (owner := self.identity(value)) is None:
                break
            elif kind == "attribute":
                slot = ("attribute", owner, name)
            else:
                slot = ("item", owner, name)
                if name == "*" and slot not in self._latest:
                    break
            known = self._latest.get(slot)
            if known is None and value is not None:
                part = next((row[1] for row in value.get("items", ()) if row[0] == name), None)
                if part is None:
                    break
                value = part
                continue
            if known is None:
                return None
            reads[slot] = known[0]
            value = known[1]
        if value is not None:
            self._read_value(value, reads, 0, opaque=opaque)
        return value

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

    def _read_value(self, value: Summary, reads: dict[Slot, int], depth: int, *, opaque: bool) -> None:
        """What a value is made of: the array's changes in place, the container's parts, an object's attributes where it is opaque."""
        identity = self.identity(value)
        if identity is None or depth > DEPTH:
            return
        if identity in self._made:
            reads[("made", identity, "")] = self._made[identity]
        whole = ("item", identity, "*")
        if whole in self._latest:
            reads[whole] = self._latest[whole][0]
        if is_array(value):
            return
        for slot in self._keys.get(identity, {}).values():
            node, part = self._latest[slot]
            reads[slot] = node
            self._read_value(part, reads, depth + 1, opaque=opaque)
        for part in walk_items(value, 1):
            if is_array(part) or opaque or part.get("items") is not None:
                self._read_value(part, reads, depth + 1, opaque=opaque)
        if opaque:
            for slot in self._attributes.get(identity, {}).values():
                node, part = self._latest[slot]
                reads[slot] = node
                self._read_value(part, reads, depth + 1, opaque=True)

    def identity(self, value: Summary) -> int | None:
        """The identity of a value; a container that was changed keeps the one it had."""
        found = value.get("id")
        if not isinstance(found, int):
            return None
        while found in self._same:
            found = self._same[found]
        return found

    # -- setting -------------------------------------------------------------------------------------------------------

    def _bind(self, node: Node, frame: Frame, bound: Binding) -> None:
        if bound.value.get("type") in ("module", "type", "function", "builtin_function_or_method"):
            return
        path = dotted_path(bound.name)
        if bound.touched:
            self._touch(node, frame, path, bound)
            return
        identity = self.identity(bound.value)
        if bound.owner is not None:
            slot = ("attribute", bound.owner, path[-1][1])
        else:
            own = node.what.adds and self._name(frame, bound.name) in self._latest and frame.code.type == "module"
            slot = self._name(frame, bound.name) if own or self._is_global(frame, bound.name) else ("name", frame.id, bound.name)
        before = self._latest.get(slot)
        if node.what.adds and identity is not None and is_array(bound.value) and before and self.identity(before[1]) == identity:
            self._set(node, ("item", identity, "*"), bound.name, bound.value)
        self._set(node, slot, bound.name, bound.value)

    def _is_global(self, frame: Frame, name: str) -> bool:
        """Whether a function binds a name of its module (`global w`)."""
        if frame.code.type != "function":
            return False
        source = self.chapter.source(frame.code)
        function = source.function(frame.code.line) if source is not None else None
        if source is None or function is None:
            return False
        import ast

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
        if identity is None:
            return
        node.reads.update(known)
        node.needs.update(known.values())
        last = self.seen.get(identity) or before or {}
        parts = dict((row[0], row[1]) for row in last.get("items", ()))
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
                self._made.setdefault(identity, node.index)
                if part.get("items") is not None or is_array(part):
                    self.seen.setdefault(identity, part)

    # -- questions -----------------------------------------------------------------------------------------------------

    def behind(self, starts: Iterable[int], *, after: int = -1, stop: frozenset[int] = frozenset()) -> set[int]:
        """The nodes that some nodes depend on, back to node `after`; what lies behind the nodes of `stop` is left out."""
        found: set[int] = set()
        waiting = list(starts)
        while waiting:
            index = waiting.pop()
            if index in found or index <= after:
                continue
            found.add(index)
            if index not in stop:
                waiting.extend(self.nodes[index].needs)
        return found

    def ahead(self, start: int, *, before: int) -> set[int]:
        """The nodes that depend on a node, up to node `before`."""
        found = {start}
        for index in range(start + 1, min(before + 1, len(self.nodes))):
            if not found.isdisjoint(self.nodes[index].needs):
                found.add(index)
        return found


def fingerprint(value: Summary) -> tuple[object, ...]:
    """What tells two states of a value apart, as far as a summary shows it."""
    inner = tuple(fingerprint(row[1]) for row in value.get("items", ()) if isinstance(row[1], dict))
    return (value.get("id"), tuple(value.get("sample", ())), value.get("scalar"), value.get("value"), inner)
