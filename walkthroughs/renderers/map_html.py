"""The onboarding map as one page of HTML, to be read in a browser or printed: no script, no network."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files

from walkthroughs.flow import flow
from walkthroughs.markup import Links
from walkthroughs.renderers.map_flow import data_flow, legend, way_of_the_data
from walkthroughs.renderers.map_picture import picture
from walkthroughs.renderers.markdown import SECTIONS, map_title, page
from walkthroughs.tour import Tour
from walkthroughs.visible import visible

PICTURE = "\ue000picture\ue000"
"""Stands for the picture in the Markdown: a character of no language, that no text of a tour shows."""


class MapPageRenderer:
    """The onboarding map as a page; what it says is what the Markdown says."""

    name = "map-html"
    suffix = ".map.html"
    summary = "the onboarding map as a page, ready to be printed"

    def render(self, tour: Tour) -> str:
        """The page."""
        sections = tuple((heading, _with_picture if section is data_flow else section) for heading, section in SECTIONS)
        body = html_of(page(tour, sections))
        drawn = flow(tour)
        figure = f"<figure>{picture(drawn, Links(tour.provenance))}<figcaption>{legend(drawn)}</figcaption></figure>"
        return whole(visible(map_title(tour)), body.replace(f"<p>{PICTURE}</p>", figure, 1))


def _with_picture(tour: Tour, links: Links) -> str:
    """The way of the data with a mark where the picture goes."""
    table = way_of_the_data(tour, links)
    return "\n\n".join(part for part in (PICTURE if flow(tour).nodes else "", table) if part)


def html_of(markdown: str) -> str:
    """The HTML of a map's Markdown; HTML in it stays text."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return str(reader.render(markdown))


def whole(title: str, body: str) -> str:
    """A whole page; its policy allows nothing but its own style sheet."""
    style = (files("walkthroughs.renderers") / "map_assets" / "map.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


RENDERER = MapPageRenderer()
