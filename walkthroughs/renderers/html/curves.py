"""Numbers over iterations as a line, drawn as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

from walkthroughs.captions import number_text
from walkthroughs.renderers.html.writing import words
from walkthroughs.tour import Point

WIDTH = 320
HEIGHT = 96
LEFT = 6
TOP = 10
BOTTOM = 8


def numbers(points: Sequence[Point]) -> list[tuple[int, float]]:
    """The points that are finite numbers."""
    return [
        (point.iteration, float(point.value))
        for point in points
        if isinstance(point.value, (int, float)) and math.isfinite(point.value)
    ]


def curve(name: str, points: Sequence[Point], where: str = "") -> str:
    """A figure with the line and, in words, where it begins and ends; "" for fewer than two numbers.

    `where` is HTML that stands behind them.
    """
    found = numbers(points)
    if len(found) < 2:
        return ""
    first, last = found[0], found[-1]
    low, high = min(value for _, value in found), max(value for _, value in found)
    said = f"{name}: {number_text(first[1])} at first, {number_text(last[1])} at last, {len(found)} values"
    span = f"{len(found)} values, {number_text(low)} to {number_text(high)}"
    caption = (
        f'<figcaption><code>{words(name)}</code> <span class="faint">{number_text(first[1])} → </span>'
        f'<strong>{number_text(last[1])}</strong> <span class="faint">· {span}</span> {where}</figcaption>'
    )
    return f'<figure class="curve">{_drawing(found, low, high, said)}{caption}</figure>'


def _drawing(found: list[tuple[int, float]], low: float, high: float, said: str) -> str:
    start, end = found[0][0], found[-1][0]
    width, height = WIDTH - 2 * LEFT, HEIGHT - TOP - BOTTOM

    def place(iteration: int, value: float) -> tuple[float, float]:
        x = LEFT + width * ((iteration - start) / (end - start) if end > start else 0.5)
        y = TOP + height * ((high - value) / (high - low) if high > low else 0.5)
        return round(x, 1), round(y, 1)

    places = [place(*point) for point in found]
    line = " ".join(f"{x:g},{y:g}" for x, y in places)
    floor = HEIGHT - BOTTOM
    area = f"{places[0][0]:g},{floor} {line} {places[-1][0]:g},{floor}"
    dots = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="2.5"/>' for x, y in places) if len(places) <= 24 else ""
    x, y = places[-1]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words(said)}">'
        f'<line class="axis" x1="{LEFT}" y1="{floor}" x2="{WIDTH - LEFT}" y2="{floor}"/>'
        f'<polygon class="area" points="{area}"/><polyline points="{line}"/>{dots}'
        f'<circle class="last" cx="{x:g}" cy="{y:g}" r="4"/></svg>'
    )
