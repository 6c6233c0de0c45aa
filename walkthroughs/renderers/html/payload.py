"""What the page's script works with: the recording in columns, sources with their colours, the stops' places.

Every text is made visible here, so that the script never meets a control character; it puts texts into the page as
texts only. Keys are short because they repeat: `f` file, `l` line, `e` last line, `q` qualified name, `k` kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from walkthroughs.captions import value_text
from walkthroughs.markup import paragraphs
from walkthroughs.recording import BoundAt, RecordedFrame, Recording, SourceText
from walkthroughs.renderers.html.pictures import picture
from walkthroughs.renderers.html.shading import shade, shown_lines
from walkthroughs.renderers.html.values import outline
from walkthroughs.renderers.html.writing import Places
from walkthroughs.statements import statements
from walkthroughs.tour import Excerpt, Location, Stop, Tour, Variable, program_title
from walkthroughs.visible import visible

DEEPEST = 3


class Payload:
    """The data of one page."""

    def __init__(self, tour: Tour, places: Places) -> None:
        self.tour = tour
        self.places = places
        self._numbers: dict[str, int] = {}
        self._sources = {source.path: source for source in _sources(tour)}
        for path in self._sources:
            self._file(path)

    def text(self) -> str:
        """The data as JSON that no text in it can break out of."""
        text = json.dumps(self.values(), ensure_ascii=True, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

    def values(self) -> dict[str, Any]:
        """The data as plain values."""
        stops = [self._stop(stop) for stop in self.tour.stops]
        recording = self._recording(self.tour.recording) if self.tour.recording else None
        source = self.tour.provenance
        return {
            "title": visible(self.tour.title),
            "key": visible(f"{self.tour.title} {source.commit} {source.recorded_at}"),
            "repository": visible(source.url or self.tour.title),
            "stops": stops,
            "chapters": {frame.chapter: program_title(frame.chapter) for frame in self._frames()},
            "recording": recording,
            "files": [self._source(path) for path in self._numbers],
        }

    def _frames(self) -> tuple[RecordedFrame, ...]:
        return self.tour.recording.frames if self.tour.recording else ()

    def _file(self, path: str) -> int:
        """The number of a file in the page."""
        return self._numbers.setdefault(path, len(self._numbers))

    def _stop(self, stop: Stop) -> dict[str, Any]:
        values = {
            "s": stop.step,
            **self._place(stop.location),
            "t": visible(stop.title or stop.stage_title),
            "k": stop.stage,
            "p": visible(stop.part),
            "md": paragraphs(stop.note),
        }
        return {key: value for key, value in values.items() if value is not None}

    def _place(self, location: Location) -> dict[str, Any]:
        return {
            "f": self._file(location.file),
            "l": location.line,
            "e": location.end_line,
            "q": visible(location.qualname),
        }

    def _source(self, path: str) -> dict[str, Any]:
        found = self._sources.get(path)
        if found is None:
            return {"p": visible(path), "n": visible(self.places.short(path)), "parts": []}
        parts = [[part.first_line, shown_lines(part.lines), shade(path, part.lines)] for part in found.parts]
        values = {
            "p": visible(path),
            "n": visible(self.places.short(path)),
            "length": found.length,
            "parts": parts,
            "ran": found.ran,
            "code": _flat(statements(path, found.parts[0].lines)) if _is_whole(found) else [],
            "counts": found.counts,
            "least": found.at_least,
            "url": self.places.address(Location(path, 0)),
        }
        return {key: value for key, value in values.items() if value}

    def _recording(self, recording: Recording) -> dict[str, Any]:
        return {
            "order": recording.order,
            "lines": recording.lines,
            "frames": [self._frame(frame) for frame in recording.frames],
            "bound": [_bound(row) for row in recording.bound],
            "unbound": [[row.step, visible(row.name)] for row in recording.unbound],
            "raised": [[row.step, visible(row.type), visible(row.message)] for row in recording.raised],
            "resumed": [[row.step, row.parent, row.line] for row in recording.resumed],
            "missed": [
                {"s": row.step, **self._place(row.location), "n": row.number, "c": row.count, "r": row.recorded}
                for row in recording.missed
            ],
            "left": [[row.step, row.line, row.iterations] for row in recording.left],
            "printed": [[row.step, "\n".join(map(visible, row.text.split("\n")))] for row in recording.printed],
            "values": [value_row(value) for value in recording.values],
            "gaps": recording.gaps,
            "left_out": recording.left_out,
        }

    def _frame(self, frame: RecordedFrame) -> dict[str, Any]:
        values = {
            **self._place(frame.location),
            "k": frame.kind,
            "c": "" if frame.chapter == "main" else visible(frame.chapter),
            "v": frame.visit,
            "o": [self._place(place) for place in frame.outer],
            "via": visible(frame.via),
            "cf": frame.called_from,
            "a": [[visible(row.name), row.value] for row in frame.args],
            "x": frame.raised,
            "cut": frame.cut,
        }
        kept = {key: value for key, value in values.items() if value or key in ("f", "l")}
        known = {"u": frame.parent, "r": frame.returned}
        kept.update({key: value for key, value in known.items() if value is not None})
        return kept | {"b": frame.began, "t": frame.ended}


def value_row(variable: Variable, depth: int = 0) -> list[Any]:
    """A value as [shape, dtype, type, text, items, picture], empty ends left out; an item has its name behind these.

    A picture is its address, width and height in pixels, and what it shows.
    """
    shape, dtype, kind = outline(variable)
    items = [
        [*_padded(value_row(item, depth + 1), 6), visible(item.name)] for item in variable.items if depth < DEEPEST
    ]
    row: list[Any] = [
        visible(shape),
        visible(dtype),
        visible(kind),
        visible(value_text(variable)),
        items,
        _picture(variable),
    ]
    while row and not row[-1]:
        row.pop()
    return row


def _picture(variable: Variable) -> list[Any]:
    found = picture(variable)
    return [found.address, found.width, found.height, visible(found.alt)] if found else []


def _bound(row: BoundAt) -> list[Any]:
    values: list[Any] = [row.step, visible(row.name), row.value, int(row.touched), row.frame]
    return values if row.frame is not None else values[: 4 if row.touched else 3]


def _padded(row: list[Any], length: int) -> list[Any]:
    return row + [0] * (length - len(row))


def _is_whole(source: SourceText) -> bool:
    return len(source.parts) == 1 and source.parts[0].first_line == 1 and source.length == len(source.parts[0].lines)


def _flat(spans: Iterable[tuple[int, int]]) -> list[int | tuple[int, int]]:
    """Spans of one line as that line."""
    return [first if first == last else (first, last) for first, last in spans]


def _sources(tour: Tour) -> Iterable[SourceText]:
    """The sources of the recording, and for other files of stops what their excerpts show."""
    known = {source.path for source in tour.recording.sources} if tour.recording else set()
    if tour.recording:
        yield from tour.recording.sources
    excerpts: dict[str, list[Excerpt]] = {}
    for stop in tour.stops:
        if stop.location.file not in known and stop.excerpt.lines:
            excerpts.setdefault(stop.location.file, []).append(stop.excerpt)
    for path, found in excerpts.items():
        yield _pieced(path, found)


def _pieced(path: str, excerpts: list[Excerpt]) -> SourceText:
    """The parts of a file that its stops show, joined where they meet."""
    lines: dict[int, str] = {}
    ran: set[int] = set()
    for excerpt in excerpts:
        lines.update(enumerate(excerpt.lines, excerpt.first_line))
        ran.update(excerpt.executed)
    parts: list[tuple[int, list[str]]] = []
    for number in sorted(lines):
        if not parts or number != parts[-1][0] + len(parts[-1][1]):
            parts.append((number, []))
        parts[-1][1].append(lines[number])
    return SourceText(path, parts=tuple(Excerpt(first, tuple(text)) for first, text in parts), ran=tuple(sorted(ran)))
