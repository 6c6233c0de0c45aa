"""The pane of values: shape and dtype first, what changed lit; Enter or a click opens what a value holds."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from walkthroughs.captions import count_text, shape_text, value_text, variable_rows
from walkthroughs.screen.pictures import picture
from walkthroughs.screen.reading import Group
from walkthroughs.screen.rows import Choices, Row
from walkthroughs.screen.texts import cut, folded, joined, plain
from walkthroughs.stepping import Seen
from walkthroughs.stop import Variable

WIDEST_NAME = 18
"""Columns at most that all names are filled up to, so that what they hold stands in one column."""


class Values(Choices):
    """The values at a place, in groups; a value stays open as long as its name is shown."""

    def __init__(self) -> None:
        super().__init__("values-list")
        self.groups: list[Group] = []
        self.opened: set[str] = set()
        self.empty = ""
        self.shown: list[Seen | None] = []

    def show(self, groups: list[Group], empty: str) -> None:
        """Show values, or the words that say why there are none; the cursor stays with its name."""
        name = self.chosen.name if self.chosen is not None else ""
        self.groups, self.empty = groups, empty
        self._fill(name, top=not self.has_focus)
        if self.has_focus:
            self.show_cursor()

    @property
    def chosen(self) -> Seen | None:
        """The value that the cursor is on."""
        return self.shown[self.cursor] if self.cursor is not None and self.cursor < len(self.shown) else None

    def on_resize(self) -> None:
        """Rows are cut to the width."""
        self._fill(self.chosen.name if self.chosen is not None else "")

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Open or close a value."""
        event.stop()
        row = self.shown[event.row]
        if row is not None:
            self.opened ^= {row.name}
            self._fill(row.name)
            self.show_cursor()

    def open_all(self) -> None:
        """Open every value, or close all when all are open."""
        names = {row.name for group in self.groups for row in group.values}
        self.opened = set() if names <= self.opened else names
        self._fill(self.chosen.name if self.chosen is not None else "")

    def _fill(self, name: str, *, top: bool = False) -> None:
        colour = not self.app.no_color
        names = [cell_len(row.name) for group in self.groups for row in group.values]
        column = min(WIDEST_NAME, self.room // 4, max(names, default=0))
        rows: list[Row] = []
        self.shown = []
        for group in self.groups:
            rows.append(([plain(group.heading, "$text-muted italic")], False))
            self.shown.append(None)
            for row in group.values:
                was = group.was.get(row.name)
                rows.append(
                    (value_lines(row, column, self.room, was, opened=row.name in self.opened, colour=colour), True)
                )
                self.shown.append(row)
        if not rows:
            rows = [(list(folded(plain(self.empty, "$text-muted"), self.room)), False)]
            self.shown = [None]
        found = [at for at, row in enumerate(self.shown) if row is not None and row.name == name]
        first = next((at for at, row in enumerate(self.shown) if row is not None), None)
        self.put_rows(rows, found[0] if found else first, top=top)


def value_lines(
    row: Seen, column: int, width: int, was: Variable | None = None, *, opened: bool, colour: bool = True
) -> list[Content]:
    """A value in one line, or in as many as it takes."""
    variable = row.value
    opened = opened and _holds_more(variable)
    mark = "▾" if opened else "▸" if _holds_more(variable) else " "
    name = joined(
        ("*" if row.changed else " ", "bold $accent"),
        (mark, "$text-muted"),
        (row.name + " " * (column - cell_len(row.name)), "bold $accent" if row.changed else "bold"),
        "  ",
    )
    if not opened:
        return [cut(joined(name, brief(variable, was)), width)]
    rows = [cut(joined(name, kind(variable)), width)]
    rows += folded(plain(f"was {value_text(was)}", "$text-muted"), width, "    ", "    ") if was is not None else ()
    rows += folded(plain(value_text(variable)), width, "    ", "    ") if value_text(variable) else ()
    rows += [Content("    ") + line for line in picture(variable, width - 4, colour=colour)]
    for depth, item in list(variable_rows(variable.items, 1)):
        rows.append(
            cut(joined("  " * depth + "  ", (item.name, "bold"), "  ", brief(item)), width),
        )
    if variable.length is not None and 0 < len(variable.items) < variable.length:
        rows.append(plain(f"    … of {count_text(variable.length, 'item')}", "$text-muted"))
    return rows


def kind(variable: Variable) -> Content:
    """What a value is: its shape and dtype first, then its type, its device when that is not the CPU, its length."""
    return _spaced(_form(variable), _type(variable, variable.type))


def brief(variable: Variable, was: Variable | None = None) -> Content:
    """A value in one line, what matters most first: shape and dtype, the value, what it was before, the type."""
    name = variable.type.rpartition(".")[2]
    before = plain(f"was {value_text(was)}" if was is not None else "", "$text-muted")
    return _spaced(_form(variable), plain(value_text(variable)), before, _type(variable, name))


def briefest(name: str, variable: Variable) -> str:
    """A value in a few words: `x: (12, 40) int64`, `lr = 0.1`, `net: SimpleDLA`."""
    text = value_text(variable)
    if not variable.shape and 0 < len(text) <= 24:
        return f"{name} = {text}"
    return f"{name}: {_form(variable).plain if variable.shape else variable.type.rpartition('.')[2]}"


def _form(variable: Variable) -> Content:
    parts = [shape_text(variable.shape)] if variable.shape is not None else []
    parts += [variable.dtype.removeprefix("torch.")] if variable.dtype else []
    return plain(" ".join(parts), "$primary")


def _type(variable: Variable, name: str) -> Content:
    then = [name] if name else []
    then += [f"on {variable.device}"] if variable.device and variable.device != "cpu" else []
    then += [f"of {variable.length:,}"] if variable.length is not None and variable.shape is None else []
    return plain(" ".join(then), "$text-muted")


def _spaced(*parts: Content) -> Content:
    return Content("  ").join([part for part in parts if part.plain])


def _holds_more(variable: Variable) -> bool:
    return bool(variable.items) or bool(variable.grid) or len(value_text(variable)) > 24
