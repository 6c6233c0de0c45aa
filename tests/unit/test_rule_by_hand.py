"""Training without autograd and optimizer objects: recordings of small programs, judged by the lines told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tracer.engines.recorder import record
from tracer.plan import RunPlan
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.rules.by_hand import RULE
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story

LINEAR = """
import numpy as np
rng = np.random.default_rng(0)
rate = 0.1
x = rng.normal(size=(40, 3))
y = x @ np.array([[1.0], [-2.0], [0.5]])
w = np.zeros((3, 1))
m = np.zeros((3, 1))
total = 0.0
for step in range(30):
    guess = x @ w
    loss = ((guess - y) ** 2).mean()
    total += loss
    grad = x.T @ (guess - y) / len(x)
    m = 0.9 * m + 0.1 * grad
    w -= rate * m
    rate *= 0.99
print(total, loss)
"""

LAYERS = """
import random

class Unit:
    def __init__(self, n):
        self.w = [random.uniform(-1, 1) for _ in range(n)]

    def predict(self, row):
        return sum(a * b for a, b in zip(self.w, row))

    def correct(self, row, error, rate):
        for i, value in enumerate(row):
            self.w[i] = self.w[i] - rate * error * value

def fit(unit, rows, targets, epochs, rate):
    for epoch in range(epochs):
        for row, target in zip(rows, targets):
            guess = unit.predict(row)
            error = guess - target
            unit.correct(row, error, rate)

