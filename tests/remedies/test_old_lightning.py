"""Lightning's Trainer read argparse until 2.0: programs written for it run, against a stand-in of its Trainer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

MakeRepo = Callable[..., Path]

LIBRARY = {
    "pytorch_lightning/__init__.py": "__version__ = '2.6'\nfrom .trainer.trainer import Trainer\n",
    "pytorch_lightning/trainer/__init__.py": "",
    "pytorch_lightning/trainer/trainer.py": """
import functools


def from_env(function):
    @functools.wraps(function)
    def wrapped(self, *args, **kwargs):
        return function(self, *args, **kwargs)
    return wrapped


class Trainer:
    @from_env
    def __init__(self, *, accelerator="auto", max_epochs=None, deterministic=False, lr_monitor=0.5):
        self.settings = (accelerator, max_epochs, deterministic, lr_monitor)

    def test(self, model=None, dataloaders=None):
        print("tested on", dataloaders)
""",
}
PROGRAM = """
from argparse import ArgumentParser

import pytorch_lightning as pl

parser = ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser = pl.Trainer.add_argparse_args(parser)
args = parser.parse_args()
trainer = pl.Trainer.from_argparse_args(args, lr_monitor=2)
print(args.lr, args.gpus, trainer.settings)
trainer.test(test_dataloaders=[1, 2])
"""


def test_the_trainer_reads_the_command_line(make_repo: MakeRepo, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    for name, text in LIBRARY.items():
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text(text)
    repo = make_repo(files={"train.py": PROGRAM})
    words = ["--lr", "0.5", "--max_epochs", "3", "--deterministic"]
    done = attempts_of(repo, "train.py", *words, environment={"PYTHONPATH": str(packages)})
    assert done.slugs == ["removed-names"]
    assert done.last.out == "0.5 None ('auto', 3, True, 2)\ntested on [1, 2]\n"
    assert "the argument test_dataloaders of Trainer.test" in done.told
    for name in ("add_argparse_args", "from_argparse_args"):
        told = f"Trainer.{name}, which pytorch_lightning 2.6 no longer has, stands for a function that does the same"
        assert told in done.told
