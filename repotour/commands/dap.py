"""`repotour dap TOUR`: a debug adapter that replays a recorded tour, for any editor that speaks the protocol."""

from __future__ import annotations

import argparse
import json
import sys

from tracer.errors import RepoTourError


class Dap:
    """Serve one tour, or those that clients name, over the standard streams or TCP."""

    name = "dap"
    help = "serve a tour to an editor's debugger: step through the run, also backward"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The tour, where to listen, and a checkout to show files of."""
        parser.add_argument("tour", metavar="TOUR", nargs="?", help="a NAME.tour.json file (else the client names it)")
        parser.add_argument("--port", metavar="N", type=int, help="listen on this TCP port (0: a free one)")
        parser.add_argument("--host", metavar="NAME", default="127.0.0.1", help="listen on this address (127.0.0.1)")
        parser.add_argument("--root", metavar="FOLDER", default="", help="show the files of this checkout")
        parser.add_argument("--launch-json", action="store_true", help="print a launch.json for VS Code, and end")
        parser.add_argument("--vscode", action="store_true", help="print where the VS Code extension lies, and end")

    def run(self, args: argparse.Namespace) -> int:
        """Serve until the client ends the session; over TCP until Ctrl-C."""
        from walkthroughs.timetravel.dap import server
        from walkthroughs.tour import Tour

        tour = Tour.load(args.tour) if args.tour else None
        if args.launch_json:
            print(json.dumps(_launch(args), indent=2))
            return 0
        if args.vscode:
            print(server.EXTENSION)
            return 0
        if args.port is None:
            server.serve(sys.stdin.buffer, sys.stdout.buffer, tour, args.root)
            return 0
        try:
            listening = server.listen(args.host, args.port)
        except (OSError, OverflowError) as error:
            hint = "Name another one, or --port 0 for a free one."
            raise RepoTourError(f"cannot listen on port {args.port}: {error}.", slug="port-taken", hint=hint) from error
        print(f"Serving on {args.host}:{listening.getsockname()[1]} (Ctrl-C ends it)", file=sys.stderr, flush=True)
        with listening:
            try:
                server.serve_clients(listening, tour, args.root)
            except KeyboardInterrupt:
                return 0
        return 0


def _launch(args: argparse.Namespace) -> dict[str, object]:
    """A launch configuration for the extension that lies beside the adapter."""
    found = {"name": "Replay the tour", "type": "repotour", "request": "launch", "tour": args.tour or "${file}"}
    if args.root:
        found["root"] = args.root
    return {"version": "0.2.0", "configurations": [found]}


COMMAND = Dap()
