"""The run to step through: which recorded visits a tour carries, their lines in order, and the source they ran.

A tour stays small: visits are taken in the order of what a reader steps into first (the frames of the stops with those
that called them, then the first visit of every function, then the rest as they happened) until the room is used up.
Runs on the host.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from tracer.location import Location
from tracer.trace import Frame, Line
from walkthroughs.passes.recorded_names import Row, declared_global, taken_away
from walkthroughs.passes.recorded_sources import source_texts
from walkthroughs.pictures import chosen
from walkthroughs.recording import (
    Bound,
    BoundAt,
    LoopLeft,
    MissedCall,
    PrintedAt,
    RaisedAt,
    RecordedFrame,
    Recording,
    ResumedAt,
)
from walkthroughs.stop import Variable
from walkthroughs.stops import DEFINITION_ROLES, line_at
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.values import interesting, variable

MOST_STEPS = 6000
MOST_IN_FRAME = 1200
MOST_WEIGHT = 330_000
"""About how many characters of JSON the steps, frames and values may take."""

Key = tuple[int, int]
"""A frame of the story: the number of its chapter, and its own."""


def panel(story: Story, findings: list[Finding]) -> tuple[Recording | None, list[int | None]]:
    """The recording, and for each finding the step at which it stands."""
    visits = _chosen(story, findings)
    if not visits:
        return None, [None] * len(findings)
    making = _Making(story, visits)
    steps = [making.step_of(finding) for finding in findings]
    return making.recording([step for step in steps if step is not None]), steps


def _chosen(story: Story, findings: list[Finding]) -> set[Key]:
    """The visits that are carried, with those that called them."""
    found: set[Key] = set()
    room, weight = MOST_STEPS, MOST_WEIGHT
    for key in _wanted(story, findings):
        if key in found:
            continue
        chapter = story.chapters[key[0]]
        group = [one for one in _with_callers(chapter, chapter.trace.frames[key[1]]) if (key[0], one.id) not in found]
        lines = [line for one in group for line in one.lines[:MOST_IN_FRAME]]
        heavy = sum(map(_weight, lines)) + 250 * len(group)
        if len(lines) <= room and heavy <= weight:
            found.update((key[0], one.id) for one in group)
            room -= len(lines)
            weight -= heavy
    return found


def _weight(line: Line) -> int:
    """About how much JSON a step takes."""
    values = sum(120 + 90 * len(row.value.get("items", ())) for row in line.bound if interesting(row))
    return 12 + values + len(line.out) + len(line.err)


def _wanted(story: Story, findings: list[Finding]) -> Iterator[Key]:
    """Every recorded visit, those first that a reader looks into first."""
    for finding in findings:
        if finding.frame is not None and finding.frame in story.chapters[finding.trace].trace.frames:
            yield (finding.trace, finding.frame)
    for later in (False, True):
        for number, chapter in enumerate(story.chapters):
            for frame in chapter.trace.frames.values():
                if (frame.visit > 0) is later and frame.lines:
                    yield (number, frame.id)


def _with_callers(chapter: Chapter, frame: Frame) -> Iterator[Frame]:
    """A frame and the recorded ones above it."""
    seen: set[int] = set()
    current: Frame | None = frame
    while current is not None and current.id not in seen:
        seen.add(current.id)
        yield current
        current = chapter.trace.frames.get(current.parent) if current.parent is not None else None


class _Making:
    """Puts the chosen visits into columns."""

    def __init__(self, story: Story, visits: set[Key]) -> None:
        self.story = story
        self.keys = sorted(visits, key=lambda key: (key[0], story.chapters[key[0]].trace.frames[key[1]].seq))
        self.index = {key: position for position, key in enumerate(self.keys)}
        self.values: list[Variable] = []
        self.known: dict[Variable, int] = {}
        self.pictured: set[int] = set()
        self.rows = [row for number in range(len(story.chapters)) for row in self._lines(number)]
        self.steps = {(number, line.seq): step for step, (number, _, line) in enumerate(self.rows)}

    def _lines(self, number: int) -> list[Row]:
        """The recorded lines of a chapter in the order in which they began."""
        frames = [self.story.chapters[key[0]].trace.frames[key[1]] for key in self.keys if key[0] == number]
        found = [(number, frame, line) for frame in frames for line in frame.lines[:MOST_IN_FRAME]]
        return sorted(found, key=lambda row: row[2].seq)

    def recording(self, stops: list[int]) -> Recording:
        """The columns, frames and sources; `stops` are steps of which pictures are wanted first."""
        first = [row.value for step in stops for row in self.rows[step][2].bound]
        then = (row.value for key in self.keys for row in self._visit(key).args)
        self.pictured = chosen([*first, *then, *(row.value for _, _, line in self.rows for row in line.bound)])
        frames = tuple(self._frame(key) for key in self.keys)
        recorded = sum(1 for chapter in self.story.chapters for frame in chapter.trace.frames.values() if frame.lines)
        codes = [(number, self._visit((number, index)).code) for number, index in self.keys]
        return Recording(
            sources=tuple(source_texts(self.story, codes)),
            frames=frames,
            order=tuple(self.index[(number, frame.id)] for number, frame, _ in self.rows),
            lines=tuple(line.line for _, _, line in self.rows),
            bound=tuple(self._bound()),
            printed=tuple(
                PrintedAt(step, line.out + line.err)
                for step, (_, _, line) in enumerate(self.rows)
                if line.out or line.err
            ),
            values=tuple(self.values),
            gaps=tuple(step for step, (_, _, line) in enumerate(self.rows) if line.gap),
            left_out=max(0, recorded - len(frames)),
            unbound=tuple(taken_away(self.story.sources, self.rows)),
            raised=tuple(self._raised()),
            resumed=tuple(self._resumed()),
            missed=tuple(self._missed()),
            left=tuple(self._left()),
            times=tuple(round(line.t / 1000.0, 4) for _, _, line in self.rows),
        )

    def _visit(self, key: Key) -> Frame:
        return self.story.chapters[key[0]].trace.frames[key[1]]

    def _value(self, summary: dict[str, object]) -> int:
        """The number of a value; equal ones are carried once."""
        value = variable("", summary, depth=1, picture=id(summary) in self.pictured)
        if value not in self.known:
            self.known[value] = len(self.values)
            self.values.append(value)
        return self.known[value]

    def _frame(self, key: Key) -> RecordedFrame:
        chapter = self.story.chapters[key[0]]
        frame = chapter.trace.frames[key[1]]
        parent = self.index.get((key[0], frame.parent)) if frame.parent is not None else None
        above = [] if parent is not None else chapter.trace.stack_of(frame)
        return RecordedFrame(
            location=chapter.definition(frame.code),
            kind=frame.code.type,
            chapter=chapter.trace.chapter,
            visit=frame.visit,
            parent=parent,
            called_from=frame.called_from[1] if parent is not None and frame.called_from is not None else 0,
            outer=tuple(Location(place.code.file, place.line, place.line, place.code.qualname) for place in above),
            via=".".join(part for part in frame.via or () if part),
            args=tuple(Bound(row.name, self._value(row.value)) for row in frame.args if interesting(row)),
            returned=self._value(frame.returned) if frame.returned is not None else None,
            raised=frame.raised,
            began=round(frame.t / 1000.0, 4),
            ended=round(frame.ended_t / 1000.0, 4),
            cut=frame.gap or not frame.return_seq or len(frame.lines) > MOST_IN_FRAME,
        )

    def _bound(self) -> Iterator[BoundAt]:
        """What each line bound, and what it changed in place; a name declared `global` is its module's.

        That a line calls a method of an object does not say that it changed it: only where the object is seen to be
        another than before is it told.
        """
        latest: dict[tuple[int, str], Variable] = {
            (position, row.name): variable("", row.value, depth=1)
            for key, position in self.index.items()
            for row in self._visit(key).args
        }
        declared: dict[Key, frozenset[str]] = {}
        modules: dict[tuple[int, str], int] = {}
        for (number, index), position in self.index.items():
            code = self._visit((number, index)).code
            if code.type == "module":
                modules.setdefault((number, code.file), position)
        for step, (number, frame, line) in enumerate(self.rows):
            key = (number, frame.code.id)
            if line.bound and key not in declared:
                declared[key] = declared_global(self.story.sources, frame.code)
            for row in line.bound:
                if interesting(row):
                    owner = modules.get((number, frame.code.file)) if row.name in declared[key] else None
                    place = (self.index[(number, frame.id)] if owner is None else owner, row.name)
                    if row.touched:
                        before, now = latest.get(place), variable("", row.value, depth=1)
                        if before is None or plain(before) == plain(now):
                            continue
                    value = self._value(row.value)
                    latest[place] = self.values[value]
                    yield BoundAt(step, row.name, value, row.touched, owner)

    # -- what happened besides ---------------------------------------------------------------------------------------

    def _raised(self) -> Iterator[RaisedAt]:
        """Exceptions, on the line that was running: those of lines that are not carried are left out."""
        rows: dict[int, RaisedAt] = {}
        for number, chapter in enumerate(self.story.chapters):
            for event in chapter.trace.events:
                if event.kind == "exception":
                    step = self._at(number, event.place.frame, event.seq)
                    if step is not None and self.rows[step][2].line == event.place.line:
                        message = str(event.data.get("message", ""))
                        rows.setdefault(step, RaisedAt(step, event.name, message))
        return iter(rows[step] for step in sorted(rows))

    def _resumed(self) -> Iterator[ResumedAt]:
        """Where generators go on for another caller."""
        for step, (number, _, line) in enumerate(self.rows):
            if line.resumed is not None:
                parent, place = line.resumed
                known = self.index.get((number, parent)) if parent is not None else None
                yield ResumedAt(step, known, place[1] if place is not None else 0)

    def _missed(self) -> Iterator[MissedCall]:
        """Calls that cannot be stepped into: those of which no frame was recorded, and those that are left out here."""
        left_out: dict[int, dict[int, int]] = {}
        for number, chapter in enumerate(self.story.chapters):
            for frame in chapter.trace.frames.values():
                if (number, frame.id) not in self.index and frame.called_from is not None:
                    step = self._at(number, frame.parent, frame.seq)
                    if step is not None and self.rows[step][2].line == frame.called_from[1]:
                        codes = left_out.setdefault(step, {})
                        codes[frame.code.id] = codes.get(frame.code.id, 0) + 1
        for step, (number, _, line) in enumerate(self.rows):
            chapter = self.story.chapters[number]
            for code, count in left_out.get(step, {}).items():
                yield MissedCall(step, chapter.definition(chapter.trace.codes[code]), 0, count, True)
            for code, first, count in line.calls:
                if code in chapter.trace.codes:
                    yield MissedCall(step, chapter.definition(chapter.trace.codes[code]), first, count)

    def _left(self) -> Iterator[LoopLeft]:
        """The first step of a frame behind each loop that was left early."""
        found = []
        for number, chapter in enumerate(self.story.chapters):
            ends = {(int(row["code"]), int(row["line"])): int(row["end"]) for row in chapter.trace.loops}
            for row in chapter.trace.left_loops:
                first, frame = int(row["line"]), chapter.trace.frames.get(int(row.get("frame", -1)))
                last = ends.get((int(row["code"]), first), first)
                after = (
                    line.seq
                    for line in (frame.lines if frame is not None else ())
                    if line.seq > int(row["seq"]) and not first <= line.line <= last
                )
                step = self.steps.get((number, next(after, 0)))
                if step is not None:
                    found.append(LoopLeft(step, first, int(row.get("iterations", 0))))
        return iter(sorted(found, key=lambda row: row.step))

    def _at(self, number: int, frame: int | None, seq: int) -> int | None:
        """The step at which a frame stood at an event; None when that is not carried."""
        visit = self.story.chapters[number].trace.frames.get(frame) if frame is not None else None
        if visit is None or frame is None or (number, frame) not in self.index:
            return None
        lines = [line.seq for line in visit.lines[:MOST_IN_FRAME]]
        before = bisect_left(lines, seq)
        return self.steps[(number, lines[before - 1])] if before else None

    def step_of(self, finding: Finding) -> int | None:
        """The step at which a finding stands: its line, or the first line of the function or class that it defines."""
        frames = self.story.chapters[finding.trace].trace.frames
        frame = frames.get(finding.frame) if finding.frame is not None else self._body(finding)
        if frame is None:
            return None
        # A decorated class begins above its definition.
        inside = (line for line in frame.lines if line.line >= finding.location.line)
        line = next(inside, None) if finding.role in DEFINITION_ROLES else line_at(frame, finding)
        return self.steps.get((finding.trace, line.seq)) if line is not None else None

    def _body(self, finding: Finding) -> Frame | None:
        """The visit of the class body that a finding on a class stands on."""
        place = finding.location
        for number, index in self.keys if finding.role in DEFINITION_ROLES else ():
            frame = self._visit((number, index))
            code = frame.code
            same = (number, code.file, code.type) == (finding.trace, place.file, "class")
            if same and self.story.chapters[number].definition(code).line == place.line:
                return frame
        return None


def plain(value: Variable) -> Variable:
    """A value without what is not always looked at: statistics and pictures, here and in what it holds."""
    parts = tuple(map(plain, value.items))
    return replace(value, stats=None, grid=(), channels=0, part="", items=parts)
