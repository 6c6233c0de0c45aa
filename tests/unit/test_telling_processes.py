"""What a tour says of processes: which one it follows, what the others did, each sentence derived again by verify."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from telling_traces import Recording, program

from tracer.processes import Processes, child_path, count_path, load_processes
from walkthroughs.passes.processes import panel
from walkthroughs.renderers.base import find_renderer
from walkthroughs.sources import Sources
from walkthroughs.story import Story
from walkthroughs.telling.verifying import verify
from walkthroughs.tour import Process, Tour


def process(functions: dict[str, int], *, ended: bool = True, trains: bool = False, **header: Any) -> Recording:
    """A process that ran functions, each on a line of its own; `header` is what its header says more than usual."""
    made = Recording()
    made.rows[0].update(header)
    for number, (name, calls) in enumerate(functions.items()):
        line = 10 * number + 1
        made.code(number, name, line, line + 3, "module" if name == "<module>" else "function")
        made.event("call", frame=number, code=number, visit=0, args=[])
        made.event("line", frame=number, line=line + 1)
        made.event("return", frame=number, line=line + 1)
        made.put("counts", code=number, calls=calls, recorded=1, edges=[], hits=[[line + 1, calls]])
    if trains:
        made.landmark("optimizer_step", "torch.optim.SGD.step", [[0, 2, 0]])
    if ended:
        made.put("end", t=9.0, exit_code=0, outcome="finished", detail="")
    return made


def loaded(folder: Path, main: Recording, *children: Recording) -> Processes:
    """The processes of a program, from files as the recorder writes them."""
    path = main.save(folder / "main.trace.jsonl")
    for number, child in enumerate(children, 1):
        child.save(child_path(path, number))
    return load_processes(path)


def rows(found: Processes, folder: Path) -> tuple[Process, ...]:
    """The panel of a program's processes, after each of its claims was derived again."""
    told = panel(Story(found.told, Sources(folder), found.others))
    report = verify(Tour(processes=told), found.told, found.others)
    assert (report.differing, report.differences) == (0, ())
    assert report.claims == len(told)
    for row in told:
        for claim in row.claims:
            assert claim.evidence
    return told


def texts(found: Processes, folder: Path) -> list[str]:
    """The sentences of the panel."""
    return [row.text for row in rows(found, folder)]


def test_one_process_is_nothing_to_tell_of(tmp_path: Path) -> None:
    found = loaded(tmp_path, program())
    assert rows(found, tmp_path) == ()


def test_ranks(tmp_path: Path) -> None:
    launcher = process({}, argv=["torch.distributed.run", "train.py"], launch="module")
    ranks = [
        process({"<module>": 1, "main": 1, **more}, trains=True, how="torchrun", rank=rank, world=3, pid=rank + 50)
        for rank, more in ((1, {}), (0, {"report": 1}), (2, {"repeat": 1}))
    ]
    [row for row in ranks[2].rows if row["kind"] == "line"][-1]["line"] = 77
    found = loaded(tmp_path, launcher, *ranks)
    assert [trace.process for trace in found.told] == [2]
    first, command, one, two = texts(found, tmp_path)
    assert first == "3 processes ran this program together; the tour follows rank 0."
    assert command == (
        "In the process of the command itself, `python -m torch.distributed.run train.py`, only library code ran."
    )
    assert one == (
        "A process of its own ran the same program as rank 1: it ran 2 of the 3 lines that rank 0 was seen to run, "
        "and no others."
    )
    assert two.startswith("A process of its own ran the same program as rank 2: it ran ")
    assert two.endswith("and 1 other, train.py:77.")


def test_workers(tmp_path: Path) -> None:
    loaders = [process({"Items.__getitem__": 20}, how="fork", role="loader", parent=1, pid=number) for number in (2, 3)]
    pool = process({"clean": 5}, how="spawn", role="pool", parent=1, pid=4, ended=False)
    found = loaded(tmp_path, program(), *loaders, pool)
    assert [trace.process for trace in found.told] == [0]
    assert texts(found, tmp_path) == [
        "2 data loader workers ran `Items.__getitem__` (train.py:1) 40 times.",
        "1 worker of a process pool ran `clean` (train.py:1) at least 5 times.",
    ]


