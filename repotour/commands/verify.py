"""`repotour verify TOUR`: derives every sentence of a tour again from the traces beside it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import RepoTourError

if TYPE_CHECKING:
    from tracer.trace import Trace

TOUR = ".tour.json"
TRACE = ".trace.jsonl"
_CHAPTER = re.compile(r"\.(before|after|alone)(?:-(\d+))?$")


class Verify:
    """Check a tour against its traces. Exit code 0 when nothing differs, 1 when something does."""

    name = "verify"
    help = "derive every sentence of a tour again from its trace"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """A tour file, and its traces when they do not lie beside it."""
        parser.add_argument("tour", metavar="TOUR", help="a NAME.tour.json file")
        parser.add_argument(
            "--trace",
            metavar="FILE",
            action="append",
            default=[],
            help="a trace of the tour (those beside it, NAME*.trace.jsonl); may be given several times",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Print how many claims were derived again, and what differs."""
        from walkthroughs.telling.verifying import is_read, verify
        from walkthroughs.tour import Tour

        path = Path(args.tour)
        tour = Tour.load(path)
        traces = [Path(name) for name in args.trace] or ([] if is_read(tour) else beside(path))
        told, others = load(traces)
        report = verify(tour, told, others)
        print(f"{report.claims} {'claim' if report.claims == 1 else 'claims'} derived again, {report.differing} differ")
        for difference in report.differences:
            print(f"{difference.stop}: {difference.text}")
        return 1 if report.differences else 0


def beside(tour: Path) -> list[Path]:
    """The traces of a tour: NAME.trace.jsonl and those of programs before and after it, in order."""
    name = tour.name.removesuffix(TOUR) if tour.name.endswith(TOUR) else tour.stem
    wanted = re.compile(re.escape(name) + r"(\.((before|after)-\d+|alone))?" + re.escape(TRACE))
    found = [path for path in tour.parent.iterdir() if wanted.fullmatch(path.name)]
    if not found:
        message = f"there is no trace {name}{TRACE} beside {tour.name}."
        raise RepoTourError(message, slug="trace-missing", hint="Name it with --trace FILE.")
    return sorted(found, key=_order)


def _order(path: Path) -> tuple[int, int]:
    match = _CHAPTER.search(path.name.removesuffix(TRACE))
    if match is None:
        return 1, 0
    return {"before": 0, "after": 2, "alone": 3}[match.group(1)], int(match.group(2) or 0)


def load(paths: list[Path]) -> tuple[list[Trace], list[Trace]]:
    """The traces that are told, in the order given, and those of the other processes of the same programs."""
    from tracer.processes import load_processes

    found = [load_processes(path) for path in paths]
    return [trace for one in found for trace in one.told], [trace for one in found for trace in one.others]


COMMAND = Verify()
