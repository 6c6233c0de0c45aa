"""Programs of the frameworks as people write them, toured for real: every stage on its line, none invented.

They run in an environment of their own, `.venv-frameworks`, which `make test` builds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.truth import ROOT, load_truth

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
NAMES = sorted(path.name for path in PROGRAMS.iterdir())
PYTHON = Path(os.environ.get("FRAMEWORKS_PYTHON", ROOT / ".venv-frameworks" / "bin" / "python"))

# What ends the loop of a library in a short run, in the words of the tour.
BOUNDED = {
    "keras_fit": "keras.fit was given epochs 3 instead of 60",
    "keras_step": "keras.fit was given epochs 3 instead of 40",
    "lightning_digits": "lightning.Trainer was given max_epochs 3 instead of 100",
    "transformers_trainer": "max_steps 9 instead of 750",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the frameworks; `make test` builds it"),
]


def tour_of(name: str, folder: Path) -> tuple[dict[str, Any], Path]:
    """The tour of a program, made by the command that a user types."""
    shutil.copytree(PROGRAMS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    out = folder / "out"
    words = ["run", str(folder / name), "--python", str(PYTHON), "--no-install", "--timeout", "240", "--out", str(out)]
    done = _repotour(*words)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (path,) = out.glob("*.tour.json")
    return json.loads(path.read_text("utf-8")), path


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_is_told_on_its_line_and_none_is_invented(name: str, tmp_path: Path) -> None:
    truth = load_truth(name, PROGRAMS, HERE / "truth")
    tour, path = tour_of(name, tmp_path)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert truth.missed(tour) == []
    assert truth.misplaced(tour) == []
    assert BOUNDED.get(name, "") in " ".join(attempt["remedy"] for attempt in tour["attempts"])
    done = _repotour("verify", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_arrays_of_jax_have_shapes_also_while_a_function_is_traced(tmp_path: Path) -> None:
    tour, _ = tour_of("flax_linen", tmp_path)
    seen = {
        (stop["stage"], row["name"]): row for stop in tour["stops"] for row in stop["variables"] if row.get("shape")
    }
    # In the loop arrays are arrays; in the function that is compiled they are tracers of the same shape.
    assert seen["data", "order"]["type"] == "jax.Array"
    assert seen["data", "order"]["shape"] == [320]
    assert seen["forward", "logits"]["type"] == "jax.core.Tracer"
    assert seen["forward", "logits"]["shape"] == [32, 2]


def _repotour(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repotour", *words], cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )
