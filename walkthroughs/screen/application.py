"""The Textual application that replays a tour: it joins the panes, the keys and where the reader is."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.filter import LineFilter
from textual.timer import Timer
from textual.widget import Widget

from walkthroughs.screen.asking import Find, Help, Take
from walkthroughs.screen.bars import Chapters, KeyLine, Line, title
from walkthroughs.screen.colours import DARK, LIGHT, WithoutColour
from walkthroughs.screen.elsewhere import Handle, handles
from walkthroughs.screen.frames import Frames
from walkthroughs.screen.notes import Notes
from walkthroughs.screen.panes import Pane
from walkthroughs.screen.reading import Reading
from walkthroughs.screen.rows import Choices
from walkthroughs.screen.source import Source
from walkthroughs.screen.stops import Stops
from walkthroughs.screen.texts import cut_left, plain
from walkthroughs.screen.values import Values
from walkthroughs.tour import Location

DIGITS_SECONDS = 0.8
"""Digits that are typed within this time of each other are one number, where there are more than nine chapters."""

SHORTEST, LONGEST, CHARACTERS_A_SECOND = 3.0, 15.0, 40
"""Seconds that a stop stays when the tour plays by itself, and how fast its note is taken to be read."""


class ReplayApp(App[None]):
    """The replay of one tour. `seconds` is how long each stop stays while it plays; 0: as its note needs."""

    CSS_PATH = "screen.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"walk('{move}')", show=False) for key, move in (
            ("n", "over"), ("s", "into"), ("b", "back"), ("S,B", "back_into"), ("o", "out"), ("O", "back_out"),
            ("f", "next_run"),
            ("F", "previous_run"), ("u", "up"), ("d", "down"),
        )),
        *(Binding(key, f"tell('{move}')", show=False) for key, move in (
            ("right,space", "next_stop"), ("left,backspace", "previous_stop"), ("home", "first_stop"),
            ("end", "last_stop"), ("c", "next_chapter"), ("C", "previous_chapter"),
        )),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
        Binding("slash", "find", show=False),
        Binding("question_mark,h", "help", show=False),
        Binding("l", "stops", show=False),
        Binding("w", "frames", show=False),
        Binding("v", "values", show=False),
        Binding("equals_sign", "who", show=False),
        Binding("z", "zoom", show=False),
        Binding("t", "light", show=False),
        Binding("p", "play", show=False),
        Binding("e", "take", show=False),
        Binding("escape", "close", show=False),
        Binding("q,Q,ctrl+c,ctrl+q", "quit", show=False, priority=False),
        Binding("ctrl+z", "suspend_process", show=False),
    ]  # fmt: skip

    def __init__(self, reading: Reading, *, auto: bool = False, seconds: float = 0.0, message: str = "") -> None:
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (150, "-broad")]
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]
        self.reading = reading
        self.tour = reading.player.tour
        self.auto, self.seconds = auto, seconds
        self._first_message = message
        self._timer: Timer | None = None
        self._typed, self._typed_at = "", 0.0
        self._looked_for = ""
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.title = "RepoTour"

    def compose(self) -> ComposeResult:
        """All panes; which of them are seen, and where, the style sheet decides by the size of the window."""
        yield Line(Content(""), name="title")
        yield Chapters(self.reading)
        with Container(id="body"):
            yield Pane("stops", Stops(self.tour), "stops")
            yield Pane("source", Source(self.tour), "source")
            with Container(id="side"):
                yield Pane("note", Notes(), "note")
                yield Pane("values", Values(), "values")
                yield Pane("stack", Frames(), "frames")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """The keys go to the source; the reading begins at its place."""
        self.app_resume_signal.subscribe(self, self._draw_anew)
        self.query_one(Source).focus()
        self._show()
        self._say(self._first_message)
        if self.auto:
            self.action_play()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without colour there is none at all, not grey."""
        return [*super().get_line_filters(), WithoutColour()] if self.no_color else super().get_line_filters()

    # --- moves ---

    def action_walk(self, move: str) -> None:
        """A move from line to line or along the stack."""
        self._move(move)

    def action_tell(self, move: str) -> None:
        """A move from stop to stop."""
        self._move(move)

    def action_chapter(self, number: int) -> None:
        """To a chapter."""
        self._pause()
        self._say(self.reading.goto_chapter(number))
        self._show()

    def action_digit(self, digit: int) -> None:
        """To the chapter of a number; a second digit that comes soon makes it a number of two."""
        now = time.monotonic()
        several = len(self.tour.chapters) > 9 and now - self._typed_at < DIGITS_SECONDS
        self._typed = f"{self._typed}{digit}" if several else str(digit)
        self._typed_at = now
        self.action_chapter(int(self._typed))

    def action_who(self) -> None:
        """To the line that bound the value under the cursor."""
        values = self.query_one(Values)
        row = values.chosen if values.has_focus else None
        if row is None:
            self._say("Choose a value first: Tab to the values, then ↑ ↓.")
        else:
            self._pause()
            self._say(self.reading.goto_setting(row))
            self._show()

    def on_source_line_chosen(self, event: Source.LineChosen) -> None:
        """To a run of the line that was clicked."""
        self._pause()
        self._say(self.reading.run_at(event.file, event.line))
        self._show()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """To the stop or the level that was chosen."""
        self._pause()
        if isinstance(event.choices, Stops):
            position = event.choices.stop_at(event.row)
            if position is not None:
                self._say(self.reading.goto_stop(position + 1))
            self.screen.remove_class("-stops")
            self.query_one(Source).focus()
        elif isinstance(event.choices, Frames):
            self._say(self.reading.goto_level(event.row))
        self._show()

    def _move(self, move: str, *, by_itself: bool = False) -> bool:
        if not by_itself:
            self._pause()
        said: str = getattr(self.reading, move)()
        self._say(said)
        self._show()
        return not said

    # --- panes ---

    def action_stops(self) -> None:
        """Open or close the list of stops; where it is always there, give it the keys."""
        if not self.screen.has_class("-broad"):
            self.screen.toggle_class("-stops")
        shown = self.screen.has_class("-stops") or self.screen.has_class("-broad")
        self.query_one(Stops if shown else Source).focus()

    def action_frames(self) -> None:
        """Show the stack, in small windows in the place of the values; give it the keys."""
        self.screen.toggle_class("-frames")
        small = self.screen.has_class("-narrow")
        self.query_one(Frames if self.screen.has_class("-frames") or not small else Values).focus()

    def action_values(self) -> None:
        """Open or close all values."""
        self.screen.remove_class("-frames")
        values = self.query_one(Values)
        values.open_all()
        values.focus()

    def action_zoom(self) -> None:
        """Make the pane that has the keys as large as the window, or put it back."""
        zoomed = self.screen.has_class("-zoom")
        for pane in self.query(Pane):
            pane.set_class(not zoomed and pane.has_focus_within, "-zoomed")
        side = self.query_one("#side")
        side.set_class(not zoomed and side.has_focus_within, "-zoomed")
        if zoomed or self.query(".-zoomed"):
            self.screen.set_class(not zoomed, "-zoom")

    def action_close(self) -> None:
        """Put away what lies over the source."""
        self.screen.remove_class("-stops")
        if self.screen.has_class("-zoom"):
            self.action_zoom()
        self.query_one(Source).focus()
        self._say("")
        self._show()

    def action_light(self) -> None:
        """Light or dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self._show()

    def action_help(self) -> None:
        """What the keys do."""
        self._pause()
        self.push_screen(Help())

    def action_find(self) -> None:
        """Find something and go there."""
        self._pause()
        screen = Find(self.tour, self._looked_for)
        self.push_screen(screen, lambda chosen: self._found(screen, chosen))

    def _found(self, screen: Find, chosen: int | None) -> None:
        self._looked_for = screen.typed
        if chosen is None:
            return
        hit = screen.hits[chosen]
        if hit.stop is not None:
            self._say(self.reading.goto_stop(hit.stop + 1))
        elif hit.step is not None:
            self._say(self.reading.goto_step(hit.step))
        else:
            self.query_one(Source).show(Location(hit.file, hit.line, hit.line), frozenset(), {})
            self.query_one("#source", Pane).head(plain(f"{hit.file}:{hit.line}"), plain("not where you are"))
            self._say(f"{hit.file}:{hit.line} was not recorded running; Escape goes back to where you were.")
            return
        self._show()

    def action_take(self) -> None:
        """What opens this place elsewhere, to copy."""
        self._pause()
        found = handles(self.reading.place, self.tour.provenance)
        self.push_screen(Take(found), lambda chosen: self._taken(found, chosen))

    def _taken(self, found: Sequence[Handle], chosen: int | None) -> None:
        if chosen is not None:
            self.copy_to_clipboard(found[chosen].text)
            self._say(f"Copied: {found[chosen].text}")

    # --- by itself ---

    def action_play(self) -> None:
        """Go on by itself, or stop doing so."""
        if self._timer is not None:
            self._pause()
            self._say("Paused; p goes on.")
            return
        self._say("Playing; p or any move pauses.")
        self._timer = self.set_timer(self._stay(), self._play_on)

    def _play_on(self) -> None:
        moved = self._move("next_stop", by_itself=True)
        if moved and not self.reading.player.at_end:
            self._timer = self.set_timer(self._stay(), self._play_on)
            self._say("Playing; p or any move pauses.")
        else:
            self._timer = None
            self._say("This is the last stop. q quits.")

    def _stay(self) -> float:
        return self.seconds or min(LONGEST, max(SHORTEST, len(self.reading.stop.note) / CHARACTERS_A_SECOND))

    def _pause(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    # --- what is shown ---

    def on_resize(self, _event: events.Resize) -> None:
        """Headings are cut to the width."""
        if self.screen.query(Pane):
            self.call_after_refresh(self._headings)

    def _draw_anew(self, _application: App[Any]) -> None:
        """After Ctrl-Z and `fg` nothing of what was drawn is there any more."""
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget, with_self=True):
                widget.refresh()

    def _say(self, text: str) -> None:
        self.query_one(KeyLine).message = text

    def _show(self) -> None:
        reading = self.reading
        self.query_one(Source).show(reading.place, reading.ran_in_visit(), reading.said())
        self.query_one(Notes).show(reading)
        self.query_one(Values).show(reading.values(), self._no_values())
        self.query_one(Frames).show(reading.stack(), reading.level)
        self.query_one(Stops).show(reading.player.position)
        self.query_one("#title", Line).put(*title(reading))
        self.query_one(Chapters).show()
        self._headings()

    def _headings(self) -> None:
        reading = self.reading
        place, stop = reading.place, reading.stop
        pane = self.query_one("#source", Pane)
        right = "" if reading.away or reading.level or stop.basis == "observed" else f"{stop.basis}, not observed"
        name = place.qualname or "<module>"
        room = max(10, pane.size.width - len(right) - len(name) - 8)
        pane.head(plain(f"{cut_left(str(place), room)} in {name}"), plain(right))
        levels = reading.stack()
        looked = f" of {levels[reading.level].place.qualname}" if reading.level else ""
        self.query_one("#values", Pane).head(plain(f"values{looked}"))
        self.query_one("#frames", Pane).head("stack", str(len(levels)))
        between = "at a caller" if reading.level else "between stops" if reading.away else ""
        self.query_one("#note", Pane).head(between or f"note · stop {reading.player.number}")

    def _no_values(self) -> str:
        if self.reading.level:
            return "No values were recorded at this level."
        return "Nothing is bound here yet." if self.reading.at_step is not None else "No values were recorded here."


def colour_is_unwanted() -> bool:
    """Whether the environment asks for no colour (https://no-color.org: set to anything but nothing)."""
    return bool(os.environ.get("NO_COLOR"))