random.seed(1)
rows = [[random.random(), random.random()] for _ in range(20)]
targets = [2 * a - b for a, b in rows]
unit = Unit(2)
fit(unit, rows, targets, epochs=5, rate=0.1)
"""

ENGINE = """
class Scalar:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __mul__(self, other):
        return Scalar(self.data * other.data, ((self, other.data), (other, self.data)))

    def __sub__(self, other):
        return Scalar(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def backward(self, seed=1.0):
        self.grad += seed
        for parent, slope in self.parents:
            parent.backward(seed * slope)

xs = [0.5, -1.0, 2.0]
ys = [1.0, -2.0, 4.0]
weight = Scalar(0.1)
for epoch in range(8):
    for x, y in zip(xs, ys):
        weight.grad = 0.0
        difference = weight * Scalar(x) - Scalar(y)
        loss = difference * difference
        loss.backward()
        weight.data -= 0.05 * weight.grad
"""

CLOSURES = """
class Scalar:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = lambda: None

    def __mul__(self, other):
        made = Scalar(self.data * other.data, (self, other))
        def pull():
            self.grad += other.data * made.grad
            other.grad += self.data * made.grad
        made.pull = pull
        return made

    def __sub__(self, other):
        made = Scalar(self.data - other.data, (self, other))
        def pull():
            self.grad += made.grad
            other.grad -= made.grad
        made.pull = pull
        return made

    def backward(self):
        order = []
        def visit(node):
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.pull()

weights = [Scalar(0.1), Scalar(0.2), Scalar(0.3)]
xs = [0.5, -1.0, 2.0]
ys = [1.0, -2.0, 4.0]

def loss_of(weights):
    total = Scalar(0.0)
    for weight, x, y in zip(weights, xs, ys):
        difference = weight * Scalar(x) - Scalar(y)
        total = total - Scalar(-1.0) * difference * difference
    return total

print(loss_of(weights).data)
for epoch in range(8):
    loss = loss_of(weights)
    for p in weights:
        p.grad = 0.0
    loss.backward()
    for p in weights:
        p.data -= 0.01 * p.grad
"""

PLANETS = """
import numpy as np
rng = np.random.default_rng(0)
mass = rng.uniform(1, 2, 6)
place = rng.normal(size=(6, 2))
speed = np.zeros((6, 2))

def pull(place, mass):
    between = place[None] - place[:, None]
    return (between * mass[None, :, None]).sum(1)

for tick in range(10):
    force = pull(place, mass)
    speed += 0.01 * force
    place += 0.01 * speed
"""

SMOOTH = """
import numpy as np
counts = np.zeros(3)
level = 0.0
for number in range(30):
    counts[number % 3] += 1.0
    level = 0.9 * level + 0.1 * number
spread = np.arange(9.0)
for _ in range(5):
    spread = 0.5 * spread + 0.25 * (np.roll(spread, 1) + np.roll(spread, -1))
print(counts, level, spread)
"""


def found_in(folder: Path, text: str) -> list[Finding]:
    root = folder / "program"
    root.mkdir()
    (root / "train.py").write_text(text, encoding="utf-8")
    run = record(RunPlan(root, "", "script", ("train.py",), sys.executable), folder / "run.trace.jsonl")
    assert run.code == 0, run.stderr.read_text()
    return list(RULE(Story([Trace.load(run.trace)], Sources(root))))


def lines(found: list[Finding], stage: Stage, text: str) -> set[str]:
    """The source lines, stripped, at which a stage was told."""
    source = text.splitlines()
    return {source[finding.location.line - 1].strip() for finding in found if finding.stage is stage}


def test_inline_regression_with_moving_average(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    found = found_in(tmp_path, LINEAR)
    # Neither the moving average, nor the total, nor the falling rate is a weight.
    assert lines(found, Stage.OPTIMIZER_STEP, LINEAR) == {"w -= rate * m"}
    assert lines(found, Stage.TRAIN_LOOP, LINEAR) == {"for step in range(30):"}
    assert lines(found, Stage.FORWARD, LINEAR) == {"guess = x @ w"}
    assert lines(found, Stage.BACKWARD, LINEAR) == {"grad = x.T @ (guess - y) / len(x)"}
    assert "loss = ((guess - y) ** 2).mean()" in lines(found, Stage.LOSS, LINEAR)
    assert "w = np.zeros((3, 1))" in lines(found, Stage.MODEL, LINEAR)
    assert lines(found, Stage.DATA, LINEAR) >= {"x = rng.normal(size=(40, 3))"}
    assert "m = np.zeros((3, 1))" not in lines(found, Stage.DATA, LINEAR)


def test_weights_in_a_list_and_a_loop_over_weights(tmp_path: Path) -> None:
    found = found_in(tmp_path, LAYERS)
    loops = lines(found, Stage.TRAIN_LOOP, LAYERS)
    assert {"for epoch in range(epochs):", "for row, target in zip(rows, targets):"} <= loops
    assert "for i, value in enumerate(row):" not in loops
    steps = lines(found, Stage.OPTIMIZER_STEP, LAYERS)
    assert steps == {"self.w[i] = self.w[i] - rate * error * value", "unit.correct(row, error, rate)"}
    assert {"guess = unit.predict(row)", "def predict(self, row):"} <= lines(found, Stage.FORWARD, LAYERS)
    assert "error = guess - target" in lines(found, Stage.LOSS, LAYERS)
    assert {"class Unit:", "unit = Unit(2)"} <= lines(found, Stage.MODEL, LAYERS)


def test_own_autograd_engine(tmp_path: Path) -> None:
    found = found_in(tmp_path, ENGINE)
    assert lines(found, Stage.OPTIMIZER_STEP, ENGINE) == {"weight.data -= 0.05 * weight.grad"}
    assert {"loss.backward()", "def backward(self, seed=1.0):"} <= lines(found, Stage.BACKWARD, ENGINE)
    assert "loss = difference * difference" in lines(found, Stage.LOSS, ENGINE)
    assert {"for epoch in range(8):", "for x, y in zip(xs, ys):"} == lines(found, Stage.TRAIN_LOOP, ENGINE)


def test_a_backward_pass_is_no_prediction(tmp_path: Path) -> None:
    """The operators ran so often before training that their lines are not recorded there any more."""
    found = found_in(tmp_path, CLOSURES)
    assert lines(found, Stage.FORWARD, CLOSURES) == set()
    assert {"loss.backward()", "def backward(self):"} <= lines(found, Stage.BACKWARD, CLOSURES)
    assert lines(found, Stage.LOSS, CLOSURES) == {"loss = loss_of(weights)"}
    assert lines(found, Stage.OPTIMIZER_STEP, CLOSURES) == {"p.data -= 0.01 * p.grad"}
    assert lines(found, Stage.TRAIN_LOOP, CLOSURES) >= {"for epoch in range(8):"}
    assert not [finding.because for finding in found if "prediction" in finding.because]


@pytest.mark.parametrize("text", [PLANETS, SMOOTH], ids=["simulation", "running figures"])
def test_programs_that_do_not_train_are_left_alone(tmp_path: Path, text: str) -> None:
    pytest.importorskip("numpy")
    assert found_in(tmp_path, text) == []


def test_silent_where_a_library_fits(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("numpy")
    fitted = LINEAR + "\nfrom sklearn.linear_model import LinearRegression\nLinearRegression().fit(x, y)\n"
    assert found_in(tmp_path, fitted) == []
