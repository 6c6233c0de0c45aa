"""Stages of programs whose loop is a library's, recorded for real against stand-ins with the libraries' names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.engines.recorder import record
from tracer.plan import RunPlan
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.rules import (
    library_callbacks,
    library_estimators,
    library_hydra,
    library_inputs,
    library_jax,
    library_jax_loop,
    library_preparation,
    library_trainers,
)
from walkthroughs.sources import Sources
from walkthroughs.story import Finding, Story

RULES = (
    library_callbacks,
    library_estimators,
    library_hydra,
    library_inputs,
    library_jax,
    library_jax_loop,
    library_preparation,
    library_trainers,
)

SKLEARN = {
    "sklearn/__init__.py": "",
    "sklearn/linear_model.py": """
class Ridge:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, X, y):
        self.weight = sum(y) / len(y)
        self.predict(X)  # the library's own use of it is not the repository's
        return self

    def partial_fit(self, X, y):
        return self.fit(X, y)

    def predict(self, X):
        return [self.weight for _ in X]
""",
}
XGBOOST = {
    "xgboost/__init__.py": "from xgboost.training import train\n",
    "xgboost/training.py": """
import numpy as np


class Booster:
    pass


def train(params, dtrain, rounds=2, obj=None, custom_metric=None):
    margin = np.zeros(4)
    for _ in range(rounds):
        gradient, curvature = obj(margin, dtrain)
        margin = margin - gradient / curvature
        custom_metric(margin, dtrain)
    return Booster()
""",
}
LIGHTNING = {
    "lightning/__init__.py": "",
    "lightning/pytorch/__init__.py": "",
    "lightning/pytorch/trainer/__init__.py": "",
    "lightning/pytorch/trainer/trainer.py": """
class Trainer:
    def fit(self, model, datamodule=None):
        datamodule.setup("fit")
        for index, batch in enumerate(datamodule.train_dataloader()):
            model.training_step(batch, index)
        for index, batch in enumerate(datamodule.train_dataloader()):
            model.validation_step(batch, index)
        model.on_train_epoch_end()
""",
}
HYDRA = {
    "omegaconf.py": "class DictConfig(dict):\n    pass\n",
    "hydra/__init__.py": "",
    "hydra/main.py": """
from omegaconf import DictConfig


def main(function):
    def decorated_main():
        return function(DictConfig(rate=0.1))

    return decorated_main
""",
}
JAX = {
    "jax/__init__.py": "from jax._src.api import grad, jit\n",
    "jax/_src/__init__.py": "",
    "jax/_src/api.py": """
def grad(fun):
    def grad_f(*args):
        fun(*args)
        return [1.0 for _ in args[0]]

    return grad_f


def jit(fun):
    def compiled(*args):
        return fun(*args)

    return compiled
""",
    "optax/__init__.py": "from optax._src.update import apply_updates\n",
    "optax/_src/__init__.py": "",
    "optax/_src/update.py": """
def apply_updates(params, updates):
    return [p - 0.1 * u for p, u in zip(params, updates)]
""",
}


@pytest.fixture
def findings(tmp_path: Path) -> Callable[..., list[Finding]]:
    """Records `train.py` against stand-in libraries and gives what the library rules find."""

    def find(target: str, libraries: dict[str, str], *, before: str = "") -> list[Finding]:
        for name, text in libraries.items():
            path = tmp_path / "libraries" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        root = tmp_path / "repository"
        root.mkdir()
        traces = []
        for chapter, name, text in (("before-1", "prepare.py", before), ("main", "train.py", target)):
            if text:
                (root / name).write_text(text)
                environment = {"PYTHONPATH": str(tmp_path / "libraries")}
                plan = RunPlan(root, "", "script", (name,), sys.executable, chapter=chapter, environment=environment)
                result = record(plan, tmp_path / f"{chapter}.trace.jsonl")
                assert result.code == 0, result.stderr.read_text()
                traces.append(Trace.load(result.trace))
        story = Story(traces, Sources(root))
        return [finding for rule in RULES for finding in rule.RULE(story)]

    return find


def lines(found: list[Finding], stage: Stage, target: str) -> list[str]:
    """The source lines on which the findings of a stage stand, in the order of the file, without repetitions."""
    text = target.splitlines()
    numbers = {finding.location.line for finding in found if finding.stage is stage and finding.trace == 0}
    return [text[number - 1].strip() for number in sorted(numbers)]


ESTIMATOR = """
import pickle
from sklearn.linear_model import Ridge


def load():
    rows = [[float(n)] for n in range(8)]
    return rows, [1.0] * 8


inputs, targets = load()
model = Ridge(alpha=0.5)
model.fit(inputs, targets)
guess = model.predict(inputs)
with open("model.pkl", "wb") as handle:
    pickle.dump(model, handle)
"""


def test_estimator_is_found_where_it_was_built_predicts_and_is_written(findings: Callable[..., list[Finding]]) -> None:
    found = findings(ESTIMATOR, SKLEARN)
    assert lines(found, Stage.MODEL, ESTIMATOR) == ["model = Ridge(alpha=0.5)"]
    assert lines(found, Stage.FORWARD, ESTIMATOR) == ["guess = model.predict(inputs)"]
    assert lines(found, Stage.CHECKPOINT, ESTIMATOR) == ["pickle.dump(model, handle)"]


def test_loops_around_a_partial_fit_train_and_a_loop_around_a_whole_fit_does_not(
    findings: Callable[..., list[Finding]],
) -> None:
    target = """
from sklearn.linear_model import Ridge
model = Ridge()
for part in range(2):
    model.partial_fit([[1.0]], [1.0])
