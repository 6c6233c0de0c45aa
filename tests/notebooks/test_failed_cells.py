"""Notebooks in which a cell fails: what is made up for it, and how `failed_cell` has the program go on behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from interpreters import HERE, here
from touring import toured
from written_notebooks import notebook

from tracer.engines.recorder import record
from tracer.plan import Driver, RunPlan
from tracer.trace import Trace

MakeRepo = Callable[..., Path]
MODEL = """x = torch.randn(64, 3)
y = x.sum(1, keepdim=True)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)"""
LOOP = """for epoch in range(200):
    loss = ((model(x) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()"""
TRAINS = ("import torch\nfrom torch import nn", MODEL, LOOP)
LETTERS = """weights = torch.zeros(len(letters), requires_grad=True)
for step in range(50):
    loss = (weights - 1).pow(2).sum()
    loss.backward()
    weights.data -= 0.1 * weights.grad
    weights.grad = None"""
READS = "words = open('names.txt').read().split()\nletters = sorted(set(''.join(words)))"
WORDS = ("import torch", READS, LETTERS)


@pytest.mark.torch
def test_cells_behind_one_that_fails_are_run(make_repo: MakeRepo) -> None:
    cells = ("#md # Fit", "import surely_nobody_has_this", *TRAINS, "x = = 3", "print('last', epoch)", "undefined")
    made = toured(make_repo(files={"fit.ipynb": notebook(*cells)}), "--no-install")
    assert [attempt["outcome"] for attempt in made.tour["attempts"]] == ["raised", "finished"]
    assert "the cells behind one that fails are run too" in made.remedies
    assert "cell 1 failed (ModuleNotFoundError: No module named 'surely_nobody_has_this')" in made.remedies
    assert "cell 5 is no Python (invalid syntax) and was left out" in made.remedies
    assert "cell 7 failed (NameError: name 'undefined' is not defined)" in made.remedies
    places = {(stop["stage"], stop["location"]["cell"], stop["location"]["cell_line"]) for stop in made.tour["stops"]}
    assert {("train_loop", 4, 1), ("loss", 4, 2), ("optimizer_step", 4, 5)} <= places
    assert "last 3" in made.path.with_name("repository.stdout.log").read_text()
    assert made.verified().returncode == 0


@pytest.mark.parametrize("version", HERE)
def test_each_cell_goes_on(version: str, tmp_path: Path) -> None:
    cells = ("a = 1", "1 / 0", "for i in range(3):\n    pass", "print(a, i)\nmissing", "print('end')", "exit(3)", "1")
    (tmp_path / "a.ipynb").write_text(notebook(*cells), "utf-8")
    plan = RunPlan(tmp_path, "", "notebook", ("a.ipynb",), here(version), driver=Driver("cells", {"go_on": True}))
    trace = tmp_path / "a.trace.jsonl"
    result = record(plan, trace)
    assert result.stdout.read_text() == "1 2\nend\n"
    assert result.code == 3
    told = [row["text"].partition(",")[0] for row in Trace.load(trace).adapted]
    missing = "cell 4 failed (NameError: name 'missing' is not defined)"
    assert told == ["cell 2 failed (ZeroDivisionError: division by zero)", missing]


@pytest.mark.torch
def test_a_file_that_a_cell_reads_is_made_up_in_the_form_that_the_cell_tells(make_repo: MakeRepo) -> None:
    made = toured(make_repo(files={"names.ipynb": notebook(*WORDS)}))
    assert [attempt["outcome"] for attempt in made.tour["attempts"]] == ["raised", "finished"]
    assert "names.txt" in made.remedies
    never = toured(
        make_repo(name="other", files={"names.ipynb": notebook(*WORDS)}), "--synthetic-data", "never", out="no"
    )
    (need,) = never.tour["needs"]
    assert need["path"] == "names.txt"
    assert (need["location"]["cell"], need["location"]["cell_line"]) == (2, 1)
