"""A program finds the same world with and without the recorder; what it prints is compared for every target here."""

from __future__ import annotations

import ast
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recordings import record_target, run_plain

Place = Callable[[str], Path]


def world(text: str) -> dict[str, Any]:
    """What targets/state.py saw; plain and recorded runs differ in the files that the interpreter looks into for us."""
    shown, _, at_exit = text.partition("\norder")
    found: dict[str, Any] = json.loads(shown)
    return {**found, "at exit": at_exit}


@pytest.mark.parametrize("launch", ["script", "module"])
def test_the_world_at_the_start_is_the_same(place: Place, python: str, launch: str) -> None:
    root = place("state.py")
    words = ("state", "--x", "1") if launch == "module" else ("state.py", "--x", "1")
    plain = world(run_plain(root, python, *(("-m",) if launch == "module" else ()), *words).stdout)
    seen = record_target(root, python, *words, launch=launch)
    recorded = world(seen.out)
    extra = set(recorded.pop("modules")) - set(plain.pop("modules"))
    # Up to 3.9 a second `atexit` would forget what was registered with the first.
    assert extra <= (
        {"atexit"} if tuple(map(int, str(seen.trace.header["python"]).split(".")[:2])) < (3, 10) else set()
    )
    assert recorded == plain
    assert recorded["changed"] == {}


def test_the_environment_is_the_plan_s(place: Place, python: str, tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(tmp_path), "LEARNING_RATE": "0.1"}
    root = place("state.py")
    plain = world(run_plain(root, python, "state.py", environment=environment).stdout)
    recorded = world(record_target(root, python, "state.py", environment=environment).out)
    assert recorded["environment"] == plain["environment"]
    assert recorded["path"] == plain["path"] and str(tmp_path) in recorded["path"]


def test_a_folder_as_the_program(place: Place, python: str) -> None:
    root = place("relative")
    seen = record_target(root, python, "package", name="folder")
    plain = run_plain(root, python, "package")
    assert (seen.result.code, seen.out, seen.err) == (plain.returncode, plain.stdout, plain.stderr)


def test_a_script_in_a_folder_and_beside_it(place: Place, python: str) -> None:
    root = place("state.py")
    (root / "scripts").mkdir()
    (root / "state.py").rename(root / "scripts" / "state.py")
    plain = world(run_plain(root, python, "./scripts/../scripts/state.py").stdout)
    recorded = world(record_target(root, python, "./scripts/../scripts/state.py").out)
    assert (recorded["file"], recorded["path"], recorded["argv"]) == (plain["file"], plain["path"], plain["argv"])


def test_an_ignored_interrupt_does_not_make_a_run_endless(place: Place, python: str) -> None:
    """A host that was started in the background ignores Ctrl-C and hands that down."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        seen = record_target(place("forever.py"), python, "forever.py", seconds=1.0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen.out == "saved ['interrupted']\n"


TORCH = """
import random
import numpy
import torch
from torch import nn

torch.manual_seed(3)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
for step in range(6):
    loss = ((model(torch.randn(16, 4)) - torch.randn(16, 1)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, repr(loss.item()), [repr(p.grad.norm().item()) for p in model.parameters()])
with torch.no_grad():
    print(model(torch.ones(2, 4)).tolist())
print(random.Random(1).random(), numpy.random.RandomState(1).rand(), torch.rand(2).tolist(), torch.is_grad_enabled())
"""


@pytest.mark.torch
@pytest.mark.slow
def test_numbers_of_a_training_are_the_same_to_the_last_digit(tmp_path: Path) -> None:
    from tracer.engines.recorder import landmark_data

    root = tmp_path / "repository"
    root.mkdir()
    (root / "train.py").write_text(TORCH)
    plain = run_plain(root, sys.executable, "train.py")
    seen = record_target(root, sys.executable, "train.py", jumps=False, seconds=100.0, landmarks=landmark_data())
    assert (plain.stderr, plain.returncode) == ("", 0)
    assert (seen.out, seen.err, seen.result.code) == (plain.stdout, "", 0)
    assert len(seen.trace.landmarks("optimizer_step")) >= 3
    left = record_target(root, sys.executable, "train.py", seconds=100.0, landmarks=landmark_data(), name="left")
    assert left.out.splitlines()[:3] == plain.stdout.splitlines()[:3]
    assert len(left.out.splitlines()) == 5
    assert ast.literal_eval(left.out.split()[-1]) is True


@pytest.mark.torch
@pytest.mark.slow
def test_tensors_and_modules_that_write_down_who_asks_them_are_asked_nothing(place: Place) -> None:
    """Own tensor classes, modes, lazy, nested, sparse and expanded tensors; the log is that of the plain run."""
    pytest.importorskip("torch", reason="torch is not installed here; `make test` installs it")
    from tracer.engines.recorder import landmark_data

    bounds: dict[str, Any] = {"jumps": False, "seconds": 100.0, "code_visits": 1000, "line_visits": 1000}
    root = place("notices_torch.py")
    plain = run_plain(root, sys.executable, "notices_torch.py")
    seen = record_target(root, sys.executable, "notices_torch.py", landmarks=landmark_data(), **bounds)
    assert (seen.out, seen.err, seen.result.code) == (plain.stdout, plain.stderr, 0)
    frames = [frame for frame in seen.frames("take") if frame.args]
    told = [frame.args[0].value for frame in frames]
    types = {value["type"] for value in told} | {item[1]["type"] for value in told for item in value.get("items", ())}
    assert {"__main__.Asked", "__main__.Dispatched", "__main__.Array", "torch.Tensor"} <= types
    assert {"module_call", "backward", "optimizer_step"} <= {event["event"] for event in seen.raw("landmark")}


def test_a_killed_run_loses_at_most_its_last_line(place: Place, tmp_path: Path) -> None:
    seen = record_target(place("recursion.py"), sys.executable, "recursion.py")
    whole = seen.result.trace.read_bytes()
    cut = tmp_path / "cut.trace.jsonl"
    from tracer.trace import Trace

    first = whole.index(b"\n") + 1
    for end in range(first, len(whole), 97):
        cut.write_bytes(whole[:end])
        trace = Trace.load(cut)
        complete = whole[:end].count(b'{"kind":"call"')
        assert complete - 1 <= len(trace.frames) <= complete
