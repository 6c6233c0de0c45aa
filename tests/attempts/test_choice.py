"""Which program is tried next when one fails or does not train, which of them is told, and what a user never loses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from touring import toured

MakeRepo = Callable[..., Path]

TRAINS = """
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(32, 3))
y = x @ np.array([1.0, -2.0, 0.5])
weights = np.zeros(3)


def train():
    global weights
    for epoch in range(20):
        error = x @ weights - y
        loss = (error ** 2).mean()
        gradient = 2 * x.T @ error / len(x)
        weights -= 0.1 * gradient
        print('loss', loss)


if __name__ == '__main__':
    train()
"""
NO_DEMO = """
import sys
from other import train

if __name__ == '__main__':
    print('this file is no demonstration, see the docs')
    if len(sys.argv) > 9:
        train()
"""
USAGE = """
import sys
from fit import train

if __name__ == '__main__':
    if '--go' not in sys.argv:
        print('usage: train.py --go')
        sys.exit(0)
    train()
"""


FAILS_LATE = """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument('--lr', default='0.1')
rate = float(parser.parse_args().lr)
if rate < 1:
    raise RuntimeError('the cluster is away')
"""


def commands(tour: dict[str, Any]) -> list[str]:
    return [" ".join(attempt["command"]) for attempt in tour["attempts"]]


def test_the_next_program_when_the_first_ends_well_without_training(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"main.py": NO_DEMO, "other.py": TRAINS, "README.md": "    python main.py\n"})
    made = toured(repo)
    assert commands(made.tour) == ["python main.py", "python other.py"]
    assert made.tour["entry"]["file"] == "other.py"
    assert made.tour["command"] == ["python", "other.py"]
    assert "did not train" in made.tour["attempts"][0]["reason"]
    assert made.tour["attempts"][0]["remedy"] == ""
    assert made.tour["rung"] == "full run"
    assert "attempt 1 finished, did not train" in made.said
    assert "attempt 2 finished, trained" in made.said


def test_the_next_command_of_the_same_program(make_repo: MakeRepo) -> None:
    readme = "```\npython train.py\npython train.py --go\n```\n"
    repo = make_repo(files={"train.py": USAGE, "fit.py": TRAINS, "README.md": readme})
    made = toured(repo)
    assert commands(made.tour)[:2] == ["python train.py", "python train.py --go"]
    assert made.tour["entry"]["file"] == "train.py"
    assert {stop["stage"] for stop in made.tour["stops"]} >= {"loss", "optimizer_step"}


@pytest.mark.parametrize("words", [("--entry", "main.py"), ("--", "main.py")])
def test_what_the_user_named_is_not_replaced(words: tuple[str, ...], make_repo: MakeRepo) -> None:
    repo = make_repo(files={"main.py": NO_DEMO, "other.py": TRAINS})
    made = toured(repo, *words)
    assert set(commands(made.tour)) == {"python main.py"}
    assert "never trained" in made.tour["outcome"]["detail"]


def test_the_attempt_that_showed_most_is_told(make_repo: MakeRepo) -> None:
    """The first fails after its settings were seen, the second at once: the first is told, and its recording kept."""
    files = {
        "train.py": FAILS_LATE,
        "evaluate.py": "if __name__ == '__main__':\n    raise RuntimeError('no results')\n",
    }
    made = toured(make_repo(files=files))
    assert len(made.tour["attempts"]) == 2
    assert made.tour["entry"]["file"] == "train.py"
    assert made.tour["exception"]["message"] == "the cluster is away"
    assert not (made.path.parent / ".attempts").exists()
    trace = next(made.path.parent.glob("*.trace.jsonl"))
    assert "the cluster is away" in trace.read_text()
    verified = made.verified()
    assert verified.returncode == 0, verified.stdout


def test_attempts_are_bounded(make_repo: MakeRepo) -> None:
    text = "import nobody_has_this\n\nif __name__ == '__main__':\n    print('never')\n"
    files = {f"train_{name}.py": text for name in "abcd"}
    made = toured(make_repo(files=files), "--attempts", "2")
    assert len(made.tour["attempts"]) == 2
    assert "nothing more is tried: 2 attempts were made" in made.said
    assert "--attempts" in made.tour["next_command"]


def test_an_attempt_finds_no_leftovers_of_the_one_before(make_repo: MakeRepo) -> None:
    """The first attempt leaves a folder that must not exist and breaks a file: both are as they were for the second."""
    program = "import os\nos.makedirs('runs')\nopen('settings.txt', 'w').close()\nimport inner\n" + TRAINS
    files = {
        "project/train.py": "if open('settings.txt').read() != 'rate 0.1':\n    raise SystemExit('half')\n" + program,
        "inner.py": "x = 1\n",
        "project/settings.txt": "rate 0.1",
        "README.md": "```\ncd project\npython train.py\n```\n",
    }
    made = toured(make_repo(files=files))
    assert [attempt["outcome"] for attempt in made.tour["attempts"]] == ["raised", "finished"]
    assert "inner" in made.tour["attempts"][0]["detail"]


def test_what_one_command_needed_its_other_commands_get_at_once(make_repo: MakeRepo) -> None:
    old = (
        "import collections\nimport sys\nassert issubclass(list, collections.Iterable)\nif '--right' not in sys.argv:\n"
    )
    program = f"{old}    raise RuntimeError('the words are wrong')\n{TRAINS}"
    readme = "```\npython train.py --wrong\n```\n\nor\n\n```\npython train.py --right\n```\n"
    made = toured(make_repo(files={"train.py": program, "README.md": readme}))
    assert made.tour["outcome"]["kind"] == "finished", made.said
    outcomes = [(row["command"][2:], row["outcome"]) for row in made.tour["attempts"]]
    assert outcomes == [(["--wrong"], "raised"), (["--wrong"], "raised"), (["--right"], ""), (["--right"], "finished")]
    assert "newer versions" in made.tour["attempts"][2]["remedy"]
