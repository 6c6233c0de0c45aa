"""The two engines: chosen and named, alike in what they tell, silent about what has shown itself, honest about gaps."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden_traces import differences, golden, programs, telling
from recordings import TARGETS, Recording, record_target

from repotour.outcomes import adaptations, gaps, outcome_of

LIBRARIES = {"PYTHONPATH": str(TARGETS / "engines_library")}

Place = Callable[[str], Path]
Run = Callable[..., Recording]


def version_of(python: str) -> tuple[int, int]:
    """(major, minor) of an interpreter."""
    found = re.search(r"(\d+)\.(\d+)", subprocess.check_output([python, "--version"], text=True))
    assert found is not None
    return int(found[1]), int(found[2])


# -- which one ---------------------------------------------------------------------------------------------------------


def test_the_header_names_the_engine(run_target: Run, python: str) -> None:
    seen = run_target("engines", script="hello.py")
    usual = "sys.monitoring" if version_of(python) >= (3, 12) else "settrace"
    assert seen.trace.header["engine"] == usual
    assert "engine_reason" not in seen.trace.header
    assert adaptations(seen.result) == []
    assert seen.bound("watching") == {"watching": str(usual == "settrace")}


@pytest.mark.parametrize("number", [3, 4])
def test_a_tool_id_that_is_taken_is_told(place: Place, newer: str, tmp_path: Path, number: int) -> None:
    subprocess.run([newer, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    taken = f"import sys; m = sys.monitoring; m.get_tool({number}) or m.use_tool_id({number}, 'a profiler')"
    (packages / "first.pth").write_text(taken)
    seen = record_target(place("engines"), str(python), "hello.py")
    assert (seen.out, seen.err) == ("hello\n", "")
    assert seen.trace.header["engine"] == "settrace"
    told = f"sys.monitoring is not to be had: tool id {number} by a profiler is taken"
    assert seen.trace.header["engine_reason"] == told
    assert adaptations(seen.result) == [("recorded with sys.settrace, which is slower", told)]
    assert seen.bound("watching") == {"watching": "True"}


@pytest.mark.parametrize("name", programs())
def test_both_engines_tell_the_same(name: str, newer: str, tmp_path: Path) -> None:
    assert differences(golden(name), telling(name, newer, tmp_path, "settrace")) == []
    trace = tmp_path / "repository.main.trace.jsonl"
    assert json.loads(trace.read_text("utf-8").splitlines()[0])["engine"] == "settrace"


# -- what has shown itself ---------------------------------------------------------------------------------------------


def test_long_loops_write_no_more_than_short_ones_and_keep_no_memory(place: Place, python: str) -> None:
    root = place("engines")
    few = record_target(root, python, "saturates.py", "100", name="few")
    many = record_target(root, python, "saturates.py", "100000", name="many", seconds=60)
    assert many.err == few.err == ""
    counted = [Counter(event["kind"] for event in events(seen)) for seen in (few, many)]
    assert counted[1]["call"] == counted[0]["call"]
    # A part of the run that nobody looked at may hide a line that was told of the short one.
    assert 0 <= sum(counted[0].values()) - sum(counted[1].values()) <= 20
    assert many.result.trace.stat().st_size < 1.1 * few.result.trace.stat().st_size
    assert int(many.out) - int(few.out) < 2048  # KiB at its peak


def events(seen: Recording) -> list[dict[str, object]]:
    """The events of a trace as they stand in the file."""
    return [json.loads(line) for line in seen.result.trace.read_text("utf-8").splitlines()]


def test_what_has_shown_itself_is_not_even_counted(place: Place, newer: str) -> None:
    """Each event that reaches the recorder counts a call, so equal counts are equally many events."""
    root = place("engines")
    few, many = (record_target(root, newer, "late.py", turns, name=turns) for turns in ("5000", "40000"))
    assert few.calls("hot") == many.calls("hot") < 1100
    for seen in (few, many):
        (hot,) = (code for code in seen.trace.codes.values() if code.name == "hot")
        assert not seen.trace.counted(hot)
    short, long = (counts_of(seen, "usual")["hits"] for seen in (few, many))
    assert short == long


def counts_of(seen: Recording, name: str) -> dict[str, Any]:
    """What was counted of a function."""
    found: dict[str, Any]
    (found,) = (row for row in seen.trace.counts.values() if seen.trace.codes[row["code"]].name == name)
    return found


# -- what comes late ---------------------------------------------------------------------------------------------------


def test_late_callers_of_a_hot_function_are_recorded(run_target: Run) -> None:
    seen = run_target("engines", "5000", script="late.py")
    assert [seen.bound("doubled", visit)["doubled"] for visit in range(6)] == ["0", "2", "4", "2000", "4000", "6000"]
    assert len(seen.seen("doubled")) == 6
    assert seen.bound("rare") == {"found": "-9980"}
    assert "total" in seen.bound("behind")
    assert (seen.bound("came"), seen.bound("at_the_end")) == ({"came": "2000"}, {"at_the_end": "6000"})
    places = {line: count for _, line, count in counts_of(seen, "hot")["edges"]}
    assert [places[seen.number(marker)] for marker in ("rare", "behind", "came", "at_the_end")] == [1, 1, 1, 1]
    assert places[seen.number("usual")] > 200


# -- with the recorder off (3.10 and 3.11) -----------------------------------------------------------------------------


def test_calls_that_ran_with_the_recorder_off_are_told(run_target: Run, pausing: str) -> None:
    seen = run_target("engines", "plain", script="quiet.py", alike=False)
    assert seen.trace.gap["calls"] > 10
    assert 0.1 < seen.trace.seconds_off < 1.5
    assert "nothing was recorded for" in outcome_of(seen.result)[1]
    exact = {code.name: seen.trace.counted(code) for code in seen.trace.codes.values() if code.id in seen.trace.counts}
    # What a call with nobody looking may have called was called at least so often; who called it is known.
    assert (exact["work"], exact["leaf"]) == (False, False)
    if not seen.trace.gap.get("slices") and not seen.trace.gap.get("lost"):  # on a slow machine there may be such too
        assert exact == {"<module>": True, "for_seconds": True, "work": False, "leaf": False, "news": True}
    assert seen.bound("told") == {"told": "42"}


def test_a_function_with_a_line_that_never_called_stays_recorded(place: Place, pausing: str) -> None:
    root = place("engines")
    seen = record_target(root, pausing, "quiet.py", "choosing", linger=60.0)
    if not seen.trace.gap.get("slices") and not seen.trace.gap.get("lost"):  # on a slow machine there may be such too
        assert counts_of(seen, "choosing")["open"] is False
    assert (seen.bound("rarely"), seen.bound("chosen")) == ({"seen": "6"}, {"total": "6"})
    careless = record_target(root, pausing, "quiet.py", "choosing", linger=1.2, name="careless")
    assert counts_of(careless, "choosing")["open"] is True


def test_a_frame_that_is_kept_does_not_keep_the_recorder_off(place: Place, pausing: str) -> None:
    seen = record_target(place("engines"), pausing, "quiet.py", "kept")
    assert seen.out.splitlines()[-1] == "42"
    assert seen.out.split()[0] == "1"
    assert seen.trace.gap["calls"] > 10
    began = float(seen.out.split()[1]) * 1000
    told = [line.t for _, line in seen.seen("told")]
    assert len(told) == 4  # three from the loop, the last from the module
    # `t` counts from the recorder's start, the program's clock from its own, a little later.
    assert told[0] - began < 1000
    # It was called once more, with nobody looking.
    assert (seen.calls("for_seconds"), counts_of(seen, "for_seconds")["open"]) == (1, True)


def test_a_trace_function_of_the_program_is_left_in_place(place: Place, pausing: str) -> None:
    seen = record_target(place("engines"), pausing, "quiet.py", "tracing")
    assert seen.out == "True\n42\n"
    assert seen.trace.gap["calls"] > 10
    assert seen.trace.elided


def test_threads_are_switched_off_one_by_one(place: Place, pausing: str) -> None:
    seen = record_target(place("engines"), pausing, "quiet.py", "threads")
    assert seen.trace.gap["calls"] > 10
    assert seen.bound("told") == {"told": "42"}


def test_a_generator_that_went_on_unseen_tells_no_value_of_another_line(place: Place, pausing: str) -> None:
    seen = record_target(place("engines"), pausing, "quiet.py", "drawing")
    assert seen.trace.gap["calls"] > 10
    assert seen.bound("first") == {"state": "0"}
    assert seen.bound("got", 0) == {}  # what it was when somebody looked again is of a later pass
    (frame,) = seen.frames("drawing")
    told = [line for line in frame.lines if line.line in (seen.number("got"), seen.number("state"))]
    assert len(told) == 6
    values = [int(one.value["value"]) for line in told[1:] for one in line.bound]
    assert len(values) == 5
    # state, got, state, got, state: each state is ten times what was got before.
    assert (values[2], values[4]) == (values[1] * 10, values[3] * 10)


def with_slices(root: Path, python: str, *words: str, name: str = "main") -> Recording:
    """A recording with parts that nobody looked at: they begin where events come fast, which a busy machine delays."""
    for _ in range(3):
        seen = record_target(root, python, "tiny.py", *words, name=name)
        if seen.trace.gap.get("slices"):
            break
    assert seen.trace.gap["slices"][0] > 0
    return seen


def test_something_new_behind_millions_of_calls(place: Place, pausing: str) -> None:
    seen = with_slices(place("engines"), pausing, "late")
    assert 0.1 < seen.trace.gap["slices"][1] < 2.2
    visits = [(int(seen.bound("double", n)["double"]), int(seen.bound("more", n)["more"])) for n in range(3)]
    assert all(more == double + 1 for double, more in visits)
    assert [frame.args[0].value["value"] for frame in seen.frames("late")] == [str(one // 2) for one, _ in visits]
    assert not any(seen.trace.counted(code) for code in seen.trace.codes.values())


def test_what_follows_a_call_of_millions_of_calls_is_recorded(place: Place, pausing: str) -> None:
    seen = with_slices(place("engines"), pausing, "behind")
    assert (seen.bound("double"), seen.bound("more")) == ({"double": "40"}, {"more": "41"})


def test_a_line_that_may_be_over_tells_no_value(place: Place, pausing: str) -> None:
    seen = with_slices(place("engines"), pausing, "rebinding")
    assert seen.bound("value") == {}


@pytest.mark.parametrize("way", ["caught", "raised"])
def test_ctrl_c_reaches_a_program_of_millions_of_calls(place: Place, python: str, way: str) -> None:
    words = ["endless"] if way == "caught" else ["endless", "raise"]
    seen = record_target(place("engines"), python, "tiny.py", *words, seconds=1.6)
    assert (seen.result.reason, seen.out) == ("its time of 1.6 s was up", "interrupted\n")
    if way == "caught":
        assert (seen.result.code, seen.err) == (0, "")
        assert seen.end["outcome"] in ("finished", "unseen")
    else:
        assert seen.result.code in (-2, 130)
        assert seen.err.endswith("KeyboardInterrupt\n")
        assert seen.end["outcome"] == "interrupted"


def test_how_a_program_ends_is_told_though_nobody_looked(place: Place, pausing: str) -> None:
    root = place("engines")
    left = with_slices(root, pausing, "exit", name="left")
    assert (left.result.code, left.err) == (3, "")
    assert left.end["outcome"] in ("unseen", "exited")
    kind, detail = outcome_of(left.result)
    assert (kind, detail.partition(";")[0]) == ("exited", "exit status 3")
    raised = with_slices(root, pausing, "raise", name="raised")
    assert (raised.result.code, raised.end["outcome"]) == (1, "raised")
    assert raised.end["stack"][0]["line"] == raised.number("failing")
    assert outcome_of(raised.result)[0] == "raised"


def test_an_end_that_nobody_saw_is_the_exit_status(place: Place, python: str) -> None:
    """A trace function of the program's own hides the end from the older engine, and only from that."""
    root = place("engines")
    for status in (0, 3):
        seen = record_target(root, python, "leaves_unseen.py", str(status), name=f"leaves{status}")
        assert seen.result.code == status
        kind, detail = outcome_of(seen.result)
        assert kind == ("exited" if status else "finished")
        assert ("exit status 3" in detail) == bool(status)


