"""What one optimizer step did to the weights, from the recorder's sample of each parameter. Runs on the host."""

from __future__ import annotations

from typing import Any

from tracer.stages import Stage
from tracer.trace import Binding, Event, Frame, Line, Summary
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.tour import Location, ParameterChange, Update

SHOWN = 3


def panel(story: Story, findings: list[Finding]) -> Update | None:
    """The first optimizer step that was sampled; where no optimizer stepped, the first line that changed weights."""
    for chapter in (story.main, *[other for other in story.chapters if other is not story.main]):
        for event in chapter.trace.landmarks("optimizer_step"):
            if event.data.get("parameters"):
                return _step(chapter, event)
        found = _by_hand(chapter, findings)
        if found is not None:
            return found
    return None


def _step(chapter: Chapter, event: Event) -> Update:
    rows = event.data["parameters"]
    rates = {row.get("lr") for row in rows}
    kind = str((event.data.get("optimizer") or {}).get("type", "")).rpartition(".")[2]
    rate = next(iter(rates)) if len(rates) == 1 else None  # several groups with rates of their own have no one rate
    location = chapter.location(event.place.code, event.place.line)
    parameters = tuple(_change(name, row) for name, row in zip(_names(rows), rows, strict=True))
    return Update(kind, rate if isinstance(rate, (int, float)) else None, location, parameters)


def _names(rows: list[dict[str, Any]]) -> list[str]:
    """The name of each parameter in its own root module; those that roots share are numbered, nameless ones counted."""
    names = [str(row.get("name") or f"parameter {number}") for number, row in enumerate(rows, 1)]
    return [f"{name} ({names[: n + 1].count(name)})" if names.count(name) > 1 else name for n, name in enumerate(names)]


def _change(name: str, row: dict[str, Any]) -> ParameterChange:
    shape = row.get("shape")
    return ParameterChange(
        name,
        tuple(int(size) for size in shape) if isinstance(shape, list) else (),
        _number(row.get("grad_norm")),
        _numbers(row.get("before")),
        _numbers(row.get("after")),
        _number(row.get("change")),
    )


def _by_hand(chapter: Chapter, findings: list[Finding]) -> Update | None:
    """Weights that a plain statement changed: the first such line among the findings, else among the recorded lines."""
    mine = [item for item in findings if item.stage is Stage.OPTIMIZER_STEP and item.trace == chapter.number]
    told = [item.facts["line"] for item in mine if isinstance(item.facts.get("line"), Line)]
    lines = [line for line in told if line.updated]
    if not lines:
        return next((found for line in told if (found := _rebound(chapter, line)) is not None), None)
    frame = chapter.trace.frames[lines[0].frame]
    # A loop over the parameters changes one at a time: runs of the line in one visit belong to one update.
    seen: dict[str, ParameterChange] = {}
    for line in (row for row in frame.lines if row.line == lines[0].line):
        for name, before, after in line.updated:
            change = max((abs(new - old) for old, new in zip(before, after, strict=False)), default=0.0)
            first, last = tuple(before[:SHOWN]), tuple(after[:SHOWN])
            shape = _shape(chapter, frame, line, name)
            seen.setdefault(name, ParameterChange(name, shape, None, first, last, change))
    return Update("", None, _place(chapter, frame, lines[0]), tuple(seen.values()))


def _rebound(chapter: Chapter, line: Line) -> Update | None:
    """Weights that the recorder does not watch: a line's arrays beside what the same names held before."""
    frame = chapter.trace.frames[line.frame]
    changes = []
    for bound in line.bound:
        old, new = _before(chapter, frame, line, bound), bound.value.get("sample")
        if old is None or not isinstance(new, list) or old.get("shape") != bound.value.get("shape"):
            continue
        pairs = list(zip(old.get("sample") or (), new, strict=False))
        if not pairs or any(not isinstance(one, (int, float)) for pair in pairs for one in pair):
            continue
        change = max(abs(after - before) for before, after in pairs)
        if change > 0:
            shape = tuple(int(size) for size in bound.value["shape"])
            first, last = ([float(one) for one in side[:SHOWN]] for side in (old["sample"], new))
            changes.append(ParameterChange(bound.name, shape, None, tuple(first), tuple(last), change))
    return Update("", None, _place(chapter, frame, line), tuple(changes)) if changes else None


def _before(chapter: Chapter, frame: Frame, line: Line, bound: Binding) -> Summary | None:
    """The array of real numbers that a name, or the attribute of the same object, held before a line."""
    if not bound.value.get("shape") or "float" not in str(bound.value.get("dtype", "")):
        return None
    attribute = bound.name.rpartition(".")[2]
    found: tuple[int, Summary] | None = None
    for other, row in chapter.trace.lines():
        if row.done >= line.done:
            continue
        for item in row.bound:
            same = other is frame and item.name == bound.name
            if bound.owner is not None:
                same = item.owner == bound.owner and item.name.rpartition(".")[2] == attribute
            if same and (found is None or row.done > found[0]):
                found = (row.done, item.value)
    return found[1] if found is not None else None


def _place(chapter: Chapter, frame: Frame, line: Line) -> Location:
    return chapter.location(frame.code, line.line)


def _shape(chapter: Chapter, frame: Frame, line: Line, name: str) -> tuple[int, ...]:
    """The shape of a weight: of the one array that the line changed, by its name there, or among the leaves."""
    touched = [
        bound.value["shape"] for bound in line.bound if bound.touched and isinstance(bound.value.get("shape"), list)
    ]
    if len(line.updated) == 1 and len(touched) == 1:
        return tuple(int(size) for size in touched[0])
    bound = frame.binding(name)
    known = [bound.value.get("shape")] if bound is not None else []
    known += [shape for group in chapter.trace.leaves for other, _, shape in group.get("rows", ()) if other == name]
    return next((tuple(int(size) for size in shape) for shape in known if isinstance(shape, list)), ())


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _numbers(value: Any) -> tuple[float, ...] | None:
    return tuple(float(one) for one in value[:SHOWN]) if isinstance(value, list) else None
