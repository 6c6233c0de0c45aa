"""Boxes and edges drawn as SVG, once from left to right for wide pages and once from top to bottom for narrow ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from walkthroughs.renderers.html.flow import Box, Edge, Flow
from walkthroughs.renderers.html.writing import Places, words

WIDTH, HEIGHT = 144, 66
ACROSS, DOWN = 34, 20
"""The room between columns and between the boxes of one column."""
NAME, SMALL = 15, 22
"""Characters of a name and of a small line that fit into a box."""
LONG, LONGER = 1250, 1550
"""Widths from which on a drawing is not made smaller to fit, but moved sideways."""
LABEL = 6.4
"""Width of a character of an edge's label."""


def diagram(flow: Flow, places: Places) -> str:
    """The figure."""
    flow.edges = list(_direct(flow.edges))
    columns = _columns(flow)
    wide, tall = _across(flow, columns), _down(columns)
    said = "; ".join(_said(flow, edge) for edge in flow.edges)
    return (
        f'<figure class="flow"><figcaption>{words(flow.title)}</figcaption>'
        f"{_svg(flow, places, wide, said, upright=False)}{_svg(flow, places, tall, said, upright=True)}</figure>"
    )


def _direct(edges: list[Edge]) -> Iterator[Edge]:
    """The edges without those that only cut short a way which is there too."""
    ahead: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        if not edge.again:
            ahead[edge.start].add(edge.end)

    def reaches(start: int, end: int, left: int) -> bool:
        return left > 0 and (end in ahead[start] or any(reaches(next_, end, left - 1) for next_ in ahead[start]))

    for edge in edges:
        others = ahead[edge.start] - {edge.end}
        if edge.again or not any(reaches(other, edge.end, len(ahead)) for other in others):
            yield edge


def _said(flow: Flow, edge: Edge) -> str:
    start, end = flow.boxes[edge.start], flow.boxes[edge.end]
    return f"{start.name or start.title} to {end.name or end.title}" + (f": {edge.label}" if edge.label else "")


def _columns(flow: Flow) -> list[int]:
    """For each box its column, so that edges lead forward and boxes stand as near as can be to what they feed."""
    forward = [edge for edge in flow.edges if not edge.again]
    behind = [0] * len(flow.boxes)
    for _ in flow.boxes:  # at most as many rounds as boxes: edges cannot go in circles for longer
        for edge in forward:
            behind[edge.start] = min(len(flow.boxes), max(behind[edge.start], behind[edge.end] + 1))
    deepest = max(behind)
    return [deepest - depth for depth in behind]


Layout = tuple[list[tuple[float, float]], float, float, list[float]]
"""Corners of the boxes, width and height of the whole, and the room before each column."""


def _across(flow: Flow, columns: list[int]) -> Layout:
    groups = _groups(columns)
    most = max(len(group) for group in groups.values())
    height = most * (HEIGHT + DOWN) - DOWN + 34
    rooms = _rooms(flow, columns)
    corners = [(0.0, 0.0)] * len(columns)
    x = 4.0
    for column in sorted(groups):
        x += rooms[column] if column else 0
        group = groups[column]
        top = (most * (HEIGHT + DOWN) - DOWN - (len(group) * (HEIGHT + DOWN) - DOWN)) / 2 + 4
        for row, box in enumerate(group):
            corners[box] = (x, top + row * (HEIGHT + DOWN))
        x += WIDTH
    return corners, x + 4, height, rooms


def _rooms(flow: Flow, columns: list[int]) -> list[float]:
    """The room before each column: enough for the labels that stand there."""
    rooms = [float(ACROSS)] * (max(columns) + 1)
    for edge in flow.edges:
        if not edge.again:
            rooms[columns[edge.end]] = max(
                rooms[columns[edge.end]], len(edge.label) * LABEL + (24 if edge.label else 0)
            )
    return rooms


