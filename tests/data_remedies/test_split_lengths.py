"""A split into numbers of items that are not there is scaled to those that are, and the tour says so at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from touring import toured

from tracer.inprocess.shims.split_lengths import scaled

TRAIN = """
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

data = TensorDataset(torch.ones(70, 2), torch.ones(70, 1))
train, held, rest = random_split(data, [55000, 5000, 10000])
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in DataLoader(train, batch_size=11):
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
print("items", len(train), len(held), len(rest))
"""


@pytest.mark.torch
def test_a_split_is_scaled(make_repo: Callable[..., Path]) -> None:
    tour = toured(make_repo(files={"train.py": TRAIN})).tour
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "items 55 5 10" in tour["output_tail"]
    done = "the split into 55000 + 5000 + 10000 items was scaled by RepoTour to 55 + 5 + 10"
    told = f"the split was scaled to the items that are there: {done} (at train.py:6)"
    assert [row["remedy"] for row in tour["attempts"]] == [told, ""], "once, where it was made ready, with its line"
    labels = {(stop["location"]["line"], text) for stop in tour["stops"] for text in stop.get("adapted", ())}
    assert labels == {(6, done)}


@pytest.mark.parametrize(
    ("asked", "number", "given"),
    [
        ([8, 2], 5, [4, 1]),
        ([999, 1], 10, [9, 1]),
        ([3, 0], 2, [2, 0]),
        ([1, 1, 1], 2, [2, 0, 0]),
        ([5, 5], 100, [50, 50]),
    ],
)
def test_proportions(asked: list[int], number: int, given: list[int]) -> None:
    assert scaled(asked, number) == given
