"""Programs that run before and after the toured one get what they ask for too (knobs `weights`, `handed_over`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from touring import toured

MakeRepo = Callable[..., Path]

TRAIN = """
import argparse
import pickle

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument('--data', default='data/points.npz')
parser.add_argument('--width', type=int, default=3)
parser.add_argument('--out', default='runs')
args = parser.parse_args()
data = np.load(args.data)
x, y = data['x'][:, :args.width], data['y']
weights = np.zeros(args.width)
for epoch in range(5):
    error = x @ weights - y
    loss = (error ** 2).mean()
    weights -= 0.1 * x.T @ error / len(x)
    print('loss', loss)
import os
os.makedirs(args.out, exist_ok=True)
with open(args.out + '/model_best.pkl', 'wb') as file:
    pickle.dump(weights, file)
with open(args.out + '/optimizer.pkl', 'wb') as file:
    pickle.dump([0.1], file)
"""
PREPARE = """
import argparse
import os

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument('--output_dir', required=True)
parser.add_argument('--kind', required=True, choices=['large', 'small'])
args = parser.parse_args()
os.makedirs(args.output_dir, exist_ok=True)
os.makedirs('data', exist_ok=True)
rng = np.random.default_rng(0)
x = rng.normal(size=(32, 3))
np.savez('data/points.npz', x=x, y=x.sum(axis=1))
print('made', args.kind)
"""
EVALUATE = """
import argparse
import pickle

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument('--data', default='data/points.npz')
parser.add_argument('--width', type=int, default=3)
parser.add_argument('{option}', {declared})
args = parser.parse_args()
data = np.load(args.data)
with open(args.{name}, 'rb') as file:
    weights = pickle.load(file)
predicted = data['x'][:, :args.width] @ weights
mse = float(((predicted - data['y']) ** 2).mean())
print(f"test mse {{mse:.4f}}")
"""
README = "# Points\n\n```\npython prepare.py\npython train.py --width 2\n```\n"


def planted(make_repo: MakeRepo, option: str, declared: str) -> Path:
    name = option.strip("-").replace("-", "_")
    evaluate = EVALUATE.format(option=option, declared=declared, name=name)
    return make_repo(files={"README.md": README, "prepare.py": PREPARE, "train.py": TRAIN, "evaluate.py": evaluate})


def test_preparation_and_evaluation_are_fitted(make_repo: MakeRepo) -> None:
    made = toured(planted(make_repo, "--checkpoint", "required=True"))
    assert made.tour["outcome"]["kind"] == "finished", made.said
    commands = [" ".join(attempt["command"]) for attempt in made.tour["attempts"]]
    assert "python prepare.py --output_dir tour_output --kind small" in commands
    assert "python evaluate.py --width 2 --checkpoint runs/model_best.pkl" in commands
    told = " ".join(attempt["remedy"] for attempt in made.tour["attempts"])
    assert "it was given the training's own settings (--width 2)" in told
    assert "it was given those weights (--checkpoint runs/model_best.pkl)" in told
    reasons = " ".join(attempt["reason"] for attempt in made.tour["attempts"])
    assert "runs/model_best.pkl was written by the run before it" in reasons
    assert "led no further" not in reasons
    assert {"prepare.py", "train.py", "evaluate.py"} <= {stop["location"]["file"] for stop in made.tour["stops"]}


def test_weights_that_are_not_where_the_default_says(make_repo: MakeRepo) -> None:
    made = toured(planted(make_repo, "--model-path", "default='saved/net.pkl'"))
    commands = [" ".join(attempt["command"]) for attempt in made.tour["attempts"]]
    assert "python evaluate.py --width 2 --model-path runs/model_best.pkl" in commands


def test_an_evaluation_that_asks_for_what_nobody_knows_is_not_run(make_repo: MakeRepo) -> None:
    made = toured(planted(make_repo, "--alpha", "required=True, type=float"))
    assert made.tour["outcome"]["kind"] == "finished"
    last = made.tour["attempts"][-1]
    assert last["outcome"] == ""
    assert "it asks for --alpha" in last["reason"]


def test_a_preparation_runs_in_the_folder_of_its_program(make_repo: MakeRepo) -> None:
    prepare = PREPARE.replace("required=True", "default='x'")
    repo = make_repo(files={"part/README.md": README, "part/prepare.py": prepare, "part/train.py": TRAIN})
    made = toured(repo)
    assert [row["outcome"] for row in made.tour["attempts"]] == ["finished", "finished"], made.said
