"""The page's steps are those of `walkthroughs.stepping`: every move from every line leads to the same place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from walkthroughs.recording import BoundAt, RecordedFrame, Recording
from walkthroughs.renderers.html.payload import Payload
from walkthroughs.renderers.html.writing import Places
from walkthroughs.stepping import Walk
from walkthroughs.stop import Variable
from walkthroughs.tour import Location, Tour

SCRIPTS = Path(__file__).resolve().parents[2] / "walkthroughs/renderers/html/assets/scripts"

EVERYTHING = """(recording) => {
  const walk = new Walk(recording);
  const seen = (rows) => rows.map((row) => [row.name, row.value, row.since, row.changed]);
  return recording.order.map((_, step) => ({
    moves: [walk.into(step), walk.over(step), walk.out(step), walk.back(step), walk.backOver(step), walk.backOut(step)],
    stack: walk.stack(step).map((level) => [level.frame, level.step]),
    names: walk.stack(step).map((_, level) => seen([...walk.names(step, level).values()])),
    binds: seen(walk.binds(step)), printed: walk.printed(step), returns: walk.returns(step),
    gap: walk.afterGap(step),
    near: ["nextAt", "previousAt"].map((name) => walk[name](step, walk.frame(step).f, walk.line(step))),
    runs: walk.runsOf(walk.frame(step).f, walk.line(step)).length,
  }));
}"""


def everything(recording: Recording) -> list[dict[str, Any]]:
    """What Python says of every step."""
    walk = Walk(recording)
    number = {id(value): index for index, value in enumerate(recording.values)}

    def seen(rows: Any) -> list[list[Any]]:
        return [[row.name, number[id(row.value)], row.since, row.changed] for row in rows]

    found = []
    for step in range(len(walk)):
        place, returned = walk.location(step), walk.returns(step)
        lines = range(place.line, place.line + 1)
        found.append({
            "moves": [walk.into(step), walk.over(step), walk.out(step), walk.back(step), walk.back_over(step),
                      walk.back_out(step)],
            "stack": [[level.frame, level.step] for level in walk.stack(step)],
            "names": [seen(walk.names(step, level).values()) for level in range(len(walk.stack(step)))],
            "binds": seen(walk.binds(step)),
            "printed": walk.printed(step),
            "returns": None if returned is None else number[id(returned)],
            "gap": walk.after_gap(step),
            "near": [walk.next_at(step, place.file, lines), walk.previous_at(step, place.file, lines)],
            "runs": len(walk.runs_of(place.file, place.line)),
        })  # fmt: skip
    return found


def in_the_browser(browser: Any, recording: Recording) -> list[dict[str, Any]]:
    """What the page's script says of every step."""
    tour = Tour(recording=recording)
    data = json.loads(Payload(tour, Places(tour)).text())["recording"]
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(content=(SCRIPTS / "walk.js").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(EVERYTHING, data)
    context.close()
    return found


def generators() -> Recording:
    """Two generators of one caller that are resumed in turn, one of them by somebody else, a cut and a gap."""
    place = Location("a.py", 1, 9, "f")
    frames = (
        RecordedFrame(Location("a.py", 1, 30, "<module>"), kind="module"),
        RecordedFrame(place, kind="generator", parent=0),
        RecordedFrame(place, kind="generator", parent=0, visit=1),
        RecordedFrame(Location("b.py", 3, 6, "g"), parent=2, outer=(place,)),
        RecordedFrame(Location("b.py", 9, 12, "h"), outer=(place,), cut=True),
    )
    order = (0, 1, 0, 2, 3, 1, 3, 2, 0, 4, 1, 4, 2, 2)
    values = (Variable("x", "int", "1"), Variable("x", "int", "2"))
    bound = (BoundAt(0, "x", 0), BoundAt(1, "y", 1), BoundAt(5, "y", 0, touched=True), BoundAt(3, "x", 1))
    return Recording(frames=frames, order=order, lines=tuple(range(1, 15)), bound=bound, values=values, gaps=(7,))


@pytest.mark.parametrize("sample", ["spiral_mlp", "digits_trainer"])
def test_both_walk_alike_through_a_sample(browser: Any, sample_tour: Callable[[str], Tour], sample: str) -> None:
    recording = sample_tour(sample).recording
    assert recording is not None and len(recording.order) > 200
    assert in_the_browser(browser, recording) == everything(recording)


def test_both_walk_alike_where_generators_are_resumed(browser: Any) -> None:
    recording = generators()
    assert in_the_browser(browser, recording) == everything(recording)
