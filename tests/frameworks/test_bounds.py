"""Loops of libraries end by the library's own limits, on every Python: recorded against stand-ins with their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import HERE, interpreter
from tracer.engines.recorder import record
from tracer.frameworks import Cap
from tracer.inprocess.caps import bounded
from tracer.plan import Limits, RunPlan
from tracer.trace import Trace

LIBRARIES = {
    "lightning/__init__.py": "",
    "lightning/pytorch/__init__.py": "",
    "lightning/pytorch/trainer/__init__.py": "",
    "lightning/pytorch/trainer/trainer.py": """
def defaults(function):
    def insert_env_defaults(self, **kwargs):
        return function(self, **kwargs)
    return insert_env_defaults


class Trainer:
    @defaults
    def __init__(self, max_epochs=None, min_epochs=None, limit_train_batches=None, val_check_interval=None):
        self.given = [max_epochs, min_epochs, limit_train_batches, val_check_interval]
""",
    "transformers/__init__.py": "",
    "transformers/training_args.py": """
class TrainingArguments:
    def __init__(self, eval_steps):
        self.eval_steps = eval_steps
        self.__post_init__()

    def __post_init__(self):
        self.seen = self.eval_steps
""",
    "xgboost/__init__.py": "from xgboost.training import train",
    "xgboost/training.py": """
def train(params, dtrain, num_boost_round=10):
    return num_boost_round
""",
}
TARGET = """
import xgboost
from lightning.pytorch.trainer.trainer import Trainer
from transformers.training_args import TrainingArguments

print(Trainer(max_epochs=100, limit_train_batches=0.5, val_check_interval=500).given)
print(Trainer(max_epochs=2, min_epochs=1, limit_train_batches=1, val_check_interval=1.0).given)
print(TrainingArguments(500).seen, TrainingArguments(4).seen, TrainingArguments(0.1).seen)
print(xgboost.train({}, None, num_boost_round=5000), xgboost.train({}, None))
"""


def run(tmp_path: Path, python: str, target: str, **limits: Any) -> tuple[str, Trace]:
    for name, text in LIBRARIES.items():
        path = tmp_path / "libraries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    root = tmp_path / "repository"
    root.mkdir()
    (root / "train.py").write_text(target)
    environment = {"PYTHONPATH": str(tmp_path / "libraries")}
    plan = RunPlan(root, "", "script", ("train.py",), python, environment=environment, limits=Limits(**limits))
    result = record(plan, tmp_path / "main.trace.jsonl")
    assert result.code == 0, result.stderr.read_text()
    return result.stdout.read_text(), Trace.load(result.trace)


@pytest.mark.parametrize("version", HERE)
def test_what_a_library_would_repeat_for_long_is_bounded_and_told(version: str, tmp_path: Path) -> None:
    out, trace = run(tmp_path, str(interpreter(version)), TARGET)
    assert out.splitlines() == ["[3, None, 3, 3]", "[2, 1, 1, 1.0]", "9 4 0.1", "60 10"]
    assert [row["text"].split(" was given ")[1] for row in trace.adapted] == [
        "max_epochs 3 instead of 100, limit_train_batches 3 instead of 0.5, val_check_interval 3 instead of 500",
        "eval_steps 9 instead of 500",
        "num_boost_round 60 instead of 5000",
    ]
    places = [row["stack"][0][1] for row in trace.adapted]
    assert places == [6, 8, 9]


def test_nothing_is_bounded_where_no_loop_may_be_left(tmp_path: Path) -> None:
    out, trace = run(tmp_path, str(interpreter(HERE[-1])), TARGET, jumps=False)
    assert out.splitlines()[0] == "[100, None, 0.5, 500]"
    assert trace.adapted == []


class Odd(int):
    """A number of the target's own, which may do anything when it is compared."""

    def __gt__(self, other: object) -> bool:
        raise AssertionError("compared")


@pytest.mark.parametrize(
    ("was", "kind", "now"),
    [
        (100, "count", 3), (2, "count", None), (None, "count", 3), (-1, "count", 3), (True, "count", None),
        (100, "given", 3), (None, "given", None), (-1, "given", None), (0.5, "given", None),
        (None, "share", 3), (1.0, "share", 3), (0.0, "share", None), (0, "share", None), (-1, "share", None),
        (Odd(100), "count", None), ("100", "count", None),
    ],
)  # fmt: skip
def test_a_bound_only_lowers(was: Any, kind: str, now: int | None) -> None:
    assert bounded(was, kind, 3) == now
    assert Cap("epochs", kind).times == 1


EARLY = """
import xgboost
memory = []


def learn(row):
    memory.append(row)
    if len(memory) < 6:
        return None
    model = xgboost.train({}, memory)
    return model


for number in range(10):
    learn(number)
"""


def test_a_function_whose_first_calls_end_early_is_looked_at_again(tmp_path: Path) -> None:
    _, trace = run(tmp_path, str(interpreter(HERE[-1])), EARLY)
    seen = [bound.value["value"] for _, line in trace.lines() for bound in line.bound if bound.name == "model"]
    assert seen == ["10", "10", "10"]
