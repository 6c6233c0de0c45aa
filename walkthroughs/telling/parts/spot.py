"""A finding while its note is written: the visit and the statement it shows, and the claims made so far."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from tracer.trace import Code, Event, Frame, Line
from walkthroughs.sources import SourceFile
from walkthroughs.stop import Claim
from walkthroughs.story import Finding
from walkthroughs.telling.claims import make
from walkthroughs.telling.witness import LINE_VISITS, Scene

DOCSTRING = 15
"""Lines of a definition within which its docstring is read: as many as a tour's excerpt is sure to show."""

STATEMENT = 30
"""Lines of a statement that are read at most, for the same reason."""

DEFINITIONS = {"definition", "class", "submodule", "item", "function", "metric function"}


class Spot:
    """Where a note stands: `scene` answers, `paragraphs` collect what is told."""

    def __init__(self, scene: Scene, finding: Finding) -> None:
        self.scene = scene
        self.finding = finding
        self.stage = finding.stage
        self.role = finding.role
        self.frame: Frame | None = scene.trace.frames.get(finding.frame) if finding.frame is not None else None
        self.code = self._code()
        if (
            self.frame is None
            and self.code is not None
            and self.code.type == "function"
            and finding.role in DEFINITIONS
        ):
            self.frame = min(scene.chapter.by_code.get(self.code.id, ()), key=lambda frame: frame.seq, default=None)
        self.source: SourceFile | None = scene.chapter.sources.get(finding.location.file)
        self.definition = finding.role in DEFINITIONS
        self.run: list[Line] = [] if self.definition or self.frame is None else self._run(self.frame)
        self.title: Claim | None = None
        self.paragraphs: list[list[Claim]] = [[]]

    @property
    def line(self) -> Line | None:
        """The first line of the run that is shown."""
        return self.run[0] if self.run else None

    @property
    def seqs(self) -> list[int]:
        """The events of the run that is shown."""
        return [line.seq for line in self.run]

    @property
    def event(self) -> Event | None:
        """The landmark or file event on which the finding rests."""
        found = self.finding.facts.get("event")
        return found if isinstance(found, Event) else None

    def say(self, name: str, /, **args: Any) -> bool:
        """Add the claim of a rule, if the trace shows it and it has not been said here."""
        found = make(self.scene, name, **args)
        if found is None or any(found.text == other.text for other in self.claims):
            return False
        self.paragraphs[-1].append(found)
        return True

    def call_it(self, name: str, /, **args: Any) -> None:
        """Take a title, unless there is one already."""
        if self.title is None:
            self.title = make(self.scene, name, stage=self.stage.value, **args)

    def paragraph(self) -> None:
        """Begin a new paragraph."""
        if self.paragraphs[-1]:
            self.paragraphs.append([])

    @property
    def claims(self) -> list[Claim]:
        """Everything said so far, in order."""
        return [claim for paragraph in self.paragraphs for claim in paragraph]

    def told(self) -> bool:
        """Whether anything was said but the repository's own words."""
        return any(not claim.rule.startswith("source.") for claim in self.claims)

    # -- the source ----------------------------------------------------------------------------------------------------

    def text(self, first: int, last: int) -> dict[str, Any]:
        """Lines of the file as a claim's `source`."""
        lines = self.source.lines[first - 1 : last] if self.source is not None else []
        return {"file": self.finding.location.file, "line": first, "text": "\n".join(lines)}

    @property
    def statement(self) -> dict[str, Any]:
        """The statement of the stop as a claim's `source`; of a definition its header."""
        location = self.finding.location
        last = min(max(location.line, location.end_line), location.line + STATEMENT)
        if self.definition and self.source is not None:
            last = min(last, self.source.span(location.line).end_line)
        return self.text(location.line, last)

    def own_words(self) -> None:
        """The repository's docstring of a definition, or its comment above or behind a statement."""
        if self.source is None:
            return
        location = self.finding.location
        if self.definition:
            node = self.source.statement(location.line)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                last = min(int(node.body[0].end_lineno or node.body[0].lineno), location.line + DOCSTRING)
                self.say("source.docstring", source=self.text(location.line, last))
            return
        first = location.line
        while first > 1 and self.source.line(first - 1).startswith("#"):
            first -= 1
        if first < location.line:
            self.say(
                "source.comment", source=self.text(max(first, location.line - 4), location.line - 1), place="above"
            )
        if "#" in self.source.line(location.line):
            self.say("source.comment", source=self.text(location.line, location.line), place="behind")

    def fill(self) -> None:
        """When nothing was found to say: what the statement called, or how often it ran."""
        if self.told():
            return
        if self.frame is not None and self.run:
            rows = [
                child.id for child in self.scene.chapter.children.get(self.frame.id, ())
                if self.run[0].seq < child.seq < self.after
                and child.called_from == (self.frame.code.id, self.run[0].line)
            ]  # fmt: skip
            self.say("calls.inner", frames=rows[:6])
        if self.line is not None:
            self.say("values.read", seq=self.line.seq, source=self.statement, all=True)
        if not self.told() and self.code is not None:
            place = {"code": self.code.id, "line": self.finding.location.line}
            if not self.say("calls.ran", **place):
                self.say("calls.seen", **place)

    # -- the recording -------------------------------------------------------------------------------------------------

    def landmarks(self, *names: str) -> list[Event]:
        """Landmarks that the shown run of the statement caused itself, in order."""
        if self.frame is None or not self.run:
            return []
        begin, after = self.run[0].seq, self.after
        found = [
            event
            for event in self.scene.trace.landmarks(*names)
            if begin < event.seq < after and event.place.frame == self.frame.id and self.covers(event.place.line)
        ]
        return found if self.bounded else found[:1]

    @property
    def bounded(self) -> bool:
        """Whether the end of the shown run is known: later runs of a line recorded often enough leave no event."""
        if self.frame is None or not self.run:
            return False
        visits = int(self.scene.trace.header.get("limits", {}).get("line_visits", LINE_VISITS))
        return sum(line.line == self.run[0].line for line in self.frame.lines if line.seq <= self.run[0].seq) < visits

    @property
    def after(self) -> int:
        """The event at which the shown run of the statement was over."""
        if self.frame is None or not self.run:
            return 0
        return next(
            (line.seq for line in self.frame.lines if line.seq > self.run[-1].seq), self.frame.return_seq or 1 << 60
        )

    def covers(self, line: int) -> bool:
        """Whether a line belongs to the statement."""
        return self.finding.location.line <= line <= max(self.finding.location.line, self.finding.location.end_line)

    def _code(self) -> Code | None:
        if self.frame is not None:
            return self.frame.code
        known = self.finding.facts.get("code")
        if isinstance(known, Code):
            return known
        location = self.finding.location
        rows = self.scene.trace.codes.values()
        return next((row for row in rows if row.file == location.file and row.qualname == location.qualname), None)

    def _run(self, frame: Frame) -> list[Line]:
        """The recorded lines of the run of the statement that the finding speaks of."""
        rows = [index for index, line in enumerate(frame.lines) if self.covers(line.line)]
        if not rows:
            return []
        chosen = self._chosen(frame.lines, rows)
        last = first = chosen
        while first > 0 and self.covers(frame.lines[first - 1].line) and self.several:
            first -= 1
        while last + 1 < len(frame.lines) and self.covers(frame.lines[last + 1].line) and self.several:
            last += 1
        return frame.lines[first : last + 1]

    def _chosen(self, lines: list[Line], rows: list[int]) -> int:
        wanted = {*self.finding.seqs, self.finding.seq}
        exact = next((index for index in rows if lines[index].seq in wanted), None)
        if exact is not None:
            return exact
        before = [index for index in rows if self.finding.seqs and lines[index].seq < self.finding.seqs[0]]
        return before[-1] if before else rows[0]

    @property
    def several(self) -> bool:
        """Whether the statement stands on several lines."""
        return self.finding.location.end_line > self.finding.location.line


def first(items: Iterable[Event]) -> Event | None:
    """The first of some events, if there is one."""
    return next(iter(items), None)
