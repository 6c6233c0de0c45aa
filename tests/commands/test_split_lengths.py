"""The remedy `split_lengths`: lengths written for all of the data, where there is only a part of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.machine import Machine
from tracer.plan import RunPlan
from tracer.remedies import Situation, next_attempt
from tracer.remedies.split_lengths import shares
from tracer.survey import survey
from tracer.trace import Trace

HYDRA = {
    "train.py": "import hydra\n@hydra.main(config_path='conf', config_name='config')\ndef main(c):\n    pass\nmain()\n",
    "conf/config.yaml": "data:\n  train_val_split: [55_000, 5_000, 10_000]\n  betas: [1, 2]\n",
}


def test_shares_in_the_place_of_lengths(plant: Callable[[dict[str, str]], Path]) -> None:
    root = plant(HYDRA)
    found = survey(root, detail=False)
    message = "Sum of input lengths does not equal the length of the input dataset!"
    end = {"outcome": "raised", "type": "ValueError", "detail": message, "stack": []}
    trace = Trace(root, {}, {}, {}, [], [], [], [], [], [], {}, [], end, False)
    plan = RunPlan(root, "", "script", ("train.py",), "python")
    situation = Situation(plan, trace, found.entry("train.py"), found, Machine(), "raised")
    adaptation = next_attempt(situation)
    assert adaptation is not None
    assert adaptation.plan.argv == ("train.py", "data.train_val_split=[0.79,0.07,0.14]")
    assert "70000" in adaptation.why
    second = next_attempt(replace(situation, tried=(adaptation.slug,)))
    assert second is not None and second.slug == "split-scaled", "where the option did not help, the call is changed"
    assert next_attempt(replace(situation, tried=(adaptation.slug, second.slug))) is None


@pytest.mark.parametrize("lengths", [[55_000, 5_000, 10_000], [1, 1, 1], [9_999, 1], [7, 5, 3, 2]])
def test_shares_add_up_to_one_and_none_is_nothing(lengths: list[int]) -> None:
    found = [round(float(part) * 100) for part in shares(lengths)]
    assert sum(found) == 100
    assert min(found) >= 1
