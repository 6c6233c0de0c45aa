"""A tour of a real run to travel in: the program with loops, recursion, generators, exceptions and a thread."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from recordings import TARGETS, record_target

from walkthroughs.passes import recording
from walkthroughs.sources import Sources
from walkthroughs.stop import Stop
from walkthroughs.story import Story
from walkthroughs.tour import Tour


@pytest.fixture(scope="session")
def tour_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tour's file; its one stop stands where `loop` begins."""
    root = tmp_path_factory.mktemp("travel") / "repository"
    root.mkdir()
    (root / "steps.py").write_text((TARGETS / "steps.py").read_text("utf-8"), "utf-8")
    seen = record_target(root, sys.executable, "steps.py")
    made, _ = recording.panel(Story([seen.trace], Sources(root)), [])
    assert made is not None
    number = next(index for index, frame in enumerate(made.frames) if frame.location.qualname == "loop")
    step = made.order.index(number)
    stop = Stop(id="loop-1", stage="train_loop", title="The loop", location=made.frames[number].location, step=step)
    path = root.with_name("steps.tour.json")
    Tour(title="steps", stops=(stop,), recording=made).save(path)
    return path


@pytest.fixture(scope="session")
def tour(tour_file: Path) -> Tour:
    """The tour as it is read back."""
    return Tour.load(tour_file)


@pytest.fixture(scope="session")
def line() -> dict[str, int]:
    """The number of each line of the program by its text, stripped; the first of those that are equal."""
    rows = (TARGETS / "steps.py").read_text("utf-8").splitlines()
    return {text.strip(): number for number, text in reversed(list(enumerate(rows, start=1)))}
