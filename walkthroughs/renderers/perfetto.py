"""The run as a timeline for Perfetto (ui.perfetto.dev) and other readers of the Chrome trace event format.

Each program of the tour is a process whose time counts from its own start. Its stages are tracks, on which every
recorded run of a stop's code is a slice; the recorded calls are slices on tracks of their own; histories are counters.
What the recording does not time is left out, never estimated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from tracer.location import Location
from walkthroughs.captions import command_text, number_text, origin_text, outcome_text, value_text, variable_text
from walkthroughs.prose import bare
from walkthroughs.renderers.timeline import Span, Timeline, lanes
from walkthroughs.tour import History, Stop, Tour, program_title, stage_title
from walkthroughs.visible import visible

Event = dict[str, Any]

CALLS = "Calls"
RESUMED = "Generators, from first to last"
NOTE = (
    "Each process counts time from its own start. Slices are recorded runs of lines and recorded calls: what ran "
    "unrecorded is not here. A counter takes its value when the line that bound it was over."
)
ARGUMENT = 200
"""Characters of a value that a slice shows at most."""


class PerfettoRenderer:
    """A tour as a JSON trace: stages as tracks, recorded calls as slices, histories as counters."""

    name = "perfetto"
    suffix = ".perfetto.json"
    summary = "a timeline for ui.perfetto.dev: stages, calls, counters"

    def render(self, tour: Tour) -> str:
        """The trace; one event per line."""
        events: list[Event] = []
        for pid, chapter in enumerate(_chapters(tour), 1):
            events.extend(_process(tour, Timeline(tour, chapter), pid))
        told = {event["args"]["stop"] for event in events if "stop" in event.get("args", ())}
        untimed = [_untimed(stop) for stop in tour.stops if visible(stop.id) not in told]
        rows = ",\n".join(json.dumps(event, ensure_ascii=False, allow_nan=False) for event in events)
        about = json.dumps({**_about(tour), "stops without a time": untimed}, ensure_ascii=False)
        return f'{{"displayTimeUnit": "ms",\n"otherData": {about},\n"traceEvents": [\n{rows}\n]}}\n'


def _chapters(tour: Tour) -> list[str]:
    """The programs of the tour in the order in which they ran."""
    frames = tour.recording.frames if tour.recording else ()
    names = [frame.chapter for frame in frames] + [stop.chapter for stop in tour.stops]
    order = {"before": 0, "launch": 1, "main": 2, "after": 3}
    found = dict.fromkeys([*names, *(item.chapter for item in tour.histories)])
    return sorted(found, key=lambda name: order.get(name.partition("-")[0], 2))


def _untimed(stop: Stop) -> str:
    basis = "" if stop.basis == "observed" else f", {stop.basis}"
    return visible(f"{bare(stop.title) or stop.stage_title} ({stop.location}{basis})")


def _about(tour: Tour) -> dict[str, str]:
    found = {
        "title": tour.title,
        "repository": origin_text(tour),
        "recorded at": tour.provenance.recorded_at,
        "command": command_text(tour.command),
        "outcome": outcome_text(tour.outcome),
        "basis": "made by reading alone: everything in the tour is inferred, and has no times"
        if tour.rung == "static"
        else "",
        "what is missing": "; ".join(need.text for need in tour.needs),
        "to try next": command_text(tour.next_command),
        "how to read it": NOTE,
    }
    return {name: visible(text) for name, text in found.items() if text}


def _process(tour: Tour, timeline: Timeline, pid: int) -> Iterator[Event]:
    """Everything about one program."""
    file = timeline.file or (tour.entry.file if timeline.chapter == "main" else "")
    words = [program_title(timeline.chapter), file]
    yield _named("process_name", pid, 0, name=visible(" · ".join(word for word in words if word)))
    labels = {"labels": "time from its own start"}
    yield {"ph": "M", "name": "process_labels", "pid": pid, "tid": 0, "args": labels}
    yield {"ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": {"sort_index": pid}}
    tid = pid * 1000
    for title, spans in _tracks(timeline):
        for lane in lanes(spans):
            tid += 1
            yield _named("thread_name", pid, tid, name=visible(title))
            yield {"ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": {"sort_index": tid}}
            yield from (_slice(span, pid, tid) for span in lane)
    for history in tour.histories:
        if history.chapter == timeline.chapter:
            yield from _counter(history, pid)


def _tracks(timeline: Timeline) -> Iterator[tuple[str, list[Span]]]:
    """The tracks of a program by title: its stages in the order of telling, then its calls."""
    by_stage: dict[str, list[Span]] = {}
    for stop in timeline.stops:
        by_stage.setdefault(stop.stage, []).extend(_of_stop(timeline, stop))
    for stage, spans in by_stage.items():
        if spans:
            yield stage_title(stage), spans
    for title, resumed in ((CALLS, False), (RESUMED, True)):
        spans = [_of_call(timeline, index) for index in timeline.calls(resumed=resumed)]
        if spans:
            yield title, spans


def _of_stop(timeline: Timeline, stop: Stop) -> Iterator[Span]:
    """The recorded runs of a stop's code; where none is timed, the moment at which it was first seen."""
    about = {"stop": stop.id, "place": str(stop.location)}
    found = False
    for began, ended, what, step in timeline.runs(stop):
        found = True
        bound = {} if step is None else {row.name: _short(value_text(row.value)) for row in timeline.binds(step)}
        args = {
            **about,
            "code": timeline.code(stop.location),
            **{f"binds {name}": text for name, text in bound.items()},
        }
        yield Span(what or bare(stop.title) or stop.stage_title, began, ended, stop.stage, args)
    if not found and stop.basis == "observed" and stop.first_seen:
        yield Span(bare(stop.title) or stop.stage_title, stop.first_seen, None, stop.stage, about)