@pytest.mark.parametrize("way", ["opens", "ends"])
def test_a_program_that_stops_all_tracing_is_told_as_unseen(run_target: Run, python: str, way: str) -> None:
    seen = run_target("engines", way, script="stops_tracing.py")
    if version_of(python) >= (3, 12):
        assert (gaps(seen.trace), seen.calls("step")) == ("", 2 if way == "opens" else 1)
        return
    assert gaps(seen.trace).startswith("the recorder was away for moments")
    assert all(row["open"] and row["hits_open"] for row in seen.trace.counts.values())
    assert seen.calls("step") == (1 if way == "opens" else 0)
    if way == "opens":
        assert len(seen.seen("after")) == 1, "at the next audited action the recorder is back"


# -- imports -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["frame", "error", "failing", "slow", "thread"])
def test_the_module_that_follows_an_import_is_recorded_from_its_first_line(
    run_target: Run, python: str, way: str
) -> None:
    seen = run_target("engines", way, script="imports.py", environment=LIBRARIES)
    assert (seen.out, seen.err) == ("42\n", "")
    assert (seen.bound("begun"), seen.bound("found")) == ({"begun": "True"}, {"found": "42"})
    assert seen.bound("answer") == {"answer": "42"}
    if way == "failing":
        assert seen.bound("caught") == {"failing_library": "None"}


