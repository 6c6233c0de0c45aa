"""Source lines as pdb lists them. Runs on the host."""

from __future__ import annotations

from collections.abc import Container, Iterator

from walkthroughs.recording import SourceText


def source_lines(
    source: SourceText, first: int, last: int, current: int, marks: Container[int] = frozenset()
) -> Iterator[str]:
    """Numbered lines: `->` before the current one, `B` where a breakpoint stands; what the tour lacks is left out."""
    for part in source.parts:
        for number, text in enumerate(part.lines, part.first_line):
            if first <= number <= last:
                arrow = "->" if number == current else "  "
                yield f"{number:>3} {'B' if number in marks else ' '}{arrow}\t{text}".rstrip()
