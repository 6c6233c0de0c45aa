"""Rows of text that scroll, and rows to choose from. Only rows that became others are drawn again: less to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from walkthroughs.screen.colours import few_colours

SCROLLING: list[BindingType] = [
    Binding("up,k", "scroll_up", show=False),
    Binding("down,j", "scroll_down", show=False),
    Binding("pageup", "page_up", show=False),
    Binding("pagedown", "page_down", show=False),
]


Row = tuple[Sequence[Content], bool]
"""The lines of a row, and whether it can be chosen."""


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines of text, as wide as the pane or cut off; arrow keys and the wheel scroll them."""

    BINDINGS: ClassVar[list[BindingType]] = SCROLLING

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.lines: list[Content] = []

    @property
    def room(self) -> int:
        """Columns that a line may take."""
        return max(8, self.scrollable_content_region.width or 40)

    def put(self, lines: Sequence[Content], *, top: bool = False) -> None:
        """Show other lines; `top`: from the first one on."""
        before, self.lines = self.lines, list(lines)
        size = Size(self.room, len(self.lines))
        if size != self.virtual_size:
            self.virtual_size = size
        for at in range(max(len(before), len(self.lines))):
            if at >= len(before) or at >= len(self.lines) or not before[at].is_same(self.lines[at]):
                self.refresh_line(at)
        if top and self.scroll_y:
            self.scroll_to(y=0, animate=False)

    def render_line(self, y: int) -> Strip:
        """One row of the pane."""
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width or self.size.width
        if at >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        style = self.visual_style
        strips = Visual.to_strips(self, self.lines[at], width, 1, style, apply_selection=False, pad=True)
        return self.dressed(at, strips[0].crop(0, width)) if strips else Strip.blank(width, self.rich_style)

    def dressed(self, at: int, strip: Strip) -> Strip:  # noqa: ARG002
        """A row as it is finally shown."""
        return strip


class Choices(Rows, inherit_bindings=False):
    """Rows of one or more lines, of which some can be chosen with Enter or a click; the cursor shows with the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
        Binding("enter", "choose", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choices--cursor"}

    class Chosen(Message):
        """A row was chosen; `row` counts from 0."""

        def __init__(self, choices: Choices, row: int) -> None:
            super().__init__()
            self.choices = choices
            self.row = row

        @property
        def control(self) -> Choices:
            """What it was chosen from."""
            return self.choices

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.cursor: int | None = None
        self._row_of: list[int] = []
        self._choosable: list[bool] = []

    def put_rows(self, rows: Sequence[Row], cursor: int | None, *, top: bool = False) -> None:
        """Show other rows, with the cursor on one of them."""
        lines: list[Content] = []
        self._row_of = []
        for number, (texts, _) in enumerate(rows):
            lines += texts
            self._row_of += [number] * len(texts)
        self._choosable = [choosable for _, choosable in rows]
        self._set_cursor(cursor if cursor is not None and self._can(cursor) else None)
        self.put(lines, top=top)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row and scroll it into view."""
        self._set_cursor(row)
        self.show_cursor()

    def show_cursor(self) -> None:
        """Scroll as little as needed to see the row of the cursor."""
        found = [at for at, row in enumerate(self._row_of) if row == self.cursor]
        height = self.scrollable_content_region.height
        if not found or not height:
            return
        first, last, now = found[0], found[-1], round(self.scroll_y)
        # The heading of a group that the cursor is on top of is shown with it.
        first = first - 1 if first and not self._choosable[self._row_of[first - 1]] else first
        wanted = min(max(now, last + 1 - height), first)
        if wanted != now:
            self.scroll_to(y=wanted, animate=False)

    def dressed(self, at: int, strip: Strip) -> Strip:
        """A row, lit when the cursor is on it and the keys come here."""
        if not self.has_focus or self._row_of[at] != self.cursor:
            return strip
        cursor = self.get_component_rich_style("choices--cursor")
        if few_colours(self.app):
            return Strip([Segment(strip.text, Style(reverse=True))])
        style = Style(bgcolor=cursor.bgcolor)
        return Strip(Segment.apply_style(strip, post_style=style), strip.cell_length)

    def action_move(self, by: int) -> None:
        """Move the cursor over the rows that can be chosen."""
        possible = [row for row, can in enumerate(self._choosable) if can]
        if not possible:
            self.scroll_relative(y=by, animate=False)
            return
        here = self.cursor if self.cursor is not None else -1 if by > 0 else len(self._choosable)
        ahead = [row for row in possible if (row > here if by > 0 else row < here)]
        if ahead:
            steps = min(abs(by), len(ahead))
            self.move_to(ahead[steps - 1] if by > 0 else ahead[-steps])
        elif by < 0:
            self.scroll_to(y=0, animate=False)

    def action_choose(self) -> None:
        """Choose the row that the cursor is on."""
        if self.cursor is not None and self._can(self.cursor):
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        at = event.y + round(self.scroll_y)
        if 0 <= at < len(self._row_of) and self._can(self._row_of[at]):
            self._set_cursor(self._row_of[at])
            self.action_choose()

    def on_focus(self) -> None:
        """The cursor shows; where there was none, it is on the first row."""
        if self.cursor is None:
            self.cursor = next((row for row, can in enumerate(self._choosable) if can), None)
        self.refresh()

    def on_blur(self) -> None:
        """The cursor hides."""
        self.refresh()

    def _can(self, row: int) -> bool:
        return 0 <= row < len(self._choosable) and self._choosable[row]

    def _set_cursor(self, row: int | None) -> None:
        before, self.cursor = self.cursor, row
        if before == row or not self.has_focus:
            return
        for at, number in enumerate(self._row_of):
            if number in (before, row):
                self.refresh_line(at)
