"""Small repositories made up for one kind of parser each, and what fitting makes of their commands."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from fitted import Fitted

from tracer.machine import Machine

LOOP = """
import torch
for step in range(3):
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes files (path -> dedented text) below a fresh folder and gives that folder; `LOOP` is added to train.py."""

    def write(files: dict[str, str]) -> Path:
        root = tmp_path / "repository"
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            body = textwrap.dedent(text).lstrip("\n")
            target.write_text(body + LOOP if path.endswith("train.py") else body, encoding="utf-8")
        return root

    return write


@pytest.fixture
def fitted(plant: Callable[[dict[str, str]], Path]) -> Callable[..., Fitted]:
    """Plants files and fits the best command; on a machine without a GPU unless told otherwise."""

    def make(files: dict[str, str], gpus: int = 0) -> Fitted:
        return Fitted(plant(files), Machine(gpus, 2, 0))

    return make
