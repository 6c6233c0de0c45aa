"""The timeline: the published trace event format, the times of the recording, tracks that viewers can draw."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from tests.build import a_realistic_tour, a_stop, a_tour
from tests.faces.hostile import HOSTILE, hostile_tour
from walkthroughs.recording import Bound, BoundAt, RecordedFrame, Recording, SourceText
from walkthroughs.renderers.base import find_renderer
from walkthroughs.renderers.timeline import Span, lanes
from walkthroughs.tour import Excerpt, History, Location, Loop, Point, Tour, Variable

SOURCE = (
    "def train():",
    "    for x in data:",
    "        loss = f(x)",
    "        step()",
    "",
    "def f(x):",
    "    return x",
)


def a_recording(**changes: Any) -> Recording:
    """Two iterations of a loop that calls `f`, which is recorded both times; the loop's header runs a third time."""
    train, called = Location("train.py", 1, 4, "train"), Location("train.py", 6, 7, "f")
    frames = (
        RecordedFrame(train, began=1.0, ended=9.0),
        RecordedFrame(called, parent=0, began=2.2, ended=2.8, args=(Bound("x", 0),), returned=0),
        RecordedFrame(called, parent=0, visit=1, began=5.2, ended=5.8),
    )
    found = Recording(
        sources=(SourceText("train.py", 7, (Excerpt(1, SOURCE),)),),
        frames=frames,
        order=(0, 0, 1, 0, 0, 0, 2, 0, 0),
        lines=(2, 3, 7, 4, 2, 3, 7, 4, 2),
        bound=(BoundAt(1, "loss", 1), BoundAt(5, "loss", 1)),
        values=(Variable("x", "int", "3"), Variable("loss", "float", "0.5")),
        times=(1.1, 2.0, 2.3, 3.0, 4.0, 5.0, 5.3, 6.0, 7.0),
    )
    return replace(found, **changes)


def a_timed_tour(**changes: Any) -> Tour:
    stops = (
        a_stop("loop", "train_loop", title="The loop", location=Location("train.py", 2, 2, "train")),
        a_stop("loss", "loss", title="The loss", location=Location("train.py", 3, 3, "train")),
        a_stop("forward", "forward", title="f()", location=Location("train.py", 6, 6, "f")),
    )
    history = History("loss", Location("train.py", 3), (Point(0, 0.5, 2.0), Point(1, "nan", 5.0), Point(2, 0.25)))
    return a_tour(
        *stops, recording=a_recording(**changes), loops=(Loop("train.py", 2, "train", 2),), histories=(history,)
    )


def events_of(tour: Tour) -> list[dict[str, Any]]:
    """The events, checked against the published format."""
    values = json.loads(find_renderer("perfetto").render(tour))
    assert set(values) == {"displayTimeUnit", "otherData", "traceEvents"} and values["displayTimeUnit"] in ("ms", "ns")
    open_or_done: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for event in values["traceEvents"]:
        assert event["ph"] in {"X", "B", "i", "C", "M"}
        assert isinstance(event["name"], str) and event["name"]
        assert all(type(event[key]) is int for key in ("pid", "tid"))
        assert type(event.get("ts", 0)) is int and event.get("ts", 0) >= 0
        assert ("ts" in event) is (event["ph"] != "M")
        assert ("dur" in event) is (event["ph"] == "X") and event.get("dur", 0) >= 0
        if event["ph"] == "i":
            assert event["s"] in ("t", "p", "g")
        if event["ph"] == "C":
            assert [type(value) in (int, float) for value in event["args"].values()] == [True]
        if event["ph"] in "XB":
            open_or_done[(event["pid"], event["tid"])].append(event)
    for track in open_or_done.values():
        ends: list[float] = []
        for event in track:
            while ends and ends[-1] <= event["ts"]:
                ends.pop()
            end = event["ts"] + event["dur"] if event["ph"] == "X" else float("inf")
            assert not ends or end <= ends[-1], "slices of one track must lie in each other or behind each other"
            ends.append(end)
    return list(values["traceEvents"])


def tracks_of(tour: Tour) -> dict[str, list[tuple[str, float, float | None]]]:
    """Name, beginning and length in seconds of everything on each track."""
    events = events_of(tour)
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
    found: dict[str, list[tuple[str, float, float | None]]] = {name: [] for name in names.values()}
    for event in events:
        if event["ph"] in "XBi" and event["tid"]:
            row = (event["name"], event["ts"] / 1e6, event["dur"] / 1e6 if "dur" in event else None)
            found[names[(event["pid"], event["tid"])]].append(row)
    return found


