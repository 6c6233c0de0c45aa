"""The source texts that a recording carries: whole files while there is room, else the functions that ran.

Runs on the host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.trace import Code
from walkthroughs.recording import SourceText
from walkthroughs.stop import Excerpt
from walkthroughs.story import Story

WHOLE_FILE = 2000
"""Files of at most so many lines are carried whole while there is room, longer ones by the functions that ran."""

ROOM = 180_000
"""Characters that files carried whole may take together."""

MOST = 250_000
"""Characters that all sources may take together."""


def source_texts(story: Story, codes: Iterable[tuple[int, Code]]) -> Iterator[SourceText]:
    """The text of every file that carried code ran in; `codes` come with the number of their chapter."""
    spans: dict[str, set[tuple[int, int]]] = {}
    for number, code in codes:
        place = story.chapters[number].definition(code)
        spans.setdefault(code.file, set()).add((min(code.line, place.line), max(code.end_line, place.end_line)))
    whole = _whole(story, spans)
    room = MOST
    for path in sorted(spans):
        source = story.sources.get(path)
        if source is None:
            continue
        parts = tuple(_parts(source.lines, [(1, len(source.lines))] if path in whole else sorted(spans[path]), room))
        room -= sum(len(line) + 1 for part in parts for line in part.lines)
        counts, at_least = _hits(story, path)
        ran = tuple(sorted(counts))
        yield SourceText(path, len(source.lines), parts, ran, tuple(counts[line] for line in ran), at_least)


def _whole(story: Story, paths: Iterable[str]) -> set[str]:
    """The files that are carried whole, small ones first."""
    found = set()
    room = ROOM
    sources = [source for source in map(story.sources.get, paths) if source is not None]
    for source in sorted(sources, key=lambda source: len(source.text)):
        if len(source.lines) <= WHOLE_FILE and len(source.text) <= room:
            found.add(source.path)
            room -= len(source.text)
    return found


def _parts(lines: list[str], spans: list[tuple[int, int]], room: int) -> Iterator[Excerpt]:
    """Stretches of a file, those that touch taken together, as far as there is room."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if last - first >= WHOLE_FILE:
            continue
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    for first, last in joined:
        text = tuple(lines[first - 1 : last])
        room -= sum(len(line) + 1 for line in text)
        if room >= 0:
            yield Excerpt(first, text)


def _hits(story: Story, path: str) -> tuple[dict[int, int], bool]:
    """How often each line of a file ran in all chapters, and whether it may have been more."""
    counts: dict[int, int] = {}
    at_least = False
    for chapter in story.chapters:
        for code in chapter.trace.codes.values():
            if code.file != path:
                continue
            row = chapter.trace.counts.get(code.id, {})
            at_least = at_least or not chapter.trace.counted(code) or bool(row.get("hits_open")) or not row
            hits = {int(line): int(n) for line, n in row.get("hits", ())}
            for line in chapter.trace.executed(code):
                counts[line] = counts.get(line, 0) + hits.get(line, 1)
    return counts, at_least
