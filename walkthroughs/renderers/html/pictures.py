"""Small arrays as pictures: heat maps in colour, images as they are, each a PNG of a few hundred bytes in the page."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from dataclasses import dataclass

from walkthroughs.captions import number_text, shape_text
from walkthroughs.tour import Variable

COLOURS = 32
LOW, MIDDLE, HIGH = (33, 78, 178), (244, 243, 238), (190, 62, 22)
DARK, LIGHT = (30, 32, 92), (250, 226, 110)
MISSING = (200, 40, 200)
"""The colour of what is no finite number."""

TALLEST = 168
SMALLEST_CELL, LARGEST_CELL = 5, 14
"""Pixels of the page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the page: its address (the picture itself), its size in pixels of the page, and what it shows."""

    address: str
    width: int
    height: int
    alt: str


def picture(variable: Variable) -> Picture | None:
    """The picture of a value; None where the tour has none."""
    channels = variable.channels
    rows = [list(row) for row in variable.grid if row]
    if not rows or len({len(row) for row in rows}) != 1:
        return None
    finite = [value for row in rows for value in row if math.isfinite(value)]
    if not finite:
        return None
    low, high = min(finite), max(finite)
    high_, wide = len(rows), len(rows[0]) // (channels or 1)
    if channels in (1, 3, 4):
        pixels = [_image_row(row, channels, low, high) for row in rows]
        kind = 0 if channels == 1 else 2
        content, palette = b"".join(b"\0" + row for row in pixels), b""
    else:
        content = b"".join(b"\0" + bytes(_shade(value, low, high) for value in row) for row in rows)
        kind, palette = 3, _palette(low, high)
    data = _png(wide, high_, kind, content, palette)
    cell = max(SMALLEST_CELL, min(LARGEST_CELL, TALLEST // max(high_, wide)))
    address = "data:image/png;base64," + base64.b64encode(data).decode()
    return Picture(address, wide * cell, high_ * cell, _alt(variable, wide, high_, low, high))


def _alt(variable: Variable, wide: int, high: int, low: float, high_value: float) -> str:
    what = "Image" if variable.channels else "Heat map"
    part = f" of item {variable.part}" if variable.part else ""
    whole = f", {high} by {wide} of its elements" if not _is_whole(variable, wide, high) else ""
    span = f", from {number_text(low)} to {number_text(high_value)}"
    return f"{what}{part} of {variable.name or 'the value'} {shape_text(variable.shape or ())}{whole}{span}"


def _is_whole(variable: Variable, wide: int, high: int) -> bool:
    return not variable.part and math.prod(variable.shape or ()) == wide * high * (variable.channels or 1)


def _image_row(row: list[float], channels: int, low: float, high: float) -> bytes:
    """A row of grey or of red, green and blue; a fourth channel is left out."""
    span = (high - low) or 1.0
    levels = [round(255 * (value - low) / span) if math.isfinite(value) else 0 for value in row]
    if channels == 4:
        levels = [level for number, level in enumerate(levels) if number % 4 != 3]
    return bytes(levels)


def _shade(value: float, low: float, high: float) -> int:
    """The colour's number: the last one for what is no finite number."""
    if not math.isfinite(value):
        return COLOURS
    if low < 0 < high:
        most = max(-low, high)
        return round((value / most + 1) / 2 * (COLOURS - 1))
    return round((value - low) / ((high - low) or 1.0) * (COLOURS - 1))


def _palette(low: float, high: float) -> bytes:
    """From blue over white to red where there are numbers below and above 0, else from dark to light."""
    found: list[tuple[int, ...]] = []
    for number in range(COLOURS):
        share = number / (COLOURS - 1)
        if not low < 0 < high:
            found.append(_mixed(DARK, LIGHT, share))
        elif share < 0.5:
            found.append(_mixed(LOW, MIDDLE, share * 2))
        else:
            found.append(_mixed(MIDDLE, HIGH, share * 2 - 1))
    return bytes(level for colour in (*found, MISSING) for level in colour)


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _png(wide: int, high: int, kind: int, content: bytes, palette: bytes) -> bytes:
    """A PNG with 8 bits for each number; `kind` is 0 for grey, 2 for colour, 3 for numbers of a palette."""
    parts = [_chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, kind, 0, 0, 0))]
    if palette:
        parts.append(_chunk(b"PLTE", palette))
    parts += [_chunk(b"IDAT", zlib.compress(content, 9)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
