"""Labels of what RepoTour changed: on the stop where a shim acted, and on everything that made-up data reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from telling_traces import program, story

from tests.build import a_stop, a_tour
from tracer.location import Location
from walkthroughs.passes.adapted import labels
from walkthroughs.renderers.base import find_renderer
from walkthroughs.screen.notes import note_lines
from walkthroughs.screen.reading import Reading
from walkthroughs.story import Story

TEXT = "the data are made up by RepoTour in the shape of CIFAR10"


def told(folder: Path, **row: Any) -> Story:
    """The story of a small program in whose second line something was adapted, after half a second."""
    found = story(folder, program())
    trace = found.chapters[0].trace
    code = next(iter(trace.codes))
    trace.adapted.append({"kind": "adapted", "text": TEXT, "t": 500.0, "stack": [[code, 2]], **row})
    return found


@pytest.mark.parametrize(
    ("what", "stage", "line", "seen", "touched"),
    [
        ("cuda", "model", 2, 0.4, True),
        ("cuda", "model", 3, 0.9, False),
        ("synthetic_torchvision", "data", 2, 0.4, True),
        ("synthetic_torchvision", "loss", 9, 0.9, True),
        ("synthetic_torchvision", "data", 9, 0.1, False),
        ("synthetic_torchvision", "config", 9, 0.9, False),
        ("synthetic_torchvision", "model", 9, 0.9, False),
        ("synthetic_weights", "model", 9, 0.9, True),
        ("synthetic_weights", "data", 9, 0.9, False),
    ],
)
def test_what_is_touched(tmp_path: Path, what: str, stage: str, line: int, seen: float, touched: bool) -> None:
    found = told(tmp_path, what=what)
    file = next(iter(found.chapters[0].trace.codes.values())).file
    stop = a_stop(stage=stage, location=Location(file, line), first_seen=seen)
    assert labels(found, stop) == ((TEXT,) if touched else ())


def test_a_row_without_words_labels_nothing(tmp_path: Path) -> None:
    found = told(tmp_path, what="num_workers", text="")
    file = next(iter(found.chapters[0].trace.codes.values())).file
    assert labels(found, a_stop(stage="data", location=Location(file, 2), first_seen=0.9)) == ()


@pytest.mark.parametrize("name", ["text", "html", "markdown", "codetour"])
def test_every_face_says_it(name: str) -> None:
    stop = a_stop(adapted=(TEXT,))
    assert TEXT in find_renderer(name).render(a_tour(stop))
    assert TEXT not in find_renderer(name).render(a_tour(a_stop()))


def test_the_screen_says_it() -> None:
    rows = [row.plain for row in note_lines(Reading(a_tour(a_stop(adapted=(TEXT,)))), 100)]
    assert f"~ {TEXT}" in rows