def test_a_module_that_a_library_imports_is_recorded_from_its_first_line(run_target: Run) -> None:
    seen = run_target("engines", "plugin", script="imports.py", environment=LIBRARIES)
    assert seen.bound("begun") == {"begun": "True"}
    assert [frame.lines[0].bound[0].value["value"] for frame in seen.frames("answer")] == ["2", "42"]


def test_what_began_while_a_library_was_imported_is_found_on_the_stack(run_target: Run, python: str) -> None:
    seen = run_target("engines", script="callbacks.py", environment=LIBRARIES)
    (call,) = (event for event in seen.raw("call") if seen.trace.codes[event["code"]].name == "answer")
    index, line = call["from"]
    assert (seen.trace.codes[index].name, line) == ("register", seen.number("registered"))
    assert seen.calls("register") == 1
    (register,) = (code for code in seen.trace.codes.values() if code.name == "register")
    assert seen.trace.counted(register) == (version_of(python) >= (3, 12))


def test_functions_are_not_taken_for_others_that_begin_on_their_line(run_target: Run, python: str) -> None:
    """What is executed has a file's namespace, and lines of its own."""
    seen = run_target("engines", script="executes.py")
    for name, calls in (("act", 2000), ("steps", 1000)):
        (code,) = (code for code in seen.trace.codes.values() if code.name == name)
        assert 200 < seen.calls(name) <= calls
        if version_of(python) < (3, 12):
            assert (seen.calls(name), seen.trace.counted(code)) == (calls, True)
