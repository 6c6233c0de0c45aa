"""The processes of one recorded program: which trace files they wrote, and which of them the tour is told of. Host.

A program may be a launcher, or start another that trains: the tour is of the process that trained, of several that did
the one of the lowest rank. The others are told in a few sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import RepoTourError
from tracer.trace import Trace

TRACE = ".trace.jsonl"
MOST_CHILDREN = 20
TRAINED = ("optimizer_step", "functional_step", "fit", "backward")
WORKERS = ("fork", "spawn")
ITSELF = 2
"""How much a line counts that the program itself ran, beside one of a program that it started."""
LAUNCH = "launch"
"""The chapter of a process that set up the one that trained."""

_CHILD = re.compile(r"\.child-(\d+)" + re.escape(TRACE) + "$")


@dataclass(frozen=True, slots=True, eq=False)
class Processes:
    """The traces of one program: those that are told, in the order of telling, and the others."""

    told: tuple[Trace, ...]
    others: tuple[Trace, ...]


def stem_of(trace: Path) -> str:
    """The name of a trace file without its ending."""
    return trace.name.removesuffix(TRACE)


def child_path(trace: Path, number: int) -> Path:
    """The trace of the process that was the `number`th to run code of the repository, counted from 1."""
    return trace.with_name(f"{stem_of(trace)}.child-{number}{TRACE}")


def count_path(trace: Path) -> Path:
    """The file that has a byte for each process more than could be recorded."""
    return trace.with_name(stem_of(trace) + ".children")


def children_of(trace: Path) -> list[Path]:
    """The traces of the processes that a program started, in the order in which they were begun."""
    paths = (child_path(trace, number) for number in range(1, MOST_CHILDREN + 1))
    return [path for path in paths if path.exists()]


def load_processes(trace: Path) -> Processes:
    """The traces of a program and of its processes, from the trace of the program; one without a header is left out."""
    main = Trace.load(trace)
    found = []
    for path in children_of(trace):
        try:
            child = Trace.load(path)
        except RepoTourError:
            continue  # killed before its first line was written
        match = _CHILD.search(path.name)
        child.process = int(match.group(1)) if match is not None else 0
        found.append(child)
    with suppress(OSError):
        main.unrecorded = count_path(trace).stat().st_size
    return choose(main, found)


def choose(main: Trace, children: Sequence[Trace]) -> Processes:
    """Which of a program's processes are told.

    The one that was seen to train; of several the program itself, or the lowest rank. Where none was, the program that
    ran most of the repository's lines. Where it is a worker that the same program made of itself, what its parents did
    is told before it: they set it up.
    """
    if not children:
        return Processes((main,), ())
    everyone = [main, *children]
    useful = [trace for trace in everyone if trained(trace)]
    if useful:
        best = min(useful, key=lambda trace: (trace is not main, rank_of(trace), trace.process))
    else:
        programs = [trace for trace in children if trace.header.get("how") not in WORKERS and not rank_of(trace)]
        best = max([main, *programs], key=lambda trace: lines_in(trace) * (ITSELF if trace is main else 1))
    told = [best]
    while told[0] is not main and told[0].header.get("how") in WORKERS:
        parent = parent_of(told[0], main, children)
        if parent in told or not parent.frames:
            break
        parent.chapter = LAUNCH
        told.insert(0, parent)
    return Processes(tuple(told), tuple(trace for trace in everyone if trace not in told))


def parent_of(trace: Trace, main: Trace, children: Sequence[Trace]) -> Trace:
    """The process that started another one; the program itself where that one left no trace."""
    number = trace.header.get("parent")
    return next((other for other in children if other is not trace and other.header.get("pid") == number), main)


def lines_in(trace: Trace) -> int:
    """How many lines of the repository ran in a process."""
    return sum(len(trace.executed(code)) for code in trace.codes.values())


def trained(trace: Trace) -> bool:
    """Whether weights were updated or gradients computed in a process."""
    return bool(trace.landmarks(*TRAINED)) or any(
        line.updated for frame in trace.frames.values() for line in frame.lines
    )


def rank_of(trace: Trace) -> int:
    """The rank of a process among those that train together; 0 for one alone."""
    rank = trace.header.get("rank", 0)
    return rank if isinstance(rank, int) else 0
