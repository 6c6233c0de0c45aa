"""The pane of values: shape and dtype first, what changed lit; Enter or a click opens what a value holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from walkthroughs.captions import count_text, shape_text, value_text, variable_rows
from walkthroughs.screen.reading import Group
from walkthroughs.screen.texts import cut, folded, joined, lines_of, plain
from walkthroughs.stepping import Seen
from walkthroughs.stop import Variable

WIDEST_NAME = 18
"""Columns at most that all names are filled up to, so that what they hold stands in one column."""


class Values(OptionList):
    """The values at a place, in groups; a value stays open as long as its name is shown."""

    def __init__(self) -> None:
        super().__init__(id="values-list", markup=False, compact=True)
        self.groups: list[Group] = []
        self.opened: set[str] = set()
        self.empty = ""
        self._rows: list[Seen | None] = []

    def show(self, groups: list[Group], empty: str) -> None:
        """Show values, or the words that say why there are none."""
        self.groups, self.empty = groups, empty
        self._fill()
        if self.option_count:
            self.scroll_to(y=0, animate=False)

    @property
    def chosen(self) -> Seen | None:
        """The value that the cursor is on."""
        return self._rows[self.highlighted] if self.highlighted is not None and self._rows else None

    def on_resize(self) -> None:
        """Rows are cut to the width."""
        self._fill()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open or close a value."""
        event.stop()
        row = self._rows[event.option_index]
        if row is not None:
            self.opened ^= {row.name}
            self._fill()

    def open_all(self) -> None:
        """Open every value, or close all when all are open."""
        names = {row.name for group in self.groups for row in group.values}
        self.opened = set() if names <= self.opened else names
        self._fill()

    def _fill(self) -> None:
        at, width = self.highlighted, max(20, self.scrollable_content_region.width or 40)
        names = [len(row.name) for group in self.groups for row in group.values]
        column = min(WIDEST_NAME, width // 4, max(names, default=0))
        options: list[Option] = []
        self._rows = []
        for group in self.groups:
            options.append(Option(plain(group.heading, "$text-muted italic"), disabled=True))
            self._rows.append(None)
            for row in group.values:
                lines = value_lines(row, column, width, group.was.get(row.name), opened=row.name in self.opened)
                options.append(Option(lines_of(lines)))
                self._rows.append(row)
        if not options:
            options = [Option(lines_of(folded(plain(self.empty, "$text-muted"), width)), disabled=True)]
            self._rows = [None]
        scrolled = self.scroll_y
        self.set_options(options)
        if at is not None and at < len(options) and not options[at].disabled:
            self.highlighted = at
        self.scroll_to(y=scrolled, animate=False)


def value_lines(row: Seen, column: int, width: int, was: Variable | None = None, *, opened: bool) -> list[Content]:
    """A value in one line, or in as many as it takes."""
    variable = row.value
    opened = opened and _holds_more(variable)
    mark = "▾" if opened else "▸" if _holds_more(variable) else " "
    name = joined(
        ("*" if row.changed else " ", "bold $accent"),
        (mark, "$text-muted"),
        (row.name + " " * (column - len(row.name)), "bold $accent" if row.changed else "bold"),
        "  ",
    )
    if not opened:
        return [cut(joined(name, brief(variable, was)), width)]
    rows = [cut(joined(name, kind(variable)), width)]
    rows += folded(plain(f"was {value_text(was)}", "$text-muted"), width, "    ", "    ") if was is not None else ()
    rows += folded(plain(value_text(variable)), width, "    ", "    ") if value_text(variable) else ()
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


def briefest(variable: Variable) -> str:
    """A value in a word or two: an array's shape and dtype, what else is short, or only the type."""
    if variable.shape:
        return _form(variable).plain
    text = value_text(variable)
    return text if 0 < len(text) <= 24 else variable.type.rpartition(".")[2]


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
    return bool(variable.items) or len(value_text(variable)) > 24


def all_rows(groups: Sequence[Group]) -> Iterator[Seen]:
    """Every value of some groups."""
    for group in groups:
        yield from group.values
