"""Loggers as they are installed: whatever a program asks of them, its logs stay in the workspace, and nothing is sent.

The program names servers and keys. A listener stands where every connection of a library would have to pass.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.test_programs import PYTHON, has
from tests.truth import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the frameworks; `make test` builds it"),
]

TRAIN = """
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def losses():
    for step in range(3):
        loss = model(torch.ones(4, 2)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield step, loss.item()
"""

# A search that a service would lead: one run of it, with the first of all settings.
SWEEP = """
def search():
    run = wandb.init()
    print("SETTINGS", wandb.config["lr"], wandb.config["hidden"])
    run.finish()


settings = {"lr": {"values": [0.5, 0.1]}, "hidden": {"min": 8, "max": 64}}
wandb.agent(wandb.sweep({"method": "random", "parameters": settings}, project="p"), function=search, count=20)
"""
PARTS = {
    "wandb": """
import wandb
wandb.login(key="KEY")
run = wandb.init(project="p", mode="online", config={"lr": 0.1})
for step, loss in losses():
    wandb.log({"loss": loss}, step=step)
run.finish()
"""
    + SWEEP,
    "mlflow": """
import mlflow
mlflow.set_tracking_uri("http://tracking.invalid:5000")
mlflow.set_experiment("digits")
with mlflow.start_run():
    mlflow.log_param("lr", 0.1)
    for step, loss in losses():
        mlflow.log_metric("loss", loss, step=step)
""",
    "comet_ml": """
import comet_ml
experiment = comet_ml.Experiment(api_key="KEY", project_name="p", workspace="w")
for step, loss in losses():
    experiment.log_metric("loss", loss, step=step)
experiment.end()
comet_ml.login(api_key="KEY")
experiment = comet_ml.start(project_name="p")
experiment.log_metric("loss", 1.0)
experiment.end()
""",
    "neptune": """
import neptune
run = neptune.init_run(project="w/p", api_token="KEY")
for step, loss in losses():
    run["loss"].append(loss)
run.stop()
""",
    "tensorboard": """
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter("runs/torch")
for step, loss in losses():
    writer.add_scalar("loss", loss, step)
writer.close()
""",
    "tensorboardX": """
import tensorboardX
writer = tensorboardX.SummaryWriter("runs/x")
for step, loss in losses():
    writer.add_scalar("loss", loss, step)
writer.close()
""",
}
TOLD = {
    "wandb": [
        ("wandb.login() was left out", "wandb.login("),
        ("wandb.init() wrote its logs into the workspace (offline)", "wandb.init("),
        ("wandb.agent() ran its function once, with the first value of each setting of the sweep", "wandb.agent("),
    ],
    "mlflow": [
        (
            "mlflow.set_tracking_uri() was given a folder in the workspace in place of a server",
            "mlflow.set_tracking_uri(",
        )
    ],
    "comet_ml": [
        ("comet_ml.Experiment() wrote its logs into the workspace (offline)", "comet_ml.Experiment("),
        ("comet_ml.login() was left out", "comet_ml.login("),
        ("comet_ml.start() wrote its logs into the workspace (offline)", "comet_ml.start("),
    ],
    "neptune": [("neptune.Run() wrote its logs into the workspace (offline)", "neptune.init_run(")],
    "tensorboard": [],
    "tensorboardX": [],
}
WRITTEN = {
    "wandb": "wandb/offline-run-",
    "mlflow": "mlruns/",
    "comet_ml": ".zip",
    "neptune": ".neptune/offline/",
    "tensorboard": "runs/torch/events.out.tfevents",
    "tensorboardX": "runs/x/events.out.tfevents",
}
# What the program wrote, by its last line: the workspace itself is gone when the tour is there.
LIST = """
import os
print("WRITTEN", [os.path.relpath(os.path.join(top, one)) for top, _, names in os.walk(".") for one in names])
"""


@dataclass
class Listener:
    """Accepts connections on a port of this machine and counts them."""

    socket: socket.socket
    met: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                self.met.append(connection.recv(200))


@dataclass
class Toured:
    """A program, its tour, and the beginnings of all that was sent meanwhile."""

    source: str
    tour: dict[str, Any]
    sent: list[bytes]


@contextmanager
def listening() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(server)
        threading.Thread(target=found.listen, daemon=True).start()
        yield found


@pytest.fixture(scope="module")
def tours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Toured]]:
    """Tours of programs that log, each made once. comet has one of its own: it changes the others."""
    names = [name for name in PARTS if has(name)]
    groups = [[name for name in names if (name == "comet_ml") is alone] for alone in (False, True)]
    made: dict[str, Toured] = {}

    def tour_with(name: str) -> Toured:
        if name not in names:
            pytest.skip(f"{name} is not in the environment of the frameworks")
        (group,) = (group for group in groups if name in group)
        if name not in made:
            source = TRAIN + "".join(PARTS[one] for one in group).replace("KEY", "0123456789" * 4) + LIST
            made.update(dict.fromkeys(group, toured(source, tmp_path_factory.mktemp("loggers"))))
        return made[name]

    yield tour_with


@pytest.mark.parametrize("name", PARTS)
def test_logs_stay_here_and_nothing_is_sent(name: str, tours: Callable[[str], Toured]) -> None:
    done = tours(name)
    tour = done.tour
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert len(tour["attempts"]) == 1  # no account is tried first
    lines = done.source.splitlines()
    for said, text in TOLD[name]:
        number = next(n for n, line in enumerate(lines, start=1) if text in line)
        places = tour["attempts"][0]["remedy"].partition(f"{said} (at ")[2].partition(")")[0]
        assert f"train.py:{number}" in places
    if not TOLD[name]:
        assert "tensorboard" not in tour["attempts"][0]["remedy"]
    if name == "wandb":
        assert tour["output_tail"].count("SETTINGS 0.5 8\n") == 1
    assert WRITTEN[name] in tour["output_tail"].partition("WRITTEN")[2]
    assert done.sent == []


def test_the_listener_would_be_met() -> None:
    code = "import urllib.request; urllib.request.urlopen('http://tracking.invalid/')"
    with listening() as listener:
        environment = {**os.environ, "http_proxy": listener.address}
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=30)
        assert len(listener.met) == 1


def toured(source: str, folder: Path) -> Toured:
    """The tour of a program, made in an environment whose only way out is a listener."""
    (folder / "repository").mkdir()
    (folder / "repository" / "train.py").write_text(source)
    out = folder / "out"
    words = ["run", str(folder / "repository"), "--python", str(PYTHON), "--no-install", "--out", str(out)]
    with listening() as listener:
        proxies = {
            name: listener.address for word in ("http", "https") for name in (f"{word}_proxy", f"{word}_PROXY".upper())
        }
        done = subprocess.run(
            [sys.executable, "-m", "repotour", *words, "--", "train.py"],
            cwd=ROOT,
            env={**os.environ, **proxies, "no_proxy": "", "NO_PROXY": ""},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        tour = json.loads(next(out.glob("*.tour.json")).read_text("utf-8"))
        return Toured(source, tour, listener.met)
