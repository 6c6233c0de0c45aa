"""What is told when a repository resists: there is always a tour, which says how much of it was seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from touring import toured

MakeRepo = Callable[..., Path]

FIT = """
def fit(model, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
WITHOUT_MODEL = f"import torch\n\n{FIT}"
LIBRARY = f"""
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.inner(x)

{FIT}"""


def test_a_library_is_told_by_reading(make_repo: MakeRepo) -> None:
    made = toured(make_repo(files={"library.py": WITHOUT_MODEL}))
    assert made.code == 3
    assert "error[no-entry-point]" in made.said
    assert made.tour["rung"] == "static"
    assert {stop["basis"] for stop in made.tour["stops"]} == {"inferred"}
    assert "loss" in {stop["stage"] for stop in made.tour["stops"]}
    assert "nothing was run" in made.out


def test_behind_a_failure_the_rest_is_told_by_reading(make_repo: MakeRepo) -> None:
    start = "import os\nif not os.environ.get('CLUSTER'):\n    raise RuntimeError('the cluster is away')\n"
    program = f"{start}{WITHOUT_MODEL}\nfit(torch.nn.Linear(2, 2), [])\n"
    made = toured(make_repo(files={"train.py": program}))
    assert made.tour["rung"] == "run up to the failure"
    assert made.tour["exception"]["message"] == "the cluster is away"
    basis = {stop["stage"]: stop["basis"] for stop in made.tour["stops"]}
    assert basis["loss"] == "inferred"
    assert made.tour["next_command"]
    assert "To get further, try" in made.out
    done = made.verified()
    assert done.returncode == 0, done.stdout


def test_the_rest_is_that_of_the_program_that_ran_furthest(make_repo: MakeRepo) -> None:
    """The best program lacks a package; the next one gets further: nothing of the first stands in its tour."""
    first = f"import nobody_has_this\n{LIBRARY}\nif __name__ == '__main__':\n    fit(Net(), [])\n"
    second = LIBRARY.replace("Net", "Other").replace("cross_entropy", "mse_loss")
    second = f"rate = 0.5\n{second}\nif __name__ == '__main__':\n    raise RuntimeError('away')\n    fit(Other(), [])\n"
    made = toured(make_repo(files={"train.py": first, "fit_other.py": second}))
    assert [attempt["command"][1] for attempt in made.tour["attempts"]] == ["train.py", "fit_other.py", "-c"]
    assert "from fit_other import Other; Other()(" in made.tour["attempts"][-1]["command"][2]
    assert "loss" in made.stages
    assert {stop["location"]["file"] for stop in made.tour["stops"]} == {"fit_other.py"}


def test_ctrl_c_tells_what_was_gathered_and_lets_the_program_go(make_repo: MakeRepo, tmp_path: Path) -> None:
    program = (
        "import time\nrate = 0.5\ntry:\n    open('begun', 'w').close()\n    while True:\n        time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print('saved on the way out')\n"
    )
    repo = make_repo(files={"train.py": program})
    words = ["run", str(repo), "--python", sys.executable, "--out", "out", "--", "train.py"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "repotour", *words],
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list(scratch.glob("repotour-*/repository/begun")):
        assert time.monotonic() < deadline, "the program did not begin"
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert "interrupted by you (Ctrl-C)" in out
    assert "saved on the way out" in (tmp_path / "out" / "repository.stdout.log").read_text()
    tour = json.loads((tmp_path / "out" / "repository.tour.json").read_text())
    assert "Ctrl-C" in tour["outcome"]["detail"]


def test_a_model_that_did_not_come_to_its_end_gave_nothing_back_and_was_not_evaluated(make_repo: MakeRepo) -> None:
    program = LIBRARY.replace("return self.inner(x)", "raise OSError(self.inner(x).shape)")
    made = toured(make_repo(files={"train.py": f"{program}\nfit(Net(), [(torch.ones(3, 4), torch.ones(3))])\n"}))
    assert made.tour["exception"]["type"] == "OSError"
    observed = {stop["stage"]: stop for stop in made.tour["stops"] if stop["basis"] == "observed"}
    assert "forward" in observed and "evaluation" not in observed
    (line,) = [stop for stop in made.tour["stops"] if stop["stage"] == "forward" and stop["location"]["line"] == 17]
    assert "was given a float32 tensor of shape (3, 4); an exception ended the call." in line["note"]
    assert made.verified().returncode == 0
