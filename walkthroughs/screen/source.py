"""The source pane: the file in its syntax's colours, the lit lines, which lines ran and how often."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from walkthroughs.screen.colours import coloured, few_colours
from walkthroughs.screen.listing import Listing, Row
from walkthroughs.screen.rows import SCROLLING
from walkthroughs.screen.texts import cut, plain
from walkthroughs.screen.values import briefest
from walkthroughs.stepping import Seen
from walkthroughs.tour import Location, Tour

COUNT = 5
"""Columns of the number that says how often a line ran."""

ROOM_FOR_VALUES = 12
"""Columns that have to be free behind a line for what it bound to be shown there."""

ARROW, HERE, RAN = "▶", "┃", "│"
"""Marks of the lit lines, of lines that ran in this visit of the function, and of lines that ran in another."""


class Source(ScrollView, can_focus=True, inherit_bindings=False):
    """The listing of one file. Arrow keys and the wheel scroll it; a click on a line that ran asks for that run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *SCROLLING,
        Binding("less_than_sign", "sideways(-8)", show=False),
        Binding("greater_than_sign", "sideways(8)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source--count", "source--hot", "source--ran", "source--here", "source--arrow", "source--number",
        "source--idle", "source--lit", "source--more", "source--missing", "source--said",
    }  # fmt: skip

    class LineChosen(Message):
        """A line was clicked."""

        def __init__(self, file: str, line: int) -> None:
            super().__init__()
            self.file = file
            self.line = line

    def __init__(self, tour: Tour) -> None:
        super().__init__(id="source-lines")
        self.tour = tour
        self.listing = Listing(tour, "")
        self.place = Location("", 0)
        self.lit = range(0)
        self.here: frozenset[int] = frozenset()
        self.said: dict[int, list[Seen]] = {}
        self._listings: dict[str, Listing] = {}
        self._coloured: dict[tuple[str, str, int], list[list[Segment]]] = {}

    def show(self, place: Location, here: frozenset[int], said: dict[int, list[Seen]]) -> None:
        """Light a place; `here` are the lines that ran in the visit that is looked at, `said` is what they bound."""
        moved, before = place.file != self.place.file, self._looks()
        if place.file not in self._listings:
            self._listings[place.file] = Listing(self.tour, place.file)
        self.listing = self._listings[place.file]
        self.place, self.said = place, said
        self.lit = range(place.line, max(place.end_line, self.listing.end_of(place.line)) + 1)
        self.here = frozenset(line for first in here for line in range(first, self.listing.end_of(first) + 1))
        if moved:
            widest = max((cell_len(row.text) for row in self.listing.rows), default=0)
            self.virtual_size = Size(widest + self.gutter_width + 1, len(self.listing.rows))
            self.scroll_to(x=0, animate=False)
            self.refresh()
        else:
            now = self._looks()
            for position in range(len(self.listing.rows)):
                if before.get(position) != now.get(position):
                    self.refresh_line(position)
        self.bring_into_view(middle=moved)

    def _looks(self) -> dict[int, tuple[bool, bool, bool, tuple[tuple[str, int], ...]]]:
        """What of each row that is marked in some way depends on where the reader is."""
        numbers = {*self.lit, *self.here, *self.said}
        positions = {number: self.listing.position(number) for number in numbers}
        return {
            position: (
                number in self.lit,
                number == self.place.line,
                number in self.here,
                tuple((row.name, id(row.value)) for row in self.said.get(number, ())),
            )
            for number, position in positions.items()
            if position is not None
        }

    def bring_into_view(self, *, middle: bool) -> None:
        """Scroll as little as needed to show the lit lines with some around them; far jumps put them in the middle."""
        top, bottom = self.listing.position(self.lit.start), self.listing.position(self.lit.stop - 1)
        if top is None or not self.size.height:
            return
        height = self.scrollable_content_region.height or self.size.height
        margin = min(3, height // 4)
        bottom = min(bottom if bottom is not None else top, top + height - margin - 1)
        now = round(self.scroll_y)
        if middle or top < now - height or bottom > now + 2 * height:
            wanted = top - max(margin, (height - (bottom - top + 1)) // 3)
        else:
            wanted = min(max(now, bottom + margin + 1 - height), top - margin)
        self.scroll_to(y=max(0, wanted), animate=False)

    @property
    def gutter_width(self) -> int:
        """Columns left of the code."""
        return COUNT + 3 + self._digits + 2

    @property
    def _digits(self) -> int:
        return max(2, len(str(max((row.number for row in self.listing.rows), default=1))))

    def render_line(self, y: int) -> Strip:
        """One row of the pane."""
        scroll_x, scroll_y = self.scroll_offset
        base = self.rich_style
        width = self.scrollable_content_region.width or self.size.width
        position = y + scroll_y
        if position >= len(self.listing.rows):
            return Strip.blank(width, base)
        row = self.listing.rows[position]
        lit = row.number > 0 and row.number in self.lit
        room = max(0, width - self.gutter_width)
        code = Strip(self._code(position, row)).crop(scroll_x, scroll_x + room)
        if room and cell_len(row.text) - scroll_x > room:
            more = self.get_component_rich_style("source--missing", partial=True)
            code = Strip([*code.crop(0, room - 1), Segment("…", more)])
        bound = self._bound(row, width - self.gutter_width - code.cell_length)
        strip = Strip([*self._gutter(row, lit), *code, *bound]).extend_cell_length(width).crop(0, width)
        if not lit:
            return strip.apply_style(base)
        first = row.number == self.place.line
        if few_colours(self.app):
            return Strip([Segment(strip.text, Style(reverse=first, bold=True))])
        return strip.apply_style(base + self.get_component_rich_style("source--lit" if first else "source--more"))

    def _bound(self, row: Row, room: int) -> list[Segment]:
        """What a line that ran in this visit bound, behind its code, where there is room for it."""
        rows = self.said.get(row.number, []) if row.number else []
        if not rows or room < ROOM_FOR_VALUES:
            return []
        text = ", ".join(briefest(one.name, one.value) for one in rows[:3])
        shown = cut(plain(f"   {text}"), room - 1).plain
        return [Segment(shown, self.get_component_rich_style("source--said", partial=True))]

    def _gutter(self, row: Row, lit: bool) -> list[Segment]:
        style = self.get_component_rich_style
        if not row.number:
            return [Segment(" " * self.gutter_width)]
        hot = row.runs is not None and row.runs > 1 and row.runs * 2 >= self.listing.most
        mark = HERE if row.number in self.here else RAN if row.runs is not None else " "
        return [
            Segment(f"{row.count:>{COUNT}} ", style("source--hot" if hot else "source--count", partial=True)),
            Segment(mark, style("source--here" if row.number in self.here else "source--ran", partial=True)),
            Segment(ARROW if lit and row.number == self.place.line else " ", style("source--arrow", partial=True)),
            Segment(f"{row.number:>{self._digits}}  ", style(f"source--{'arrow' if lit else 'number'}", partial=True)),
        ]

    def _code(self, position: int, row: Row) -> list[Segment]:
        if not row.number or row.idle:
            name = "source--idle" if row.number else "source--missing"
            return [Segment(row.text, self.get_component_rich_style(name, partial=True))]
        part = self.listing.part_of(position)
        key = (self.listing.file, self.app.theme, part.start)
        if key not in self._coloured:
            self._coloured[key] = coloured([self.listing.rows[at].text for at in part], self.app.theme)
        return self._coloured[key][position - part.start]

    def on_resize(self) -> None:
        """Keep the lit lines in view."""
        self.bring_into_view(middle=False)

    def on_click(self, event: events.Click) -> None:
        """Ask for the run of the line that was clicked."""
        position = event.y + round(self.scroll_y)
        if 0 <= position < len(self.listing.rows) and self.listing.rows[position].number:
            self.post_message(self.LineChosen(self.listing.file, self.listing.rows[position].number))

    def action_sideways(self, columns: int) -> None:
        """Scroll to the side, to read long lines."""
        self.scroll_relative(x=columns, animate=False)
