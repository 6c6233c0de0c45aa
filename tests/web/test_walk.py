"""The page's steps are those of `walkthroughs.stepping`: every move from every line leads to the same place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from walkthroughs.recording import (
    BoundAt,
    LoopLeft,
    MissedCall,
    PrintedAt,
    RaisedAt,
    RecordedFrame,
    Recording,
    ResumedAt,
    Unbound,
)
from walkthroughs.renderers.html.payload import Payload
from walkthroughs.renderers.html.writing import Places
from walkthroughs.stepping import Walk
from walkthroughs.stop import Variable
from walkthroughs.tour import Location, Tour

SCRIPTS = Path(__file__).resolve().parents[2] / "walkthroughs/renderers/html/assets/scripts"

EVERYTHING = """(recording) => {
  const walk = new Walk(recording);
  const seen = (rows) => [...rows].map((row) => [row.name, row.value, row.since, row.changed]);
  return recording.order.map((_, step) => {
    const [file, line, levels] = [walk.frame(step).f, walk.line(step), walk.stack(step)];
    return {
      moves: ["into", "over", "out", "back", "backOver", "backOut"].map((name) => walk[name](step)),
      stack: levels.map((level) => [level.frame, level.step, level.line]),
      above: walk.above(step).map((place) => [place.q, place.l]),
      names: levels.map((_, level) => seen(walk.names(step, level).values())),
      outer: levels.map((_, level) => seen(walk.outerNames(step, level).values())),
      binds: seen(walk.binds(step)), printed: walk.printed(step), returns: walk.returns(step),
      raises: walk.raises(step), gap: walk.afterGap(step), loop: walk.afterLoop(step),
      missed: walk.missed(step).map((row) => [row.q, row.l, row.n, row.c, row.r]),
      near: ["nextAt", "previousAt"].map((name) => walk[name](step, file, line)),
      runs: walk.runsOf(file, line).length,
    };
  });
}"""
MOVES = ("into", "over", "out", "back", "back_over", "back_out")


def everything(recording: Recording) -> list[dict[str, Any]]:
    """What Python says of every step."""
    walk = Walk(recording)
    number = {id(value): index for index, value in enumerate(recording.values)}

    def seen(rows: Any) -> list[list[Any]]:
        return [[row.name, number[id(row.value)], row.since, row.changed] for row in rows]

    found = []
    for step in range(len(walk)):
        place, returned, levels = walk.location(step), walk.returns(step), walk.stack(step)
        raised, loop, lines = walk.raises(step), walk.after_loop(step), range(place.line, place.line + 1)
        found.append({
            "moves": [getattr(walk, name)(step) for name in MOVES],
            "stack": [[level.frame, level.step, level.line] for level in levels],
            "above": [[one.qualname, one.line] for one in walk.above(step)],
            "names": [seen(walk.names(step, level).values()) for level in range(len(levels))],
            "outer": [seen(walk.outer_names(step, level).values()) for level in range(len(levels))],
            "binds": seen(walk.binds(step)),
            "printed": walk.printed(step),
            "returns": None if returned is None else number[id(returned)],
            "raises": [raised.type, raised.message] if raised else None,
            "gap": walk.after_gap(step),
            "loop": [loop.line, loop.iterations] if loop else None,
            "missed": [[row.location.qualname, row.location.line, row.number, row.count, row.recorded]
                       for row in walk.missed(step)],
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
    """Generators resumed in turn and by somebody else, globals, a name taken away, an exception, a cut and a gap."""
    place = Location("a.py", 1, 9, "f")
    frames = (
        RecordedFrame(Location("a.py", 1, 30, "<module>"), kind="module"),
        RecordedFrame(place, kind="generator", parent=0, called_from=77),
        RecordedFrame(place, kind="generator", parent=0, visit=1),
        RecordedFrame(Location("b.py", 3, 6, "g"), parent=2, outer=(place,)),
        RecordedFrame(Location("b.py", 9, 12, "h"), outer=(place,), cut=True),
    )
    order = (0, 1, 0, 2, 3, 1, 3, 2, 0, 4, 1, 4, 2, 2)
    values = (Variable("x", "int", "1"), Variable("x", "int", "2"))
    bound = (BoundAt(0, "x", 0), BoundAt(1, "y", 1), BoundAt(5, "y", 0, touched=True), BoundAt(3, "x", 1))
    return Recording(
        frames=frames, order=order, lines=tuple(range(1, 15)), bound=(*bound, BoundAt(9, "x", 1, frame=0)),
        values=values, gaps=(7,), printed=(PrintedAt(4, "said"),), unbound=(Unbound(7, "x"),),
        raised=(RaisedAt(6, "ValueError", "why"),), resumed=(ResumedAt(11, 4, 12), ResumedAt(12)),
        missed=(MissedCall(2, place, 3, 4, True), MissedCall(2, place)), left=(LoopLeft(8, 2, 3),),
    )  # fmt: skip


@pytest.mark.parametrize("sample", ["spiral_mlp", "digits_trainer"])
def test_both_walk_alike_through_a_sample(browser: Any, sample_tour: Callable[[str], Tour], sample: str) -> None:
    recording = sample_tour(sample).recording
    assert recording is not None and len(recording.order) > 200
    assert in_the_browser(browser, recording) == everything(recording)


def test_both_walk_alike_where_generators_are_resumed(browser: Any) -> None:
    recording = generators()
    assert in_the_browser(browser, recording) == everything(recording)
