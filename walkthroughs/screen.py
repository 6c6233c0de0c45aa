"""The replay of a tour in a terminal: one full screen per stop, moved through with keys."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from walkthroughs.captions import visits_text
from walkthroughs.keyboard import CLOSED, RESIZED, Keyboard, keyboard_of
from walkthroughs.panes import code_pane, cut, detail_pane, everything_pane, inline, stack_pane
from walkthroughs.player import Player
from walkthroughs.visible import visible

WIDE = 110
"""From this many columns on, code and note stand side by side."""

SMALLEST = (30, 10)
"""Columns and rows below which nothing useful fits."""

KEYS = (
    ("n", "next"), ("b", "back"), ("s", "into"), ("u", "out"), ("c", "chapter"), ("g", "stages"), ("/", "find"),
    ("v", "values"), ("w", "stack"), ("h", "help"), ("q", "quit"),
)  # fmt: skip

HELP = (
    ("n, space, →", "next stop"),
    ("b, ←", "back to the stop before"),
    ("s", "into a call made from here"),
    ("u", "out, to the code that called this"),
    ("c", "next chapter"),
    ("g", "jump to a stage"),
    ("/ text", "find in titles, notes, code and values; / Enter: again"),
    ("? text", "find backward"),
    ("v", "all values, with what they hold"),
    ("w", "the call stack"),
    ("↓ ↑, j k, Page", "scroll the note and values"),
    ("Home, End", "first stop, last stop"),
    ("q", "quit"),
)


class Screen:
    """The replay of one tour. Takes keys by `press` and draws itself as text rows by `rows`; `play` joins both."""

    def __init__(self, player: Player, *, unicode: bool = True) -> None:
        self.player = player
        self.mode = "stop"
        self.scroll = 0
        self.message = ""
        self.query = ""
        self.found = False
        self.typed = ""
        self.backward = False
        self.choice = 0
        self.done = False
        self.page = 10
        self.unicode = unicode
        self.marks = ("▶", "│", "*") if unicode else (">", "|", "*")

    def press(self, key: str) -> None:
        """Take one key."""
        self.message = ""
        self.found = self.found and key in (RESIZED, *_SCROLLS)
        if key == CLOSED:
            self.done = True
        elif self.mode == "search":
            self._type(key)
        elif self.mode == "stages":
            self._choose(key)
        elif key in _SCROLLS:
            self.scroll = max(0, self.scroll + _SCROLLS[key] * (self.page if key.startswith("page") else 1))
        elif self.mode != "stop":
            self._close_overlay(key)
        else:
            self._command(key)

    def rows(self, width: int, height: int) -> list[Text]:
        """The screen as exactly `height` rows of at most `width` columns."""
        if width < SMALLEST[0] or height < SMALLEST[1]:
            return [cut(Text("too small; q quits"), width)] + [Text()] * (height - 1)
        head = self._head(width)
        room = height - len(head) - 1
        self.page = max(1, room // 2)
        body = (
            self._overlay(width, room) if self.mode in _OVERLAYS or self.mode == "stages" else self._stop(width, room)
        )
        body = body[:room] + [Text()] * (room - len(body))
        if self.found:
            for row in (*head[1:], *body):
                row.highlight_words([visible(self.query)], "bold underline", case_sensitive=False)
        return [cut(row, width) for row in (*head, *body, self._foot(width))]

    def _head(self, width: int) -> list[Text]:
        player, stop = self.player, self.player.stop
        right = f" {player.number}/{player.total} "
        left = cut(Text(visible(f" {player.tour.title} · {stop.part}")), width - len(right))
        bar = Text(left.plain + " " * (width - cell_len(left.plain) - len(right)) + right, "reverse")
        facts = [f"{stop.location} in {stop.location.qualname}", stop.stage_title]
        if visits_text(stop):
            facts.append(visits_text(stop))
        if stop.basis != "observed":
            facts.append(stop.basis)
        where = Text(visible(" · ".join(facts)), "dim")
        return [bar, inline(stop.title or stop.stage_title, "bold"), where]

    def _stop(self, width: int, room: int) -> list[Text]:
        stop, marks = self.player.stop, self.marks
        if width >= WIDE:
            left = width * 11 // 20
            code = code_pane(stop, left, room, marks[:2])
            side = self._scrolled(detail_pane(stop, width - left - 3, marks[2]), room)
            return [_beside(_at(code, row), _at(side, row), left, self.unicode) for row in range(room)]
        detail = detail_pane(stop, width, marks[2])
        # Code gets what the note and values leave free, but never less than a third nor more than 60 percent.
        height = max(room // 3, min(room - len(detail) - 1, room * 3 // 5), 3)
        code = code_pane(stop, width, height, marks[:2])
        rule = Text(("─" if self.unicode else "-") * width, "dim")
        return [*code, rule, *self._scrolled(detail, room - len(code) - 1)]

    def _overlay(self, width: int, room: int) -> list[Text]:
        stop = self.player.stop
        if self.mode == "values":
            lines = everything_pane(stop, width, self.marks[2])
        elif self.mode == "stack":
            lines = [Text("This frame, then its callers up to the entry point:", "dim"), *stack_pane(stop, width)]
        elif self.mode == "help":
            lines = [Text.assemble((f"  {keys:<16}", "bold"), what) for keys, what in HELP]
        else:
            return self._menu()[max(0, self.choice + 4 - room) :]
        return self._scrolled(lines, room)

    def _menu(self) -> list[Text]:
        lines = [Text("Jump to a stage: its number, or up and down and Enter.", "dim")]
        for number, stage in enumerate(self.player.stages()):
            first = f"stop {stage.positions[0] + 1}"
            more = f" and {len(stage.positions) - 1} more" if len(stage.positions) > 1 else ""
            row = Text(visible(f"  {number + 1:>2}  {stage.title:<16} {first}{more}"))
            if number == self.choice:
                row.stylize("reverse")
            lines.append(row)
        return lines

    def _scrolled(self, lines: list[Text], room: int) -> list[Text]:
        """The lines from the scroll position on; the last row tells when there is more."""
        self.scroll = max(0, min(self.scroll, len(lines) - room))
        shown = lines[self.scroll : self.scroll + room]
        below = len(lines) - self.scroll - room
        if below > 0:
            shown[-1] = Text(f"{'↓' if self.unicode else 'v'} {below + 1} more lines (j or down)", "dim italic")
        return shown

    def _foot(self, width: int) -> Text:
        if self.mode == "search":
            return Text(("?" if self.backward else "/") + visible(self.typed)) + Text(" ", "reverse")
        if self.message:
            return Text(visible(self.message), "bold")
        if self.mode != "stop":
            return Text("any other key: back to the stop    q quit", "dim")
        for count in range(len(KEYS), 2, -1):
            kept = [*KEYS[: count - 2], *KEYS[-2:]]
            if sum(len(key) + len(word) + 3 for key, word in kept) <= width:
                break
        foot = Text()
        for key, word in kept:
            foot.append(f" {key}", "bold").append(f" {word} ", "dim")
        return foot

    def _command(self, key: str) -> None:
        player = self.player
        moves: dict[str, tuple[Callable[[], bool], str]] = {
            "n": (player.next, "This is the last stop. g jumps to a stage, q quits."),
            "b": (player.back, "This is the first stop."),
            "s": (player.into, "No later stop lies inside a call made from here."),
            "u": (player.out, "No stop lies in the code that called this."),
            "c": (player.next_chapter, "This is the last chapter."),
            "home": (player.first, "This is the first stop."),
            "end": (player.last, "This is the last stop."),
        }
        key = {"space": "n", "right": "n", "left": "b", "enter": "n"}.get(key, key)
        if key in moves:
            move, otherwise = moves[key]
            if move():
                self.scroll = 0
            else:
                self.message = otherwise
        elif key in ("/", "?"):
            self.mode, self.typed, self.backward = "search", "", key == "?"
        elif key in _OPENS:
            self.mode, self.scroll = _OPENS[key], 0
            stages = [stage.stage for stage in player.stages()]
            self.choice = stages.index(player.stop.stage)
        elif key in ("q", "Q"):
            self.done = True
        elif key != RESIZED:
            self.message = "h shows the keys."

    def _close_overlay(self, key: str) -> None:
        if key == RESIZED:
            return
        was, self.mode, self.scroll = self.mode, "stop", 0
        if key in ("q", "Q"):
            self.done = True
        elif _OPENS.get(key) != was and key not in ("escape", "enter", "space"):
            self._command(key)

    def _choose(self, key: str) -> None:
        stages = self.player.stages()
        if key in ("down", "j", "up", "k"):
            self.choice = (self.choice + (1 if key in ("down", "j") else -1)) % len(stages)
        elif key == "enter" or (key.isdecimal() and 0 < int(key) <= len(stages)):
            chosen = stages[self.choice if key == "enter" else int(key) - 1]
            self.player.goto_stage(chosen.stage)
            self.mode, self.scroll = "stop", 0
        elif key != RESIZED:
            self.mode, self.done = "stop", key in ("q", "Q")

    def _type(self, key: str) -> None:
        if key == "enter":
            self.mode = "stop"
            self.query = self.typed or self.query
            self.found = bool(self.query) and self.player.search(self.query, backward=self.backward)
            if self.query and not self.found:
                self.message = f"Nothing found for: {self.query}"
            self.scroll = 0
        elif key == "escape":
            self.mode = "stop"
        elif key == "backspace":
            self.typed, self.mode = self.typed[:-1], "search" if self.typed else "stop"
        elif key == "space":
            self.typed += " "
        elif len(key) == 1 and key.isprintable():
            self.typed += key


_OVERLAYS = ("values", "stack", "help")
_OPENS = {"v": "values", "w": "stack", "h": "help", "g": "stages"}
_SCROLLS = {"down": 1, "up": -1, "j": 1, "k": -1, "page down": 1, "page up": -1}


def play(player: Player, keys: int, *, no_color: bool = False) -> None:
    """Replay in the terminal on standard output, with keys from the descriptor `keys`, until the reader quits."""
    out = sys.stdout
    console = Console(file=out, force_terminal=True, no_color=no_color, highlight=False, markup=False, emoji=False)
    encoding = (getattr(out, "encoding", "") or "").lower().replace("-", "")
    screen = Screen(player, unicode=encoding.startswith("utf"))

    def enter() -> None:
        _write("\x1b[?1049h\x1b[?25l\x1b[2J")

    def leave() -> None:
        _write("\x1b[0m\x1b[?25h\x1b[?1049l")

    with keyboard_of(keys, enter, leave) as keyboard:
        _loop(screen, keyboard, console)


def _loop(screen: Screen, keyboard: Keyboard, console: Console) -> None:
    while not screen.done:
        size = os.get_terminal_size(sys.stdout.fileno())
        console.width = max(1, size.columns)
        rows = screen.rows(size.columns, size.lines)
        with console.capture() as captured:
            for row in rows:
                console.print(row, end="\n", no_wrap=True, overflow="crop", crop=True)
        lines = captured.get().split("\n")[: size.lines]
        _write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")
        screen.press(keyboard.read())


def _write(text: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.flush()
    data = text.encode(encoding, "replace")
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]


def _at(rows: list[Text], index: int) -> Text:
    return rows[index] if index < len(rows) else Text()


def _beside(left: Text, right: Text, width: int, unicode: bool) -> Text:
    """Two rows in one, the left one filled up to `width` columns."""
    row = left.copy()
    row.append(" " * max(0, width - cell_len(left.plain)))
    return row.append(" │ " if unicode else " | ", "dim").append_text(right)
