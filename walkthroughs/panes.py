"""What the replay screen shows, as lines of rich text of a given width: code, note, values, call stack."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from walkthroughs.captions import kind_text, number_text, value_text, variable_rows, window
from walkthroughs.prose import Block, Span, parse, spans
from walkthroughs.tour import Stop, Variable
from walkthroughs.visible import visible, visible_lines

MORE_LINES = 6
"""Lines of a wrapped value, statement or printed text that are shown before the rest is cut."""

_STYLES = {"text": "", "code": "bold cyan", "strong": "bold", "emphasis": "italic"}
_RULER = Console(width=80)


def cut(line: Text, width: int) -> Text:
    """The line at no more than `width` columns, its end replaced by `…` where it was longer."""
    if cell_len(line.plain) > width:
        line = line.copy()
        line.truncate(width, overflow="ellipsis")
    return line


def wrapped(line: Text, width: int, indent: str = "") -> list[Text]:
    """The line folded to `width` columns; all rows but the first start with `indent`."""
    rows = list(line.wrap(_RULER, max(8, width - len(indent))))
    return [row if number == 0 else Text(indent) + row for number, row in enumerate(rows)]


def inline(text: str, style: str = "") -> Text:
    """One line of prose, its code and emphasis styled; nothing in it is read as rich markup."""
    return _spans(spans(" ".join(text.split())), style)


def code_pane(stop: Stop, width: int, height: int, marks: tuple[str, str]) -> list[Text]:
    """The source around the stop: its statement lit, `marks` for it and for lines that ran in the gutter."""
    span = max(1, stop.location.end_line - stop.location.line + 1)
    before = max(0, (height - span) * 3 // 5)
    rows = window(stop, before, max(0, height - span - before))
    coloured = _coloured([line for _, line in rows])
    number_width = len(str(rows[-1][0])) if rows else 1
    lines: list[Text] = []
    for (number, _), source in zip(rows, coloured, strict=True):
        active = stop.location.line <= number <= stop.location.end_line
        mark = marks[0] if active else marks[1] if number in stop.excerpt.executed else " "
        gutter = f" {mark} {number:>{number_width}}  "
        if active:
            lit = [Text(gutter + source.plain, "bold reverse")]
            folded = wrapped(lit[0], width, " " * len(gutter)) if span == 1 else lit
            for row in folded[:MORE_LINES]:
                row.pad_right(max(0, width - cell_len(row.plain)))
                row.stylize("bold reverse")
                lines.append(cut(row, width))
        else:
            lines.append(cut(Text.assemble((gutter, "green" if mark == marks[1] else "dim"), source), width))
    return lines[:height]


def note_pane(stop: Stop, width: int) -> list[Text]:
    """The note, its paragraphs apart."""
    lines: list[Text] = []
    previous: Block | None = None
    for block in parse(stop.note):
        if previous and not (block.kind == previous.kind == "item"):
            lines.append(Text())
        if block.kind == "fence":
            lines += [cut(Text("  " + row, "cyan"), width) for row in visible_lines(block.text)]
        elif block.kind == "item":
            lines += wrapped(Text("- ") + _spans(block.spans), width, "  ")
        else:
            lines += wrapped(_spans(block.spans), width)
        previous = block
    if stop.basis != "observed":
        lines += wrapped(Text(visible(f"({stop.basis}, not observed)"), "italic"), width)
    for text in stop.adapted:
        lines += wrapped(Text("~ ", "italic") + inline(text, "italic"), width, "  ")
    return lines


def values_pane(stop: Stop, width: int, mark: str) -> list[Text]:
    """The values of the stop in short, changed ones first and marked; what they hold is on the screen of all values."""
    ordered = sorted(stop.variables, key=lambda variable: not variable.changed)
    lines = [row for variable in ordered for row in _value(variable, width, mark)]
    points = ", ".join(f"{point.iteration}: {number_text(point.value)}" for point in stop.history)
    if points:
        lines += wrapped(Text.assemble(("  values, in order: ", "dim"), visible(points)), width, "      ")
    return lines


def everything_pane(stop: Stop, width: int, mark: str) -> list[Text]:
    """All values with what they hold, each in full."""
    if not stop.variables:
        return [Text("No values were recorded here.")]
    lines: list[Text] = []
    for depth, variable in variable_rows(stop.variables):
        lines += _value(variable, width, mark, depth, limit=None)
    return lines


def stack_pane(stop: Stop, width: int) -> list[Text]:
    """The call stack, this frame first and the entry point last."""
    frames = (stop.location, *stop.call_stack)
    return [
        cut(
            Text.assemble(
                (f" {number:>3}  ", "dim"),
                (visible(frame.qualname), "bold" if number == 0 else ""),
                (visible(f"  {frame}"), "cyan"),
            ),
            width,
        )
        for number, frame in enumerate(frames)
    ]


def detail_pane(stop: Stop, width: int, mark: str) -> list[Text]:
    """Everything beside the code: note, values, what was printed, who called, why the tour stops here."""
    why = wrapped(Text.assemble(("why here: ", "dim"), inline(stop.because)), width, "  ") if stop.because else []
    values = values_pane(stop, width, mark)
    sections = [note_pane(stop, width), values, _output(stop, width), [*_callers(stop, width), *why]]
    lines: list[Text] = []
    for section in sections:
        if section and lines:
            lines.append(Text())
        lines += section
    return lines


def _value(variable: Variable, width: int, mark: str, depth: int = 0, limit: int | None = MORE_LINES) -> list[Text]:
    indent = "  " * depth
    name = Text(indent + (mark if variable.changed else " ") + " ")
    name.append(visible(variable.name), "bold yellow" if variable.changed else "bold")
    kind, value = visible(kind_text(variable)), visible(value_text(variable))
    if kind:
        name.append("  " + kind, "cyan")
    if value:
        name.append("  = ", "dim").append(value)
    rows = wrapped(name, width, indent + "      ")
    if limit is not None and len(rows) > limit:
        rows = [*rows[: limit - 1], Text(indent + "      … (v shows all of it)", "dim")]
    return rows


def _output(stop: Stop, width: int) -> list[Text]:
    if not stop.output.strip():
        return []
    rows = visible_lines(stop.output.rstrip("\n"))
    shown = [cut(Text("  " + row), width) for row in rows[:MORE_LINES]]
    more = [Text(f"  … and {len(rows) - MORE_LINES} more lines", "dim")] if len(rows) > MORE_LINES else []
    return [Text("printed:", "dim"), *shown, *more]


def _callers(stop: Stop, width: int) -> list[Text]:
    if not stop.call_stack:
        return []
    text = Text.assemble(("called from ", "dim"))
    text.append(visible(" < ".join(f"{frame.qualname} {frame}" for frame in stop.call_stack[:4])))
    if len(stop.call_stack) > 4:
        text.append(" < …")
    return wrapped(text, width, "  ")


def _spans(parts: tuple[Span, ...], style: str = "") -> Text:
    text = Text(style=style)
    for part in parts:
        text.append(visible(part.text), _STYLES[part.kind])
    return text


def _coloured(lines: list[str]) -> Iterator[Text]:
    """Source with its syntax in the terminal's own colours; line for line what was given."""
    shown = [visible(line) for line in lines]
    text = Syntax("", "python", theme="ansi_dark", background_color="default").highlight("\n".join(shown))
    rows = list(text.split("\n", allow_blank=True))[: len(shown)]
    same = [row.plain.rstrip() for row in rows] == [row.rstrip() for row in shown]
    return iter(rows if same else [Text(row) for row in shown])
