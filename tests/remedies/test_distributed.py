"""Programs that expect a launcher run as the only process of their group."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of
from recordings import record_target

from tracer.plan import Shim

MakeRepo = Callable[..., Path]
pytestmark = [pytest.mark.torch]

RANKS = """
import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

local_rank = int(os.environ["LOCAL_RANK"])
dist.init_process_group(backend="nccl", init_method="env://")
model = DistributedDataParallel(torch.nn.Linear(2, 1).to("cpu"))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    dist.all_reduce(loss.detach())
print("rank", dist.get_rank(), "of", dist.get_world_size(), dist.get_backend(), local_rank)
dist.destroy_process_group()
"""


def test_a_program_for_a_launcher(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": RANKS}), "train.py")
    assert done.slugs[0] == "distributed"
    assert done.ending[0] == "finished", done.last.err
    assert done.last.out == "rank 0 of 1 gloo 0\n"
    assert "the backend nccl of torch.distributed became gloo (at train.py:9)" in done.told
    assert "a group of one process was made (at train.py:9)" in done.told


ADDRESSED = """
import torch.distributed as dist

print(dist.get_rank(), dist.get_world_size())
dist.destroy_process_group()
dist.init_process_group("nccl", init_method="tcp://10.1.2.3:23456", world_size=4, rank=2)
print(dist.get_rank(), dist.get_world_size())
"""


def test_a_group_that_nobody_made_and_one_of_many_at_an_address(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": ADDRESSED})
    run = record_target(repo, sys.executable, "train.py", shims=(Shim("distributed"),))
    assert run.out == "0 1\n0 1\n", run.err
    texts = [row["text"] for row in run.trace.adapted]
    assert "a group of one process was made for get_rank()" in texts
    assert "the backend nccl of torch.distributed became gloo" in texts


@pytest.mark.parametrize(
    "source",
    [
        "raise ValueError('Default process group has not been initialized, please make sure to call init')",
        "raise RuntimeError('ProcessGroupNCCL is only supported with GPUs, no GPUs found!')",
        "import os\n\nrank = int(os.environ.get('RANK'))",
    ],
)
def test_failures_that_are_about_a_launcher(make_repo: MakeRepo, source: str) -> None:
    done = attempts_of(make_repo(files={"train.py": source + "\n"}), "train.py")
    assert done.slugs[0] == "distributed"
