"""`repotour verify`: a true tour passes, and each way of changing one by hand is noticed."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from telling_traces import program, story

from repotour import cli
from repotour.commands.verify import beside
from walkthroughs.passes.recording import panel as recording_of
from walkthroughs.stops import make_stops
from walkthroughs.telling import tell
from walkthroughs.tour import Tour

Change = Callable[[dict[str, Any]], None]


def made(folder: Path) -> Path:
    """A tour file with its trace beside it, and no source."""
    spec = importlib.util.spec_from_file_location("telling_tour", Path(__file__).parent / "test_telling_tour.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recording = program()
    found = story(folder, recording)
    rows = module.findings(found.chapters[0])
    path = folder / "line.tour.json"
    recorded, _ = recording_of(found, rows)
    Tour(title="line", stops=make_stops(found, rows, tell(found, rows)), recording=recorded).save(path)
    recording.save(folder / "line.trace.jsonl")
    (folder / "train.py").unlink()
    return path


def stop(tour: dict[str, Any], stage: str) -> dict[str, Any]:
    """The stop of a stage."""
    found: dict[str, Any] = next(row for row in tour["stops"] if row["stage"] == stage)
    return found


def claim(tour: dict[str, Any], rule: str) -> dict[str, Any]:
    """The first claim of a rule."""
    found: dict[str, Any] = next(row for item in tour["stops"] for row in item["claims"] if row["rule"] == rule)
    return found


def test_a_true_tour_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    total = sum(len(row["claims"]) for row in json.loads(path.read_text())["stops"])
    assert cli.main(["verify", str(path)]) == 0
    assert capsys.readouterr().out == f"{total} claims derived again, 0 differ\n"
    assert total > 25


def swap(text: str, old: str, new: str) -> str:
    """The text with one piece replaced, which must be there."""
    assert old in text
    return text.replace(old, new)


def change_number(tour: dict[str, Any]) -> None:
    row = claim(tour, "loss.value")
    row["text"] = swap(row["text"], "4.0", "0.4")
    stop(tour, "loss")["note"] = swap(stop(tour, "loss")["note"], "became 4.0", "became 0.4")


def change_note_only(tour: dict[str, Any]) -> None:
    stop(tour, "loss")["note"] = swap(stop(tour, "loss")["note"], "became 4.0", "became 0.4")


def add_sentence(tour: dict[str, Any]) -> None:
    stop(tour, "backward")["note"] += " This is the best part of the program."


def add_general(tour: dict[str, Any]) -> None:
    stop(tour, "backward")["note"] += "\n\n*Gradients are always small.*"


def drop_sentence(tour: dict[str, Any]) -> None:
    note = stop(tour, "train_loop")["note"]
    stop(tour, "train_loop")["note"] = swap(note, ", so figures computed after it are not the program's own", "")


def invent_claim(tour: dict[str, Any]) -> None:
    row = stop(tour, "backward")
    row["claims"].append(
        {"text": "It was fast.", "rule": "calls.total", "args": {"chapter": "main", "code": 99}, "evidence": []}
    )
    row["note"] = row["note"].replace("\n\n*", " It was fast.\n\n*")


def invent_rule(tour: dict[str, Any]) -> None:
    claim(tour, "backward.of")["rule"] = "anything.goes"


def change_arguments(tour: dict[str, Any]) -> None:
    claim(tour, "values.received")["args"]["frame"] = 2


def change_evidence(tour: dict[str, Any]) -> None:
    claim(tour, "loss.value")["evidence"] = ["main:1"]


def change_title(tour: dict[str, Any]) -> None:
    stop(tour, "loss")["title"] = "Loss: something grand"


def change_quote(tour: dict[str, Any]) -> None:
    row = claim(tour, "source.docstring")
    row["args"]["source"]["text"] = swap(row["args"]["source"]["text"], "Multiply", "Divide")
    row["text"] = swap(row["text"], "Multiply", "Divide")
    stop(tour, "forward")["note"] = swap(stop(tour, "forward")["note"], "Multiply", "Divide")


def change_excerpt(tour: dict[str, Any]) -> None:
    row = stop(tour, "forward")["excerpt"]
    row["lines"] = [line.replace("Multiply", "Divide") for line in row["lines"]]


def move_stop(tour: dict[str, Any]) -> None:
    stop(tour, "backward")["location"].update(line=2, end_line=2)


def change_variable(tour: dict[str, Any]) -> None:
    row = next(row for row in stop(tour, "loss")["variables"] if row["name"] == "loss")
    row["value"] = "0.001"


def change_printed(tour: dict[str, Any]) -> None:
    stop(tour, "evaluation")["output"] = "final loss 0.001\n"


CHANGES: dict[Change, str] = {
    change_number: "but the trace shows",
    change_note_only: "words in its note",
    add_sentence: "words in its note",
    add_general: "words in its note",
    drop_sentence: "words in its note",
    invent_claim: "which the trace does not show",
    invent_rule: "which the trace does not show",
    change_arguments: "but the trace shows",
    change_evidence: "but it follows from",
    change_title: "is titled",
    change_quote: "the tour's excerpt shows otherwise",
    change_excerpt: "the tour's excerpt shows otherwise",
    move_stop: "where nothing was seen to run",
    change_variable: "with a value that was not recorded",
    change_printed: "printed text that was not recorded",
}


@pytest.mark.parametrize(("change", "wanted"), CHANGES.items(), ids=[change.__name__ for change in CHANGES])
def test_a_changed_tour_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Change, wanted: str
) -> None:
    path = made(tmp_path)
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))
    assert cli.main(["verify", str(path)]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert "claims derived again" in first
    assert any(wanted in line for line in rest), rest
    ids = {row["id"] for row in values["stops"]}
    assert all(line.split(":")[0] in ids for line in rest)


def bind_otherwise(tour: dict[str, Any]) -> None:
    recording = tour["recording"]
    row = next(row for row in recording["bound"] if row["name"] == "loss")
    recording["values"].append({"name": "", "type": "float", "value": "0.001"})
    row["value"] = len(recording["values"]) - 1


def move_step(tour: dict[str, Any]) -> None:
    tour["recording"]["lines"][tour["recording"]["order"].index(1)] += 1


def swap_steps(tour: dict[str, Any]) -> None:
    for column in ("order", "lines"):
        rows = tour["recording"][column]
        rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]


def hide_gap(tour: dict[str, Any]) -> None:
    tour["recording"]["gaps"] = [0]


def print_otherwise(tour: dict[str, Any]) -> None:
    tour["recording"]["printed"][0]["text"] = "final loss 0.001\n"


def return_otherwise(tour: dict[str, Any]) -> None:
    recording = tour["recording"]
    recording["values"].append({"name": "", "type": "str", "value": "'done'"})
    row = next(row for row in recording["frames"] if "returned" in row)
    row["returned"] = len(recording["values"]) - 1


def call_from_elsewhere(tour: dict[str, Any]) -> None:
    next(row for row in tour["recording"]["frames"] if "called_from" in row)["called_from"] += 1


def change_source(tour: dict[str, Any]) -> None:
    part = tour["recording"]["sources"][0]["parts"][0]
    part["lines"] = [line.replace("return x * w", "return x / w") for line in part["lines"]]


FALSE_RECORDINGS: dict[Change, str] = {
    bind_otherwise: "binds `loss` on line",
    move_step: "whose lines no trace shows in that order",
    swap_steps: "",
    hide_gap: "whether lines ran unrecorded",
    print_otherwise: "what was not recorded",
    return_otherwise: "returns a value that was not recorded",
    call_from_elsewhere: "was not called from where it is said to be",
    change_source: "otherwise than the recording",
}


@pytest.mark.parametrize(
    ("change", "wanted"), FALSE_RECORDINGS.items(), ids=[change.__name__ for change in FALSE_RECORDINGS]
)
def test_a_changed_recording_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Change, wanted: str
) -> None:
    path = made(tmp_path)
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))
    assert cli.main(["verify", str(path)]) == 1
    _, *rest = capsys.readouterr().out.splitlines()
    assert any(wanted in line for line in rest), rest


def test_a_changed_trace_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    program(third=9.5).save(tmp_path / "line.trace.jsonl")
    assert cli.main(["verify", str(path)]) == 1
    assert "4.0, 2.0 and 9.5" in capsys.readouterr().out


def test_no_trace_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    (tmp_path / "line.trace.jsonl").unlink()
    assert cli.main(["verify", str(path)]) == 1
    assert "error[trace-missing]: there is no trace line.trace.jsonl" in capsys.readouterr().err
    assert cli.main(["verify", str(path), "--trace", str(tmp_path / "gone.jsonl")]) == 1
    assert "error[trace-missing]" in capsys.readouterr().err


def test_a_named_trace_is_taken(tmp_path: Path) -> None:
    path = made(tmp_path)
    moved = (tmp_path / "line.trace.jsonl").rename(tmp_path / "elsewhere.jsonl")
    assert cli.main(["verify", str(path), "--trace", str(moved)]) == 0


def test_the_trace_of_another_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    other = program()
    for row in other.rows:
        if row["kind"] == "code":
            row["file"] = "other.py"
    other.save(tmp_path / "line.trace.jsonl")
    assert cli.main(["verify", str(path)]) == 1
    assert "error[trace-mismatch]" in capsys.readouterr().err


def test_a_chapter_without_its_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    program("before-1").save(tmp_path / "line.trace.jsonl")
    assert cli.main(["verify", str(path)]) == 1
    assert "error[trace-missing]: the tour tells of main" in capsys.readouterr().err


def test_a_file_that_is_no_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path)
    (tmp_path / "line.trace.jsonl").write_text("{}\n")
    assert cli.main(["verify", str(path)]) == 1
    assert "error[not-a-trace]" in capsys.readouterr().err


def test_traces_are_taken_in_the_order_of_the_programs(tmp_path: Path) -> None:
    names = [
        "x.trace.jsonl",
        "x.before-10.trace.jsonl",
        "x.before-2.trace.jsonl",
        "x.after-1.trace.jsonl",
        "xy.trace.jsonl",
    ]
    for name in names:
        (tmp_path / name).write_text("")
    found = [path.name for path in beside(tmp_path / "x.tour.json")]
    assert found == ["x.before-2.trace.jsonl", "x.before-10.trace.jsonl", "x.trace.jsonl", "x.after-1.trace.jsonl"]
