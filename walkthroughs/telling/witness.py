"""What a claim may look at: one recorded program, noting everything that was consulted. Runs on the host.

A rule sees the trace through a `Scene` only, never the repository's files: a tour can be verified without a checkout.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracer.trace import Binding, Code, Event, Frame, Line, Place, Summary
from walkthroughs.story import Chapter, Story

MOST_EVIDENCE = 16
LINE_VISITS = 3


class NotRecordedError(LookupError):
    """A claim asks for an event that the trace does not hold."""


class Scene:
    """One chapter of a story; `used` collects the events that were consulted, as `chapter:seq`."""

    def __init__(self, chapter: Chapter, name: str, witness: Witness) -> None:
        self.chapter = chapter
        self.witness = witness
        self.name = name
        self.trace = chapter.trace
        self.used: list[str] = []
        self._events = {event.seq: event for event in self.trace.events}
        self._lines: dict[int, tuple[Frame, Line]] = {line.seq: (frame, line) for frame, line in self.trace.lines()}
        self._runs: dict[tuple[int, int], list[Line]] | None = None

    def note(self, what: int | str) -> None:
        """Remember that an event was consulted."""
        word = f"{self.name}:{what}"
        if word not in self.used and len(self.used) < MOST_EVIDENCE:
            self.used.append(word)

    def event(self, seq: Any) -> Event:
        """A landmark, file or exception event."""
        found = self._events.get(seq)
        if found is None:
            raise NotRecordedError(f"{self.name}:{seq}")
        self.note(seq)
        return found

    def line(self, seq: Any) -> tuple[Frame, Line]:
        """A recorded line and the frame it ran in."""
        found = self._lines.get(seq)
        if found is None:
            raise NotRecordedError(f"{self.name}:{seq}")
        self.note(seq)
        return found

    def frame(self, identity: Any) -> Frame:
        """A recorded visit of a function."""
        found = self.trace.frames.get(identity)
        if found is None:
            raise NotRecordedError(f"{self.name}:frame {identity}")
        self.note(found.seq)
        return found

    def code(self, identity: Any) -> Code:
        """A function, class or module of the repository."""
        found = self.trace.codes.get(identity)
        if found is None:
            raise NotRecordedError(f"{self.name}:code {identity}")
        return found

    def counts(self, code: Code) -> dict[str, Any]:
        """Whole-run counts of a code object; {} when they were not written or cannot be trusted."""
        found = self.trace.counts.get(code.id, {})
        if not found or self.trace.faults or code.type == "generator":
            return {}
        self.note(f"counts {code.id}")
        return found

    def hits(self, code: Code, line: int) -> int | None:
        """How often a line ran in the whole run; None when some visits of its function were not followed."""
        counts = self.counts(code)
        if not counts or int(counts.get("calls", 0)) != int(counts.get("recorded", -1)):
            return None
        return next((int(count) for number, count in counts.get("hits", ()) if number == line), None)

    def once(self, place: Place) -> bool:
        """Whether a line is known to have run only once in the whole run."""
        return self.hits(place.code, place.line) == 1

    def runs(self, code: Code, line: int) -> list[Line]:
        """The recorded runs of one line of a code object, in order of time."""
        if self._runs is None:
            found: dict[tuple[int, int], list[Line]] = defaultdict(list)
            for frame, row in self._lines.values():
                found[(frame.code.id, row.line)].append(row)
            for rows in found.values():
                rows.sort(key=lambda row: row.seq)
            self._runs = dict(found)
        return self._runs.get((code.id, line), [])

    def sure_binding(self, frame: Frame, name: str, before: int) -> Binding | None:
        """The value of a name just before an event; None when a line that binds it ran more often than was recorded."""
        visits = int(self.trace.header.get("limits", {}).get("line_visits", LINE_VISITS))
        seen: dict[int, int] = defaultdict(int)
        for line in frame.lines:
            if line.seq < before and any(bound.name == name and not bound.touched for bound in line.bound):
                seen[line.line] += 1
        if any(count >= visits for count in seen.values()):
            return None
        return frame.binding(name, before)

    def origin(self, frame: Frame, name: str, before: int) -> tuple[int, int] | None:
        """(event, line) at which a name of a frame took its value; None for arguments and what is not sure."""
        if self.sure_binding(frame, name, before) is None:
            return None
        found = None
        for line in frame.lines:
            if line.seq < before and any(bound.name == name and not bound.touched for bound in line.bound):
                found = (line.seq, line.line)
        return found

    def place_of(self, place: Place) -> Frame | None:
        """The recorded frame of a stack level, noted."""
        found = self.chapter.frame_of(place)
        if found is not None:
            self.note(found.seq)
        return found

    def tree(self, root: Any) -> list[list[Any]]:
        """Rows of a module tree: path, module, class, own parameters, depth, identity."""
        for found in self.trace.modules:
            if found["root"] == root:
                self.note(f"modules {root}")
                return list(found["rows"])
        raise NotRecordedError(f"{self.name}:modules {root}")


class Witness:
    """All programs of a story by the name of their chapter, and behind them their other processes."""

    def __init__(self, story: Story) -> None:
        self.scenes: list[Scene] = []
        for number, chapter in enumerate(story.chapters):
            name = chapter.trace.chapter
            if any(scene.name == name for scene in self.scenes):
                name = f"{name}.{number}"
            self.scenes.append(Scene(chapter, name, self))
        for chapter in story.others:
            self.scenes.append(Scene(chapter, chapter.trace.beside_name, self))

    def scene(self, name: str) -> Scene:
        """A chapter by its name."""
        for scene in self.scenes:
            if scene.name == name:
                return scene
        raise NotRecordedError(f"chapter {name}")


def identity(value: Summary | None) -> int | None:
    """The identity of a value, when it has one."""
    found = value.get("id") if value else None
    return found if isinstance(found, int) else None
