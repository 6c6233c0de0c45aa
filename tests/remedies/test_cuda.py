"""Programs that ask for CUDA where there is none: they run on the CPU, and the tour says at which lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

MakeRepo = Callable[..., Path]
pytestmark = [pytest.mark.torch]

HARD_CODED = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda:0")
torch.backends.cudnn.benchmark = True
torch.cuda.set_device(0)
torch.cuda.manual_seed_all(1)
print("running on", torch.cuda.get_device_name(0), isinstance(device, torch.device), type(device).__name__)

model = nn.DataParallel(nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2, device="cuda"))).cuda()
model.to(device)
weight = torch.ones(2, device="cuda").to("cuda", torch.float64).to(0)
criterion = nn.CrossEntropyLoss(weight=weight.float()).cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.cuda.amp.GradScaler()
stream = torch.cuda.Stream()
start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
data = TensorDataset(torch.randn(16, 4), torch.randint(0, 2, (16,)))
losses = []
start.record()
for inputs, labels in DataLoader(data, batch_size=4, pin_memory=True):
    with torch.cuda.stream(stream):
        inputs, labels = inputs.cuda(non_blocking=True), labels.type(torch.cuda.LongTensor)
    torch.cuda.current_stream().wait_stream(stream)
    with torch.cuda.amp.autocast():
        loss = criterion(model(inputs), labels)
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    losses.append(loss.item())
end.record()
torch.cuda.synchronize()
torch.save(model.state_dict(), "model.pt")
model.load_state_dict(torch.load("model.pt", map_location="cuda:0"))
model.load_state_dict(torch.load("model.pt", map_location={"cuda:1": "cuda:0"}))
noise = torch.zeros_like(inputs, device=device).new_zeros(3, device="cuda")
generator = torch.Generator(device="cuda").manual_seed(0)
print(len(losses), noise.device, torch.randn(2, generator=generator, device=device).shape, start.elapsed_time(end) > 0)
scripted = torch.jit.script(nn.Linear(2, 2))
print(scripted(torch.zeros(1, 2)).shape, torch.cuda.is_available(), torch.cuda.memory_allocated())
"""

REFUSING = """
import sys
import torch

if not torch.cuda.is_available():
    print("Sorry, this needs a GPU. Exiting.")
    sys.exit(0)
model = torch.nn.Linear(2, 1).cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(3):
    loss = model(torch.ones(4, 2).cuda()).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("devices", torch.cuda.device_count())
"""


def test_cuda_everywhere(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": HARD_CODED})
    done = attempts_of(repo, "train.py")
    assert done.slugs == ["cuda"]
    assert done.ending[0] == "finished", done.last.err
    first, second, third = done.last.out.splitlines()
    assert first == "running on CPU True device"
    assert second == "3 cpu torch.Size([2]) True"
    assert third == "torch.Size([1, 2]) False 0"
    told = done.told
    for asked in ("torch.device('cuda:0')", "Module.cuda()", "torch.ones(device='cuda')", "Tensor.to(0)"):
        assert f"{asked} was asked for and became the CPU" in told
    number = HARD_CODED[: HARD_CODED.index("get_device_name")].count("\n") + 1
    question = "torch.cuda.get_device_name() was answered as well as it can be without a CUDA device"
    assert f"{question} (at train.py:{number})" in told
    # The optimizer's steps and the losses are seen as they would be without the shim.
    assert len(done.last.trace.landmarks("optimizer_step")) >= 3
    assert done.last.trace.landmarks("load")[0].place.code.file == "train.py"


def test_a_program_that_refuses_to_run_without(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": REFUSING}), "train.py")
    assert done.slugs == ["cuda-available"]
    assert done.ending[0] == "finished"
    assert "devices 1" in done.last.out
    assert "torch.cuda.is_available() said True, although no CUDA device can be used here (at train.py:5)" in done.told


STUB = "class cuda:\n    is_available = staticmethod(lambda: False)\n\n\n"


def test_an_assertion_that_asks_for_a_device(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": STUB + "assert cuda.is_available(), 'no luck'\n"}), "train.py")
    assert done.slugs == ["cuda-available"]


def test_other_failures_are_none_of_its_business(make_repo: MakeRepo) -> None:
    source = STUB + "if not cuda.is_available():\n    print('slow on the CPU')\nraise ValueError('no such model')\n"
    done = attempts_of(make_repo(files={"train.py": source}), "train.py")
    assert done.slugs == []
