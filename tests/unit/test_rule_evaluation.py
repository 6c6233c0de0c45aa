"""The rule for evaluation, on programs that apply a model to look at it, or end before they train on the result."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tracer.engines.recorder import record
from tracer.plan import RunPlan
from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.rules import find_all
from walkthroughs.sources import Sources
from walkthroughs.story import Story

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
    root, packages = tmp_path / "program", tmp_path / "packages" / "torchinfo"
    root.mkdir()
    packages.mkdir(parents=True)
    (packages / "__init__.py").write_text(LOOKS)
    (root / "train.py").write_text(PROGRAM.replace("ENDS", ends))
    plan = RunPlan(root, "", "script", ("train.py",), sys.executable, environment={"PYTHONPATH": str(packages.parent)})
    run = record(plan, tmp_path / "run.trace.jsonl")
    found = find_all(Story([Trace.load(run.trace)], Sources(root)))
    stages = {finding.stage for finding in found}
    assert (Stage.BACKWARD in stages) is trained
    assert Stage.FORWARD in stages
    assert [(finding.location.line, finding.because) for finding in found if finding.stage is Stage.EVALUATION] == []
