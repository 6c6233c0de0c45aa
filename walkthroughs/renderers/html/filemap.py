"""The files of a tour as tiles: as large as what they hold, coloured where it ran, grey where it never did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from walkthroughs.captions import count_text
from walkthroughs.renderers.html.writing import Places, inline, words
from walkthroughs.tour import FileRole, Location, Tour

WIDTH, HEIGHT = 1000.0, 260.0
MOST = 40
PARTS_SHOWN = 6

Tile = tuple[float, float, float, float]
"""Left, top, width, height."""


def filemap(tour: Tour, places: Places) -> str:
    """The tiles and, below, every file in words; "" when the tour tells of none."""
    files = sorted(tour.files, key=lambda file: (file.executed > 0, _size(file)), reverse=True)
    if not files:
        return ""
    shown = sorted(_shown(files), key=_size, reverse=True)
    tiles = squarified([float(_size(file)) for file in shown], (0.0, 0.0, WIDTH, HEIGHT))
    drawn = "".join(_tile(file, tile, places) for file, tile in zip(shown, tiles, strict=True))
    picture = (
        f'<svg class="files" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="group" aria-label="Files by the lines that ran">'
        f"{drawn}</svg>"
        if drawn
        else ""
    )
    rows = "".join(_row(file, places) for file in files)
    return f'{picture}<ul class="filelist">{rows}</ul>'


def _shown(files: list[FileRole]) -> Iterator[FileRole]:
    """The files that get a tile: those that ran, and of the others as many as do not outgrow them."""
    ran = [file for file in files if file.executed][:MOST]
    yield from ran
    room = sum(_size(file) for file in ran)
    for file in files[len(ran) :][: MOST - len(ran)]:
        room -= _size(file)
        if not file.executed and _size(file) and room >= 0:
            yield file


def squarified(sizes: Sequence[float], room: Tile) -> list[Tile]:
    """Tiles of the given sizes, largest first, that fill a room and are as square as they can be."""
    found: list[Tile] = []
    left, top, width, height = room
    rest = list(sizes)
    while rest:
        scale = width * height / sum(rest)
        short = min(width, height)
        row = 1
        while row < len(rest) and _worst(rest[: row + 1], short, scale) <= _worst(rest[:row], short, scale):
            row += 1
        across = sum(rest[:row]) * scale / short
        at = 0.0
        for size in rest[:row]:
            along = size * scale / across
            if width >= height:
                found.append((left, top + at, across, along))
            else:
                found.append((left + at, top, along, across))
            at += along
        if width >= height:
            left, width = left + across, width - across
        else:
            top, height = top + across, height - across
        rest = rest[row:]
    return found


def _worst(sizes: Sequence[float], short: float, scale: float) -> float:
    """How far from square the worst tile of a row is."""
    across = sum(sizes) * scale / short
    return max(max(across / (size * scale / across), (size * scale / across) / across) for size in sizes)


def _never(file: FileRole) -> int:
    return sum(max(part.end_line, part.line) - part.line + 1 for part in file.never_ran)


def _size(file: FileRole) -> int:
    """Lines that ran and lines of functions that never did; of a file in which nothing ran all lines."""
    return file.executed + _never(file) if file.executed else file.lines


def _tile(file: FileRole, tile: Tile, places: Places) -> str:
    x, y, width, height = (round(value, 1) for value in tile)
    share = file.executed / _size(file)
    ran = round((height - 3) * share, 1)
    never = f", {_never(file)} never did" if file.executed else ""
    said = f"{places.short(file.path)}: {count_text(file.executed, 'line')} ran{never}"
    text = ""
    if width > 90 and height > 34:
        name = places.short(file.path).rpartition("/")[2]
        room = int((width - 20) / 7.6)
        name = name if len(name) <= room else name[: room - 1] + "…"
        text = f'<text x="{x + 10:g}" y="{y + 22:g}">{words(name)}</text>'
        if height > 52:
            text += f'<text class="n" x="{x + 10:g}" y="{y + 39:g}">{count_text(file.executed, "line")} ran</text>'
    coloured = (
        f'<rect class="ran" x="{x + 1.5:g}" y="{y + 1.5:g}" width="{width - 3:g}" height="{ran:g}" rx="5"/>'
        if ran
        else ""
    )
    return (
        f'<g class="place" data-file="{words(file.path)}" data-line="0"><title>{words(said)}</title>'
        f'<rect class="never" x="{x + 1.5:g}" y="{y + 1.5:g}" width="{width - 3:g}" height="{height - 3:g}" rx="5"/>'
        f"{coloured}{text}</g>"
    )


def _row(file: FileRole, places: Places) -> str:
    calls = f", {'at least ' if file.at_least else ''}{count_text(file.calls, 'call')}" if file.calls else ""
    facts = f"{count_text(file.executed, 'line')} of {file.lines:,} ran{calls}"
    parts = [
        places.link(
            Location(file.path, part.line, part.end_line), f"<code>{words(part.qualname or str(part.line))}</code>"
        )
        for part in file.never_ran
    ]
    more = f" and {len(parts) - PARTS_SHOWN} more" if len(parts) > PARTS_SHOWN else ""
    never = f'<p class="neverran">Never ran: {", ".join(parts[:PARTS_SHOWN])}{more}</p>' if parts else ""
    role = f'<p class="role">{inline(file.role)}</p>' if file.role else ""
    return f'<li>{places.link(Location(file.path, 0))} <span class="faint">{facts}</span>{role}{never}</li>'
