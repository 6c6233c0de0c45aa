"""Settings that stand only in a file, or in the source: others take their place, the repository stays as it is."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from touring import toured

from tracer.engines.recorder import record
from tracer.plan import Driver, RunPlan

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


def test_a_number_in_the_source_is_changed_as_it_is_compiled(make_repo: MakeRepo) -> None:
    reading = "from config import Config, ROUNDS\nBATCH_SIZE = 64"
    program = PROGRAM.format(reading=reading, batch="min(BATCH_SIZE, Config.BATCH)", every="ROUNDS")
    files = {"src/train.py": program, "src/config.py": "ROUNDS = 7\n\n\nclass Config:\n    BATCH = 64  # items\n"}
    repo = make_repo(files=files)
    made = toured(repo, "--timeout", "3", "--total", "30")
    assert made.tour["outcome"]["kind"] == "finished", made.said
    first, second = made.tour["attempts"]
    assert first["outcome"] == "timed_out"
    assert "BATCH_SIZE 4 (at src/train.py:8) instead of 64" in first["remedy"]
    assert "Config.BATCH 4 (at src/config.py:5) instead of 64" in first["remedy"]
    assert first["command"] == second["command"]
    assert {path: (repo / path).read_text() for path in files} == files
    places = {(stop["stage"], stop["location"]["file"], stop["location"]["line"]) for stop in made.tour["stops"]}
    assert ("optimizer_step", "src/train.py", 25) in places
    assert made.verified().returncode == 0
    (config,) = [stop for stop in made.tour["stops"] if stop["stage"] == "config"]
    assert "BATCH_SIZE" in {variable["name"] for variable in config["variables"] if variable["value"] == "4"}


DRIVEN = """
import os, sys, pickle
class Thing:
    pass
SIZE = 64
print(__name__, os.path.basename(__file__), os.path.basename(sys.argv[0]), sys.argv[1:], os.path.basename(sys.path[0]))
print(sys.path[1:] == sorted(sys.path[1:], key=sys.path.index), __spec__, __builtins__.__name__, __package__)
print(Thing.__module__, pickle.loads(pickle.dumps(Thing())).__class__ is Thing, "exec" in globals(), sorted(globals()))
from other import NUMBER
print(SIZE, NUMBER)
raise ValueError(SIZE)
"""


def test_a_changed_program_sees_what_it_would_see(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "part").mkdir(parents=True)
    (root / "part" / "main.py").write_text(DRIVEN)
    (root / "part" / "other.py").write_text("NUMBER = 3\n")
    plain = RunPlan(root, "", "script", ("part/main.py", "--x"), sys.executable)
    start = DRIVEN.index("64")
    edits = {"part/main.py": [[start, start + 2, "64", "5"]], "part/other.py": [[9, 10, "3", "4"], [0, 1, "x", "y"]]}
    changed = dataclasses.replace(plain, driver=Driver("constants", {"edits": edits}))
    seen = []
    for number, plan in enumerate((plain, changed)):
        result = record(plan, tmp_path / f"{number}.trace.jsonl")
        assert result.code == 1
        seen.append(result.stdout.read_text() + result.stderr.read_text())
    assert seen[1] == seen[0].replace("64 3", "5 4").replace("ValueError: 64", "ValueError: 5")
    assert not list(root.rglob("other*.pyc"))[1:]
