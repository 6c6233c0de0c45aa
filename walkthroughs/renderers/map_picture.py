"""The picture of a program as SVG, for the onboarding map as a page: boxes in layers, and arrows with labels."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from walkthroughs.flow import Edge, Flow, Node
from walkthroughs.markup import Links
from walkthroughs.renderers.map_flow import title_of
from walkthroughs.visible import visible

CHARACTER = 7.2
"""Width of a character at the size that the texts are set in, in pixels; a little more than it takes."""

LINE, PAD, GAP, RISE = 17, 14, 26, 22
"""Height of a text's line, room in a box, between boxes of a layer and between layers."""

WRAP, LABEL_WRAP, BACK_WRAP = 30, 26, 16
SWEEPS = 4


@dataclass(slots=True)
class _Place:
    """A box, an arrow's label or the point at which an arrow passes a layer: its size and its top left corner."""

    key: str
    layer: int
    texts: list[str] = field(default_factory=list)
    node: Node | None = None
    width: float = 0
    height: float = 0
    x: float = 0
    y: float = 0

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return self.x + self.width / 2


def picture(drawn: Flow, links: Links) -> str:
    """The figure's SVG element; empty for an empty picture."""
    if not drawn.nodes:
        return ""
    places, routes = _placed(drawn)
    right = max(place.x + place.width for place in places.values())
    room = GAP + 8 + BACK_WRAP * CHARACTER if any(edge.back for edge in drawn.edges) else 0
    width, height = right + room + 2, max(place.y + place.height for place in places.values()) + 2
    arrows = [_back(edge, places, right) if edge.back else _arrow(edge, routes[index], places)
              for index, edge in enumerate(drawn.edges)]  # fmt: skip
    boxes = [_box(place, links) for place in places.values() if place.node is not None]
    said = "; ".join(_said(edge, drawn) for edge in drawn.edges)
    return (
        f'<svg viewBox="-2 -2 {width + 2:.0f} {height + 2:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{_text(said)}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{''.join(arrows)}{''.join(boxes)}</svg>"
    )


def _placed(drawn: Flow) -> tuple[dict[str, _Place], dict[int, list[str]]]:
    """All boxes, labels and passing points with their corners, and for each arrow the points that it goes through."""
    # Boxes stand in the even layers and labels in the odd ones, where they are kept apart as boxes are.
    layers = {name: 2 * layer for name, layer in _layers(drawn).items()}
    places = {node.id: _of_node(node, layers[node.id]) for node in drawn.nodes}
    routes: dict[int, list[str]] = {}
    for index, edge in enumerate(drawn.edges):
        if edge.back:
            continue
        passed = [f"{index}:{layer}" for layer in range(layers[edge.source] + 1, layers[edge.target])]
        for number, key in enumerate(passed):
            texts = textwrap.wrap(visible(edge.label), LABEL_WRAP) if number == 0 else []
            width = max((len(text) for text in texts), default=1) * CHARACTER
            height = max(1, len(texts)) * LINE
            places[key] = _Place(key, layers[edge.source] + 1 + number, texts, None, width, height)
        routes[index] = [edge.source, *passed, edge.target]
    rows: dict[int, list[_Place]] = {}
    for place in places.values():
        rows.setdefault(place.layer, []).append(place)
    _order(rows, routes)
    y = 0.0
    for layer in sorted(rows):
        row = rows[layer]
        tallest = max(place.height for place in row)
        for place in row:
            place.y = y + (tallest - place.height) / 2
        y += tallest + RISE
    left = min(place.x for place in places.values())
    for place in places.values():
        place.x -= left
    return places, routes


def _layers(drawn: Flow) -> dict[str, int]:
    """For each box the length of the longest way to it."""
    layers = {node.id: 0 for node in drawn.nodes}
    for _ in drawn.nodes:  # at most as many rounds as boxes: arrows cannot go in circles for longer
        for edge in drawn.edges:
            if not edge.back:
                layers[edge.target] = min(len(drawn.nodes), max(layers[edge.target], layers[edge.source] + 1))
    return layers


def _of_node(node: Node, layer: int) -> _Place:
    texts = textwrap.wrap(visible(title_of(node)), WRAP) or ["…"]
    if node.place:
        texts += textwrap.wrap(visible(str(node.place)), WRAP, max_lines=2, placeholder="…")
    width = max(len(text) for text in texts) * CHARACTER + 2 * PAD
    return _Place(node.id, layer, texts, node, width, len(texts) * LINE + PAD)


