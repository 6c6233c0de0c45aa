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
from hypothesis import HealthCheck, Phase, given, settings
from interpreters import VERSIONS, interpreter

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
@pytest.mark.parametrize("version", VERSIONS)
def test_generated_programs(version: str) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed here: nothing of the recorder was tested with it")
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
                check_nesting(seen.trace)
                check_places(seen)
                compared += check_values(seen.trace)

    run()
    assert compared > 5 * FEW
