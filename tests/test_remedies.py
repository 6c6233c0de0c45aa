"""Remedies: a run that fails in a known way is diagnosed, changed and tried again, and the tour says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from touring import toured

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


def test_missing_path(make_repo: MakeRepo) -> None:
    repo = make_repo(
        files={
            "mylib/__init__.py": "RATE = 0.5\n",
            "examples/train.py": "import mylib\n\nif __name__ == '__main__':\n    print('rate', mylib.RATE)\n",
        }
    )
    tour = toured(repo).tour
    assert tour["outcome"]["kind"] == "finished"
    first, second = tour["attempts"]
    assert first["outcome"] == "raised"
    assert "mylib" in first["detail"]
    assert "PYTHONPATH" in first["remedy"]
    assert second["outcome"] == "finished"
    assert tour["rung"] == "run with remedies"


def test_a_module_that_is_not_the_repository_s_is_not_looked_for_there(make_repo: MakeRepo) -> None:
    program = "import nobody_has_this\nimport mylib\n\nif __name__ == '__main__':\n    print(mylib.RATE)\n"
    repo = make_repo(files={"mylib/__init__.py": "RATE = 0.5\n", "examples/train.py": program})
    made = toured(repo)
    assert "nobody_has_this" in made.tour["outcome"]["detail"]
    assert made.remedies.strip(" |\n") == ""


def test_a_module_that_nobody_has_stays_missing(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": "import nobody_has_this\n\nif __name__ == '__main__':\n    print('hello')\n"})
    tour = toured(repo).tour
    assert tour["outcome"]["kind"] == "raised"
    assert len(tour["attempts"]) == 1


@pytest.mark.torch
def test_jump(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": LEFT_UNBOUND})
    tour = toured(repo, "--", "train.py").tour
    assert tour["outcome"]["kind"] == "finished"
    assert "final loss" in tour["output_tail"]
    first, _ = tour["attempts"]
    assert "leaving loops early" in first["remedy"]
    assert tour["fast_forwards"] == []
