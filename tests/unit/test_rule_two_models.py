"""Two models that train each other: what one gives the other is no data, and a figure of training no evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest
from findings import findings_in, told

from tracer.stages import Stage

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 8)
        self.second = nn.Linear(8, 1)

    def forward(self, state):
        x = F.relu(self.first(state))
        return self.second(x)

    def sample(self, state):
        mean = self.forward(state)
        return mean + torch.randn_like(mean)


critic, policy = nn.Linear(4, 1), Policy()
steps = [torch.optim.SGD(model.parameters(), lr=0.01) for model in (critic, policy)]


def update(states, rewards):
    with torch.no_grad():
        wanted = rewards + 0.9 * critic(torch.cat([states, policy.sample(states)], 1))
    judged = critic(torch.cat([states, torch.zeros(4, 1)], 1))
    critic_loss = F.mse_loss(judged, wanted)
    steps[0].zero_grad()
    critic_loss.backward()
    steps[0].step()
    policy_loss = -critic(torch.cat([states, policy.sample(states)], 1)).mean()
    steps[1].zero_grad()
    policy_loss.backward()
    steps[1].step()
    return critic_loss.item(), policy_loss.item()


for number in range(6):
    seen = torch.randn(4, 3)
    critic_loss, policy_loss = update(seen, seen.sum(1, keepdim=True))
    print("losses", critic_loss, policy_loss)
"""


@pytest.mark.torch
def test_what_a_model_gave_is_no_data_and_what_training_gave_no_evaluation(tmp_path: Path) -> None:
    found = findings_in(tmp_path, PROGRAM)
    data = {told(finding, PROGRAM): finding.because for finding in found if finding.stage is Stage.DATA}
    assert "x = F.relu(self.first(state))" not in data
    assert all("model" not in because for line, because in data.items() if line.startswith("wanted"))
    evaluated = {told(finding, PROGRAM) for finding in found if finding.stage is Stage.EVALUATION}
    assert not any("update(" in line for line in evaluated)


FROZEN = """
import torch
from torch import nn

judge = nn.Sequential(nn.Linear(3, 8), nn.ReLU()).eval()
wanted = judge(torch.ones(1, 3)).detach()
picture = torch.zeros(1, 3, requires_grad=True)
optimizer = torch.optim.Adam([picture], lr=0.1)
for step in range(9):
    loss = (judge(picture) - wanted).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.torch
def test_a_network_that_only_judges_is_neither_trained_nor_evaluated(tmp_path: Path) -> None:
    found = findings_in(tmp_path, FROZEN)
    assert {"loss = (judge(picture) - wanted).pow(2).mean()"} == {
        told(finding, FROZEN) for finding in found if finding.stage is Stage.LOSS
    }
    assert [finding for finding in found if finding.stage is Stage.EVALUATION] == []
    said = [finding.because for finding in found if finding.stage is Stage.MODEL]
    assert "the model that is applied was bound to `judge` here" in said
    assert not any("trained" in because for because in said)