def test_a_program_that_starts_the_one_that_trains(tmp_path: Path) -> None:
    starter = process({"<module>": 1})
    starter.rows[0]["argv"] = ["main.py"]
    trainer = process({"<module>": 1, "fit": 1}, trains=True, how="subprocess", pid=7, parent=6)
    other = process({"<module>": 1}, how="subprocess", pid=8, parent=6, argv=["prepare.py"], ended=False)
    found = loaded(tmp_path, starter, trainer, other)
    assert [trace.process for trace in found.told] == [1]
    assert texts(found, tmp_path) == [
        "The tour follows a process that the program started: `python train.py --lr 0.5`.",
        "The command itself, `python main.py`, ran code of `train.py`; it finished.",
        "`python prepare.py` was run as a program of its own: it ran code of `train.py`; it was ended from outside.",
    ]


def test_a_worker_that_trains_is_told_behind_what_set_it_up(tmp_path: Path) -> None:
    ranks = [
        process({"worker": 1}, trains=True, how="spawn", role="rank", rank=rank, world=2, pid=rank + 5, parent=1)
        for rank in (1, 0)
    ]
    found = loaded(tmp_path, process({"<module>": 1, "main": 1}), *ranks)
    assert [(trace.process, trace.chapter) for trace in found.told] == [(0, "launch"), (2, "main")]
    assert [row.rank for row in rows(found, tmp_path)] == [0, 1]


def test_what_could_not_be_recorded_is_counted(tmp_path: Path) -> None:
    main = program()
    main.put("forks", count=10, recorded=6)
    found = loaded(tmp_path, main)
    assert texts(found, tmp_path) == ["10 processes were forked, of which 6 could be recorded."]
    count_path(tmp_path / "main.trace.jsonl").write_bytes(b"..")
    found = load_processes(tmp_path / "main.trace.jsonl")
    (row,) = rows(found, tmp_path)
    assert row.text == (
        "10 processes were forked, of which 6 could be recorded; 2 more processes were started that ran code of the "
        "repository and could not be recorded."
    )


def test_a_process_without_a_header_is_left_out(tmp_path: Path) -> None:
    path = program().save(tmp_path / "main.trace.jsonl")
    child_path(path, 1).write_bytes(b'{"kind":"head')
    found = load_processes(path)
    assert (len(found.told), found.others) == (1, ())


@pytest.mark.parametrize(("field", "value"), [("text", "changed"), ("claims", ())])
def test_a_changed_sentence_is_noticed(tmp_path: Path, field: str, value: Any) -> None:
    found = loaded(tmp_path, program(), process({"work": 3}, how="fork", role="pool", parent=1, pid=2))
    (row,) = panel(Story(found.told, Sources(tmp_path), found.others))
    changed = dataclasses.replace(row, **{field: value})
    report = verify(Tour(processes=(changed,)), found.told, found.others)
    assert len(report.differences) == 1
    claim = dataclasses.replace(row.claims[0], text="1 worker of a process pool ran `work` (train.py:1) 4 times.")
    changed = dataclasses.replace(row, text=claim.text, claims=(claim,))
    assert verify(Tour(processes=(changed,)), found.told, found.others).differing == 1


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_every_page_tells_them(tmp_path: Path, name: str) -> None:
    found = loaded(tmp_path, program(), process({"work": 3}, how="fork", role="pool", parent=1, pid=2))
    tour = Tour(title="x", processes=panel(Story(found.told, Sources(tmp_path), found.others)))
    page = " ".join(find_renderer(name).render(Tour.from_dict(tour.to_dict())).split())
    assert "1 worker of a process pool ran" in page
    assert "(train.py:1) 3 times." in page
