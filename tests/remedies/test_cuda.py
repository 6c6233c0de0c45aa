"""Programs that ask for CUDA where there is none: they run on the CPU, and the tour says at which lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from tracer.plan import Shim
from tracer.remedies import no_device
from tracer.remedies.cuda import _number

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


ASKED_FOR = """
import sys

import torch
import torch.multiprocessing as mp
from torch import nn
from torch.cuda.amp import GradScaler, autocast


def child(rank, count):
    print("process", rank, "of", count, torch.ones(1).cuda().device)


def on(x, device=torch.device("cuda")):
    return x.to(device)


def mixed(scaler, context):
    model = nn.Linear(2, 1).cuda()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with context:
        loss = model(torch.ones(3, 2, device="cuda")).pow(2).mean()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    return str(loss.dtype)


def main():
    print("argument", on(torch.ones(1)).device, on(torch.ones(1), torch.device("cuda", 1)).device)
    torch.set_default_device("cuda")
    print("default", torch.zeros(2).device, torch.get_default_device())
    torch.set_default_device(None)
    with torch.device("cuda:0"), torch.cuda.device(0):
        print("context", nn.Linear(2, 2).weight.device)
    print("mixed", mixed(GradScaler(), autocast()), mixed(torch.amp.GradScaler("cuda"), torch.autocast("cuda")))
    print("mixed", mixed(torch.GradScaler("cuda"), torch.autocast(device_type="cuda", dtype=torch.float16)))
    parallel = nn.DataParallel(nn.Linear(2, 2), device_ids=[0, 1]).cuda()
    print("parallel", tuple(parallel(torch.ones(4, 2).to("cuda:0")).shape), type(parallel.module).__name__)
    loader = torch.utils.data.DataLoader(torch.ones(4, 2), batch_size=2, pin_memory=True, pin_memory_device="cuda")
    print("pinned", [tuple(batch.shape) for batch in loader])
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    with torch.cuda.stream(torch.cuda.Stream()):
        torch.cuda.synchronize()
    end.record()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    print("measured", start.elapsed_time(end) >= 0, torch.cuda.max_memory_allocated(), torch.cuda.mem_get_info()[1] > 0)
    print("named", torch.cuda.get_device_name(), torch.cuda.get_device_properties("cuda").total_memory > 0)
    print("device", torch.ones(2).cuda(1).device, torch.ones(1, device=0).device, torch.tensor([1]).to("cuda").device)
    with torch.random.fork_rng(devices=["cuda:0"]):
        torch.manual_seed(0)
    print("compiled", tuple(torch.compile(nn.Linear(2, 2).cuda(), backend="eager")(torch.ones(1, 2).cuda()).shape))
    sys.stdout.flush()
    mp.spawn(child, nprocs=torch.cuda.device_count(), args=(torch.cuda.device_count(),))


if __name__ == "__main__":
    main()
"""


def test_what_programs_ask_of_a_device(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": ASKED_FOR})
    shims = (Shim("cuda", {"available": True, "count": 2}),)
    done = attempts_of(repo, "train.py", only=(), shims=shims, limits={"iterations": 50})
    assert done.ending[0] == "finished", done.last.err
    said = done.last.out.splitlines()
    assert said[:-2] == [
        "argument cpu cpu",
        "default cpu cpu",
        "context cpu",
        "mixed torch.float32 torch.float32",
        "mixed torch.float32",
        "parallel (4, 2) Linear",
        "pinned [(2, 2), (2, 2)]",
        "measured True 0 True",
        "named CPU True",
        "device cpu cpu cpu",
        "compiled (1, 2)",
    ]
    assert sorted(said[-2:]) == ["process 0 of 2 cpu", "process 1 of 2 cpu"]


SPAWNING = """
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel


def main(rank, world_size):
    os.environ["MASTER_ADDR"] = "localhost"
    dist.init_process_group("nccl", rank=rank, world_size=world_size)
    torch.cuda.set_device(rank)
    model = DistributedDataParallel(torch.nn.Linear(4, 1).to(rank), device_ids=[rank])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(3):
        loss = model(torch.randn(8, 4, device=rank)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("rank", rank, "of", dist.get_world_size(), dist.get_backend())
    dist.destroy_process_group()


if __name__ == "__main__":
    world_size = torch.cuda.device_count()
    if world_size < 2:
        print(f"Requires at least 2 GPUs to run, but got {world_size}. Exiting.")
        raise SystemExit(0)
    mp.spawn(main, args=(world_size,), nprocs=world_size, join=True)
"""


SILENT = """
import torch


def train(rank):
    model = torch.nn.Linear(4, 1).to(rank)
    model(torch.ones(8, 4, device=rank)).pow(2).mean().backward()
    print("trained on", rank)


for rank in range(torch.cuda.device_count()):
    train(rank)
"""


def test_a_program_that_does_nothing_for_each_of_no_devices(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": SILENT}), "train.py", only=(no_device.REMEDY,))
    assert done.slugs == ["cuda-available"]
    number = SILENT[: SILENT.index("device_count()")].count("\n") + 1
    assert done.remedies[0].why == f"it ended without having trained, and asks for devices at train.py:{number}"
    assert done.last.out == "trained on 0\n"


def test_a_program_that_wants_two_devices(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": SPAWNING}), "train.py")
    assert done.slugs == ["cuda-available-2", "distributed"]
    assert done.remedies[0].what.startswith("the program was told that there are 2 CUDA devices")
    assert done.remedies[1].what == "the processes that the program starts form their group with gloo"
    assert sorted(done.last.out.splitlines()) == ["rank 0 of 2 gloo", "rank 1 of 2 gloo"]
    assert "torch.cuda.device_count() said 2, although no CUDA device can be used here" in done.told


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("needs 2 GPUs. Exiting.", 2), ("requires at least four GPUs", 4), ("multiple GPUs are required", 2),
        ("need more than 1 GPU", 2), ("This needs a GPU.", 1), ("RTX 3090 GPU not found", 1), ("needs 8+ gpus", 8),
        ("at least 512 GPUs", 8), ("found 0 CUDA devices", 1), ("CUDA 11 is required", 1),
    ],
)  # fmt: skip
def test_how_many_devices_a_program_says_that_it_needs(said: str, number: int) -> None:
    assert _number(said) == number
