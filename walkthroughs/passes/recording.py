"""The run to step through: which recorded visits a tour carries, their lines in order, and the source they ran.

A tour stays small: visits are taken in the order of what a reader steps into first (the frames of the stops with those
that called them, then the first visit of every function, then the rest as they happened) until `MOST_STEPS` lines are
reached. Runs on the host.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from tracer.trace import Frame, Line
from walkthroughs.recording import Bound, BoundAt, PrintedAt, RecordedFrame, Recording, SourceText
from walkthroughs.stop import Excerpt, Variable
from walkthroughs.stops import DEFINITION_ROLES, line_at
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.values import interesting, variable

MOST_STEPS = 6000
MOST_IN_FRAME = 1200
WHOLE_FILE = 2000
"""Files of at most so many lines are carried whole, longer ones by the functions that ran."""

Key = tuple[int, int]
"""A frame of the story: the number of its chapter, and its own."""


def panel(story: Story, findings: list[Finding]) -> tuple[Recording | None, list[int | None]]:
    """The recording, and for each finding the step at which it stands."""
    chosen = _chosen(story, findings)
    if not chosen:
        return None, [None] * len(findings)
    making = _Making(story, chosen)
    recording = making.recording()
    return recording, [making.step_of(finding) for finding in findings]


def _chosen(story: Story, findings: list[Finding]) -> set[Key]:
    """The visits that are carried, with those that called them."""
    chosen: set[Key] = set()
    room = MOST_STEPS
    for key in _wanted(story, findings):
        frame = story.chapters[key[0]].trace.frames[key[1]]
        group = [
            (key[0], one.id) for one in _with_callers(story.chapters[key[0]], frame) if (key[0], one.id) not in chosen
        ]
        size = sum(min(len(story.chapters[number].trace.frames[index].lines), MOST_IN_FRAME) for number, index in group)
        if size <= room:
            chosen.update(group)
            room -= size
    return chosen


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
    current: Frame | None = frame
    while current is not None:
        yield current
        current = chapter.trace.frames.get(current.parent) if current.parent is not None else None


class _Making:
    """Puts the chosen visits into columns."""

    def __init__(self, story: Story, chosen: set[Key]) -> None:
        self.story = story
        self.keys = sorted(chosen, key=lambda key: (key[0], story.chapters[key[0]].trace.frames[key[1]].seq))
        self.index = {key: position for position, key in enumerate(self.keys)}
        self.values: list[Variable] = []
        self.known: dict[Variable, int] = {}
        self.rows = [row for number in range(len(story.chapters)) for row in self._lines(number)]
        self.steps = {(number, line.seq): step for step, (number, _, line) in enumerate(self.rows)}

    def _lines(self, number: int) -> list[tuple[int, Frame, Line]]:
        """The recorded lines of a chapter in the order in which they began."""
        frames = [self.story.chapters[key[0]].trace.frames[key[1]] for key in self.keys if key[0] == number]
        found = [(number, frame, line) for frame in frames for line in frame.lines[:MOST_IN_FRAME]]
        return sorted(found, key=lambda row: row[2].seq)

    def recording(self) -> Recording:
        """The columns, frames and sources."""
        bound = tuple(
            BoundAt(step, row.name, self._value(row.value), row.touched)
            for step, (_, _, line) in enumerate(self.rows)
            for row in line.bound
            if interesting(row)
        )
        printed = tuple(
            PrintedAt(step, line.out + line.err) for step, (_, _, line) in enumerate(self.rows) if line.out or line.err
        )
        frames = tuple(self._frame(key) for key in self.keys)
        recorded = sum(1 for chapter in self.story.chapters for frame in chapter.trace.frames.values() if frame.lines)
        return Recording(
            sources=tuple(self._sources()),
            frames=frames,
            order=tuple(self.index[(number, frame.id)] for number, frame, _ in self.rows),
            lines=tuple(line.line for _, _, line in self.rows),
            bound=bound,
            printed=printed,
            values=tuple(self.values),
            gaps=tuple(self._gaps()),
            left_out=max(0, recorded - len(frames)),
        )

    def _value(self, summary: dict[str, object]) -> int:
        """The number of a value; equal ones are carried once."""
        value = variable("", summary, depth=1)
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
            outer=tuple(Location(place.code.file, place.line, place.line, place.code.qualname) for place in above),
            via=".".join(part for part in frame.via or () if part),
            args=tuple(Bound(row.name, self._value(row.value)) for row in frame.args if interesting(row)),
            returned=self._value(frame.returned) if frame.returned is not None else None,
            raised=frame.raised,
            began=round(frame.t / 1000.0, 4),
            ended=round(frame.ended_t / 1000.0, 4),
            cut=len(frame.lines) > MOST_IN_FRAME,
        )

    def _gaps(self) -> Iterator[int]:
        """The first step of a frame behind each loop that was left early."""
        for number, chapter in enumerate(self.story.chapters):
            for row in chapter.trace.left_loops:
                frame = chapter.trace.frames.get(int(row.get("frame") or -1))
                after = [line for line in frame.lines if line.seq > int(row["seq"])] if frame is not None else []
                step = self.steps.get((number, after[0].seq)) if after else None
                if step is not None:
                    yield step

    def _sources(self) -> Iterator[SourceText]:
        """The text of every file that a carried frame ran in."""
        spans: dict[str, list[tuple[int, int]]] = {}
        for number, index in self.keys:
            code = self.story.chapters[number].trace.frames[index].code
            spans.setdefault(code.file, []).append((code.line, code.end_line))
        for path in sorted(spans):
            source = self.story.sources.get(path)
            if source is None:
                continue
            counts, at_least = self._hits(path)
            yield SourceText(
                path=path,
                length=len(source.lines),
                parts=tuple(_parts(source.lines, spans[path])),
                ran=tuple(sorted(counts)),
                counts=tuple(counts[line] for line in sorted(counts)),
                at_least=at_least,
            )

    def _hits(self, path: str) -> tuple[dict[int, int], bool]:
        """How often each line of a file ran in all chapters, and whether it may have been more."""
        counts: dict[int, int] = {}
        at_least = False
        for chapter in self.story.chapters:
            for code in chapter.trace.codes.values():
                if code.file != path:
                    continue
                at_least = at_least or not chapter.trace.counted(code)
                hits = {int(line): int(n) for line, n in chapter.trace.counts.get(code.id, {}).get("hits", ())}
                for line in chapter.trace.executed(code):
                    counts[line] = counts.get(line, 0) + hits.get(line, 1)
        return counts, at_least

    def step_of(self, finding: Finding) -> int | None:
        """The step at which a finding stands: its line, or the first line of the function that it defines."""
        frame = (
            self.story.chapters[finding.trace].trace.frames.get(finding.frame) if finding.frame is not None else None
        )
        if frame is None:
            return None
        line = frame.lines[0] if finding.role in DEFINITION_ROLES and frame.lines else line_at(frame, finding)
        return self.steps.get((finding.trace, line.seq)) if line is not None else None


def _parts(lines: list[str], spans: list[tuple[int, int]]) -> Iterator[Excerpt]:
    """A file in one part when it is short, else the functions that ran, those that touch taken together."""
    if len(lines) <= WHOLE_FILE:
        yield Excerpt(1, tuple(lines))
        return
    joined: list[tuple[int, int]] = []
    for first, last in sorted((first, last) for first, last in spans if last - first < WHOLE_FILE):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    for first, last in joined:
        yield Excerpt(first, tuple(lines[first - 1 : last]))
