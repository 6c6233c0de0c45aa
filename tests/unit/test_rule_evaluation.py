"""The rule for evaluation, on programs that apply a model to look at it, or end before they train on the result."""

from __future__ import annotations

from pathlib import Path

import pytest
from findings import findings_in

from tracer.stages import Stage

LOOKS = "def summary(model, x):\n    model.eval()\n    model(x)\n    model.train()\n"
PROGRAM = """
import torch
import torchinfo

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
torchinfo.summary(model, torch.ones(1, 2))


def train(batches):
    for x in batches:
        loss = model(x).pow(2).mean()
        ENDS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


train([torch.ones(4, 2)])
"""


@pytest.mark.torch
@pytest.mark.parametrize(("ends", "trained"), [("pass", True), ("raise KeyboardInterrupt", False)])
def test_nothing_here_is_evaluated(tmp_path: Path, ends: str, trained: bool) -> None:
    packages = tmp_path / "packages" / "torchinfo"
    packages.mkdir(parents=True)
    (packages / "__init__.py").write_text(LOOKS)
    found = findings_in(tmp_path, PROGRAM.replace("ENDS", ends), {"PYTHONPATH": str(packages.parent)})
    stages = {finding.stage for finding in found}
    assert (Stage.BACKWARD in stages) is trained
    assert Stage.FORWARD in stages
    assert [(finding.location.line, finding.because) for finding in found if finding.stage is Stage.EVALUATION] == []
