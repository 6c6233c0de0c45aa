"""Programs for which the time does not suffice (remedy `too_slow`): less is done, and the tour says what and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from touring import toured

MakeRepo = Callable[..., Path]

SLOW_BATCHES = """
import argparse
import time

import numpy as np


def forward(weights, x):
    time.sleep(0.1 * len(x))
    return x @ weights


def evaluate(weights, x, y):
    return float(((x[:4] @ weights - y[:4]) ** 2).mean())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--batch-size', type=int, default=64)
    parser.add_argument('--steps', type=int, default=2)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(128, 3))
    y = x @ np.array([1.0, -2.0, 0.5])
    weights = np.zeros(3)
    for step in range(args.steps):
        rows = rng.choice(128, size=args.batch_size, replace=False)
        error = forward(weights, x[rows]) - y[rows]
        loss = (error ** 2).mean()
        gradient = 2 * x[rows].T @ error / len(rows)
        weights -= 0.1 * gradient
        print('loss', loss)
    print('accuracy', evaluate(weights, x, y))


if __name__ == '__main__':
    main()
"""
MANY_SAMPLES = """
import argparse
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument('--num_samples', type=int, default=100000)
args = parser.parse_args()
rows = []
for number in range(args.num_samples):
    rows.append([number % 7, number % 3])
    if number % 1000 == 0:
        time.sleep(0.1)
x = np.array(rows, dtype=float)
y = x.sum(axis=1)
weights = np.zeros(2)
for epoch in range(3):
    error = x @ weights - y
    loss = (error ** 2).mean()
    weights -= 0.01 * x.T @ error / len(x)
    print('loss', loss)
"""


def test_a_batch_that_takes_too_long_is_made_smaller(make_repo: MakeRepo) -> None:
    made = toured(make_repo(files={"train.py": SLOW_BATCHES}), "--timeout", "3", "--total", "30")
    assert made.tour["outcome"]["kind"] == "finished", made.said
    assert made.tour["command"] == ["python", "train.py", "--batch-size", "4"]
    (first, second) = made.tour["attempts"]
    assert first["outcome"] == "timed_out"
    assert "--batch-size 4 instead of 64" in first["remedy"]
    assert "nothing of training was seen in" in first["reason"]
    assert "its time of 3 s was up" in first["reason"]
    assert second["outcome"] == "finished"
    assert {"optimizer_step", "evaluation"} <= {stop["stage"] for stop in made.tour["stops"]}


def test_less_data_are_made(make_repo: MakeRepo) -> None:
    made = toured(make_repo(files={"train.py": MANY_SAMPLES}), "--timeout", "3", "--total", "30")
    assert made.tour["command"] == ["python", "train.py", "--num_samples", "6250"]
    assert "train.py:1" in made.tour["attempts"][0]["reason"]


def test_what_the_user_typed_and_what_has_no_setting_stays(make_repo: MakeRepo) -> None:
    fixed = SLOW_BATCHES.replace("args.batch_size", "64").replace("'--batch-size'", "'--seed'")
    made = toured(make_repo(files={"train.py": fixed}), "--timeout", "2", "--total", "4")
    assert made.tour["outcome"]["kind"] == "timed_out"
    assert "made shorter" not in made.tour["attempts"][0]["remedy"]


def test_one_that_trained_but_did_not_get_to_its_evaluation(make_repo: MakeRepo) -> None:
    slow = SLOW_BATCHES.replace("0.1 *", "0.03 *").replace("default=2", "default=9")
    made = toured(make_repo(files={"train.py": slow}), "--timeout", "5", "--total", "30")
    first, second = made.tour["attempts"]
    assert first["outcome"] == "timed_out"
    assert second["outcome"] == "finished"
    assert "one pass of the loop at train.py:26 took 1.9 s, and evaluation was not seen" in first["reason"]
    assert "--batch-size 4 instead of 64" in first["remedy"]
    assert "evaluation" in {stop["stage"] for stop in made.tour["stops"]}
