"""Settings that stand only in a file: a copy with other values is used, the repository stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from touring import toured

MakeRepo = Callable[..., Path]

PROGRAM = """
import sys
import time

import numpy as np

{reading}


def evaluate(weights, x, y):
    return float(((x @ weights - y) ** 2).mean())


def main():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3))
    y = x @ np.array([1.0, -2.0, 0.5])
    weights = np.zeros(3)
    for step in range(2):
        rows = rng.choice(64, size={batch}, replace=False)
        time.sleep(0.1 * len(rows))
        error = x[rows] @ weights - y[rows]
        loss = (error ** 2).mean()
        weights -= 0.1 * x[rows].T @ error / len(rows)
        if step % {every} == 0:
            print('step', step, 'loss', loss)
    print('accuracy', evaluate(weights, x, y))


if __name__ == '__main__':
    main()
"""
JSON = '{\n  "trainer": {"batch_size": 64, "log_every": 100}\n}\n'
TOML = "# settings\n[trainer]\nbatch_size = 64  # at a time\nlog_every = 100\n"
PYTHON = "# settings\nbatch_size = 64  # at a time\nlog_every = 100\n"
BY_DEFAULT = {
    "train.py": PROGRAM.format(
        reading="import json\nwith open('settings/base.json') as file:\n    c = json.load(file)['trainer']",
        batch="c['batch_size']",
        every="c['log_every']",
    ),
    "settings/base.json": JSON,
}
EXECUTED = {
    "train.py": PROGRAM.format(
        reading="values = {}\nexec(open(sys.argv[1]).read(), values)",
        batch="values['batch_size']",
        every="values['log_every']",
    ),
    "config/small.py": PYTHON,
    "README.md": "```\npython train.py config/small.py\n```\n",
}


@pytest.mark.parametrize(
    ("files", "file", "command", "before", "after"),
    [
        (BY_DEFAULT, "settings/base.json", "python train.py", "trainer.batch_size 4", "trainer.log_every 1"),
        (EXECUTED, "config/small.py", "python train.py config/small_tour.py", "batch_size 4", "log_every 1"),
    ],
    ids=["a JSON file that it reads by default", "a Python file that the command names"],
)
def test_the_file_is_changed_in_a_copy(
    files: dict[str, str], file: str, command: str, before: str, after: str, make_repo: MakeRepo
) -> None:
    repo = make_repo(files=files)
    made = toured(repo, "--timeout", "3", "--total", "30")
    assert made.tour["outcome"]["kind"] == "finished", made.said
    assert " ".join(made.tour["command"]) == command
    told = " ".join(attempt["remedy"] for attempt in made.tour["attempts"])
    assert f"{before} in a copy of {file} instead of 64" in told
    assert f"{after} in a copy of {file} instead of 100" in told
    assert {path: (repo / path).read_text() for path in files} == files
