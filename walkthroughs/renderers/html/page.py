"""The page put together: its parts, style and script in one text, with a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from walkthroughs.renderers.html.overview import overview
from walkthroughs.renderers.html.payload import Payload
from walkthroughs.renderers.html.stops import Stops
from walkthroughs.renderers.html.writing import Places, words
from walkthroughs.tour import Tour

STYLES = ("tokens", "base", "frame", "contents", "source", "stop", "values", "overview", "flow", "dialogs", "print")
SCRIPTS = (
    "elements", "walk", "keeping", "tour", "values", "source", "path", "stack", "strip", "stepping",
    "editor", "copying", "theme", "help", "search", "keys", "timeline", "start",
)  # fmt: skip
"""The parts of the style and of the script, in the order in which the page holds them."""

_SLOT = re.compile(r"\{\{(\w+)\}\}")


class HtmlRenderer:
    """A tour as one self-contained page."""

    name = "html"
    suffix = ".html"
    summary = "one self-contained page to read in a browser"

    def render(self, tour: Tour) -> str:
        """The page's text."""
        style, script = _joined("styles", STYLES, "css"), _joined("scripts", SCRIPTS, "js")
        places = Places(tour)
        stops = Stops(tour, places)
        slots = {
            "title": words(tour.title or "Tour"),
            "style": style,
            "script": script,
            "style_hash": _hash(style),
            "script_hash": _hash(script),
            "contents": "\n".join(stops.contents()),
            "overview": overview(tour, places),
            "stops": "\n".join(stops.article(position) for position in range(len(tour.stops))),
            "data": Payload(tour, places).text(),
        }
        return _SLOT.sub(lambda match: slots[match.group(1)], _asset("page.html"))


@cache
def _joined(folder: str, names: Iterable[str], suffix: str) -> str:
    text = "\n".join(_asset(f"{folder}/{name}.{suffix}") for name in names)
    return f'"use strict";\n(() => {{\n{text}}})();\n' if suffix == "js" else text


def _asset(name: str) -> str:
    return files("walkthroughs.renderers.html").joinpath("assets").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
