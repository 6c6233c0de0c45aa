"""Training and evaluation with real torch: what is left early leaves gradients, files and loaders as they should be."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import Recording, record_target

from tracer.engines.recorder import landmark_data

pytest.importorskip("torch", reason="torch is not installed here; `make test` installs it")
pytestmark = pytest.mark.torch

EPOCHS = [0, 2, 4, 0, 2, 4]
SHAPES = {
    "epochs": str(EPOCHS),
    "counted_epochs": "[0, 1, 2, 0, 1, 2]",
    "stream": str(EPOCHS),
    "own_sampler": "[399, 397, 395, 399, 397, 395]",
    "ahead": str(EPOCHS),
    "zipped": str(EPOCHS),
    "no_grad_around_each_step": "([False, False, False], True)",
    "grad_inside_no_grad": "([False, False, False], True)",
    "grad_inside_no_grad_followed": "([False, False, False, 'behind'], True)",
    "decorated_in_no_grad": "([True, True, True, False], True)",
    "anomaly_and_file": "([True, True, True], False, True, 'xxx')",
    "while_in_no_grad": "(30, True)",
    "gradients": "True",
}
# Two workers have loaded two batches each when the loader is ended behind the third: these still come.
AHEAD = [0, 2, 4, 6, 8, 10, 12]
WITH_WORKERS = {
    "epochs": str(AHEAD * 2),
    "counted_epochs": str([*range(7), *range(7)]),
    "no_grad_around_each_step": str(([False] * 7, True)),
}


@pytest.fixture
def run(place: Callable[[str], Path]) -> Callable[..., Recording]:
    """Records a program of targets/loops with the Python of these tests, and the landmarks of torch."""

    def run(*argv: str, **limits: object) -> Recording:
        marks = landmark_data()
        return record_target(place("loops"), sys.executable, *argv, landmarks=marks, seconds=120.0, **limits)

    return run


def told(recording: Recording) -> dict[str, str]:
    """What the program printed of each shape."""
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in recording.out.splitlines()}


def test_torch_is_left_as_it_was(run: Callable[..., Recording]) -> None:
    seen = run("with_torch.py")
    assert (seen.err, told(seen)) == ("", SHAPES)
    assert {row["iterations"] for row in seen.trace.left_loops} == {3}
    assert "_SingleProcessDataLoaderIter" in {row["source"] for row in seen.trace.sources_ended}
    assert [seen.trace.codes[row["code"]].qualname for row in seen.trace.stuck] == ["while_in_no_grad"]


def test_workers_that_stay_serve_the_next_epoch(run: Callable[..., Recording]) -> None:
    seen = run("with_torch.py", "2", one_process=False)
    assert (seen.err, told(seen)) == ("", SHAPES | WITH_WORKERS)
    rows = [row for row in seen.trace.sources_ended if seen.trace.codes[row["code"]].qualname == "one_epoch"]
    assert [row["iterations"] for row in rows[:2]] == [7, 7]


def test_evaluation_is_cut_short_and_preparing_data_is_not(run: Callable[..., Recording]) -> None:
    seen = run("evaluates.py", evaluation=0.2)
    assert seen.err == ""
    assert told(seen) == {
        "before": "40 True",
        "last_statement": "True",
        "followed": "True True",
        "nested": "True True",
        "by_generator": "True True",
        "short": "40",
    }
    roles = {seen.trace.codes[row["code"]].qualname: row["role"] for row in seen.trace.left_loops}
    assert roles == {
        "train": "training",
        "last_statement": "evaluation",
        "followed": "evaluation",
        "nested": "evaluation",
        "outputs": "evaluation",
    }


def test_without_leave_evaluation_runs_to_its_end(run: Callable[..., Recording]) -> None:
    seen = run("evaluates.py", evaluation=0.2, jumps=False)
    assert told(seen)["last_statement"] == "False"
    assert seen.trace.left_loops == []
