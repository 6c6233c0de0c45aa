"""The call path: which repository functions called which, how often, and where the time went. Runs on the host."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from tracer.trace import Code, Frame
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import CallNode

DEEPEST = 10
WIDEST = 24

Edges = dict[int, dict[int, int]]


def panel(story: Story, findings: list[Finding]) -> CallNode | None:
    """The tree of the program that trains; a function called from several places is unfolded once."""
    del findings  # everything that ran belongs to the path, told or not
    return tree(story.main)


def tree(chapter: Chapter) -> CallNode | None:
    """The tree of one program, rooted at its entry module; None when no module of the repository was entered."""
    root = entry_module(chapter)
    if root is None:
        return None
    edges = _edges(chapter)
    return _Branches(chapter, edges).node(root, max(1, chapter.trace.calls(root)), None, 0)


def entry_module(chapter: Chapter) -> Code | None:
    """The module that was started: the file of the command, else the last one that nobody imported."""
    starts = [
        frame.code
        for frame in chapter.trace.frames.values()
        if frame.code.type == "module" and frame.called_from is None
    ]
    header = chapter.trace.header
    word = str((header.get("argv") or [""])[0])
    if header.get("launch") == "module":
        tail = word.replace(".", "/")
        named = [code for code in starts if code.file.endswith((f"{tail}.py", f"{tail}/__main__.py"))]
    else:
        named = [
            code
            for code in starts
            if code.file == posixpath.normpath(posixpath.join(str(header.get("folder") or ""), word))
        ]
    found = named or starts[-1:]
    return found[0] if found else None


def _edges(chapter: Chapter) -> Edges:
    """How often each code object called each other one in the whole run; of a killed target, in what was recorded."""
    found: Edges = defaultdict(lambda: defaultdict(int))
    for index, row in chapter.trace.counts.items():
        edges = row.get("edges", ())
        for caller, _, count in edges:
            found[int(caller)][index] += int(count)
        if len({caller for caller, _, _ in edges}) == 1:
            # Callers are asked for at the first calls of many only; with one caller, all calls are its own.
            found[int(edges[0][0])][index] = max(int(row.get("calls", 0)), found[int(edges[0][0])][index])
    if not chapter.trace.counts:
        for frame in chapter.trace.frames.values():
            if frame.called_from is not None:
                found[frame.called_from[0]][frame.code.id] += 1
    return found


class _Branches:
    """Builds the nodes of one tree; remembers which functions are unfolded already."""

    def __init__(self, chapter: Chapter, edges: Edges) -> None:
        self.chapter = chapter
        self.edges = edges
        self.unfolded: set[int] = set()
        self.frames: dict[tuple[int | None, int], list[Frame]] = defaultdict(list)
        for frame in chapter.trace.frames.values():
            caller = frame.called_from[0] if frame.called_from is not None else None
            self.frames[(caller, frame.code.id)].append(frame)

    def node(self, code: Code, calls: int, caller: int | None, depth: int) -> CallNode:
        children: tuple[CallNode, ...] = ()
        if code.id not in self.unfolded and depth < DEEPEST:
            self.unfolded.add(code.id)
            rows = self.children(code.id)[:WIDEST]
            children = tuple(
                self.node(self.chapter.trace.codes[index], count, code.id, depth + 1) for index, count in rows
            )
        line = 1 if code.type == "module" else self.chapter.definition(code).line
        seconds = self.seconds(caller, code.id, calls)
        return CallNode(code.file, line, code.qualname, calls, seconds, children, self.more(code.id))

    def more(self, callee: int) -> bool:
        """Whether calls from one caller to another may have been more than were counted."""
        row = self.chapter.trace.counts.get(callee, {})
        return bool(row.get("open") or (row.get("edges_open") and len({caller for caller, _, _ in row["edges"]}) > 1))

    def children(self, index: int) -> list[tuple[int, int]]:
        """(code, calls) of what a function called, in the order of the first call; imports only where they call on."""
        found = []
        for callee, count in self.edges.get(index, {}).items():
            code = self.chapter.trace.codes.get(callee)
            if code is None or code.name.startswith("<") != (code.type == "module") or callee == index:
                continue
            if code.type == "class" or (code.type == "module" and not self.calls_functions(callee, set())):
                continue
            found.append((callee, count))
        return sorted(found, key=lambda row: (self.first_call(index, row[0]), row[0]))

    def calls_functions(self, index: int, seen: set[int]) -> bool:
        """Whether a module did more than define things when it was imported."""
        seen.add(index)
        codes = self.chapter.trace.codes
        inner = [callee for callee in self.edges.get(index, {}) if callee in codes and callee not in seen]
        if any(
            codes[callee].type in ("function", "generator") and not codes[callee].name.startswith("<")
            for callee in inner
        ):
            return True
        return any(codes[callee].type == "module" and self.calls_functions(callee, seen) for callee in inner)

    def first_call(self, caller: int, callee: int) -> int:
        """When a caller first called a function; code objects are numbered in the order of their first use."""
        return min((frame.seq for frame in self.frames.get((caller, callee), ())), default=1 << 60)

    def seconds(self, caller: int | None, callee: int, calls: int) -> float:
        """Seconds in the calls from one caller, when each of them was recorded from call to return; else 0."""
        frames = self.frames.get((caller, callee), [])
        if len(frames) != calls or any(not frame.ended_t for frame in frames) or frames[0].code.type == "generator":
            return 0.0
        return round(sum(max(0.0, frame.ended_t - frame.t) for frame in frames) / 1000.0, 3)
