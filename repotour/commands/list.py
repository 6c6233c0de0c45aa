"""`repotour list`: the tours made so far. Host."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

from repotour.store import KnownTour, known_tours

_NOTHING_YET = "No tours yet. Make one: repotour run https://github.com/OWNER/NAME"


class ListTours:
    """The command."""

    name = "list"
    help = "list the tours made so far"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: argparse.Namespace) -> int:
        """Print the tours, newest first."""
        tours = known_tours()
        if args.json:
            print(json.dumps([asdict(tour) for tour in tours], indent=1, ensure_ascii=False))
        elif tours:
            _print_table(tours)
        else:
            print(_NOTHING_YET, file=sys.stderr)
        return 0


def _print_table(tours: list[KnownTour]) -> None:
    width = min(40, max(len(tour.title) for tour in tours))
    for tour in tours:
        date = tour.made_at[:16].replace("T", " ")
        title = tour.title if len(tour.title) <= width else tour.title[: width - 1] + "…"
        print(f"{date:16}  {title:{width}}  {tour.stages_seen:2} of 10 stages  {_short(tour.path)}")
    print(f"\nWalk through one: repotour replay {_short(tours[0].path)}", file=sys.stderr)


def _short(path: str) -> str:
    """The path as it would be typed here: relative when it lies below the current folder."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


COMMAND = ListTours()
