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


class Line(Widget):
    """One line with something at its left and at its right end; drawn again only when it became another."""

    def __init__(self, left: Content, *, classes: str = "", name: str | None = None) -> None:
        super().__init__(id=name, classes=classes)
        self.left = left
        self.right = Content("")

    def put(self, left: Content, right: Content | str = "") -> None:
        """Change it."""
        end = Content(right) if isinstance(right, str) else right
        if not (left.is_same(self.left) and end.is_same(self.right)):
            self.left, self.right = left, end
            self.refresh()

    def render(self) -> RenderResult:
        """The left part is cut where both do not fit."""
        end = self.right + " " if self.right.plain else self.right
        left = cut(Content(" ") + self.left, max(1, self.size.width - end.cell_length))
        return left.pad_right(max(0, self.size.width - left.cell_length - end.cell_length)) + end


def title(reading: Reading) -> tuple[Content, str]:
    """What is toured, and how far the reader is."""
    right = f"stop {reading.player.number}/{reading.player.total}"
    if reading.walk is not None and reading.step is not None:
        right = f"step {reading.step + 1:,}/{len(reading.walk):,} · {right}"
    return plain(reading.player.tour.title, "bold"), right


class Chapters(Widget):
    """The chapters with the digits that go to them; the one at hand is always in view."""

    auto_links = False

    def __init__(self, reading: Reading) -> None:
        super().__init__(id="chapters")
        self.reading = reading
        self._drawn = 0

    def show(self) -> None:
        """Draw it again when another chapter is at hand."""
        if self.reading.player.chapter_number != self._drawn:
            self.refresh()

    def render(self) -> RenderResult:
        """The chapters around the one at hand, as many as fit."""
        self._drawn = self.reading.player.chapter_number
        here, width = self._drawn, self.size.width
        labels = [f" {number} {chapter.title} " for number, chapter in enumerate(self.reading.player.tour.chapters, 1)]
        first = here - 1
        while first > 0 and sum(map(len, labels[first - 1 : here])) + 2 <= width * 2 // 3:
            first -= 1
        row = Content(" …" if first else "")
        for number, label in list(enumerate(labels, 1))[first:]:
            style = "bold reverse $primary" if number == here else "$text-muted"
            row += clickable(plain(label, style), f"app.chapter({number})")
        return cut(row, width)