def test_stages_and_calls_are_tracks_with_the_times_of_the_recording() -> None:
    assert tracks_of(a_timed_tour()) == {
        "Training loop": [("iteration 1", 1.1, 2.9), ("iteration 2", 4.0, 3.0)],
        "Loss": [("The loss", 2.0, 1.0), ("The loss", 5.0, 1.0)],
        "Forward pass": [("f()", 2.2, 0.6), ("f()", 5.2, 0.6)],
        "Calls": [("train", 1.0, 8.0), ("f", 2.2, 0.6), ("f", 5.2, 0.6)],
    }


def test_slices_say_what_they_are_made_of() -> None:
    slices = {event["name"]: event["args"] for event in reversed(events_of(a_timed_tour())) if event["ph"] == "X"}
    assert slices["The loss"] == {
        "stop": "loss", "place": "train.py:3", "code": "loss = f(x)", "binds loss": "0.5",
    }  # fmt: skip
    assert slices["f"] == {"place": "train.py:6", "visit": 0, "argument x": "x: int = 3", "returned": "x: int = 3"}


def test_histories_are_counters_at_their_own_times_and_what_is_no_number_is_told_as_an_event() -> None:
    tour = a_timed_tour()
    for one in (tour, Tour.from_dict(tour.to_dict())):  # a tour that was read holds the number nan, not the text
        events = [event for event in events_of(one) if event["ph"] in "Ci"]
        assert [(event["ph"], event["name"], event["ts"], event.get("args")) for event in events] == [
            ("C", "loss", 2_000_000, {"train.py:3": 0.5}),
            ("i", "loss = nan", 5_000_000, None),
        ]


def test_a_run_whose_end_was_not_recorded_has_no_length_made_up() -> None:
    skipped = tracks_of(a_timed_tour(gaps=(3, 4)))
    assert skipped["Training loop"] == [("iteration 2", 4.0, 3.0)]
    assert skipped["Loss"] == [("The loss", 5.0, 1.0)]
    frames = a_recording().frames
    unfinished = tracks_of(a_timed_tour(frames=(replace(frames[0], ended=0.0), *frames[1:])))
    assert unfinished["Calls"][0] == ("train", 1.0, None)


def test_without_times_a_stop_is_the_moment_at_which_it_was_first_seen() -> None:
    seen = a_stop("loss", "loss", title="The loss", first_seen=1.5)
    assert tracks_of(a_tour(seen)) == {"Loss": [("The loss", 1.5, None)]}
    assert tracks_of(a_tour(replace(seen, basis="inferred"))) == {}
    assert tracks_of(a_timed_tour(times=()))["Forward pass"] == [("f()", 2.2, 0.6), ("f()", 5.2, 0.6)]
    events_of(Tour())


def test_each_program_is_a_process_in_the_order_of_running() -> None:
    tour = a_timed_tour()
    assert tour.recording is not None
    frame = replace(tour.recording.frames[0], chapter="before-1", kind="module", parent=None)
    recording = replace(tour.recording, frames=(*tour.recording.frames, frame))
    after = a_stop("z", chapter="after-1", first_seen=0.5)
    events = events_of(replace(tour, recording=recording, stops=(*tour.stops, after)))
    names = {event["pid"]: event["args"]["name"] for event in events if event["name"] == "process_name"}
    assert names == {1: "Preparation · train.py", 2: "Main program · train.py", 3: "Afterwards"}
    assert len({event["tid"] for event in events if event["tid"]}) == len(
        [event for event in events if event["name"] == "thread_name"]
    )


def test_generators_that_overlap_do_not_break_the_nesting_of_calls() -> None:
    frames = a_recording().frames
    resumed = [replace(frames[1], kind="generator", began=began, ended=began + 3) for began in (1.2, 2.2, 3.2)]
    tracks = tracks_of(a_timed_tour(frames=(frames[0], *frames[1:], *resumed)))
    assert len(tracks["Calls"]) == 3
    events = events_of(a_timed_tour(frames=(*frames, *resumed)))
    assert [event["args"]["name"] for event in events if event["name"] == "thread_name"].count(
        "Generators, from first to last"
    ) == 3


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 4), (1, 2), (2, 4)], [[(0, 4), (1, 2), (2, 4)]]),
        ([(0, 2), (1, 3), (3, 4)], [[(0, 2), (3, 4)], [(1, 3)]]),
        ([(1, 1), (1, 2)], [[(1, 2), (1, 1)]]),
    ],
)
def test_lanes_hold_only_what_nests(spans: list[tuple[int, int]], expected: list[list[tuple[int, int]]]) -> None:
    found = lanes([Span("x", began, ended) for began, ended in spans])
    assert [[(span.began, span.ended) for span in lane] for lane in found] == expected


def test_hostile_text_is_text() -> None:
    tour = hostile_tour()
    frame = RecordedFrame(Location(HOSTILE, 1, 2, HOSTILE), began=1.0, ended=2.0, via=HOSTILE)
    events = events_of(replace(tour, recording=Recording(frames=(frame,)), stops=tour.stops))
    assert any("\\x1b" in event["name"] for event in events)
    assert events_of(a_realistic_tour())
