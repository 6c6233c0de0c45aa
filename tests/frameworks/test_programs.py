"""Programs of the frameworks as people write them, toured for real: every stage on its line, none invented.

They run in an environment of their own, `.venv-frameworks`, which `make test` builds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from touring import Toured, toured

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

# Programs of packages that are too big for `make test` to install: they run where somebody did.
OPTIONAL = {"catboost_pool": "catboost", "tensorflow_tape": "tensorflow"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the frameworks; `make test` builds it"),
]


def has(package: str) -> bool:
    """Whether the environment of the frameworks has a package."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([PYTHON, "-c", code], check=False).returncode == 0


def program(name: str, folder: Path) -> Toured:
    """The tour of a program, made by the command that a user types."""
    shutil.copytree(PROGRAMS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = toured(folder / name, "--no-install", "--timeout", "240", python=PYTHON, seconds=400)
    assert made.code == 0, made.out[-3000:] + made.said[-3000:]
    return made


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_is_told_on_its_line_and_none_is_invented(name: str, tmp_path: Path) -> None:
    truth = load_truth(name, PROGRAMS, HERE / "truth")
    package = OPTIONAL.get(name, "")
    if package and not has(package):
        pytest.skip(f"{package} is not in the environment of the frameworks, install it there to test it")
    made = program(name, tmp_path)
    tour = made.tour
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert truth.missed(tour) == []
    assert truth.misplaced(tour) == []
    assert BOUNDED.get(name, "") in made.remedies
    done = made.verified()
    assert done.returncode == 0, done.stdout + done.stderr


def test_arrays_of_jax_have_shapes_also_while_a_function_is_traced(tmp_path: Path) -> None:
    tour = program("flax_linen", tmp_path).tour
    seen = {
        (stop["stage"], row["name"]): row for stop in tour["stops"] for row in stop["variables"] if row.get("shape")
    }
    # In the loop arrays are arrays; in the function that is compiled they are tracers of the same shape.
    assert seen["data", "order"]["type"] == "jax.Array"
    assert seen["data", "order"]["shape"] == [320]
    assert seen["forward", "logits"]["type"] == "jax.core.Tracer"
    assert seen["forward", "logits"]["shape"] == [32, 2]
