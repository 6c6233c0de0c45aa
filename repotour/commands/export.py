"""`repotour export TOUR --to FORMAT`: write a tour as a page, a map, an editor's tour, a notebook, a timeline, text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tracer.errors import RepoTourError

TOUR_SUFFIXES = (".tour.json", ".json", ".tour")


class Export:
    """Write a tour in another format, next to it unless -o says where."""

    name = "export"
    help = "write a tour as a page, a map, an editor's tour, a notebook, a timeline or text"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The tour, the format, where it goes."""
        parser.add_argument("tour", metavar="TOUR", help="a NAME.tour.json file")
        parser.add_argument(
            "--to",
            metavar="FORMAT",
            required=True,
            help="html, markdown, map-html, codetour, ipynb, perfetto, text or json (see --formats)",
        )
        parser.add_argument("-o", "--output", metavar="FILE", help="the file to write; - is standard output")
        parser.add_argument(
            "--into", metavar="CHECKOUT", help="codetour: write numbered parts into the .tours folder of a checkout"
        )
        parser.add_argument("--open", action="store_true", help="show the page that was written in the browser")
        parser.add_argument("--force", action="store_true", help="overwrite the file if it exists")
        parser.add_argument("--formats", action=ListFormats, nargs=0, help="list the formats and exit")

    def run(self, args: argparse.Namespace) -> int:
        """Render the tour and write it."""
        from walkthroughs.renderers.base import find_renderer
        from walkthroughs.tour import Tour

        renderer = find_renderer(args.to)
        if args.into is not None:
            from repotour.tours_folder import put_into

            put_into(args.into, renderer, Tour.load(args.tour), force=args.force)
            return 0
        output = args.output or derived_name(args.tour, renderer.suffix)
        if args.open and (not renderer.suffix.endswith(".html") or output == "-"):
            hint = "Use --to html, with a file to write."
            raise RepoTourError("--open shows a page, and this is none.", slug="not-a-page", hint=hint, exit_code=2)
        put(renderer.render(Tour.load(args.tour)), output, force=args.force)
        if args.open:
            from repotour.showing import show_page

            show_page(Path(output))
        return 0


class ListFormats(argparse.Action):
    """Prints every renderer that exists, with what it makes."""

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: object) -> None:
        """List and leave, as `--help` does."""
        from walkthroughs.renderers.base import all_renderers

        for renderer in all_renderers().values():
            print(f"{renderer.name:<10} {renderer.suffix:<8} {renderer.summary}")
        parser.exit()


def derived_name(tour: str, suffix: str) -> str:
    """The output's name: the tour's own with another ending; never the tour file itself."""
    path = Path(tour)
    stem = next((path.name[: -len(end)] for end in TOUR_SUFFIXES if path.name.endswith(end)), path.name)
    name = (stem or path.name) + suffix
    return str(path.with_name(name if name != path.name else f"{stem}.normalised{suffix}"))


def put(text: str, output: str, *, force: bool) -> None:
    """Write a text to a file, with a word about it on standard error, or to standard output for `-`."""
    from walkthroughs.writing import write_whole

    if output == "-":
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        return
    write_whole(output, text, force=force)
    print(f"Wrote {output}", file=sys.stderr)


COMMAND = Export()
