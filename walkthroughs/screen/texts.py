"""Pieces of text for the panes. All foreign text passes through here: made visible, and never read as markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from textual.content import Content

from walkthroughs.captions import number_text
from walkthroughs.prose import Block, Span, parse, spans
from walkthroughs.stop import Point
from walkthroughs.visible import visible, visible_lines

STYLES = {"text": "", "code": "$text-code", "strong": "bold", "emphasis": "italic"}
BARS = "▁▂▃▄▅▆▇█"


def plain(text: str, style: str = "") -> Content:
    """Foreign text on one line, in one style."""
    return Content.styled(visible(text), style)


def inline(text: str, style: str = "") -> Content:
    """One line of prose, its code and emphasis styled; nothing else in it means anything."""
    return _spans(spans(" ".join(text.split())), style)


def joined(*parts: Content | tuple[str, str] | str) -> Content:
    """Pieces one behind the other; the texts of pairs and plain strings are made visible."""
    pieces: list[Content] = []
    for part in parts:
        pieces.append(part if isinstance(part, Content) else plain(*((part,) if isinstance(part, str) else part)))
    return Content("").join(pieces)


def note(text: str, width: int) -> Iterator[Content]:
    """The lines of a note, folded to `width` columns."""
    previous: Block | None = None
    for block in parse(text):
        if previous and not (block.kind == previous.kind == "item"):
            yield Content("")
        if block.kind == "fence":
            yield from (cut(plain("  " + row, STYLES["code"]), width) for row in visible_lines(block.text))
        elif block.kind == "item":
            yield from folded(_spans(block.spans), width, "• ", "  ")
        else:
            yield from folded(_spans(block.spans), width)
        previous = block


def folded(text: Content, width: int, first: str = "", rest: str = "") -> Iterator[Content]:
    """A text folded to `width` columns, with what stands before its first row and before all others."""
    rows = text.wrap(max(8, width - len(rest or first))) if text.plain else [text]
    for number, row in enumerate(rows):
        yield Content(first if number == 0 else rest) + row.rstrip()


def cut(text: Content, width: int) -> Content:
    """The text at no more than `width` columns; `…` stands for the rest."""
    return text.truncate(max(1, width), ellipsis=True) if text.cell_length > width else text


def cut_left(text: str, width: int) -> str:
    """The end of a text, as far as it fits: of a long path its file is what counts."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in reversed(text):
        if cell_len(character + kept) >= width:
            break
        kept = character + kept
    return "…" + kept


def sparkline(points: Sequence[Point], width: int) -> str:
    """Values in order as a line of bars, at most `width` of them; what is not a number is `?`."""
    values = [point.value for point in points]
    if len(values) > width:
        values = [values[at * (len(values) - 1) // (width - 1)] for at in range(width)] if width > 1 else values[-1:]
    numbers = [float(value) for value in values if _is_number(value)]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    span = high - low
    return "".join(
        BARS[round((float(value) - low) / span * (len(BARS) - 1)) if span else len(BARS) // 2 - 1]
        if _is_number(value)
        else "?"
        for value in values
    )


def history(name: str, points: Sequence[Point], width: int) -> Content:
    """A value over the iterations that were seen: its name, its bars, the first and the last number."""
    count = f"  {len(points)} values"
    ends = f" {number_text(points[0].value)} → {number_text(points[-1].value)}"
    bars = sparkline(points, max(4, min(60, width - len(name) - len(ends) - len(count) - 2)))
    return joined((name + " ", "bold"), (bars, "$accent"), ends, (count, "$text-muted"))


def _is_number(value: float | str) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _spans(parts: Iterable[Span], style: str = "") -> Content:
    text = Content("").join([plain(part.text, STYLES[part.kind]) for part in parts])
    return text.stylize_before(style) if style else text
