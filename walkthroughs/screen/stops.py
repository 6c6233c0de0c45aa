"""The pane of stops: the chapters with their numbers and the stops in them; choosing one goes there."""

from __future__ import annotations

from textual.content import Content

from walkthroughs.prose import bare
from walkthroughs.screen.rows import Choices, Row
from walkthroughs.screen.texts import cut, joined, plain
from walkthroughs.tour import Chapter, Stop, Tour


class Stops(Choices):
    """All stops of a tour under the headings of their chapters; those that were seen are ticked."""

    def __init__(self, tour: Tour) -> None:
        super().__init__("stops-list")
        self.tour = tour
        self.seen: set[int] = set()
        self.position = 0
        self._stops: list[int | None] = []

    def show(self, position: int) -> None:
        """Put the cursor on a stop, counted from 0."""
        if position != self.position or not self.seen:
            self.position = position
            self.seen.add(position)
            self._fill()
        self.show_cursor()

    def on_resize(self) -> None:
        """Rows are cut to the width."""
        self._fill()
        self.show_cursor()

    def stop_at(self, row: int) -> int | None:
        """The stop that a row stands for, counted from 0; None for a heading."""
        return self._stops[row] if 0 <= row < len(self._stops) else None

    def _fill(self) -> None:
        rows: list[Row] = []
        self._stops = []
        position = 0
        for number, chapter in enumerate(self.tour.chapters, 1):
            rows.append(([cut(_heading(number, chapter), self.room)], False))
            self._stops.append(None)
            for stop in chapter.stops:
                rows.append(([cut(self._row(position, stop), self.room)], True))
                self._stops.append(position)
                position += 1
        self.put_rows(rows, self._stops.index(self.position))

    def _row(self, position: int, stop: Stop) -> Content:
        here = position == self.position
        mark = "▶" if here else "·" if position in self.seen else " "
        more = [] if stop.basis == "observed" else [(f" ({stop.basis})", "$text-muted italic")]
        title = bare(stop.title or stop.stage_title)
        return joined(
            (f"{mark}", "bold $accent"),
            (f"{position + 1:>3} ", "$text-muted"),
            (title, "bold" if here else "$text-muted" if position in self.seen else ""),
            *more,
        )


def _heading(number: int, chapter: Chapter) -> Content:
    return joined((f"{number} ", "bold $accent"), plain(chapter.title, "bold $primary"))
