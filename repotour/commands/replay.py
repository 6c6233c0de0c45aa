"""`repotour replay TOUR`: go through the stops with keys; without a terminal, print them all."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from walkthroughs.player import Player


class Replay:
    """Go through a tour's stops: code with the active line, values with shapes, the note."""

    name = "replay"
    help = "go through a tour stop by stop"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The tour, where to start, and how to show it."""
        parser.add_argument("tour", metavar="TOUR", help="a NAME.tour.json file")
        parser.add_argument("--stop", metavar="ID|N", help="start at this stop; with --plain, show only this one")
        parser.add_argument("--plain", action="store_true", help="print the stops instead of opening the screen")
        parser.add_argument("--width", metavar="N", type=int, default=0, help="columns of the plain text (80)")

    def run(self, args: argparse.Namespace) -> int:
        """Replay on the screen where there is one, as text otherwise."""
        from walkthroughs.player import Player
        from walkthroughs.tour import Tour

        player = Player(Tour.load(args.tour))
        if args.stop is not None and not player.goto(args.stop):
            hint = f"It has the stops 1 to {player.total}, the first one is {player.stop.id}."
            raise RepoTourError(f"there is no stop {args.stop!r} in this tour.", slug="no-such-stop", hint=hint)
        keys = None if args.plain or not _has_screen() else _keys()
        if keys is None:
            return _print(player, args)
        from walkthroughs.screen import play

        play(player, keys, no_color=bool(os.environ.get("NO_COLOR")))
        return 0


def _print(player: Player, args: argparse.Namespace) -> int:
    """All stops, or the one that was asked for, as plain text."""
    from walkthroughs.renderers.text import TextRenderer

    renderer = TextRenderer(args.width or 80)
    one = args.stop is not None
    text = renderer.stop(player.tour, player.position) if one else renderer.render(player.tour)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    return 0


def _has_screen() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb")


def _keys() -> int | None:
    try:
        from walkthroughs.keyboard import terminal_of_keys
    except ImportError:
        # Without termios (Windows) there are no single keys to read.
        return None
    return terminal_of_keys()


COMMAND = Replay()
