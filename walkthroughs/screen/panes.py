"""A pane: a heading of one line over something that scrolls. The heading shows which pane has the keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from walkthroughs.screen.bars import Line


class Pane(Vertical):
    """One part of the screen, with its heading; on its right end stands what there is to say about it."""

    def __init__(self, heading: str, body: Widget, name: str) -> None:
        super().__init__(id=name, classes="pane")
        self.body = body
        self.heading = Line(Content(heading), classes="heading")

    def compose(self) -> ComposeResult:
        """The heading over the body."""
        yield self.heading
        yield self.body

    def head(self, left: Content | str, right: Content | str = "") -> None:
        """Change the heading."""
        self.heading.put(Content(left) if isinstance(left, str) else left, right)
