"""The overhead benchmark from end to end: one small program, few steps, no word about how fast."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


def overhead(*words: str) -> str:
    """What the benchmark prints, with the Python of the tests as it is."""
    command = [sys.executable, "benchmarks/overhead.py", "--no-install", "--python", sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    file = tmp_path_factory.mktemp("overhead") / "figures.json"
    tools = ["--tool", "repotour", "--tool", "cprofile"]
    text = overhead("--workload", "d", *tools, "--pairs", "1", "--steps", "3", "--json", str(file), "--markdown")
    return text, json.loads(file.read_text(encoding="utf-8"))


def test_the_table_has_a_row_for_each_tool_with_its_four_figures(measured: tuple[str, dict[str, Any]]) -> None:
    rows = [line for line in measured[0].splitlines() if line.startswith("| ")]
    figures = r"\d[\d.]* · \d[\d.]* · \d[\d.]* · \d[\d.]* k?B"
    assert "(d) dense tiny functions" in rows[0]
    assert [row for row in rows if re.fullmatch(rf"\| \*\*RepoTour\*\* \| [\w, ]+ \| {figures} \|", row)]
    assert [row for row in rows if re.fullmatch(rf"\| cProfile \| calls \| {figures} \|", row)]


def test_the_table_says_what_it_was_measured_on(measured: tuple[str, dict[str, Any]]) -> None:
    text, figures = measured
    assert f"load {figures['machine']['load']:.1f}" in text
    assert f"Python {sys.version.split()[0]}" in text
    (engine,) = {cell["engine"] for cell in figures["cells"] if cell["tool"] == "repotour"}
    assert engine
    assert f"RepoTour's engine: {engine}" in text


def test_the_figures_are_in_the_json(measured: tuple[str, dict[str, Any]]) -> None:
    cells = {cell["tool"]: cell for cell in measured[1]["cells"]}
    assert set(cells) == {"repotour", "cprofile"}
    for cell in cells.values():
        assert (cell["pairs"], cell["steps"], cell["note"]) == (1, 3, "")
        names = "step run wall memory output untraced_step_ms untraced_run_s untraced_peak_mb".split()
        assert all(cell[name] > 0 for name in names)
        assert cell["spread"] == [cell["step"], cell["step"]]
    # The program's own peak and not that of whoever started it: an interpreter that does little more than start.
    assert cells["cprofile"]["untraced_peak_mb"] < 30


def test_what_is_not_installed_is_said_and_not_measured(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    command = [
        "--python",
        str(tmp_path / "env" / "bin" / "python"),
        "--workload",
        "c",
        "--tool",
        "repotour",
        "--markdown",
    ]
    done = subprocess.run(
        [sys.executable, "benchmarks/overhead.py", "--no-install", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "no numpy: not installed" in done.stdout


LOOPS = """\
def count():
    number = 0
    while True:
        number += 1
        yield number
        if number == 100:
            break

for epoch in range(3):
    for item in count():
        print(epoch, item)
    else:
        print("else")
print("end")
"""


def test_a_shortened_program_leaves_its_loops_where_the_recorder_did(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(LOOPS, encoding="utf-8")
    left = {("main.py", 9): [2], ("main.py", 10): [3, 1], ("main.py", 1): [1]}
    code = "import sys\nfrom pathlib import Path\nfrom measuring.shortened import shorten\n"
    words = [sys.executable, "-c", f"{code}print(shorten(Path(sys.argv[1]), {left!r}))", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT / "benchmarks", capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "['main.py:1']"  # no loop begins there
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.splitlines() == ["0 1", "0 2", "0 3", "1 1", "end"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_says_what_it_measures(script: str) -> None:
    done = subprocess.run(
        [sys.executable, f"benchmarks/{script}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "usage:" in done.stdout
    assert script in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")


def test_a_grown_tour_has_the_size_that_was_asked_for_and_can_be_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "measuring"))
    from grown import MOST_STEPS, grown

    from tests.faces.test_perfetto import a_timed_tour
    from walkthroughs.stepping import Walk
    from walkthroughs.tour import Tour

    tour = grown(a_timed_tour(), stops=40, lines=5_000)
    assert Tour.from_dict(tour.to_dict()).to_text() == tour.to_text()
    recording = tour.recording
    assert recording is not None and len(tour.stops) == len({stop.id for stop in tour.stops}) == 40
    assert sum(source.length for source in recording.sources) >= 5_000
    assert MOST_STEPS - 20 < len(recording.order) <= MOST_STEPS
    walk = Walk(recording)
    last = len(recording.order) - 1
    assert walk.frame(last).location.file == f"part_{len(recording.order) // 9 - 1}/train.py"
    assert [seen.name for seen in walk.binds(last - 3)] == ["loss"]
