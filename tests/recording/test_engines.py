"""The two engines: chosen and named, alike in what they tell, silent about what has shown itself, honest about gaps."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from golden_traces import differences, golden, programs, telling
from recordings import Recording, record_target

from repotour.outcomes import adaptations, outcome_of

Place = Callable[[str], Path]
Run = Callable[..., Recording]


def version_of(python: str) -> tuple[int, int]:
    """(major, minor) of an interpreter."""
    found = re.search(r"(\d+)\.(\d+)", subprocess.check_output([python, "--version"], text=True))
    assert found is not None
    return int(found[1]), int(found[2])


@pytest.fixture
def newer(python: str) -> str:
    """A Python that has `sys.monitoring`."""
    if version_of(python) < (3, 12):
        pytest.skip("there is one engine for this Python")
    return python


@pytest.fixture
def older(python: str) -> str:
    """A Python whose one engine is `sys.settrace`, which is switched off where nothing new is to be expected."""
    if version_of(python) >= (3, 12):
        pytest.skip("nothing is ever switched off as a whole with this Python")
    return python


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
