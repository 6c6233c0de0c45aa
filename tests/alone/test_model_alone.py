"""The model alone, from the command line to a tour: what was made up, what was observed, what is only read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from touring import toured
from written_notebooks import notebook

MakeRepo = Callable[..., Path]

pytestmark = pytest.mark.torch

MODEL = """
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self, words, width, classes):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.rnn = nn.LSTM(width, width, batch_first=True)
        self.out = nn.Linear(width, classes)

    def forward(self, tokens):
        states, _ = self.rnn(self.embedding(tokens))
        return self.out(states[:, -1])
"""
TRAIN = """
import argparse

import torch

from reader import Reader

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=24)
args = parser.parse_args()
text = open("corpus/train.txt").read()
words = sorted(set(text.split()))
model = Reader(len(words), args.width, classes=4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    loss = model(torch.tensor([[words.index(word) for word in text.split()]])).logsumexp(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def stops(tour: dict[str, Any], stage: str) -> list[dict[str, Any]]:
    return [stop for stop in tour["stops"] if stop["stage"] == stage]


def test_the_model_stands_beside_the_failure(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": TRAIN, "reader.py": MODEL})
    made = toured(repo, "--synthetic-data", "never")
    tour, said = made.tour, made.said
    assert made.code == 0
    assert (tour["rung"], tour["outcome"]["kind"]) == ("model alone", "raised")
    assert [need["path"] for need in tour["needs"]] == ["corpus/train.txt"]
    (forward,) = stops(tour, "forward")
    assert (forward["basis"], forward["chapter"], forward["location"]["line"]) == ("observed", "alone", 13)
    assert [stop["basis"] for stop in stops(tour, "model")] == ["observed"]
    assert {stop["basis"] for stage in ("loss", "backward") for stop in stops(tour, stage)} == {"inferred"}
    shown = " ".join(forward["adapted"])
    assert "`width` = 24 (the default of `--width` at train.py:9)" in shown
    assert "`classes` = 4 (as at train.py:13)" in shown
    assert "made up: `words` = 100" in shown
    assert "`tokens` = `torch.randint(0, 100, (2, 16))`" in shown
    assert "built and applied alone" not in " ".join(stops(tour, "config")[0].get("adapted", ()))
    shapes = {row["path"]: row.get("outputs") for row in tour["model_tree"]}
    assert shapes[""] == [[2, 4]]
    assert shapes["embedding"] == [[2, 16, 24]]
    assert said.count("the model alone") == 2
    assert "$ python -c 'import torch; from reader import Reader; Reader(100, 24, classes=4)(" in said
    assert made.verified().returncode == 0


def test_a_model_in_a_notebook_whose_data_are_missing(make_repo: MakeRepo) -> None:
    text = notebook(
        "import torch\nfrom torch import nn",
        "x = torch.load('measured.pt')\nsize = 12",
        "class Small(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.inner = nn.Linear(size, 3)\n    def forward(self, x):\n        return self.inner(x)",
        "model = Small()\nloss = model(x).mean()\nloss.backward()",
    )
    tour = toured(make_repo(files={"fit.ipynb": text})).tour
    assert tour["rung"] == "model alone"
    (forward,) = stops(tour, "forward")
    assert (forward["basis"], forward["location"]["cell"], forward["location"]["cell_line"]) == ("observed", 3, 5)
    assert (
        "of `fit.ipynb` only imports, definitions and the settings that the model reads were run" in forward["adapted"]
    )


def test_a_library_without_a_program(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"kit/reader.py": MODEL, "kit/__init__.py": ""})
    made = toured(repo)
    tour = made.tour
    assert made.code == 0
    assert "error[no-entry-point]" in made.said
    assert tour["rung"] == "model alone"
    assert "only the model was built and applied" in tour["outcome"]["detail"]
    assert tour["command"][:2] == ["python", "-c"]
    # The command is one that a person can type.
    done = subprocess.run([sys.executable, *tour["command"][1:]], cwd=repo, check=False)
    assert done.returncode == 0


def test_where_no_input_fits_the_tour_is_by_reading(make_repo: MakeRepo) -> None:
    model = (
        "from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.inner = nn.Linear(3, 3)\n\n    def forward(self, batch):\n"
        "        return self.inner(batch.graph.secret_field)\n"
    )
    made = toured(make_repo(files={"net.py": model}))
    tour = made.tour
    assert made.code == 3
    assert tour["rung"] == "static"
    assert "the model alone could not be run" in made.said
    (attempt,) = tour["attempts"]
    assert "graph" in attempt["detail"]
    assert {stop["basis"] for stop in tour["stops"]} == {"inferred"}
