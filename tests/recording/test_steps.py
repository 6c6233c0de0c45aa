"""The steps of a tour's recording, held against what Python itself tells of the same program: `sys.settrace`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from recordings import TARGETS, record_target

from tracer.trace import Trace
from walkthroughs.passes import recording
from walkthroughs.recording import Recording
from walkthroughs.sources import Sources
from walkthroughs.stepping import Walk
from walkthroughs.story import Story

Place = tuple[str, int]


@dataclass
class Visit:
    """What Python tells of one call: (position in the run, line) of each line that ran, and the call stack there."""

    me: int
    name: str
    lines: list[tuple[int, int]] = field(default_factory=list)
    stacks: list[list[Place]] = field(default_factory=list)


@dataclass
class Told:
    """The calls of a program, and (caller, its line, callee) of each in order."""

    visits: dict[int, Visit]
    calls: list[tuple[int, int, str]]


def told_by_python(python: str, root: Path) -> Told:
    """Run the program under Python's own tracing; statements are told once, at their first line."""
    text = (root / "steps.py").read_text("utf-8").splitlines()
    folds = {number + 1: number for number, line in enumerate(text, start=1) if line.lstrip().startswith("@")}
    out = root.with_name("oracle.json")
    script = TARGETS / "steps_oracle.py"
    subprocess.run([python, str(script), str(root / "steps.py"), str(out)], check=True, timeout=60, capture_output=True)
    visits: dict[int, Visit] = {}
    calls = []
    for position, (event, levels, me) in enumerate(json.loads(out.read_text())):
        stack = [(name, folds.get(line, line), number) for name, line, number in levels]
        name, line, number = stack[0]
        visit = visits.setdefault(number, Visit(-1, name))
        if event == "call" and len(stack) > 1:
            calls.append((stack[1][2], position, name))
        elif event == "line" and not (visit.lines and visit.lines[-1][1] == line):
            visit.lines.append((position, line))
            visit.stacks.append([(one[0], one[1]) for one in stack])
        # The module's `me` is the one that the functions do not hide.
        visit.me = me if me is not None else visit.me
    return Told(visits, calls)


def plain(recorded: Recording, frame: int) -> str:
    return recorded.frames[frame].location.qualname.rpartition(".")[2]


@pytest.fixture
def both(python: str, tmp_path: Path) -> tuple[Told, Recording]:
    """The same program told by Python, and as a tour carries it."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "steps.py").write_text((TARGETS / "steps.py").read_text("utf-8"), "utf-8")
    seen = record_target(root, python, "steps.py")
    made, _ = recording.panel(Story([seen.trace], Sources(root)), [])
    assert made is not None
    return told_by_python(python, root), made


def matched(told: Told, recorded: Recording) -> Iterator[tuple[int, Visit, list[int], list[int]]]:
    """Each recorded frame with the visit that it is, its steps, and the positions of these among the visit's lines."""
    walk = Walk(recorded)
    by_me = {(visit.name, visit.me): visit for visit in told.visits.values()}
    for number in range(len(recorded.frames)):
        steps = walk.steps_of[number]
        names = walk.names(steps[-1]) | {seen.name: seen for seen in walk.binds(steps[-1])}
        if "me" not in names:
            continue  # a class body
        visit = by_me[plain(recorded, number), int(names["me"].value.value)]
        runs: Counter[int] = Counter()
        positions = []
        for step in steps:
            line = recorded.lines[step]
            found = [index for index, (_, ran) in enumerate(visit.lines) if ran == line]
            positions.append(found[runs[line]])  # the first visits of each line are those that are recorded
            runs[line] += 1
        yield number, visit, steps, positions


def test_every_step_is_a_line_that_ran_and_none_is_missing_unmarked(both: tuple[Told, Recording]) -> None:
    told, recorded = both
    walk = Walk(recorded)
    rows = list(matched(told, recorded))
    assert {plain(recorded, number) for number, *_ in rows} >= {"<module>", "main", "fact", "items", "around", "work"}
    marked = 0
    for number, visit, steps, positions in rows:
        skipped = [now != before + 1 for before, now in zip([-1, *positions], positions, strict=False)]
        assert [walk.after_gap(step) for step in steps] == skipped, visit
        assert recorded.frames[number].cut == (positions[-1] != len(visit.lines) - 1), visit
        marked += sum(skipped) + recorded.frames[number].cut
    assert marked
    order = [
        (visit.lines[at][0], step)
        for _, visit, steps, spots in rows
        for at, step in zip(spots, steps, strict=True)
        if "work" not in dict(visit.stacks[at])  # the thread runs beside the main program
    ]
    assert [step for _, step in sorted(order)] == sorted(step for _, step in order)