def _down(columns: list[int]) -> Layout:
    groups = _groups(columns)
    corners = [(0.0, 0.0)] * len(columns)
    y = 4.0
    for column in sorted(groups):
        group = groups[column]
        for row, box in enumerate(group):
            corners[box] = (4.0 + row % 2 * (WIDTH + 14), y + row // 2 * (HEIGHT + 14))
        y += (len(group) + 1) // 2 * (HEIGHT + 14) + 26
    return corners, 340, y - 36, []


def _groups(columns: list[int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for box, column in enumerate(columns):
        groups[column].append(box)
    return groups


def _svg(flow: Flow, places: Places, layout: Layout, said: str, *, upright: bool) -> str:
    corners, width, height, _ = layout
    edges = "".join(_edge(edge, corners, height, upright=upright) for edge in flow.edges)
    boxes = "".join(_box(box, corners[number], places) for number, box in enumerate(flow.boxes))
    kind = "tall" if upright else "wide" + (" long" if width > LONG else "") + (" longer" if width > LONGER else "")
    return (
        f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="group" '
        f'aria-label="{words(flow.title)}: {words(said)}">{edges}{boxes}</svg>'
    )


def _box(box: Box, corner: tuple[float, float], places: Places) -> str:
    x, y = corner
    near = places.short(box.title), box.name, places.short(box.detail)
    texts = zip(near, ("bt", "bn", "bd"), (19, 38, 55), (SMALL, NAME, SMALL), strict=True)
    inner = "".join(
        f'<text class="{kind}" x="{x + 14:g}" y="{y + down:g}">{words(_cut(text, most))}</text>'
        for text, kind, down, most in texts
        if text
    )
    full = words(" · ".join(text for text in near if text))
    drawn = (
        f'<title>{full}</title><rect class="b" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="9"/>'
        f'<rect class="m" x="{x:g}" y="{y + 10:g}" width="4" height="{HEIGHT - 20}" rx="2"/>{inner}'
    )
    stage = f'data-stage="{words(box.stage)}"'
    if box.stop is not None:
        return f'<a href="#stop-{box.stop}" {stage}>{drawn}</a>'
    if box.place is not None:
        where = f'class="place" data-file="{words(box.place.file)}" data-line="{box.place.line}"'
        return f"<g {where} {stage}>{drawn}</g>"
    return f"<g {stage}>{drawn}</g>"


def _edge(edge: Edge, corners: list[tuple[float, float]], height: float, *, upright: bool) -> str:
    (x1, y1), (x2, y2) = corners[edge.start], corners[edge.end]
    if edge.again:
        return _again(edge, (x1, y1), (x2, y2), height, upright=upright)
    if upright:
        start, end = (x1 + WIDTH / 2, y1 + HEIGHT), (x2 + WIDTH / 2, y2 - 6)
        path = f"M{start[0]:g} {start[1]:g}V{end[1]:g}" if x1 == x2 else _bent(start, end)
        label = (x2 + WIDTH / 2 + 12, y2 - 14, "start")
    else:
        start, end = (x1 + WIDTH, y1 + HEIGHT / 2), (x2 - 6, y2 + HEIGHT / 2)
        half = (end[0] - start[0]) / 2
        path = (
            f"M{start[0]:g} {start[1]:g}c{half:g} 0 {half:g} {end[1] - start[1]:g} {2 * half:g} {end[1] - start[1]:g}"
        )
        shift = (end[1] - start[1]) * 0.18
        label = ((start[0] + end[0]) / 2, start[1] - 7 + shift, "middle")
    return _line(edge, path) + _arrow(end, upright=upright) + _label(edge, *label)


def _bent(start: tuple[float, float], end: tuple[float, float]) -> str:
    half = (end[1] - start[1]) / 2
    return f"M{start[0]:g} {start[1]:g}c0 {half:g} {end[0] - start[0]:g} {half:g} {end[0] - start[0]:g} {2 * half:g}"


def _again(edge: Edge, start: tuple[float, float], end: tuple[float, float], height: float, *, upright: bool) -> str:
    """The edge that leads back, around the boxes between."""
    if upright:
        right = 286
        path = f"M{start[0] + WIDTH:g} {start[1] + HEIGHT / 2:g}H{right}V{end[1] + HEIGHT / 2:g}H{end[0] + WIDTH + 6:g}"
        tip = (end[0] + WIDTH + 6, end[1] + HEIGHT / 2)
        d = f"M{tip[0] + 6:g} {tip[1] - 4:g}L{tip[0]:g} {tip[1]:g}l6 4"
        middle = (start[1] + end[1] + HEIGHT) / 2
        turned = f'transform="rotate(90 {right + 8} {middle:g})" x="{right + 8}" y="{middle:g}"'
        label = f'<text class="el" {turned} text-anchor="middle">{words(edge.label)}</text>'
        return f'<path class="e again" d="{path}"/><path class="e" d="{d}"/>{label}'
    floor = height - 12
    path = f"M{start[0] + WIDTH / 2:g} {start[1] + HEIGHT:g}V{floor:g}H{end[0] + WIDTH / 2:g}V{end[1] + HEIGHT + 6:g}"
    tip = (end[0] + WIDTH / 2, end[1] + HEIGHT + 5)
    arrow = f'<path class="e" d="M{tip[0] - 4:g} {tip[1] + 6:g}L{tip[0]:g} {tip[1]:g}l4 6"/>'
    middle = (start[0] + end[0] + WIDTH) / 2
    label = f'<text class="el" x="{middle:g}" y="{floor - 6:g}" text-anchor="middle">{words(edge.label)}</text>'
    return f'<path class="e again" d="{path}"/>{arrow}{label}'


def _line(edge: Edge, path: str) -> str:
    return f'<path class="e{"" if edge.sure else " next"}" d="{path}"/>'


def _arrow(tip: tuple[float, float], *, upright: bool) -> str:
    x, y = tip
    d = f"M{x - 4:g} {y - 5:g}L{x:g} {y:g}l4 -5" if upright else f"M{x - 5:g} {y - 4:g}L{x:g} {y:g}l-5 4"
    return f'<path class="e" d="{d}"/>'


def _label(edge: Edge, x: float, y: float, anchor: str) -> str:
    if not edge.label:
        return ""
    return f'<text class="el" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{words(edge.label)}</text>'


def _cut(text: str, most: int) -> str:
    if len(text) > most and "/" in text:
        text = text.rpartition("/")[2]
    return text if len(text) <= most else text[: most - 1] + "…"
