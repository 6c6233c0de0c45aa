"""A cursor over the stops of a tour. There is no terminal in it: every face that moves through a tour uses it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from tracer.errors import RepoTourError
from walkthroughs.tour import Location, Stop, Tour


class Player:
    """Moves over the stops of a tour. Every move returns whether it went anywhere; positions count from 0."""

    def __init__(self, tour: Tour) -> None:
        if not tour.stops:
            hint = "`repotour map` shows what was learned."
            raise RepoTourError("this tour has no stops.", slug="tour-no-stops", hint=hint, exit_code=3)
        self.tour = tour
        self.position = 0
        self._came_from: list[int] = []

    @property
    def stop(self) -> Stop:
        """The stop the cursor is on."""
        return self.tour.stops[self.position]

    @property
    def number(self) -> int:
        """The number of the stop as readers count it, from 1."""
        return self.position + 1

    @property
    def total(self) -> int:
        """How many stops there are."""
        return len(self.tour.stops)

    @property
    def at_start(self) -> bool:
        """Whether this is the first stop."""
        return self.position == 0

    @property
    def at_end(self) -> bool:
        """Whether this is the last stop."""
        return self.position == self.total - 1

    @property
    def chapter_number(self) -> int:
        """The number of the chapter that holds this stop, from 1."""
        return next((number for number, first in reversed(self._firsts()) if first <= self.position), 1)

    def next(self) -> bool:
        """To the stop that comes next in the telling."""
        return self._go(self.position + 1)

    def back(self) -> bool:
        """To the stop before this one."""
        return self._go(self.position - 1)

    def first(self) -> bool:
        """To the first stop."""
        return self._go(0)

    def last(self) -> bool:
        """To the last stop."""
        return self._go(self.total - 1)

    def into(self) -> bool:
        """To the next stop inside a call made from here: from this very line if there is one, or from this function."""
        here = self.stop.location
        later = range(self.position + 1, self.total)
        for wanted in (_calls_from_line, _calls_from_function):
            for position in later:
                if any(wanted(here, frame) for frame in self.tour.stops[position].call_stack):
                    self._came_from.append(self.position)
                    return self._go(position)
        return False

    def out(self) -> bool:
        """To the stop that `into` came here from, or to the nearest one in a function that called this one."""
        callers = self.stop.call_stack
        while self._came_from:
            position = self._came_from.pop()
            if any(_calls_from_function(self.tour.stops[position].location, frame) for frame in callers):
                return self._go(position)
        for frame in callers:
            for position in self._outward():
                if _calls_from_function(self.tour.stops[position].location, frame):
                    return self._go(position)
        return False

    def next_chapter(self) -> bool:
        """To the first stop of the next chapter."""
        return self.goto_chapter(self.chapter_number + 1)

    def previous_chapter(self) -> bool:
        """To the first stop of this chapter, or of the one before when the cursor is there already."""
        return self.goto_chapter(self.chapter_number) or self.goto_chapter(self.chapter_number - 1)

    def goto_chapter(self, number: int) -> bool:
        """To the first stop of a chapter, counted from 1."""
        return self._go(dict(self._firsts()).get(number, -1))

    def goto(self, target: str | int) -> bool:
        """To the stop with this id, or with this number counted from 1."""
        for position, stop in enumerate(self.tour.stops):
            if stop.id == target:
                return self._go(position, moved_when_here=True)
        text = str(target)
        return text.isdecimal() and self._go(int(text) - 1, moved_when_here=True)

    def _go(self, position: int, *, moved_when_here: bool = False) -> bool:
        if not 0 <= position < self.total or (position == self.position and not moved_when_here):
            return False
        self.position = position
        return True

    def _firsts(self) -> list[tuple[int, int]]:
        """The numbers of the chapters, each with the position of its first stop."""
        ends = accumulate((len(chapter.stops) for chapter in self.tour.chapters), initial=0)
        return [(number, first) for number, first in enumerate(ends, 1) if first < self.total]

    def _outward(self) -> Iterator[int]:
        """Positions of the other stops: those before this one, nearest first, then those after it."""
        yield from range(self.position - 1, -1, -1)
        yield from range(self.position + 1, self.total)


def _calls_from_function(here: Location, frame: Location) -> bool:
    """Whether a frame of a call stack is of the function that this place is in."""
    return (here.file, here.qualname) == (frame.file, frame.qualname)


def _calls_from_line(here: Location, frame: Location) -> bool:
    """Whether a frame of a call stack is at this very statement."""
    return _calls_from_function(here, frame) and here.line <= frame.line <= max(here.line, here.end_line)
