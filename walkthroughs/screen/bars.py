"""The lines above and below the panes: the title, the chapters by number, the keys. All of them take clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from walkthroughs.screen.reading import Reading
from walkthroughs.screen.texts import cut, joined, plain


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the key line: what to press, what it does in a word, and the action behind it."""

    shown: str
    word: str
    action: str


KEYS = (
    Key("n", "next line", "app.walk('over')"),
    Key("s", "into", "app.walk('into')"),
    Key("b", "back", "app.walk('back')"),
    Key("→", "next stop", "app.tell('next_stop')"),
    Key("←", "last", "app.tell('previous_stop')"),
    Key("u", "up", "app.walk('up')"),
    Key("d", "down", "app.walk('down')"),
    Key("/", "find", "app.find"),
    Key("l", "stops", "app.stops"),
    Key("w", "stack", "app.frames"),
    Key("p", "play", "app.play"),
    Key("z", "zoom", "app.zoom"),
    Key("e", "edit", "app.take"),
    Key("?", "help", "app.help"),
    Key("q", "quit", "app.quit"),
)
"""Most useful first; the last two are always shown."""


def clickable(text: Content, action: str) -> Content:
    """Text that does something when it is clicked."""
    return text.stylize(Style.from_meta({"@click": action}))


class KeyLine(Widget):
    """The keys, or what there is to say about the last one."""

    auto_links = False
    message: reactive[str] = reactive("")

    def render(self) -> RenderResult:
        """As many keys as fit."""
        if self.message:
            return cut(plain(f" {self.message}", "bold $accent"), self.size.width)
        return key_line(KEYS, self.size.width)


def key_line(keys: Sequence[Key], width: int) -> Content:
    """The first keys that fit into `width` columns, and always the last two."""
    for count in range(len(keys), 1, -1):
        kept = [*keys[: count - 2], *keys[-2:]]
        if sum(len(key.shown) + len(key.word) + 3 for key in kept) <= width:
            break
    pieces = [clickable(joined((f" {key.shown}", "bold $primary"), f" {key.word} "), key.action) for key in kept]
    return cut(Content("").join(pieces), width)


class Title(Widget):
    """What is toured, and how far the reader is."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(id="title")
        self.reading = reading

    def render(self) -> RenderResult:
        """One line, the position at its right end."""
        reading, player = self.reading, self.reading.player
        right = f"stop {player.number}/{player.total} "
        if reading.walk is not None and reading.step is not None:
            right = f"step {reading.step + 1:,}/{len(reading.walk):,} · {right}"
        left = cut(plain(f" {player.tour.title}", "bold"), self.size.width - len(right) - 1)
        return joined(left.pad_right(max(1, self.size.width - len(right) - left.cell_length)), right)


class Chapters(Widget):
    """The chapters with the digits that go to them; the one at hand is always in view."""

    auto_links = False

    def __init__(self, reading: Reading) -> None:
        super().__init__(id="chapters")
        self.reading = reading

    def render(self) -> RenderResult:
        """The chapters around the one at hand, as many as fit."""
        here, width = self.reading.chapter_number, self.size.width
        labels = [f" {number} {chapter.title} " for number, chapter in enumerate(self.reading.player.tour.chapters, 1)]
        first = here - 1
        while first > 0 and sum(map(len, labels[first - 1 : here])) + 2 <= width * 2 // 3:
            first -= 1
        row = Content(" …" if first else "")
        for number, label in list(enumerate(labels, 1))[first:]:
            style = "bold reverse $primary" if number == here else "$text-muted"
            row += clickable(plain(label, style), f"app.chapter({number})")
        return cut(row, width)
