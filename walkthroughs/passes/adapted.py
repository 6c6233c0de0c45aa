"""What RepoTour's own changes touched: the stops on whose lines a shim acted, and all that made-up data reach.

Made-up data (or weights) reach everything that comes after them but the settings and how the model is built. Runs on
the host.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracer.stages import Stage
from tracer.trace import Trace
from walkthroughs.stop import Stop
from walkthroughs.story import Story

DATA = frozenset(stage.value for stage in Stage) - {Stage.CONFIG.value, Stage.MODEL.value}
"""Stages whose values come from the data."""

WEIGHTS = (DATA | {Stage.MODEL.value}) - {Stage.DATA.value}
"""Stages whose values come from the weights that a model begins with."""

ALONE = "model_alone"
"""What is told of a model that was run alone touches all that is told of it."""

MODELS = DATA | WEIGHTS
"""Stages whose values come from a model and a tokenizer that were made up."""

SYNTHETIC = "synthetic_"
"""How the names of shims begin that make up data, or weights."""

Row = dict[str, Any]


def with_labels(story: Story, stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """The stops, each with the words on what touched it."""
    return tuple(replace(stop, adapted=found) if (found := labels(story, stop)) else stop for stop in stops)


def labels(story: Story, stop: Stop) -> tuple[str, ...]:
    """What touched a stop, in words, each once and in the order in which it happened."""
    found: dict[str, None] = {}
    for chapter in story.chapters:
        rows = [row for row in chapter.trace.adapted if row.get("text")]
        if chapter.trace.chapter == stop.chapter:
            found.update(dict.fromkeys(str(row["text"]) for row in rows if _touches(chapter.trace, row, stop)))
        elif stop.stage in DATA & WEIGHTS and not found:
            # A later program reads what an earlier one saved.
            made = [row for row in rows if str(row.get("what")).startswith(SYNTHETIC)]
            found.update(dict.fromkeys(f"an earlier program of this tour: {row['text']}" for row in made))
        if chapter.trace.chapter == stop.chapter:
            break
    return tuple(found)


def _touches(trace: Trace, row: Row, stop: Stop) -> bool:
    places = [(trace.codes[code].file, line) for code, line, *_ in row.get("stack", ()) if code in trace.codes]
    what = str(row.get("what"))
    if what == ALONE:
        return True
    if not what.startswith(SYNTHETIC):
        return bool(places) and _stands(stop, *places[0])
    reached = {SYNTHETIC + "weights": WEIGHTS, SYNTHETIC + "models": MODELS}.get(what, DATA)
    if stop.stage not in reached:
        return False
    later = stop.first_seen * 1000 + 1 >= float(row.get("t", 0.0))
    return later or any(_stands(stop, *place) for place in places)


def _stands(stop: Stop, file: str, line: int) -> bool:
    return stop.location.file == file and stop.location.line <= line <= stop.location.end_line
