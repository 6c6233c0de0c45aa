"""`repotour debug REPO|TOUR`: run the program again, really paused at each stop under a debugger. Host."""

from __future__ import annotations

import argparse
import sys

from tracer.errors import RepoTourError


class Debug:
    """Walk a program live: every command of pdb and ipdb works, and those of the tour beside them."""

    name = "debug"
    help = "walk through the running program, paused at each stop in a debugger"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to walk, and where to stand still first."""
        parser.add_argument("source", metavar="REPO|TOUR", help="a NAME.tour.json file, a folder or a git URL")
        parser.add_argument("--repo", metavar="FOLDER", default="", help="where the code of a tour lies")
        parser.add_argument("--stop", metavar="ID|N", default="", help="stand still at this stop first")
        parser.add_argument("--stage", metavar="STAGE", default="", help="stand still at a stop of this stage first")
        parser.add_argument(
            "--entry", metavar="FILE", help="of a repository: the program, when not the best ranked one"
        )
        parser.add_argument("--ref", help="of a repository: branch, tag or commit")
        parser.add_argument("--python", metavar="PY", help="the interpreter, environment or version that runs it")
        parser.add_argument("--no-install", action="store_true", help="install nothing")
        parser.add_argument(
            "--sandbox", action=argparse.BooleanOptionalAction, default=None, help="shut the program in with bubblewrap"
        )
        parser.add_argument("--yes", "-y", action="store_true", help="run code from a URL without asking")

    def run(self, args: argparse.Namespace) -> int:
        """Walk."""
        from repotour.commands.run import ask
        from repotour.journey import Options
        from repotour.progress import Progress
        from repotour.walking import Wanted, walk_live

        if not sys.stdin.isatty():
            raise RepoTourError(
                "a live walk needs a terminal to talk in.",
                slug="no-terminal",
                hint="`repotour replay` reads a tour without one.",
                exit_code=2,
            )
        options = Options(
            ref=args.ref, entry=args.entry, python=args.python, install=not args.no_install, sandbox=args.sandbox
        )
        wanted = Wanted(args.source, args.repo, args.stop, args.stage, options)
        with Progress() as progress:

            def confirm(text: str) -> bool:
                with progress.paused():
                    return args.yes or ask(text)

            return walk_live(wanted, progress, confirm)


COMMAND = Debug()
