"""Estimators and boosters that a library fits: where they are built, where they predict, where they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event, Frame, Line, Summary
from walkthroughs.rules.evaluation_metrics import figures_after
from walkthroughs.rules.model import class_code
from walkthroughs.sources import called_names, loaded_names
from walkthroughs.story import Chapter, Finding, Occurrence, Story, is_float, walk_items

LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost", "keras", "tensorflow")
CALLS = ("fit", "predict", "metric", "evaluate", "transform_fit", "compile_model")
PARTIAL = ("partial_fit", "update", "boost", "train_on_batch")  # calls that train a little further each time
PREDICTIONS = 3
PARTS = 2


def rule(story: Story) -> Iterator[Finding]:
    """Construction of what is fitted and of its parts, predictions, and the lines that write it or read it back."""
    for chapter in story.chapters:
        fits = fit_calls(chapter)
        for event in fits:
            if str(event.data["name"]).endswith(".cv"):
                because = f"`{_short(event)}` trains on parts of the data and measures on the rest"
                yield _at(chapter, Stage.EVALUATION, event, because, "call", 2.8, event.place.line, event.place.frame)
            else:
                yield from _construction(chapter, event)
            yield from _settings(chapter, event)
            yield from _rounds(chapter, event)
        yield from _predictions(chapter)
        yield from _written(chapter, fits)
        yield from _restored(chapter)


def outermost(chapter: Chapter, *names: str) -> list[Event]:
    """Calls of estimators that the repository made itself, without those that a call of it made on the same line."""
    own = [
        event for event in chapter.trace.landmarks(*CALLS) if str(event.data.get("name", "")).split(".")[0] in LIBRARIES
    ]
    spans = [(event.place, event.seq, event.data["end"]) for event in own if event.data.get("end")]
    found = []
    for event in own:
        inside = any(begin < event.seq < end and place == event.place for place, begin, end in spans)
        if event.name in names and not inside:
            found.append(event)
    return found


def fit_calls(chapter: Chapter) -> list[Event]:
    """The calls that train: fits of estimators, training of boosters."""
    return outermost(chapter, "fit")


def fitted(event: Event) -> list[int]:
    """Identities of what a call trained: the estimator it was called on, or the booster it gave back."""
    values = [event.argument("self"), event.data.get("value") or {}]
    return [value["id"] for value in values if isinstance(value.get("id"), int)]


def _construction(chapter: Chapter, event: Event) -> Iterator[Finding]:
    identity = next(iter(fitted(event)), None)
    rows = chapter.bound(identity)
    if not rows:
        place = event.place
        because = "what is trained is built on the line that trains it"
        yield _at(chapter, Stage.MODEL, event, because, "construction", 2.6, place.line, place.frame)
        return
    module, _, name = str(event.argument("self").get("type", "")).rpartition(".")
    code = class_code(chapter, module, name)
    if code is not None:
        yield Finding(
            Stage.MODEL,
            chapter.definition(code),
            f"`{name}` is the class of what is trained",
            "class",
            chapter.number,
            next((frame.seq for frame in chapter.by_code.get(code.id, ())), event.seq),
            weight=2.8,
            seqs=(event.seq,),
            facts={"code": code},
        )
    yield _built(chapter, event, rows[0], f"what `{_short(event)}` trains was bound to `{rows[0].name}` here", 3.0)
    told = 0
    for name, part in _parts(event.argument("self")):
        for row in chapter.bound(part.get("id"))[:1]:
            if row.frame.code is rows[0].frame.code and row.number == rows[0].number:
                continue
            told += 1
            if told <= PARTS:
                yield _built(
                    chapter, event, row, f"`{row.name}`, made here, is the `{name}` inside what is trained", 2.4
                )


def _parts(value: Summary) -> Iterator[tuple[str, Summary]]:
    """The estimators inside an estimator: the `estimator` of a search, the steps of a pipeline."""
    for row in value.get("items", ()):
        if isinstance(row, (list, tuple)) and len(row) == 2 and isinstance(row[1], dict):
            name, part = row
            if name in ("estimator", "base_estimator", "final_estimator", "regressor", "classifier"):
                yield name, part
                yield from _parts(part)
            elif name in ("steps", "estimators"):
                for item in walk_items(part):
                    if str(item.get("type", "")).split(".")[0] in LIBRARIES:
                        yield "step", item


def _built(chapter: Chapter, event: Event, row: Occurrence, because: str, weight: float) -> Finding:
    return Finding(
        Stage.MODEL,
        chapter.location(row.frame.code, row.number),
        because,
        "construction",
        chapter.number,
        row.seq,
        weight=weight,
        frame=row.frame.id,
        seqs=(row.seq, event.seq),
        facts={"occurrence": row, "event": event},
    )


def _settings(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The dictionary of settings that a booster is trained with, when it was bound to a name first."""
    for row in chapter.bound(event.argument("params").get("id"))[:1]:
        if row.seq < event.seq and row.line is not None:
            because = f"`{row.name}`, with which `{_short(event)}` is called, takes its values here"
            yield Finding(
                Stage.CONFIG,
                chapter.location(row.frame.code, row.number),
                because,
                "line",
                chapter.number,
                row.seq,
                weight=2.3,
                frame=row.frame.id,
                seqs=(row.seq, event.seq),
                facts={"line": row.line},
            )


