"""The screens that lie over the panes: help, find, and what to take along to an editor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from walkthroughs.screen.elsewhere import Handle
from walkthroughs.screen.finding import Hit, find
from walkthroughs.screen.rows import Choices, Rows
from walkthroughs.screen.texts import cut, folded, inline, joined, plain
from walkthroughs.tour import Tour

HELP = (
    ("line by line", ""),
    ("n", "next line, over calls"),
    ("s", "into the call: the next line that ran, wherever it is"),
    ("b", "back: the line before, or the line that called this function"),
    ("S", "back into calls: the line that ran just before, wherever it is"),
    ("o  O", "out: behind the return from this function; back to the line that called it"),
    ("f  F", "the next, the last time that this line ran"),
    ("u  d", "up and down the call stack"),
    ("click", "on a line: to a run of that line; on a stack level: that level"),
    ("stop by stop", ""),
    ("→  Space", "next stop"),
    ("←  Backspace", "back to the stop you stepped away from, or the stop before"),
    ("Home  End", "first stop, last stop"),
    ("1 2 3 …  c  C", "to a chapter by its number; to the next one, the one before"),
    ("l", "the list of stops"),
    ("p", "play: go on by itself; any move stops it"),
    ("/", "find in titles, notes, source, names and values"),
    ("panes", ""),
    ("Tab", "to the next pane; ↑ ↓ PageUp PageDown scroll it"),
    ("Enter", "on a value: open it; on a stop or a stack level: go there"),
    ("v", "open or close all values"),
    ("=", "what set this value: to the line that bound it"),
    ("w", "where: the call stack (in small windows it shares a place with the values)"),
    ("z", "make the pane as large as the window, and back"),
    ("<  >", "scroll long lines of source to the side"),
    ("t", "light or dark"),
    ("elsewhere", ""),
    ("e", "the command that opens this line in your editor, to copy"),
    ("q  Ctrl-C", "quit; the place is remembered"),
)
KEY_COLUMN = 20
"""Columns that the keys take on the help screen."""

LEGEND = (
    ("▶", "the lines of the stop, or the line that is about to run"),
    ("┃", "ran in this visit of the function"),
    ("│", "ran in another visit"),
    ("12+", "how often the line ran; + : or more often, not all of it was counted"),
    ("*", "the value was bound, or its object changed, on this line or the one before"),
)


HELP_AND_MARKS = (*HELP, ("marks", ""), *LEGEND)


class Over(ModalScreen[int | None]):
    """A screen over the panes; Escape closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_it", show=False)]

    def action_dismiss_it(self) -> None:
        """Close it without a result."""
        self.dismiss(None)


class Help(Over):
    """What every key does, and what the marks mean."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q,enter,space,h", "dismiss_it", show=False)]

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with Vertical(classes="over"):
            yield Static(plain(" keys, and what the marks mean; Escape closes", "$text-muted"), markup=False)
            yield Rows("help-text")

    def on_resize(self) -> None:
        """Texts are folded to the width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        text = self.query_one(Rows)
        text.put([line for keys, what in HELP_AND_MARKS for line in _help_lines(keys, what, text.room)])


class Find(Over):
    """A line to type into and what it finds, best first. The result is the number of the hit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, tour: Tour, typed: str = "") -> None:
        super().__init__()
        self.tour = tour
        self.typed = typed
        self.hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        """The line above, the hits below."""
        with Vertical(classes="over"):
            yield Input(self.typed, placeholder="find in titles, notes, source, names and values")
            yield Choices("hits")

    def on_resize(self) -> None:
        """Rows are cut to the width."""
        self.call_after_refresh(self._fill, self.typed)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find while it is typed."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """Go to the hit that the cursor is on."""
        self._choose(self.query_one(Choices).cursor)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Go to the hit that was clicked."""
        event.stop()
        self._choose(event.row)

    def action_move(self, by: int) -> None:
        """Move the cursor over the hits while the line keeps the keys."""
        self.query_one(Choices).action_move(by)

    def _choose(self, index: int | None) -> None:
        if index is not None and index < len(self.hits):
            self.dismiss(index)

    def _fill(self, typed: str) -> None:
        self.typed = typed
        self.hits = find(self.tour, typed)
        choices = self.query_one(Choices)
        rows = [([cut(_hit_row(hit), choices.room)], True) for hit in self.hits]
        if not rows and typed.strip():
            rows = [([plain(f"nothing found for: {typed}", "$text-muted")], False)]
        choices.put_rows(rows, 0, top=True)


class Take(Over):
    """Commands and links that open this place elsewhere. The result is the number of the one to copy."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,e", "dismiss_it", show=False)]

    def __init__(self, handles: Sequence[Handle]) -> None:
        super().__init__()
        self.handles = handles

    def compose(self) -> ComposeResult:
        """One row for each, with what it is for."""
        with Vertical(classes="over"):
            yield Static(plain(" Enter or a click copies; Escape closes", "$text-muted"), markup=False)
            yield Choices("handles")

    def on_resize(self) -> None:
        """Texts are folded to the width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        choices = self.query_one(Choices)
        rows = [
            ([plain(handle.what, "$text-muted"), *folded(plain(handle.text, "bold"), choices.room, "  ", "  ")], True)
            for handle in self.handles
        ]
        choices.put_rows(rows, choices.cursor or 0)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Copy it."""
        event.stop()
        self.dismiss(event.row)


def _help_lines(keys: str, what: str, width: int) -> Iterator[Content]:
    """A key with what it does, folded beside it, or the heading of a group."""
    if not what:
        yield plain(keys, "bold $accent")
        return
    indent = " " * KEY_COLUMN
    for number, line in enumerate(folded(plain(what), width - KEY_COLUMN)):
        yield joined((f"  {keys}".ljust(KEY_COLUMN), "bold $primary") if number == 0 else indent, line)


def _hit_row(hit: Hit) -> Content:
    return joined((f"{hit.where}  ", "$text-muted"), inline(hit.text) if hit.prose else plain(hit.text))
