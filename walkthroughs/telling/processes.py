"""What the other processes of a program were: ranks beside the told one, workers, programs that it started."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.trace import Code
from walkthroughs.telling.claims import Args, rule
from walkthroughs.telling.witness import MOST_EVIDENCE, Scene
from walkthroughs.telling.words import code, count, listed, times

FUNCTIONS = 3
LINES = 3

KINDS = {
    "loader": ("data loader worker", "data loader workers"),
    "pool": ("worker of a process pool", "workers of a process pool"),
    "executor": ("worker of a process pool", "workers of a process pool"),
    "fork": ("process that was forked", "processes that were forked"),
    "spawn": ("process of `multiprocessing`", "processes of `multiprocessing`"),
}


@rule("processes.told")
def told(scene: Scene, args: Args) -> str | None:
    """Which of several processes the tour follows."""
    del args
    header = scene.trace.header
    rank, world = header.get("rank"), header.get("world")
    if not header.get("how"):
        return None
    scene.note("header")
    if isinstance(rank, int) and isinstance(world, int) and world > 1:
        return f"{world} processes ran this program together; the tour follows rank {rank}."
    command = command_of(scene)
    if command:
        return f"The tour follows a process that the program started: {command}."
    kind = KINDS.get(str(header.get("role")), KINDS.get(str(header.get("how")), ("process that it started", "")))[0]
    return f"The tour follows a {kind}."


@rule("processes.rank")
def rank(scene: Scene, args: Args) -> str | None:
    """What a further rank of the same program ran of the lines that the told one ran, and what else."""
    header = scene.trace.header
    own = scene.witness.scene(str(args["told"]))
    if not isinstance(header.get("rank"), int):
        return None
    scene.note("header")
    _consult(scene, own, "header")
    here, there = lines_of(scene), lines_of(own)
    if not here or not there:
        return None
    same = len(here & there)
    shared = f"all {same} lines" if same == len(there) else f"{same} of the {count(len(there), 'line')}"
    others = sorted(here - there)
    if others:
        places = listed([f"{file}:{line}" for file, line in others[:LINES]], len(others) - LINES)
        more = f"and {count(len(others), 'other')}, {places}"
    else:
        more = "and no others"
    return (
        f"A process of its own ran the same program as rank {header['rank']}: it ran {shared} that rank "
        f"{own.trace.header.get('rank', 0)} was seen to run, {more}."
    )


@rule("processes.workers")
def workers(scene: Scene, args: Args) -> str | None:
    """What processes of one kind did: the functions of the repository that they were given, and how often they ran."""
    members = [scene.witness.scene(str(name)) for name in args["members"]]
    header = scene.trace.header
    kind = KINDS.get(str(header.get("role")), KINDS.get(str(header.get("how"))))
    if kind is None or not members:
        return None
    amounts: dict[tuple[str, int, str], int] = {}
    exact = True
    for member in members:
        _consult(scene, member, "header")
        for found in entries(member):
            calls = member.trace.calls(found)
            counted = bool(member.counts(found))
            exact = exact and counted and member.trace.end is not None
            _consult(scene, member, f"counts {found.id}")
            key = (found.file, found.line, found.qualname)
            amounts[key] = amounts.get(key, 0) + calls
    if not amounts:
        return None
    rows = sorted(amounts.items(), key=lambda row: (-row[1], row[0]))
    parts = [f"{code(name)} ({file}:{line}) {_often(amount, exact)}" for (file, line, name), amount in rows[:FUNCTIONS]]
    return f"{count(len(members), *kind)} ran {listed(parts, len(rows) - FUNCTIONS)}."


@rule("processes.program")
def program(scene: Scene, args: Args) -> str | None:
    """A program that was started as a process of its own: its command, what it ran, how it ended."""
    del args
    command = command_of(scene)
    if not command:
        return None
    scene.note("header")
    itself = not scene.trace.header.get("how")
    files = list(dict.fromkeys(item.file for item in scene.trace.codes.values()))
    if not files:
        where = f"the command itself, {command}," if itself else command
        return f"In the process of {where} only library code ran."
    shown = listed([code(file) for file in files[:LINES]], len(files) - LINES)
    who = f"The command itself, {command}," if itself else f"{command} was run as a program of its own: it"
    return f"{who} ran code of {shown}{_ended(scene)}."


@rule("processes.unrecorded")
def unrecorded(scene: Scene, args: Args) -> str | None:
    """Processes that were only counted."""
    del args
    header = scene.trace.header
    forks, recorded = int(header.get("forks", 0)), int(header.get("forks_recorded", 0))
    parts = []
    if forks > recorded:
        scene.note("forks")
        parts.append(f"{forks} processes were forked, of which {recorded} could be recorded")
    if scene.trace.unrecorded:
        scene.note("children")
        more = count(scene.trace.unrecorded, "more process was", "more processes were")
        parts.append(f"{more} started that ran code of the repository and could not be recorded")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else None


def entries(scene: Scene) -> list[Code]:
    """The functions of the repository that no other code of it called in a process; its modules when there is none."""
    found = {frame.code.id: frame.code for frame in scene.trace.frames.values() if frame.called_from is None}
    functions = [item for item in found.values() if item.type in ("function", "generator")]
    return functions or [item for item in found.values() if item.type == "module"]


def lines_of(scene: Scene) -> set[tuple[str, int]]:
    """(file, line) of every line that was seen to run."""
    return {(item.file, line) for item in scene.trace.codes.values() for line in scene.trace.executed(item)}


def command_of(scene: Scene) -> str:
    """The command of a process that is a program of its own, as a person would type it; "" for others."""
    header = scene.trace.header
    words = [str(word) for word in header.get("argv") or ()]
    if header.get("how") in ("fork", "spawn") or not words:
        return ""
    start = {"module": "python -m ", "command": "python -c "}.get(str(header.get("launch")), "python ")
    return code(start + " ".join(words), 120)


def _consult(scene: Scene, other: Scene, what: str) -> None:
    """Remember in one scene that another one was consulted."""
    word = f"{other.name}:{what}"
    if word not in scene.used and len(scene.used) < MOST_EVIDENCE:
        scene.used.append(word)


def _often(amount: int, exact: bool) -> str:
    return times(amount) if exact else f"at least {times(amount)}"


def _ended(scene: Scene) -> str:
    end = scene.trace.end
    if end is None:
        return "; it was ended from outside"
    scene.note("end")
    if end.get("outcome") == "raised":
        return f"; it ended with {code(str(end.get('type') or 'an exception'))}"
    if end.get("outcome") == "unseen":
        return "; how it ended was not seen"
    status = end.get("exit_code")
    return "; it finished" if not status else f"; it exited with status {status}"


def same_work(scenes: Iterable[Scene]) -> list[list[Scene]]:
    """Processes in groups of those that are of one kind and were given the same functions."""
    groups: dict[tuple[object, ...], list[Scene]] = {}
    for scene in scenes:
        header = scene.trace.header
        given = frozenset((item.file, item.qualname) for item in entries(scene))
        key = (header.get("how"), header.get("role"), header.get("parent"), given)
        groups.setdefault(key, []).append(scene)
    return list(groups.values())
