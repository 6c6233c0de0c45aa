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
        parser.add_argument(
            "source", metavar="REPO|TOUR", nargs="?", help="a NAME.tour.json file, a folder or a git URL"
        )
        parser.add_argument("--pid", metavar="N", type=int, help="have debugpy listen in a process that runs already")
        parser.add_argument("--repo", metavar="FOLDER", default="", help="where the code of a tour lies")
        parser.add_argument("--stop", metavar="ID|N", default="", help="stand still at this stop first")
        parser.add_argument(
            "--ui",
            choices=("terminal", "vscode"),
            default="terminal",
            help="ipdb in this terminal, or debugpy for an editor (any that speaks the Debug Adapter Protocol)",
        )
        parser.add_argument("--port", metavar="N", type=int, default=0, help="where an editor connects (a free port)")
        parser.add_argument(
            "--write-launch", action="store_true", help="write the launch configuration into the repository's .vscode"
        )
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
        from repotour.attaching import attach
        from repotour.commands.run import ask
        from repotour.journey import Options
        from repotour.progress import Progress
        from repotour.walking import Wanted, walk_live

        if args.pid is not None and not args.source:
            return attach(args.pid, args.port)
        if args.pid is not None or not args.source:
            raise RepoTourError(
                "name a tour or a repository to walk, or --pid N, and not both."
                if args.pid is not None
                else "there is nothing to walk: name a tour or a repository.",
                slug="bad-arguments",
                exit_code=2,
            )
        if args.ui == "terminal" and not sys.stdin.isatty():
            raise RepoTourError(
                "a live walk needs a terminal to talk in.",
                slug="no-terminal",
                hint="`repotour replay` reads a tour without one.",
                exit_code=2,
            )
        options = Options(
            ref=args.ref, entry=args.entry, python=args.python, install=not args.no_install, sandbox=args.sandbox
        )
        wanted = Wanted(args.source, args.repo, args.stop, args.stage, args.ui, args.port, args.write_launch, options)
        with Progress() as progress:

            def confirm(text: str) -> bool:
                with progress.paused():
                    return args.yes or ask(text)

            return walk_live(wanted, progress, confirm)


COMMAND = Debug()
