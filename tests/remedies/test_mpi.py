"""Programs for MPI run as a world of one process; packages that break when they are there are hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from tracer.remedies.hidden_packages import guilty

MakeRepo = Callable[..., Path]

WORLD = """
import numpy as np
from mpi4py import MPI

comm = MPI.COMM_WORLD
total = np.zeros(2)
comm.Allreduce(np.ones(2), total, op=MPI.SUM)
print(comm.Get_rank(), comm.Get_size(), total.tolist(), comm.gather("a"), comm.bcast({"b": 1}), comm.allreduce(3))
"""


def test_mpi(make_repo: MakeRepo, tmp_path: Path) -> None:
    site = tmp_path / "site" / "mpi4py"
    site.mkdir(parents=True)
    (site / "__init__.py").write_text("")
    (site / "MPI.py").write_text("raise RuntimeError('cannot load MPI library')\n")
    done = attempts_of(make_repo(files={"train.py": WORLD}), "train.py", extra_path=(site.parent,))
    assert done.slugs == ["mpi"]
    assert done.last.out == "0 1 [1.0, 1.0] ['a'] {'b': 1} 3\n"
    assert "mpi4py was answered for a world of one process (at train.py:3)" in done.told


def test_horovod(make_repo: MakeRepo) -> None:
    source = "import horovod.torch as hvd\n\nhvd.init()\nprint(hvd.rank(), hvd.size(), hvd.DistributedOptimizer('o'))\n"
    done = attempts_of(make_repo(files={"train.py": source}), "train.py")
    assert done.slugs == ["mpi"]
    assert done.last.out == "0 1 o\n"


@pytest.mark.parametrize(
    ("frames", "package"),
    [
        ([("logs", "<module>"), ("logs", "find"), ("broken_board", "<module>")], "broken_board"),
        ([("broken_board", "<module>")], ""),  # the program itself asks for it
        ([("logs", "<module>"), ("torch", "<module>")], ""),  # nothing is done without
        ([("logs", "<module>"), ("logs", "run")], ""),
    ],
)
def test_which_package_is_hidden(frames: list[tuple[str, str]], package: str) -> None:
    assert guilty(frames) == package


def test_hidden_packages(make_repo: MakeRepo, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name, text in {
        "logs/__init__.py": "try:\n    import broken_board\nexcept ImportError:\n    broken_board = None\n",
        "broken_board/__init__.py": "raise AttributeError('module has no attribute that it had')\n",
        "broken_board-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: broken-board\nVersion: 1.0\n",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    source = (
        "import importlib.metadata\nimport logs\n\nprint(logs.broken_board)\ntry:\n"
        "    print(importlib.metadata.version('broken-board'))\nexcept importlib.metadata.PackageNotFoundError:\n"
        "    print('no such distribution')\n"
    )
    done = attempts_of(make_repo(files={"train.py": source}), "train.py", extra_path=(site,))
    assert done.slugs == ["hidden-broken_board"]
    assert done.last.out == "None\nno such distribution\n"
    assert "broken_board was hidden, as if it were not installed (at train.py:2)" in done.told