def _order(rows: dict[int, list[_Place]], routes: dict[int, list[str]]) -> None:
    """Gives each layer an order and its places their corners, so that arrows are short."""
    near: dict[str, list[str]] = {}
    for route in routes.values():
        for above, below in pairwise(route):
            near.setdefault(above, []).append(below)
            near.setdefault(below, []).append(above)
    known = {place.key: place for row in rows.values() for place in row}
    for row in rows.values():
        _spread(row)
    for sweep in range(2 * SWEEPS):
        for layer in sorted(rows, reverse=bool(sweep % 2)):
            row = rows[layer]
            wanted = {
                place.key: _mean([known[key].middle for key in near.get(place.key, ())], place.middle) for place in row
            }
            row.sort(key=lambda place: wanted[place.key])
            _spread(row, _mean(list(wanted.values()), 0.0))


def _spread(row: list[_Place], middle: float = 0.0) -> None:
    x = middle - (sum(place.width for place in row) + GAP * (len(row) - 1)) / 2
    for place in row:
        place.x = x
        x += place.width + GAP


def _mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _arrow(edge: Edge, route: list[str], places: dict[str, _Place]) -> str:
    """A curve through the points of an arrow, with its label at the first of them."""
    points = [places[key] for key in route]
    x, y = points[0].middle, points[0].y + points[0].height
    path = f"M{x:.0f} {y:.0f}"
    for place in points[1:]:
        top = place.y - (2 if place.node is not None else 0)
        half = (top - y) / 2
        path += f"C{x:.0f} {y + half:.0f} {place.middle:.0f} {top - half:.0f} {place.middle:.0f} {top:.0f}"
        x, y = place.middle, top
        if place.node is None:
            y = place.y + place.height
            path += f"M{x:.0f} {y:.0f}" if place.texts else f"V{y:.0f}"
    first = points[1]
    return _line(edge, path) + _label(
        first.texts if first.node is None else [], first.middle, first.y + first.height / 2
    )


def _back(edge: Edge, places: dict[str, _Place], right: float) -> str:
    """The arrow that leads back up, around everything on the right."""
    start, end = places[edge.source], places[edge.target]
    x = right + GAP
    low, high = start.y + start.height / 2, end.y + end.height / 2
    path = (
        f"M{start.x + start.width:.0f} {low:.0f}H{x - 12:.0f}Q{x:.0f} {low:.0f} {x:.0f} {low - 12:.0f}V{high + 12:.0f}"
    )
    path += f"Q{x:.0f} {high:.0f} {x - 12:.0f} {high:.0f}H{end.x + end.width + 2:.0f}"
    texts = textwrap.wrap(visible(edge.label), BACK_WRAP)
    return _line(edge, path) + _label(texts, x + 8, (low + high) / 2, " aside")


def _line(edge: Edge, path: str) -> str:
    return f'<path class="{"seen" if edge.seen else "unseen"}" d="{path}" marker-end="url(#tip)"/>'


def _label(lines: list[str], x: float, y: float, aside: str = "") -> str:
    first = y - (len(lines) - 1) * LINE / 2 + 4
    return "".join(
        f'<text class="label{aside}" x="{x:.0f}" y="{first + number * LINE:.0f}">{_text(line)}</text>'
        for number, line in enumerate(lines)
    )


def _box(place: _Place, links: Links) -> str:
    node = place.node
    if node is None:
        return ""
    rows = len(place.texts)
    top = place.y + place.height / 2 - (rows - 1) * LINE / 2 + 4
    kinds = ["title"] * rows
    if node.place:
        kinds[-1] = "place"
    texts = "".join(
        f'<text class="{kind}" x="{place.middle:.0f}" y="{top + number * LINE:.0f}">{_text(text)}</text>'
        for number, (text, kind) in enumerate(zip(place.texts, kinds, strict=True))
    )
    radius = place.height / 2 if node.kind in ("loss", "step") else 5
    inner = (
        f'<rect class="{node.kind}" x="{place.x:.0f}" y="{place.y:.0f}" width="{place.width:.0f}" '
        f'height="{place.height:.0f}" rx="{radius:.0f}"/>{texts}'
    )
    address = links.address(node.place)
    return f'<a href="{_text(address)}">{inner}</a>' if address else f"<g>{inner}</g>"


def _said(edge: Edge, drawn: Flow) -> str:
    """An arrow in words, for those who do not see the picture."""
    titles = {node.id: title_of(node) for node in drawn.nodes}
    label = f" ({visible(edge.label)})" if edge.label else ""
    return f"{visible(titles[edge.source])} to {visible(titles[edge.target])}{label}"


def _text(text: str) -> str:
    return escape(text, quote=True)
