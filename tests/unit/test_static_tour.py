"""The tour of a repository that was read and not run: nothing in it is observed, and all of it can be derived again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.survey import survey
from walkthroughs.build import Telltale
from walkthroughs.renderers.base import all_renderers
from walkthroughs.static_tour import static_tour
from walkthroughs.stop import Variable
from walkthroughs.telling.verifying import verify
from walkthroughs.tour import Attempt, Entry, Outcome, Provenance, Tour

PROGRAM = '''"""Fit a line to data that nobody has."""
import argparse

import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--lr", type=float, default=0.1)


class Line(nn.Module):
    """One weight and one bias."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(1, 1)

    def forward(self, x):
        return self.inner(x)


def main():
    args = parser.parse_args()
    points = torch.tensor(np.loadtxt(args.data))
    model = Line()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    # all of the data, again and again
    for epoch in range(10):
        loss = nn.functional.mse_loss(model(points[0]), points[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
'''


@pytest.fixture
def tour(make_repo: Callable[..., Path]) -> Tour:
    root = make_repo(files={"fit.py": PROGRAM})
    found = survey(root, detail=False)
    entry = Entry("fit.py", found.entries[0].line, "it is the only program")
    attempts = (Attempt(("python", "fit.py"), "exited", "exit status 2", "", ""),)
    made = static_tour(found, root, Telltale("line", Provenance(), entry, (), Outcome(), attempts))
    return Tour.from_dict(made.to_dict())  # as a reader of the file has it


def test_every_stop_is_inferred_and_shows_no_value(tour: Tour) -> None:
    assert tour.rung == "static"
    assert {stop.basis for stop in tour.stops} == {"inferred"}
    assert not any(stop.variables or stop.visits or stop.excerpt.executed or stop.output for stop in tour.stops)
    assert [item.value for item in tour.hyperparameters] == ["", ""]


def test_stages_stand_where_the_source_has_them(tour: Tour) -> None:
    lines = PROGRAM.splitlines()
    found = {(stop.stage, lines[stop.location.line - 1].strip()) for stop in tour.stops}
    assert ("config", "args = parser.parse_args()") in found
    assert ("model", "class Line(nn.Module):") in found
    assert ("train_loop", "for epoch in range(10):") in found
    assert ("loss", "loss = nn.functional.mse_loss(model(points[0]), points[1])") in found
    assert ("backward", "loss.backward()") in found
    assert ("optimizer_step", "optimizer.step()") in found
    assert [chapter.title for chapter in tour.chapters] == ["Setup", "Data", "Model", "Training"]
    assert {item.stage for item in tour.not_seen} == {"evaluation", "checkpoint"}


def test_notes_say_what_is_written_and_nothing_more(tour: Tour) -> None:
    notes = {stop.title: stop.note for stop in tour.stops}
    optimizer = next(note for title, note in notes.items() if "SGD" in title)
    assert "It calls `torch.optim.SGD` and `model.parameters`. Written there: `lr=0.1`." in optimizer
    loop = next(stop for stop in tour.stops if stop.stage == "train_loop")
    assert "By its text this is the head of a loop that trains; it was not run." in loop.note
    assert "“all of the data, again and again”" in loop.note


def test_why_nothing_ran_and_what_to_type_next(tour: Tour) -> None:
    assert tour.outcome.kind == ""
    assert tour.attempts[0].detail == "exit status 2"
    assert tour.next_command == ("python", "fit.py", "--data", "DATA")


def test_verify_derives_all_of_it_again_without_a_trace(tour: Tour) -> None:
    report = verify(tour, [])
    assert report.claims > 20
    assert report.differences == ()


def test_verify_finds_what_was_changed_by_hand(tour: Tour) -> None:
    first = tour.stops[0]
    claims = (first.claims[0], replace(first.claims[1], text="It takes 5 values."), *first.claims[2:])
    changed = replace(tour, stops=(replace(first, claims=claims), *tour.stops[1:]))
    assert verify(changed, []).differing == 1


@pytest.mark.parametrize("name", sorted(all_renderers()))
def test_every_face_says_that_nothing_was_run(tour: Tour, name: str) -> None:
    text = all_renderers()[name].render(tour)
    assert "inferred" in text.lower()
    assert "one recorded run" not in text
    assert "--data" in text  # what to type next
    seen = replace(tour.stops[0], basis="observed", variables=(Variable("x", "int", "1"),))
    assert all_renderers()[name].render(replace(tour, stops=(seen, *tour.stops[1:]))) != text
