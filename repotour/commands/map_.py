"""`repotour map TOUR|REPO`: the onboarding map of a tour, or the static map of a repository that was not run.

As Markdown for a repository, or as a page for a browser or a printer.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path


class Map:
    """The onboarding map. For a repository without a tour it is the static map, and says so."""

    name = "map"
    help = "the onboarding map of a tour or a repository, as Markdown or a page"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """A tour file, a folder or a URL, and where the map goes."""
        parser.add_argument("source", metavar="TOUR|REPO", help="a NAME.tour.json file, a folder, or a git URL")
        parser.add_argument(
            "--to",
            choices=("markdown", "html"),
            default="markdown",
            help="Markdown (usual), or a page to read or print",
        )
        parser.add_argument("--ref", metavar="REF", help="the branch, tag or commit of a repository")
        parser.add_argument("-o", "--output", metavar="FILE", default="-", help="the file to write (standard output)")
        parser.add_argument("--force", action="store_true", help="overwrite the file if it exists")

    def run(self, args: argparse.Namespace) -> int:
        """Write the map that fits what was named."""
        from repotour.commands.export import put

        make = tour_map if _is_tour(args.source) else partial(static_map, ref=args.ref)
        text = make(args.source, page=args.to == "html")
        put(text, args.output, force=args.force)
        return 0


def tour_map(path: str, *, page: bool = False) -> str:
    """The onboarding map of a tour file."""
    from walkthroughs.renderers.base import find_renderer
    from walkthroughs.tour import Tour

    return find_renderer("map-html" if page else "markdown").render(Tour.load(path))


def static_map(repo: str, *, ref: str | None, page: bool = False) -> str:
    """The static map of a repository; nothing of it is run."""
    from tracer.checkout import open_checkout
    from tracer.survey import survey
    from walkthroughs.renderers.map_html import html_of, whole
    from walkthroughs.renderers.static_map import render_static
    from walkthroughs.tour import Provenance

    checkout = open_checkout(repo, ref=ref)
    found = survey(checkout.root, folder=checkout.folder).to_dict()
    source = Provenance(url=checkout.url, commit=checkout.commit, dirty=checkout.dirty, folder=checkout.folder)
    text = render_static(found, source, checkout.name)
    return whole(f"{checkout.name}: static map", html_of(text)) if page else text


def _is_tour(source: str) -> bool:
    """Whether a tour file is meant: a file that is there, or a name that only a tour has."""
    return Path(source).is_file() or source.endswith(".tour.json")


COMMAND = Map()
