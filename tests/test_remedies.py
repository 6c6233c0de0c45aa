"""Remedies: a run that fails in a known way is diagnosed, changed and tried again, and the tour says so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MakeRepo = Callable[..., Path]

LEFT_UNBOUND = """
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def train(steps):
    for step in range(steps):
        loss = model(torch.ones(4, 2)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step == steps - 1:
            final = loss
    return final.item()


print(f"final loss {train(40):.4f}")
"""


def tour_of(repo: Path, out: Path, *words: str) -> dict[str, Any]:
    """The tour that `repotour run` makes of a repository."""
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "run", str(repo), "--python", sys.executable, "--out", str(out), *words],
        cwd=out.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return dict(json.loads(next(out.glob("*.tour.json")).read_text()))


def test_missing_path(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(
        files={
            "mylib/__init__.py": "RATE = 0.5\n",
            "examples/train.py": "import mylib\n\nif __name__ == '__main__':\n    print('rate', mylib.RATE)\n",
        }
    )
    tour = tour_of(repo, tmp_path / "out")
    assert tour["outcome"]["kind"] == "finished"
    first, second = tour["attempts"]
    assert first["outcome"] == "raised"
    assert "mylib" in first["detail"]
    assert "PYTHONPATH" in first["remedy"]
    assert second["outcome"] == "finished"
    assert tour["rung"] == "run with remedies"


def test_a_module_that_nobody_has_stays_missing(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": "import nobody_has_this\n\nif __name__ == '__main__':\n    print('hello')\n"})
    tour = tour_of(repo, tmp_path / "out")
    assert tour["outcome"]["kind"] == "raised"
    assert len(tour["attempts"]) == 1


@pytest.mark.torch
def test_jump(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": LEFT_UNBOUND})
    tour = tour_of(repo, tmp_path / "out", "--", "train.py")
    assert tour["outcome"]["kind"] == "finished"
    assert "final loss" in tour["output_tail"]
    first, _ = tour["attempts"]
    assert "leaving loops early" in first["remedy"]
    assert tour["fast_forwards"] == []