def _of_call(timeline: Timeline, index: int) -> Span:
    """A recorded visit with its arguments and what it gave back."""
    frame = timeline.recording.frames[index]
    values = timeline.recording.values
    args: dict[str, str | int] = {"place": str(_start(frame.location)), "visit": frame.visit}
    if frame.via:
        args["called through"] = frame.via
    args |= {f"argument {row.name}": _short(variable_text(values[row.value])) for row in frame.args}
    if frame.raised:
        args["ended"] = "by an exception"
    elif frame.returned is not None:
        args["returned"] = _short(variable_text(values[frame.returned]))
    name = frame.location.file if frame.kind == "module" else frame.location.qualname
    ended = frame.ended if frame.ended >= frame.began and frame.ended else None
    return Span(name, frame.began, ended, frame.kind, args, open=ended is None)


def _counter(history: History, pid: int) -> Iterator[Event]:
    """A history's values at their times; what is no number is an event in its name."""
    # Viewers show a counter by its name and the name of its value: here the place, as one name may have several.
    name, place = visible(history.name), visible(str(history.location)) if history.location else "value"
    for point in history.points:
        if point.at is None:
            continue
        event: Event = {"name": name, "pid": pid, "tid": 0, "ts": _micro(point.at)}
        if isinstance(point.value, str) or not math.isfinite(point.value):
            yield {"ph": "i", "s": "p", **event, "name": visible(f"{history.name} = {number_text(point.value)}")}
        else:
            yield {"ph": "C", **event, "args": {place: point.value}}


def _slice(span: Span, pid: int, tid: int) -> Event:
    event: Event = {"ph": "X", "name": visible(span.name), "cat": span.kind, "pid": pid, "tid": tid}
    event["ts"] = _micro(span.began)
    if span.open:
        event["ph"] = "B"  # it was never seen to end
    elif span.ended is None:
        event |= {"ph": "i", "s": "t"}
    else:
        event["dur"] = _micro(span.ended) - event["ts"]
    args = {visible(key): visible(value) if isinstance(value, str) else value for key, value in span.args.items()}
    return {**event, "args": {key: value for key, value in args.items() if value != ""}}


def _named(kind: str, pid: int, tid: int, *, name: str) -> Event:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"name": name}}


def _start(place: Location) -> Location:
    return Location(place.file, place.line, place.line, place.qualname)


def _short(text: str) -> str:
    text = text.removeprefix(": ")
    return text if len(text) <= ARGUMENT else text[:ARGUMENT] + "…"


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)


RENDERER = PerfettoRenderer()
