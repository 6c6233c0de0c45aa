"""The recorder over programs that hypothesis makes up: nothing changes, and what is told is what happened.

FUZZ_EXAMPLES=2000 makes more of them, new ones each time; without it, the same few with each Python.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from fuzz.checks import check_nesting, check_order, check_places, check_values, recorded
from fuzz.programs import programs
from fuzz.source import Program
from fuzz.training import LANDMARKS, trainings
from hypothesis import HealthCheck, Phase, given, settings
from interpreters import HERE, here
from recordings import TARGETS, record_target

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FEW = 30
fuzz = settings(
    max_examples=EXAMPLES or FEW,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if EXAMPLES else [])],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.parametrize("version", HERE)
def test_generated_programs(version: str) -> None:
    python = here(version)
    major, minor = map(int, version.split("."))
    compared = 0

    @fuzz
    @given(programs((major, minor)))
    def run(program: Program) -> None:
        nonlocal compared
        with tempfile.TemporaryDirectory() as folder:
            seen = recorded(program, python, Path(folder))
            check_order(seen)
            if not program.meddles:
                # Up to 3.10 the interpreter drops a trace function that it has no room to call.
                looked_away = bool(seen.raw("gap")) or (minor <= 10 and "RecursionError" in program.text)
                check_nesting(seen.trace, looked_away)
                check_places(seen)
                compared += check_values(seen.trace, looked_away)

    run()
    assert compared > 5 * FEW


@pytest.mark.slow
@pytest.mark.parametrize("version", HERE)
def test_loops_that_are_left(version: str) -> None:
    python = here(version)
    left = 0

    @fuzz
    @given(trainings())
    def run(text: str) -> None:
        nonlocal left
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repository"
            root.mkdir()
            (root / "main.py").write_text(text, "utf-8")
            environment = {"PYTHONPATH": str(TARGETS / "library")}
            seen = record_target(root, python, "main.py", landmarks=LANDMARKS, environment=environment)
            assert seen.err == "", text
            ended = seen.end["outcome"] == "ended"  # the last loop of the program could not be left in another way
            assert ended or (seen.out, seen.result.code) == ("balanced True\n", 0), text
            left += len(seen.trace.fast_forwards) + len(seen.raw("source_ended"))

    run()
    assert left > FEW