for fold in range(2):
    other = Ridge()
    other.fit([[1.0]], [1.0])
"""
    assert lines(findings(target, SKLEARN), Stage.TRAIN_LOOP, target) == ["for part in range(2):"]


OBJECTIVE = """
import numpy as np
import xgboost


def squash(x):
    return 1.0 / (1.0 + np.exp(-x))


def objective(margin, data):
    p = squash(margin)
    gradient = np.zeros(4)
    for i in range(4):
        gradient[i] = p[i] - data[i]
    curvature = p * (1.0 - p)
    return gradient, curvature


def error(margin, data):
    return "error", float(np.mean((margin > 0) != data))


labels = np.array([0.0, 1.0, 1.0, 0.0])
booster = xgboost.train({"depth": 2}, labels, obj=objective, custom_metric=error)
"""


def test_objective_is_the_loss_and_the_lines_that_fill_its_arrays_the_backward_pass(
    findings: Callable[..., list[Finding]],
) -> None:
    pytest.importorskip("numpy")
    found = findings(OBJECTIVE, XGBOOST)
    assert lines(found, Stage.LOSS, OBJECTIVE) == ["def objective(margin, data):"]
    assert lines(found, Stage.BACKWARD, OBJECTIVE) == ["gradient[i] = p[i] - data[i]", "curvature = p * (1.0 - p)"]
    assert lines(found, Stage.EVALUATION, OBJECTIVE) == ["def error(margin, data):"]
    assert lines(found, Stage.FORWARD, OBJECTIVE) == ["def squash(x):"]
    assert lines(found, Stage.DATA, OBJECTIVE) == ["labels = np.array([0.0, 1.0, 1.0, 0.0])"]


def test_hooks_are_told_when_the_trainer_calls_them_and_do_something(findings: Callable[..., list[Finding]]) -> None:
    target = """
from lightning.pytorch.trainer.trainer import Trainer


class Data:
    def setup(self, stage):
        self.rows = [1.0, 2.0]

    def train_dataloader(self):
        return self.rows


class Model:
    def training_step(self, batch, index):
        return batch * 2.0

    def validation_step(self, batch, index):
        error = abs(batch - 1.0)
        return error

    def test_step(self, batch, index):
        return batch

    def on_train_epoch_end(self):
        pass


data = Data()
model = Model()
model.test_step(1.0, 0)
Trainer().fit(model, data)
"""
    found = findings(target, LIGHTNING)
    assert lines(found, Stage.TRAIN_LOOP, target) == ["def training_step(self, batch, index):"]
    assert lines(found, Stage.EVALUATION, target) == [
        "def validation_step(self, batch, index):",
        "error = abs(batch - 1.0)",
    ]
    assert lines(found, Stage.DATA, target) == [
        "def setup(self, stage):",
        "def train_dataloader(self):",
        "data = Data()",
    ]


def test_hydra_hands_the_configuration_to_a_function(findings: Callable[..., list[Finding]]) -> None:
    target = """
from hydra.main import main


@main
def run(cfg):
    inner(cfg)


def inner(cfg):
    return cfg["rate"]


run()
"""
    assert lines(findings(target, HYDRA), Stage.CONFIG, target) == ["def run(cfg):"]


FUNCTIONAL = """
import jax
import optax


def start():
    return [0.5, 0.5]


def batches():
    for n in range(3):
        yield [[float(n), 1.0]]


def predict(params, x):
    return [params[0] * a + params[1] * b for a, b in x]


def loss(params, x):
    guess = predict(params, x)
    return sum(g * g for g in guess)


@jax.jit
def step(params, x):
    grads = jax.grad(loss)(params, x)
    return optax.apply_updates(params, grads)


@jax.jit
def check(params, x):
    guess = predict(params, x)
    return max(guess)


params = start()
for batch in batches():
    params = step(params, batch)
print(check(params, [[1.0, 2.0]]))
"""


def test_gradient_of_a_function_shows_loss_model_and_evaluation(findings: Callable[..., list[Finding]]) -> None:
    found = findings(FUNCTIONAL, JAX)
    assert lines(found, Stage.LOSS, FUNCTIONAL) == ["def loss(params, x):", "return sum(g * g for g in guess)"]
    assert lines(found, Stage.FORWARD, FUNCTIONAL) == ["def predict(params, x):", "guess = predict(params, x)"]
    assert lines(found, Stage.MODEL, FUNCTIONAL) == ["def start():", "params = start()"]
    assert lines(found, Stage.TRAIN_LOOP, FUNCTIONAL) == ["def step(params, x):"]
    evaluated = ["def check(params, x):", "return max(guess)", "print(check(params, [[1.0, 2.0]]))"]
    assert lines(found, Stage.EVALUATION, FUNCTIONAL) == evaluated
    assert lines(found, Stage.DATA, FUNCTIONAL) == ["def batches():"]


def test_preparation_is_told_by_the_function_between_its_files(findings: Callable[..., list[Finding]]) -> None:
    prepare = """
def read(path):
    with open(path) as handle:
        return handle.read()


def write(path, text):
    with open(path, "w") as handle:
        handle.write(text)


def upper(source, target):
    write(target, read(source).upper())


def main():
    with open("raw.txt", "w") as handle:
        handle.write("words")
    upper("raw.txt", "ready.txt")


main()
"""
    found = findings("print(open('ready.txt').read())\n", {}, before=prepare)
    assert lines(found, Stage.DATA, prepare) == ["def upper(source, target):"]
    assert "`raw.txt` into `ready.txt`" in next(finding.because for finding in found if finding.stage is Stage.DATA)
