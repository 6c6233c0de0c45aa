"""The other processes of the program: which one the tour follows, and what the rest were. Runs on the host."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.location import Location
from walkthroughs.stop import Claim
from walkthroughs.story import Story
from walkthroughs.telling.claims import make
from walkthroughs.telling.processes import entries, same_work
from walkthroughs.telling.witness import Scene, Witness
from walkthroughs.tour import Process

RANKS = 8
GROUPS = 12


def panel(story: Story) -> tuple[Process, ...]:
    """One row for the process that is told, when it is not the only one, and one for each kind of the others."""
    witness = Witness(story)
    found = [row for scene in witness.scenes[: len(story.chapters)] for row in _told(scene)]
    found.extend(_others(witness.scenes[len(story.chapters) :]))
    return tuple(found)


def _told(scene: Scene) -> Iterator[Process]:
    claim = make(scene, "processes.told")
    if claim is not None:
        yield _row(scene, [claim])
    claim = make(scene, "processes.unrecorded")
    if claim is not None:
        yield Process("unrecorded", scene.trace.unrecorded, text=claim.text, claims=(claim,))


def _others(scenes: list[Scene]) -> Iterator[Process]:
    ranks, workers = [], []
    for scene in scenes:
        header = scene.trace.header
        if isinstance(header.get("rank"), int) and header.get("role") not in ("loader", "pool", "executor"):
            ranks.append(scene)
        elif header.get("how") in ("fork", "spawn"):
            workers.append(scene)
        else:
            claim = make(scene, "processes.program")
            if claim is not None:
                yield _row(scene, [claim])
            claim = make(scene, "processes.unrecorded")
            if claim is not None:
                yield Process("unrecorded", scene.trace.unrecorded, text=claim.text, claims=(claim,))
    for scene in sorted(ranks, key=lambda item: int(item.trace.header["rank"]))[:RANKS]:
        told = scene.name.partition(".")[0]
        claim = make(scene, "processes.rank", told=told)
        if claim is not None:
            yield _row(scene, [claim])
    for group in same_work(workers)[:GROUPS]:
        claim = make(group[0], "processes.workers", members=[scene.name for scene in group])
        if claim is not None:
            yield _row(group[0], [claim], len(group))


def _row(scene: Scene, claims: list[Claim], count: int = 1) -> Process:
    header = scene.trace.header
    rank = header.get("rank")
    return Process(
        how=str(header.get("role") or header.get("how") or "start"),
        count=count,
        rank=rank if isinstance(rank, int) else None,
        command=tuple(str(word) for word in header.get("argv") or ()),
        places=tuple(Location(item.file, item.line, item.line, item.qualname) for item in entries(scene)[:3]),
        text=" ".join(claim.text for claim in claims),
        claims=tuple(claims),
    )
