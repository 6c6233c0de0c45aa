"""What is told when a repository resists: there is always a tour, which says how much of it was seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MakeRepo = Callable[..., Path]
TourOf = Callable[..., Any]

LIBRARY = """
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.inner(x)


def fit(model, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_a_library_is_told_by_reading(make_repo: MakeRepo, tour_of: TourOf) -> None:
    made = tour_of(make_repo(files={"library.py": LIBRARY}))
    assert made.code == 3
    assert "error[no-entry-point]" in made.said
    assert made.tour["rung"] == "static"
    assert {stop["basis"] for stop in made.tour["stops"]} == {"inferred"}
    assert "loss" in {stop["stage"] for stop in made.tour["stops"]}
    assert "nothing was run" in made.out


def test_behind_a_failure_the_rest_is_told_by_reading(make_repo: MakeRepo, tour_of: TourOf) -> None:
    start = "import os\nif not os.environ.get('CLUSTER'):\n    raise RuntimeError('the cluster is away')\n"
    program = f"{start}{LIBRARY}\nfit(Net(), [])\n"
    made = tour_of(make_repo(files={"train.py": program}))
    assert made.tour["rung"] == "run up to the failure"
    assert made.tour["exception"]["message"] == "the cluster is away"
    basis = {stop["stage"]: stop["basis"] for stop in made.tour["stops"]}
    assert basis["loss"] == "inferred"
    assert made.tour["next_command"]
    assert "To get further, try" in made.out
    tour = next(made.folder.glob("*.tour.json"))
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "verify", str(tour)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_ctrl_c_tells_what_was_gathered_and_lets_the_program_go(make_repo: MakeRepo, tmp_path: Path) -> None:
    program = (
        "import time\nrate = 0.5\ntry:\n    while True:\n        time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print('saved on the way out')\n"
    )
    repo = make_repo(files={"train.py": program})
    words = ["run", str(repo), "--python", sys.executable, "--out", "out", "--", "train.py"]
    process = subprocess.Popen(
        [sys.executable, "-m", "repotour", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    log = tmp_path / "out" / "repository.trace.jsonl"
    deadline = time.monotonic() + 30
    while not (log.exists() and "train.py" in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    assert "interrupted by you (Ctrl-C)" in out
    assert "saved on the way out" in (tmp_path / "out" / "repository.stdout.log").read_text()
