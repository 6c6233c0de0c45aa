"""Where a reader is in a tour: at a stop, or on a recorded line between stops, at some level of the call stack.

There is no terminal in it. Every move returns "" when it went somewhere, else a sentence that says why it did not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tracer.location import Location
from walkthroughs.player import Player
from walkthroughs.stepping import Seen, Walk
from walkthroughs.stop import Stop, Variable
from walkthroughs.tour import Tour

DEFINITIONS = ("function", "type", "module", "builtin_function_or_method", "ABCMeta", "abc.ABCMeta")
"""Types of values that say little to a reader: they come last."""

LONGEST_STATEMENT = 12
"""Lines of a stop up to which its names are looked for in its text; a whole function names everything."""

_WORD = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")

NO_LINES = "This tour carries no recorded lines; the arrows go from stop to stop."


@dataclass(frozen=True, slots=True)
class Called:
    """One level of the call stack as it is shown: its place, and what of a library lies between it and its caller."""

    place: Location
    via: str = ""
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together, under a heading of a few words; `was` has what some of them were before, by name."""

    heading: str
    values: tuple[Seen, ...]
    was: Mapping[str, Variable] = field(default_factory=dict)


class Reading:
    """A position in a tour. `step` counts in the recording (None: nothing of it was reached yet); `level` is the level
    of the call stack that is looked at, 0 the innermost."""

    def __init__(self, tour: Tour) -> None:
        self.player = Player(tour)
        recorded = tour.recording
        self.walk = Walk(recorded) if recorded is not None and recorded.order else None
        self.step: int | None = None
        self.level = 0
        self.away = False
        self._arrive()

    @property
    def stop(self) -> Stop:
        """The stop at hand: the one that was reached last."""
        return self.player.stop

    @property
    def at_step(self) -> int | None:
        """The step that is shown; None at a stop that is not in the recording."""
        return self.step if self.away or self.stop.step is not None else None

    @property
    def place(self) -> Location:
        """What is lit in the source: the stop's lines, the line that is about to run, or a caller's line."""
        if self.level:
            return self.stack()[self.level].place
        return self._step_place() if self.away else self.stop.location

    def stack(self) -> list[Called]:
        """The call stack, innermost first."""
        step = self.at_step
        if step is None or self.walk is None:
            return [Called(place) for place in (self.stop.location, *self.stop.call_stack)]
        walk = self.walk
        recorded = [
            Called(walk.place(level), walk.recording.frames[level.frame].via, True) for level in walk.stack(step)
        ]
        return recorded + [Called(place) for place in walk.above(step)]

    def ran_in_visit(self) -> frozenset[int]:
        """The lines that ran in this very visit of the function that is looked at."""
        step = self.at_step
        if step is None or self.walk is None:
            return frozenset()
        levels = self.walk.stack(step)
        if self.level >= len(levels):
            return frozenset()
        return frozenset(self.walk.recording.lines[at] for at in self.walk.steps_of[levels[self.level].frame])

    def values(self) -> list[Group]:
        """The values at the level that is looked at: what the line makes, what just changed, and the rest."""
        step = self.at_step
        if step is None or self.walk is None:
            return self._values_of_stop() if not self.level else []
        if self.level >= len(self.walk.stack(step)):
            return []
        told = [] if self.away or self.level else self._told_values(step)
        whole = bool(told) and self.walk.recording.lines[step] != self.stop.location.line
        names = {row.name for row in told}
        # A stop that is a whole function stands at the first line of a visit: what that line binds is not the stop's.
        made = [] if self.level or whole else [row for row in self.walk.binds(step) if row.name not in names]
        gives = None if self.level or whole or "return" in names else self.walk.returns(step)
        made = [row for row in told if row.changed] + made
        held = self.walk.names(step, self.level)
        known = names | {row.name for row in made}
        before = [row for row in reversed(held.values()) if row.name not in known]
        changed, rest = _parted(before, lambda row: row.changed)
        named, others = _parted(rest, self._on_line())
        own = {row.name for row in before} | known
        outer = [row for row in self.walk.outer_names(step, self.level).values() if row.name not in own]
        found = _groups(
            ("changed here" if whole else "changed by this line", made),
            ("given back", [Seen("return", gives, step, True)] if gives is not None else []),
            ("changed by the line before", changed),
            ("seen here" if whole else "named on this line", [*(row for row in told if not row.changed), *named]),
            (
                "of its module, named here" if whole else "of its module, named on this line",
                _parted(outer, self._on_line())[0],
            ),
            ("other names", sorted(others, key=lambda row: row.value.type in DEFINITIONS)),
        )
        if made:
            held_before = {row.name: held[row.name].value for row in made if row.name in held}
            told_now = {row.name: row.value.value for row in made}
            was = {name: old for name, old in held_before.items() if old.value not in ("", told_now[name])}
            found[0] = replace(found[0], was=was)
        return found

    def _told_values(self, step: int) -> list[Seen]:
        return [Seen(variable.name, variable, step, variable.changed) for variable in self.stop.variables]

    def _on_line(self) -> Callable[[Seen], bool]:
        """Whether a name stands in the text of the lit lines."""
        place = self.place
        source = self.walk.recording.source(place.file) if self.walk is not None else None
        texts = [source.line(line) or "" for line in range(place.line, place.end_line + 1)] if source else []
        found = _WORD.findall(" ".join(texts)) if len(texts) <= LONGEST_STATEMENT else []
        parts = [word.split(".") for word in found]
        words = {".".join(part[:count]) for part in parts for count in range(1, len(part) + 1)}
        return lambda row: row.name in words

    def said(self) -> dict[int, list[Seen]]:
        """By line, what it last bound in the visit that is looked at, up to the line that is lit."""
        step = self.at_step
        if step is None or self.walk is None or self.level >= len(self.walk.stack(step)):
            return {}
        level = self.walk.stack(step)[self.level]
        found: dict[int, list[Seen]] = {}
        for at in self.walk.steps_of[level.frame]:
            if at >= (step if not self.level else level.step):
                break
            rows = [row for row in self.walk.binds(at) if row.value.type not in DEFINITIONS]
            if rows:
                found[self.walk.recording.lines[at]] = rows
        return found

    def printed(self) -> str:
        """What the line, or the stop, prints."""
        if not self.away:
            return self.stop.output
        return self.walk.printed(self.step) if self.walk is not None and self.step is not None else ""

    def _values_of_stop(self) -> list[Group]:
        rows = [Seen(variable.name, variable, None, variable.changed) for variable in self.stop.variables]
        made, read = [row for row in rows if row.changed], [row for row in rows if not row.changed]
        return _groups(("changed here", made), ("seen here", read))

    # --- from stop to stop ---

    def next_stop(self) -> str:
        """To the next stop of the telling."""
        return self._told(self.player.next(), "This is the last stop.")

    def previous_stop(self) -> str:
        """Back to the stop at hand when the reader stepped away from it, else to the one before."""
        if self.away:
            self._arrive()
            return ""
        return self._told(self.player.back(), "This is the first stop.")

    def first_stop(self) -> str:
        """To the first stop."""
        self.player.first()
        self._arrive()
        return ""

    def last_stop(self) -> str:
        """To the last stop."""
        self.player.last()
        self._arrive()
        return ""

    def goto_stop(self, target: str | int) -> str:
        """To the stop with this id or number, counted from 1."""
        return self._told(self.player.goto(target), f"There is no stop {target}.")

    def resume(self, stop: str, step: int | None = None) -> bool:
        """To a place that was kept: a stop, and a step away from it. Returns whether that is not the first stop."""
        if self.goto_stop(stop):
            return False
        if step is not None and self.walk is not None and 0 <= step < len(self.walk):
            self.goto_step(step)
        return self.away or not self.player.at_start

    def goto_chapter(self, number: int) -> str:
        """To the first stop of a chapter, counted from 1."""
        count = len(self.player.tour.chapters)
        there = self.player.goto_chapter(number) or 1 <= number <= count
        return self._told(there, f"There are {count} chapters." if count > 1 else "There is one chapter.")

    def next_chapter(self) -> str:
        """To the first stop of the next chapter."""
        return self._told(self.player.next_chapter(), "This is the last chapter.")

    def previous_chapter(self) -> str:
        """To the first stop of this chapter, or of the one before when the reader is there."""
        moved = self.player.goto_chapter(self.player.chapter_number)
        return self._told(moved or self.away or self.player.previous_chapter(), "This is the first chapter.")

    # --- from line to line ---

    def over(self) -> str:
        """To the next line of this function, or of those that called it."""
        return self._walked(Walk.over, "The recording ends here; → goes to the next stop.")

    def into(self) -> str:
        """To the next line that ran, wherever it is."""
        if self.walk is None:
            return self._told(self.player.into(), "No later stop lies inside a call made from here.")
        return self._walked(Walk.into, "The recording ends here; → goes to the next stop.")

    def out(self) -> str:
        """To the first line behind the return from this function."""
        if self.walk is None:
            return self._told(self.player.out(), "No stop lies in the code that called this.")
        return self._walked(Walk.out, "Nothing was recorded after this function returned.")

    def back(self) -> str:
        """To the line before this one in this function, or to the line that called it."""
        return self._walked(Walk.back_over, "The recording begins here; ← goes to the stop before.")

    def back_into(self) -> str:
        """To the line that ran just before, wherever it is."""
        return self._walked(Walk.back, "The recording begins here; ← goes to the stop before.")

    def back_out(self) -> str:
        """To the line that called this function."""
        return self._walked(Walk.back_out, "Nothing that called this function was recorded.")

    def next_run(self) -> str:
        """To the next time that this line ran."""
        return self._run_of(self.place, True)

    def previous_run(self) -> str:
        """To the last time that this line ran before."""
        return self._run_of(self.place, False)

    def run_at(self, file: str, line: int) -> str:
        """To the next time that a line ran, or else to the first time."""
        if self.walk is None:
            return NO_LINES
        at = self.at_step if self.at_step is not None else -1
        found = self.walk.next_at(at, file, range(line, line + 1)) if at >= 0 else None
        found = next(iter(self.walk.runs_of(file, line)), None) if found is None else found
        if found is None:
            return f"No recorded run of line {line}."
        self.goto_step(found)
        return ""

    def goto_step(self, step: int) -> str:
        """To a step of the recording."""
        if self.walk is None or not 0 <= step < len(self.walk):
            return NO_LINES if self.walk is None else f"There are {len(self.walk)} recorded lines."
        self.step, self.level = step, 0
        here = [at for at, stop in enumerate(self.player.tour.stops) if stop.step == step]
        self.away = not here
        if here and self.player.position not in here:
            self.player.position = here[0]
        return ""

    def goto_setting(self, row: Seen) -> str:
        """To the line that set a value; for what this very line sets, to the line that set what was before."""
        step, since = self.at_step, row.since
        if step is None or self.walk is None:
            return NO_LINES
        if since == step:
            held = self.walk.names(step, self.level).get(row.name)
            since = held.since if held is not None else None
        if since is None:
            return f"{row.name} was given to the function, or nothing was recorded of where it was set before."
        return self.goto_step(since)

    def up(self) -> str:
        """One level up the call stack: to the caller of what is looked at."""
        if self.level + 1 >= len(self.stack()):
            return "This is the outermost level of the call stack."
        self.level += 1
        return ""

    def down(self) -> str:
        """One level down the call stack again."""
        if not self.level:
            return "This is the innermost level of the call stack."
        self.level -= 1
        return ""

    def goto_level(self, level: int) -> str:
        """To a level of the call stack."""
        self.level = max(0, min(level, len(self.stack()) - 1))
        return ""

    def _told(self, moved: bool, otherwise: str) -> str:
        if moved:
            self._arrive()
        return "" if moved else otherwise

    def _walked(self, move: Callable[[Walk, int], int | None], otherwise: str) -> str:
        if self.walk is None or self.step is None:
            return NO_LINES if self.walk is None else "Nothing was recorded up to here; → goes to the next stop."
        found = move(self.walk, self.step)
        return otherwise if found is None else self.goto_step(found)

    def _run_of(self, place: Location, forward: bool) -> str:
        if self.walk is None or self.step is None:
            return NO_LINES
        lines = range(place.line, max(place.line, place.end_line) + 1)
        move = self.walk.next_at if forward else self.walk.previous_at
        at = self.walk.stack(self.step)[self.level].step if self.level < len(self.walk.stack(self.step)) else self.step
        found = move(at, place.file, lines)
        if found is None:
            return "No later run of this line was recorded." if forward else "No earlier run of this line was recorded."
        return self.goto_step(found)

    def _step_place(self) -> Location:
        assert self.walk is not None and self.step is not None
        return self.walk.location(self.step)

    def _arrive(self) -> None:
        """At the stop of the player; a stop that is not in the recording keeps the step that was reached before."""
        self.level, self.away = 0, False
        stops = self.player.tour.stops
        before = (stops[at].step for at in range(self.player.position, -1, -1))
        self.step = next((step for step in before if step is not None), None)


def _parted(rows: Iterable[Seen], wanted: Callable[[Seen], bool]) -> tuple[list[Seen], list[Seen]]:
    """Those that are wanted, and the others."""
    kept = list(rows)
    return [row for row in kept if wanted(row)], [row for row in kept if not wanted(row)]


def _groups(*pairs: tuple[str, list[Seen]]) -> list[Group]:
    return [Group(heading, tuple(rows)) for heading, rows in pairs if rows]
