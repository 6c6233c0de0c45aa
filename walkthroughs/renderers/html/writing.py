"""Text of the tour as HTML: escaped, its control characters visible, its notes with their code and emphasis."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import replace

from walkthroughs.markup import Links
from walkthroughs.prose import Block, parse, spans
from walkthroughs.tour import Location, Tour
from walkthroughs.visible import visible, visible_lines

_LINK = re.compile(r"\[(.*)\]\((https://[^)\s]+)\)")
_TAGS = {"code": "code", "strong": "strong", "emphasis": "em"}


def words(text: str) -> str:
    """Text of the tour for the page: control characters made visible, markup escaped."""
    return html.escape(visible(text))


def lines(text: str) -> str:
    """A text of several lines, each made visible and escaped."""
    return html.escape("\n".join(visible_lines(text.rstrip("\n"))))


def inline(text: str) -> str:
    """One paragraph of prose."""
    return "".join(_span(part.kind, part.text) for part in spans(" ".join(text.split())))


def note(text: str) -> str:
    """A note: its paragraphs, lists and blocks of code."""
    written: list[str] = []
    items: list[str] = []
    for block in parse(text):
        if block.kind == "item":
            items.append(f"<li>{_inner(block)}</li>")
            continue
        written += _listed(items)
        items = []
        if block.kind == "fence":
            written.append(f'<pre class="words" tabindex="0">{lines(block.text)}</pre>')
        else:
            written.append(f"<p>{_inner(block)}</p>")
    return "\n".join(written + _listed(items))


def _listed(items: Iterable[str]) -> list[str]:
    inner = "".join(items)
    return [f"<ul>{inner}</ul>"] if inner else []


def _inner(block: Block) -> str:
    return "".join(_span(part.kind, part.text) for part in block.spans)


def _span(kind: str, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{words(text)}</{tag}>" if tag else words(text)


class Places:
    """Places in the code as links: to GitHub at the commit where it is there; the script makes them lead to the line
    in the page. Files are named from the toured folder on."""

    def __init__(self, tour: Tour) -> None:
        self._links = Links(tour.provenance)
        self._folder = tour.provenance.folder.rstrip("/") + "/" if tour.provenance.folder else ""

    def short(self, path: str) -> str:
        """A path as it is shown: without the folder that the whole tour is in."""
        return path[len(self._folder) :] if self._folder and path.startswith(self._folder) else path

    def address(self, location: Location) -> str:
        """Where a place is on GitHub; "" when it is not there."""
        match = _LINK.fullmatch(self._links.place(location))
        return match.group(2) if match else ""

    def link(self, location: Location | None, label: str = "") -> str:
        """A place as HTML; the label is HTML already."""
        if location is None or not location.file:
            return ""
        near = replace(location, file=self.short(location.file))
        shown = label or words(str(near) if location.line else near.file)
        where = f'class="place" data-file="{words(location.file)}" data-line="{location.line}"'
        href = self.address(location)
        return f'<a {where} href="{html.escape(href)}">{shown}</a>' if href else f"<span {where}>{shown}</span>"
