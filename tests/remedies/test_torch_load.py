"""Weights that hold more than tensors are loaded where the program itself wrote them, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

MakeRepo = Callable[..., Path]
pytestmark = [pytest.mark.torch]

OWN = """
import torch


class Settings:
    rate = 0.1


torch.save({"settings": Settings(), "weight": torch.ones(2)}, "model.pt")
print(sorted(torch.load("model.pt")))
"""


def test_torch_load(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": OWN}), "train.py")
    assert done.slugs == ["torch-load"]
    assert done.last.out == "['settings', 'weight']\n"
    assert done.plans[-1].environment == {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}
    assert "the program's own" in done.remedies[0].why


def test_a_file_from_elsewhere_is_not_trusted(make_repo: MakeRepo, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.pt"
    # Four bytes of a pickle that names a class: all that torch needs to refuse.
    other.write_bytes(b"\x80\x02cbuiltins\nprint\n.")
    reader = make_repo(files={"train.py": f"import torch\n\ntorch.load('{other}')\n"})
    done = attempts_of(reader, "train.py")
    assert done.last.end["type"] == "UnpicklingError"
    assert done.slugs == []
