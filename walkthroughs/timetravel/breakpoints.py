"""Breakpoints in a recording: on lines, functions, and values that change; conditions over what was recorded.

Runs on the host. A breakpoint on a line in the middle of a statement stands at the statement's first line, which is
where steps stand.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass, field

from walkthroughs.stepping import Walk
from walkthroughs.timetravel.expressions import NotKnown, Scope, is_true


@dataclass(slots=True)
class Breakpoint:
    """Where to stop: at `lines` of `file`, where the function `function` begins, or where the name `watched` has
    changed, or (`raising`) on lines that raise. `unsure` counts the steps at which the condition could not be told."""

    number: int
    file: str = ""
    lines: range = range(0)
    function: str = ""
    watched: str = ""
    raising: bool = False
    condition: str = ""
    temporary: bool = False
    enabled: bool = True
    ignore: int = 0
    hits: int = 0
    unsure: int = 0
    steps: frozenset[int] = field(default=frozenset(), repr=False)

    def __str__(self) -> str:
        """Where it stands, in words."""
        if self.raising:
            return "lines that raise"
        if self.watched:
            return f"when {self.watched} changes"
        return self.function or f"{self.file}:{self.lines.start}"


class NoPlace(Exception):
    """A breakpoint can stand nowhere; the text says why."""


class Breakpoints:
    """The breakpoints of one session over one recording."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.all: dict[int, Breakpoint] = {}
        self._next = 1
        self._statements: dict[str, dict[int, int]] = {}

    # -- setting -----------------------------------------------------------------------------------------------------

    def at_line(self, file: str, line: int, **more: object) -> Breakpoint:
        """A breakpoint on a line that ran; raises NoPlace where none did, or none of its statement."""
        first = self.line_that_ran(file, line)
        steps = frozenset(self.walk.runs_of(file, first))
        return self._add(Breakpoint(0, file=file, lines=range(first, first + 1), steps=steps, **more))  # type: ignore[arg-type]

    def at_function(self, name: str, file: str = "", **more: object) -> Breakpoint:
        """A breakpoint where a function begins; `name` may be qualified. Raises NoPlace when it was never recorded."""
        steps = set()
        for number, frame in enumerate(self.walk.recording.frames):
            own = frame.location.qualname
            named = own == name or own.endswith("." + name)
            if named and file in ("", frame.location.file) and self.walk.steps_of.get(number):
                steps.add(self.walk.steps_of[number][0])
        if not steps:
            raise NoPlace(f"no visit of a function {name} is in this recording")
        return self._add(Breakpoint(0, file=file, function=name, steps=frozenset(steps), **more))  # type: ignore[arg-type]

    def at_change(self, name: str, **more: object) -> Breakpoint:
        """A breakpoint behind each line that gave a name another value, in whatever function; raises NoPlace."""
        steps = set()
        known: dict[int, int] = {}
        walk = self.walk
        for row in walk.recording.bound:
            frame = walk.recording.order[row.step] if row.frame is None else row.frame
            if row.name == name and known.get(frame) != row.value:
                known[frame] = row.value
                own = walk.steps_of[walk.recording.order[row.step]]
                after = bisect_right(own, row.step)
                behind = own[after] if after < len(own) else walk.over(row.step)
                if behind is not None:
                    steps.add(behind)
        if not known:
            raise NoPlace(f"no line of this recording binds {name}")
        return self._add(Breakpoint(0, watched=name, steps=frozenset(steps), **more))  # type: ignore[arg-type]

    def at_exceptions(self) -> Breakpoint:
        """A breakpoint on each line that raised an exception, or let one through."""
        return self._add(Breakpoint(0, raising=True, steps=frozenset(row.step for row in self.walk.recording.raised)))

    def _add(self, made: Breakpoint) -> Breakpoint:
        made.number = self._next
        self._next += 1
        self.all[made.number] = made
        return made

    def line_that_ran(self, file: str, line: int) -> int:
        """The line at which steps of a line's statement stand."""
        rows = {number for number, path in self._ran() if path == file}
        if not rows:
            raise NoPlace(f"no line of {file} is in this recording")
        if line in rows:
            return line
        first = self._first_lines(file).get(line, line)
        if first in rows:
            return first
        nearest = min(rows, key=lambda row: (abs(row - line), row < line))
        raise NoPlace(f"line {line} of {file} was not recorded running; the nearest that was is {nearest}")

    def _ran(self) -> set[tuple[int, str]]:
        frames = self.walk.recording.frames
        pairs = zip(self.walk.recording.order, self.walk.recording.lines, strict=True)
        return {(line, frames[number].location.file) for number, line in pairs}

    def _first_lines(self, file: str) -> dict[int, int]:
        """The first line of the statement, or of the header, that each line of a file belongs to."""
        if file not in self._statements:
            source = self.walk.recording.source(file)
            found: dict[int, int] = {}
            for part in source.parts if source is not None else ():
                try:
                    tree = ast.parse("\n".join(part.lines))
                except (SyntaxError, ValueError, RecursionError):
                    continue
                for node in ast.walk(tree):
                    if isinstance(node, ast.stmt):
                        body = getattr(node, "body", None)
                        last = body[0].lineno - 1 if body else (node.end_lineno or node.lineno)
                        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
                        shift = part.first_line - 1
                        for number in range(first, max(last, node.lineno) + 1):
                            found[number + shift] = first + shift
            self._statements[file] = found
        return self._statements[file]

    # -- meeting -----------------------------------------------------------------------------------------------------

    def hit(self, step: int) -> list[Breakpoint]:
        """The breakpoints that stop at a step; they count it, and temporary ones are gone afterwards."""
        found = []
        for one in list(self.all.values()):
            if one.enabled and step in one.steps and self._holds(one, step):
                one.hits += 1
                if one.hits > one.ignore:
                    found.append(one)
                    if one.temporary:
                        del self.all[one.number]
        return found

    def _holds(self, one: Breakpoint, step: int) -> bool:
        if not one.condition:
            return True
        try:
            return is_true(one.condition, Scope(self.walk.names(step), self.walk.outer_names(step)))
        except NotKnown:
            one.unsure += 1
            return False
