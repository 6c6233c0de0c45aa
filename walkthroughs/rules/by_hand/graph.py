"""The graph of definitions and uses that flow.py builds from a trace: its nodes, and what can be asked of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tracer.trace import Frame, Line, Summary
from walkthroughs.rules.by_hand.reading import NOTHING, Reads
from walkthroughs.story import Chapter, is_array, walk_items

Slot = tuple[str, int, str]
"""Where a value lies: (name, frame, name), (attribute, owner, name), (item, container, key) or (kind, 0,
class.attribute)."""

PLAIN = ("list", "tuple", "dict", "set", "collections.deque", "collections.defaultdict", "collections.OrderedDict")


@dataclass(slots=True, eq=False)
class Node:
    """A line, call or return: `reads` are the slots it read with the node that had set each, `needs` the nodes it
    depends on."""

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


class Graph:
    """Nodes in the order in which they were done, and the slots that each of them set and read."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.nodes: list[Node] = []
        self.versions: dict[Slot, list[int]] = defaultdict(list)
        self.names: dict[Slot, str] = {}
        self.of_frame: dict[int, list[int]] = defaultdict(list)
        self.made: dict[int, int] = {}
        self.children: dict[int, list[Frame]] = {}
        self._same: dict[int, int] = {}
        self._parts: dict[tuple[Slot, int], tuple[int, ...]] = {}

    def identity(self, value: Summary) -> int | None:
        """The identity of a value; a container that was changed keeps the one it had."""
        found = value.get("id")
        if not isinstance(found, int):
            return None
        while found in self._same:
            found = self._same[found]
        return found

    def below(self, node: Node) -> set[int]:
        """The nodes of the recorded calls that a line made, and of all that was called from there."""
        if node.line is None:
            return set()
        frames: set[int] = set()
        waiting = [child.id for child in self.children.get(node.line.done, ())]
        while waiting:
            frame = waiting.pop()
            frames.add(frame)
            waiting.extend(child.id for child in self.chapter.children.get(frame, ()))
        return {index for frame in frames for index in self.of_frame.get(frame, ())}

    def reads_slot(self, index: int, slot: Slot, version: int) -> bool:
        """Whether a node read a slot as node `version` had set it, by this slot or by the identity of what lies in
        it."""
        node = self.nodes[index]
        if node.reads.get(slot) == version or (slot[0] == "kind" and slot in node.reads):
            return True
        if slot in node.reads:
            return False
        return any(("made", identity, "") in node.reads for identity in self._held_by(slot, version))

    def _held_by(self, slot: Slot, version: int) -> tuple[int, ...]:
        """The identities of what a node put into a slot: of the value and of the arrays in it."""
        known = self._parts.get((slot, version))
        if known is None:
            found = [slot[1]] if slot[0] == "item" and slot[2] == "*" else []
            value = self.nodes[version].sets.get(slot)
            for part in (value, *walk_items(value, 2)) if value is not None else ():
                identity = self.identity(part)
                if identity is not None and is_data(part):
                    found.append(identity)
            known = self._parts[(slot, version)] = tuple(found)
        return known

    def behind(self, starts: Iterable[int], *, after: int = -1, stop: frozenset[int] = frozenset()) -> set[int]:
        """The nodes that some nodes depend on, back to node `after`; what lies behind the nodes of `stop` is left
        out."""
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


def part_of(value: Summary, name: str) -> Summary | None:
    """A part of a value by its key or attribute, as its summary shows it; any part stands for one whose key is not
    known."""
    for row in value.get("items", ()):
        if row[0] == name or name == "*":
            return dict(row[1])
    return None


def is_data(value: Summary) -> bool:
    """Whether a value is an array, a number, a text or a container, not an object with attributes."""
    return is_array(value) or value.get("type") in PLAIN or value.get("id") is None


def fingerprint(value: Summary) -> tuple[object, ...]:
    """What tells two states of a value apart, as far as a summary shows it."""
    inner = tuple(fingerprint(row[1]) for row in value.get("items", ()) if isinstance(row[1], dict))
    return (value.get("id"), tuple(value.get("sample", ())), value.get("scalar"), value.get("value"), inner)
