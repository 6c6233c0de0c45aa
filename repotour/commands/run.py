"""`repotour run REPO`: from a repository to a tour, in one command. Host."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.errors import RepoTourError
from tracer.stages import CORE_STAGES

if TYPE_CHECKING:
    from walkthroughs.tour import Tour


class Run:
    """The command. Its exit code is 0 when a run showed at least one stage, 3 when the tour was made by reading alone
    or shows no stage; failures without a tour have their own."""

    name = "run"
    help = "tour a repository: run it, record it, tell what it does"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("repo", metavar="REPO", help="a git URL, or a folder (also a sub-folder of a repository)")
        parser.add_argument("--ref", help="branch, tag or commit")
        parser.add_argument("--entry", metavar="FILE", help="the program to tour, when not the best ranked one")
        parser.add_argument(
            "--python", metavar="PY", help="the interpreter, environment or version that runs the program"
        )
        parser.add_argument(
            "--before",
            metavar="CMD",
            action="append",
            default=[],
            help="a preparation command, run and toured first (repeatable)",
        )
        parser.add_argument(
            "--iterations",
            type=_positive,
            default=3,
            metavar="N",
            help="passes of a training loop before it is left (3)",
        )
        parser.add_argument(
            "--timeout", type=_seconds, default=120.0, metavar="S", help="seconds for one run of the program (120)"
        )
        parser.add_argument(
            "--synthetic-data",
            choices=("auto", "always", "never"),
            default="auto",
            help="make up data of the same shape for a known data set that cannot be had: as the last way (auto), "
            "at once, or never; the tour says so on every stop that they touch",
        )
        parser.add_argument(
            "--attempts",
            type=_positive,
            default=12,
            metavar="N",
            help="how often it may be run, with something changed each time, until it trains (12)",
        )
        parser.add_argument(
            "--total", type=_seconds, default=240.0, metavar="S", help="seconds for all attempts together (240)"
        )
        _add_safety(parser)
        parser.add_argument("--out", type=Path, metavar="DIR", help="where the tour is written (./tours/NAME)")
        parser.add_argument(
            "--no-install",
            action="store_true",
            help="install nothing: run with the best interpreter there is, whatever it lacks",
        )
        parser.add_argument("--open", action="store_true", help="write the web page too, and show it in the browser")
        parser.add_argument("--yes", "-y", action="store_true", help="run code from a URL without asking")
        parser.add_argument("--quiet", "-q", action="store_true", help="print warnings and the result, no progress")
        parser.add_argument(
            "target",
            nargs="*",
            default=[],
            metavar="-- SCRIPT ARGS",
            help="the program's own command, as one would type it behind `python`",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Make the tour, print its summary."""
        from repotour.journey import Options
        from repotour.progress import Progress
        from repotour.summary import print_summary
        from repotour.touring import make_tour

        options = Options(
            ref=args.ref,
            entry=args.entry,
            python=args.python,
            before=tuple(args.before),
            iterations=args.iterations,
            timeout=args.timeout,
            out=args.out,
            target=tuple(args.target),
            attempts=args.attempts,
            total=args.total,
            synthetic=args.synthetic_data,
            keep_env=tuple(args.keep_env),
            sandbox=args.sandbox,
            install=not args.no_install,
        )
        with Progress(quiet=args.quiet) as progress:

            def confirm(text: str) -> bool:
                with progress.paused():
                    return args.yes or ask(text)

            tour, path = make_tour(args.repo, options, progress, confirm)
        print_summary(tour, path)
        if args.open:
            _show(tour, path)
        core = {stage.value for stage in CORE_STAGES}
        return 0 if any(stop.stage in core and stop.basis == "observed" for stop in tour.stops) else 3


def _show(tour: Tour, path: Path) -> None:
    """Write the page beside the tour, and show it."""
    from repotour.commands.export import derived_name, put
    from repotour.showing import show_page
    from walkthroughs.renderers.base import find_renderer

    renderer = find_renderer("html")
    page = derived_name(str(path), renderer.suffix)
    put(renderer.render(tour), page, force=True)
    show_page(Path(page))


def _add_safety(parser: argparse.ArgumentParser) -> None:
    """What the program may see and change."""
    parser.add_argument(
        "--keep-env",
        metavar="NAME",
        action="append",
        default=[],
        help="a variable that the program may see although it could be a secret (repeatable)",
    )
    parser.add_argument(
        "--sandbox",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="shut the program in with bubblewrap: no network, nothing of yours to be seen or written "
        "(usual for a URL where it works)",
    )


def _positive(text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def ask(text: str) -> bool:
    """Show what would run and ask; without a terminal the answer is no."""
    print(text, file=sys.stderr)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        return False
    print("Run it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def tour_repository(repo: str, **options: Any) -> Tour:
    """`repotour.run`: make a tour from Python, without asking. Options are those of the command, with `_` for `-`."""
    from repotour.journey import Options
    from repotour.progress import Progress
    from repotour.touring import make_tour

    for name in ("before", "target", "keep_env"):
        if name in options:
            options[name] = (options[name],) if isinstance(options[name], str) else tuple(options[name])
    if isinstance(options.get("out"), (str, os.PathLike)):
        options["out"] = Path(options["out"])
    try:
        chosen = Options(**options)
    except TypeError as error:
        raise RepoTourError(f"repotour.run: {error}", slug="bad-option", exit_code=2) from None
    with Progress(quiet=True) as progress:
        return make_tour(repo, chosen, progress, lambda _: True)[0]


COMMAND = Run()
