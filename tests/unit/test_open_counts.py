"""What is told of a run of which parts were not recorded: every number that is a lower bound says so."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from telling_traces import FORWARD, SOURCE, TRAIN, Recording, program, story

from repotour import cli
from repotour.outcomes import outcome_of
from tracer.engines.recorder import RunResult
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.passes import call_path, files
from walkthroughs.renderers.map_code import _call_rows
from walkthroughs.stops import make_stops
from walkthroughs.story import Finding, Story
from walkthroughs.telling import tell
from walkthroughs.tour import Tour

GAP = {"calls": 40, "seconds": 1.25, "slices": [3, 0.5]}


def with_gap(made: Recording) -> Recording:
    """The small program with parts that nobody looked at: its forward function was not counted all of the time."""
    (row,) = (row for row in made.rows if row["kind"] == "counts" and row["code"] == FORWARD)
    row.update(calls=3000, open=True, edges_open=True, hits_open=True)
    made.rows.insert(made.rows.index(row), {"kind": "gap", **GAP})
    return made


def apart() -> Recording:
    """The small program, counted to its end; the forward function lies in a file of its own."""
    made = program()
    (code,) = (row for row in made.rows if row["kind"] == "code" and row["id"] == FORWARD)
    code["file"] = "net.py"
    return made


def told(folder: Path, made: Recording) -> Story:
    """The story of a recording with its two files."""
    (folder / "net.py").write_text(SOURCE, encoding="utf-8")
    return story(folder, made)


def findings(found: Story) -> list[Finding]:
    """One finding of each stage of the small program."""
    spec = importlib.util.spec_from_file_location("telling_tour", Path(__file__).parent / "test_telling_tour.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows: list[Finding] = module.findings(found.chapters[0])
    return rows


@pytest.fixture
def gapped(tmp_path: Path) -> Story:
    return told(tmp_path, with_gap(apart()))


@pytest.fixture
def whole(tmp_path: Path) -> Story:
    return told(tmp_path, apart())


def test_a_trace_says_what_was_counted_to_its_end(gapped: Story, whole: Story) -> None:
    trace = gapped.chapters[0].trace
    assert (trace.counted(trace.codes[FORWARD]), trace.counted(trace.codes[TRAIN])) == (False, True)
    assert trace.seconds_off == 1.75
    other = whole.chapters[0].trace
    assert (other.counted(other.codes[FORWARD]), other.seconds_off) == (True, 0.0)


def test_visits_of_a_function_are_a_lower_bound(gapped: Story, whole: Story) -> None:
    for found, expected in ((gapped, (3000, True)), (whole, (3, False))):
        rows = findings(found)
        (stop,) = (stop for stop in make_stops(found, rows, tell(found, rows)) if stop.stage == Stage.FORWARD.value)
        assert (stop.visits, stop.visits_at_least) == expected


def test_calls_on_the_call_path_are_or_more(gapped: Story, whole: Story) -> None:
    for found, expected in ((gapped, "forward ×3,000 or more  net.py:5"), (whole, "forward ×3  net.py:5")):
        tree = call_path.panel(found, [])
        assert tree is not None
        rows = [row.strip() for row in _call_rows(tree, 0)]
        assert [row for row in rows if row.startswith("forward")] == [expected]


def test_calls_into_a_file_are_at_least(gapped: Story, whole: Story) -> None:
    for found, expected in ((gapped, True), (whole, False)):
        panel = {item.path: item for item in files.panel(found, [])}
        assert (panel["net.py"].calls, panel["net.py"].at_least) == (3, expected)


def test_nothing_is_said_to_have_never_run(gapped: Story, whole: Story) -> None:
    never = [
        [part.qualname for item in files.panel(found, []) if item.path == "net.py" for part in item.never_ran]
        for found in (gapped, whole)
    ]
    assert never == [[], ["train", "main"]]


def result(folder: Path, made: Recording, code: int = 0) -> RunResult:
    """How a run with this recording ended."""
    trace = made.save(folder / "main.trace.jsonl")
    return RunResult(trace, folder / "out", folder / "err", code, 4.0)


def test_the_outcome_says_for_how_long_nothing_was_recorded(tmp_path: Path) -> None:
    kind, detail = outcome_of(result(tmp_path, with_gap(apart())))
    assert kind == "finished"
    assert "1.2 s in calls of functions that had shown every line that calls something" in detail
    assert "0.5 s in 3 parts of the run in which very many small calls showed nothing new" in detail


@pytest.mark.parametrize(
    ("code", "kind", "detail"),
    [(0, "finished", ""), (3, "exited", "exit status 3"), (-11, "killed", "killed by signal 11")],
)
def test_an_end_that_nobody_saw_is_the_exit_status(tmp_path: Path, code: int, kind: str, detail: str) -> None:
    made = apart()
    made.rows[-1].update(outcome="unseen")
    assert outcome_of(result(tmp_path, made, code)) == (kind, detail)


def test_a_tour_of_it_can_be_derived_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = with_gap(program())
    found = told(tmp_path, made)
    rows = findings(found)
    path = tmp_path / "line.tour.json"
    Tour(title="line", stops=make_stops(found, rows, tell(found, rows))).save(path)
    made.save(tmp_path / "line.trace.jsonl")
    total = sum(len(row["claims"]) for row in json.loads(path.read_text())["stops"])
    assert total > 20
    assert cli.main(["verify", str(path)]) == 0
    assert capsys.readouterr().out == f"{total} claims derived again, 0 differ\n"
    assert Trace.load(tmp_path / "line.trace.jsonl").gap["calls"] == GAP["calls"]
