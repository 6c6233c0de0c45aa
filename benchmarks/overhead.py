"""What recording costs: RepoTour and the tools a user would pick instead, side by side, on five small programs.

    python benchmarks/overhead.py                                   everything, on each Python that is found (hours)
    python benchmarks/overhead.py --python 3.11 --workload dense --tool repotour --tool coverage --pairs 3

Measured, always traced over untraced: a *step* (CPU time of the median training step, taken by the program itself,
warm-up dropped), the whole *run* (CPU time of the process, imports included), its wall time, the *peak memory* of the
process (`ru_maxrss`), and the *size of what the tool wrote*. Each traced run stands directly behind an untraced one of
the same length; figures are medians over such pairs. RepoTour runs as it does in a tour, with the values of the first
visits, but leaves no loop, so that the program runs to its end; only the recorder is measured, not the telling.

How far to trust it. CPU ratios hold on a busy machine, wall ratios do not. The row `untraced, again` is the noise:
a difference as large as its own from 1.00 means nothing. On short programs the run holds the interpreter's start and
the imports, the step does not. Tools that need minutes run on a shorter program against the same shorter baseline,
marked (s). debugpy's adapter is a second process that nobody waits for, and not counted. hunter, snoop and PySnooper,
which have no command line for this, are started by `measuring/drive.py`.

Goals of RepoTour: step (a) 1.08 on 3.11 and 1.02 on 3.12 and later, (b) 1.10 and 1.03, (d) 3 and 1.2; memory 1.05; in
every column ahead of every tool that records values.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from measuring.environments import Environment, default_folder, existing, interpreters, prepared
from measuring.machine import environment_line, this_machine
from measuring.pairs import Cell, bench
from measuring.processes import Failed, TooSlow
from measuring.table import document, markdown, terminal
from measuring.tools import TOOLS, Tool
from measuring.workloads import WORKLOADS, Workload, find_workload


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--python", action="append", default=[], metavar="PY", help="a version or a program (each found)"
    )
    parser.add_argument(
        "--workload", action="append", default=[], metavar="NAME", help="a program, by name or letter (all)"
    )
    parser.add_argument(
        "--tool", action="append", default=[], choices=[tool.name for tool in TOOLS], help="a tool (all)"
    )
    parser.add_argument(
        "--pairs", type=int, default=5, metavar="N", help="pairs for each cell (5; slow tools at most 3)"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="steps of each run, instead of the program's own number")
    parser.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds for one run (120)")
    parser.add_argument("--envs", type=Path, metavar="FOLDER", help="where environments are kept (the user's cache)")
    parser.add_argument("--no-install", action="store_true", help="measure with the Pythons as they are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in the README")
    args = parser.parse_args(words)
    try:
        args.workload = [find_workload(name) for name in args.workload] or list(WORKLOADS)
    except KeyError as error:
        parser.error(f"there is no workload {error}; there are {', '.join(one.name for one in WORKLOADS)}")
    args.tool = [tool for tool in TOOLS if not args.tool or tool.name in args.tool]
    return args


def environments(args: argparse.Namespace) -> list[Environment]:
    """The Pythons to measure with, each with what the chosen tools and programs need."""
    needed = [name for one in (*args.workload, *args.tool) for name in one.requires]
    found = interpreters(args.python)
    if args.no_install:
        return [existing(one, needed) for one in found]
    folder = args.envs or default_folder()
    return [prepared(one, needed, folder) for one in found]


def column(workload: Workload, environment: Environment, tools: list[Tool], args: argparse.Namespace) -> list[Cell]:
    """All tools on one program under one Python."""

    def empty(tool: Tool, note: str) -> Cell:
        return Cell(environment.version, workload.name, tool.name, tool.records, note=note)

    reason = environment.lacks(workload.requires)
    if reason:
        return [empty(tool, reason) for tool in tools]
    cells: list[Cell] = []
    try:
        with bench(workload, environment, args.timeout) as place:
            for tool in tools:
                reason = environment.lacks(tool.requires)
                cells.append(empty(tool, reason) if reason else place.measure(tool, args.pairs, args.steps))
                print(f"  {cells[-1].workload}, {tool.title}: {cells[-1].step or cells[-1].note}", file=sys.stderr)
    except (Failed, TooSlow) as error:
        cells += [empty(tool, f"the program itself did not run: {error}") for tool in tools[len(cells) :]]
    return cells


def main() -> int:
    """Measure and print."""
    from rich.console import Console

    args = arguments()
    machine = this_machine()
    console = Console(width=None if sys.stdout.isatty() else 170)
    if not args.markdown:
        console.print(machine.line(), highlight=False, soft_wrap=True)
    pythons = environments(args)
    cells: list[Cell] = []
    for python in pythons:
        if not args.markdown:
            console.print(f"\n{environment_line(python)}", highlight=False, soft_wrap=True)
        for workload in args.workload:
            found = column(workload, python, args.tool, args)
            cells += found
            if not args.markdown:
                console.print(terminal(python, workload.name, found), highlight=False)
            if args.json:  # after each column, for a run of hours that is interrupted
                args.json.write_text(json.dumps(document(machine, pythons, cells), indent=1) + "\n", encoding="utf-8")
    if args.markdown:
        print(markdown(machine, pythons, cells), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
