"""Small arrays as pictures made of characters: two elements in each, one above the other; shades without colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from textual.content import Content

from walkthroughs.captions import number_text
from walkthroughs.screen.texts import folded, plain
from walkthroughs.stop import Variable

LOW, MIDDLE, HIGH = (33, 78, 178), (244, 243, 238), (190, 62, 22)
DARK, LIGHT = (30, 32, 92), (250, 226, 110)
MISSING = (200, 40, 200)
"""The colour of what is no finite number."""

SHADES = " ░▒▓█"
Pixel = tuple[int, int, int]


def picture(variable: Variable, width: int, *, colour: bool) -> Iterator[Content]:
    """The lines of a value's picture with a line that says what it is; nothing where there is none, or no room."""
    step = max(1, variable.channels)
    rows = [row for row in variable.grid if row]
    finite = [value for row in rows for value in row if math.isfinite(value)]
    if not finite or len({len(row) for row in rows}) != 1 or len(rows[0]) // step > width:
        return
    low, high = min(finite), max(finite)
    what = "image" if variable.channels else "heat map"
    part = f" of item {variable.part}" if variable.part else ""
    size = f"{len(rows)} by {len(rows[0]) // step}"
    span = f"{number_text(low)} to {number_text(high)}"
    yield from folded(plain(f"{what}{part}, {size} elements, {span}", "$text-muted"), width)
    yield from (_coloured if colour else _shaded)(rows, variable.channels, low, high)


def _coloured(rows: Sequence[Sequence[float]], channels: int, low: float, high: float) -> Iterator[Content]:
    pixels = [_pixels(row, channels, low, high) for row in rows]
    for at in range(0, len(pixels), 2):
        above = pixels[at]
        below = pixels[at + 1] if at + 1 < len(pixels) else None
        cells = [
            Content.styled("▀", f"{_hex(one)} on {_hex(below[number])}" if below is not None else _hex(one))
            for number, one in enumerate(above)
        ]
        yield Content("").join(cells)


def _shaded(rows: Sequence[Sequence[float]], channels: int, low: float, high: float) -> Iterator[Content]:
    """One row of characters for two rows of elements, as a character is about twice as high as wide."""
    step = max(1, channels)
    span = (high - low) or 1.0
    for row in rows[::2]:
        levels = [(row[at] - low) / span if math.isfinite(row[at]) else math.nan for at in range(0, len(row), step)]
        yield Content("".join("?" if math.isnan(level) else SHADES[round(level * 4)] for level in levels))


def _pixels(row: Sequence[float], channels: int, low: float, high: float) -> list[Pixel]:
    if channels not in (1, 3, 4):
        return [_heat(value, low, high) for value in row]
    span = (high - low) or 1.0
    grey = [round(255 * (value - low) / span) if math.isfinite(value) else 0 for value in row]
    colours = range(3) if channels > 1 else (0, 0, 0)
    found = [tuple(grey[at + colour] for colour in colours) for at in range(0, len(grey) - channels + 1, channels)]
    return [(red, green, blue) for red, green, blue in found]


def _heat(value: float, low: float, high: float) -> Pixel:
    """From blue over white to red where there are numbers below and above 0, else from dark to light."""
    if not math.isfinite(value):
        return MISSING
    if not low < 0 < high:
        return _mixed(DARK, LIGHT, (value - low) / ((high - low) or 1.0))
    share = value / max(-low, high)
    return _mixed(MIDDLE, HIGH, share) if share > 0 else _mixed(MIDDLE, LOW, -share)


def _mixed(one: Pixel, other: Pixel, share: float) -> Pixel:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hex(pixel: Pixel) -> str:
    return f"#{pixel[0]:02x}{pixel[1]:02x}{pixel[2]:02x}"