def test_call_stacks_are_those_of_the_run(both: tuple[Told, Recording]) -> None:
    told, recorded = both
    walk = Walk(recorded)
    looked = 0
    for _, visit, steps, positions in matched(told, recorded):
        for step, position in zip(steps, positions, strict=True):
            places = [(place.qualname.rpartition(".")[2], place.line) for place in walk.places(step)]
            assert places == visit.stacks[position]
            looked += 1
    assert looked > 100


def test_every_call_of_a_step_can_be_stepped_into_or_is_told(both: tuple[Told, Recording]) -> None:
    told, recorded = both
    walk = Walk(recorded)
    missed = 0
    for number, visit, steps, positions in matched(told, recorded):
        own = next(key for key, one in told.visits.items() if one is visit)
        for step, position in zip(steps, positions, strict=True):
            begins = visit.lines[position][0]
            ends = visit.lines[position + 1][0] if position + 1 < len(visit.lines) else float("inf")
            made = Counter(name for caller, at, name in told.calls if caller == own and begins < at < ends)
            into = Counter(
                plain(recorded, child)
                for child, frame in enumerate(recorded.frames)
                if frame.parent == number and _began_at(walk, child, step)
            )
            told_of = Counter({row.location.qualname.rpartition(".")[2]: row.count for row in walk.missed(step)})
            assert into + told_of == made, (visit, recorded.lines[step])
            missed += sum(told_of.values())
    assert missed


def _began_at(walk: Walk, frame: int, step: int) -> bool:
    caller = walk.caller(walk.steps_of[frame][0])
    return caller is not None and caller.step == step and caller.line == walk.recording.lines[step]


def test_names_are_what_they_were(both: tuple[Told, Recording]) -> None:
    _, recorded = both
    walk = Walk(recorded)
    after = {(plain(recorded, recorded.order[step]), recorded.lines[step]): step for step in range(len(walk))}
    source = (TARGETS / "steps.py").read_text("utf-8").splitlines()

    def at(text: str) -> int:
        return source.index(text) + 1

    caught = after["careful", at("    total = total + found")]
    assert "error" not in walk.names(caught)  # gone with the end of its block
    assert walk.names(caught)["text"].value.value == "'odd: 3'"
    assert walk.outer_names(caught)["total"].value.value == "8"  # `global` in a visit before
    assert "value" not in walk.names(after["loop", at("    return kept")])
    raised = after["fails", at('        raise ValueError("odd: %d" % number)')]
    assert (walk.raises(raised).type, walk.raises(raised).message) == ("ValueError", "odd: 3")  # type: ignore[union-attr]


def test_what_is_left_out_is_told(
    both: tuple[Told, Recording], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tmp_path / "repository"
    trace = next(tmp_path.glob("*.trace.jsonl"))
    monkeypatch.setattr(recording, "MOST_STEPS", 60)
    made, _ = recording.panel(Story([Trace.load(trace)], Sources(root)), [])
    assert made is not None
    assert len(made.order) <= 60
    assert made.left_out == len(both[1].frames) - len(made.frames)
    assert any(row.recorded for row in made.missed)
    known = {frame.location.qualname for frame in made.frames}
    assert known < {frame.location.qualname for frame in both[1].frames}


def test_a_method_that_changes_nothing_is_not_told_as_a_change(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    source = "def work():\n    kept = [3, 1]\n    kept.count(1)\n    kept.append(2)\n    return kept\n\n\nwork()\n"
    (root / "program.py").write_text(source)
    seen = record_target(root, sys.executable, "program.py")
    made, _ = recording.panel(Story([seen.trace], Sources(root)), [])
    assert made is not None
    changed = [(made.lines[row.step], row.name) for row in made.bound if row.touched]
    assert changed == [(4, "kept")]
