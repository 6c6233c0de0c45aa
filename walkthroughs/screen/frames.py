"""The pane of the call stack: one row for each level, the innermost first; choosing one shows its line and names."""

from __future__ import annotations

from pathlib import PurePosixPath

from textual.content import Content

from walkthroughs.screen.reading import Called
from walkthroughs.screen.rows import Choices
from walkthroughs.screen.texts import cut, joined


class Frames(Choices):
    """The call stack at a place."""

    def __init__(self) -> None:
        super().__init__("frames-list")
        self.levels: list[Called] = []
        self.level = 0

    def show(self, levels: list[Called], level: int) -> None:
        """Show a stack with the cursor on a level."""
        self.levels, self.level = levels, level
        self._fill()
        self.show_cursor()

    def on_resize(self) -> None:
        """Rows are cut to the width."""
        self._fill()

    def _fill(self) -> None:
        rows = [([self._row(at, called, self.room)], True) for at, called in enumerate(self.levels)]
        self.put_rows(rows, self.level)

    def _row(self, at: int, called: Called, width: int) -> Content:
        looked = at == self.level
        place = called.place
        fits = len(place.file) + len(place.qualname) + 16 <= width
        file = place.file if fits else PurePosixPath(place.file).name
        name = place.qualname or "<module>"
        return cut(
            joined(
                ("▶" if looked else " ", "bold $accent"),
                (f"{at:>2} ", "$text-muted"),
                (name, "bold" if looked else ""),
                (f"  {file}:{place.line}", "$primary"),
                (f"  through {called.via}" if called.via else "", "$text-muted"),
            ),
            width,
        )
