"""`repotour replay TOUR`: go through a tour on a full screen, line by line or stop by stop; without one, print it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from walkthroughs.player import Player
    from walkthroughs.tour import Tour


class Replay:
    """Go through a tour: source with the active line, values with shapes, the call stack, the notes."""

    name = "replay"
    help = "go through a tour: stop by stop, or line by line, forward and backward"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The tour, where to start, and how to show it."""
        parser.add_argument("tour", metavar="TOUR", help="a NAME.tour.json file")
        parser.add_argument("--stop", metavar="ID|N", help="start at this stop; with --plain, show only this one")
        parser.add_argument(
            "--auto",
            metavar="SECONDS",
            type=_seconds,
            nargs="?",
            const=0.0,
            help="play by itself, so many seconds at each stop (as long as its note takes to read)",
        )
        parser.add_argument("--plain", action="store_true", help="print the stops instead of opening the screen")
        parser.add_argument("--pdb", action="store_true", help="a prompt like pdb's over the recorded run")
        parser.add_argument("--width", metavar="N", type=int, default=0, help="columns of the plain text (80)")

    def run(self, args: argparse.Namespace) -> int:
        """Replay on the screen where there is one, as text otherwise."""
        from walkthroughs.player import Player
        from walkthroughs.tour import Tour

        tour = Tour.load(args.tour)
        player = Player(tour)
        if args.stop is not None and not player.goto(args.stop):
            hint = f"It has the stops 1 to {player.total}, the first one is {player.stop.id}."
            raise RepoTourError(f"there is no stop {args.stop!r} in this tour.", slug="no-such-stop", hint=hint)
        if args.pdb:
            from walkthroughs.timetravel.pdb_prompt import prompt

            return prompt(tour, player.stop.step if args.stop is not None else None)
        if args.plain or not sys.stdout.isatty():
            return _print(player, args)
        return _on_screen(tour, player, args)


def _on_screen(tour: Tour, player: Player, args: argparse.Namespace) -> int:
    """The full screen, from the place where the reader stopped last time unless a stop is asked for."""
    from repotour.places import Place, place_in, remember
    from walkthroughs.screen.reading import Reading
    from walkthroughs.screen.terminal import has_terminal, play

    if not has_terminal():
        return _print(player, args)

    reading, message = Reading(tour), ""
    before = place_in(tour) if args.stop is None and args.auto is None else None
    if args.stop is not None:
        reading.goto_stop(args.stop)
    elif before is not None and reading.resume(before.stop, before.step):
        message = "You stopped here last time; Home goes to the first stop."
    try:
        return play(reading, auto=args.auto is not None, seconds=args.auto or 0.0, message=message)
    finally:
        remember(tour, Place(reading.stop.id, reading.step if reading.away else None))


def _print(player: Player, args: argparse.Namespace) -> int:
    """All stops, or the one that was asked for, as plain text."""
    from walkthroughs.renderers.text import TextRenderer

    renderer = TextRenderer(args.width or 80)
    one = args.stop is not None
    text = renderer.stop(player.tour, player.position) if one else renderer.render(player.tour)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    return 0


def _seconds(text: str) -> float:
    """A time for `--auto`; argparse tells the reader about a ValueError."""
    seconds = float(text)
    if not 0.05 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0.05 and 3600 seconds")
    return seconds


COMMAND = Replay()