def _rounds(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The repository's own loops around a call that trains a little further each time."""
    if str(event.data["name"]).rpartition(".")[2] not in PARTIAL:
        return
    for place in event.stack:
        for node in chapter.loops(place):
            frame = chapter.frame_of(place)
            header = (
                next((line for line in frame.lines if line.line == node.lineno), None) if frame is not None else None
            )
            yield Finding(
                Stage.TRAIN_LOOP,
                chapter.location(place.code, node.lineno),
                f"each pass of this loop trains a little further with `{_short(event)}`",
                "header",
                chapter.number,
                header.seq if header is not None else event.seq,
                weight=2.0,
                frame=place.frame,
                seqs=(event.seq,),
                facts={"node": node, "place": place},
            )


def _predictions(chapter: Chapter) -> Iterator[Finding]:
    done: set[tuple[int, int]] = set()
    for event in outermost(chapter, "predict"):
        place = event.place
        if (place.code.id, place.line) in done or len(done) >= PREDICTIONS:
            continue
        done.add((place.code.id, place.line))
        because = f"the fitted model is applied on this line: `{_short(event)}`"
        yield _at(chapter, Stage.FORWARD, event, because, "call", 3.0 - 0.5 * (len(done) - 1), place.line, place.frame)
        frame = chapter.frame_of(place)
        if frame is not None:
            # A whole number is the class that was predicted as often as a figure.
            yield from figures_after(chapter, frame, event, is_float)


def _written(chapter: Chapter, fits: list[Event]) -> Iterator[Finding]:
    """Statements that hand a fitted object to a `dump`: pickle is compiled code and shows no call of its own."""
    identities = {identity for event in fits for identity in fitted(event)}
    begin = min((event.seq for event in fits), default=None)
    if begin is None:
        return
    for frame, line in chapter.trace.lines():
        source = chapter.source(frame.code)
        node = source.statement(line.line) if source is not None and line.seq > begin else None
        if not isinstance(node, ast.Expr) or not any(name.rpartition(".")[2] == "dump" for name in called_names(node)):
            continue
        for name in loaded_names(node):
            bound = frame.binding(name, line.seq)
            if bound is not None and bound.id in identities:
                yield _line(chapter, frame, line, "save", 2.6, f"the trained `{name}` is written out on this line")
                break


def _restored(chapter: Chapter) -> Iterator[Finding]:
    """Where a program that predicts without fitting got the fitted object: the line that loaded it."""
    if fit_calls(chapter):
        return
    for event in outermost(chapter, "predict")[:1]:
        for row in chapter.bound(event.argument("self").get("id"))[:1]:
            source = chapter.source(row.frame.code)
            calls = called_names(source.statement(row.number)) if source is not None else []
            if row.line is not None and any(name.rpartition(".")[2] in ("load", "loads") for name in calls):
                yield _line(
                    chapter,
                    row.frame,
                    row.line,
                    "load",
                    1.8,
                    f"the model that predicts later was read back here as `{row.name}`",
                )


def _short(event: Event) -> str:
    """`RandomForestClassifier.fit`: the class of the object it was called on, where that is known, and the function."""
    function = str(event.data["name"]).rpartition(".")[2]
    kind = str(event.argument("self").get("type", "")).rpartition(".")[2]
    return f"{kind}.{function}" if kind else str(event.data["name"]).split(".")[0] + "." + function


def _line(chapter: Chapter, frame: Frame, line: Line, role: str, weight: float, because: str) -> Finding:
    return Finding(
        Stage.CHECKPOINT,
        chapter.location(frame.code, line.line),
        because,
        role,
        chapter.number,
        line.seq,
        weight=weight,
        frame=frame.id,
        seqs=(line.seq,),
        facts={"line": line},
    )


def _at(
    chapter: Chapter, stage: Stage, event: Event, because: str, role: str, weight: float, line: int, frame: int | None
) -> Finding:
    return Finding(
        stage,
        chapter.location(event.place.code, line),
        because,
        role,
        chapter.number,
        event.seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event},
    )


RULE = rule
