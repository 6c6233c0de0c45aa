"""Trainers (Lightning, Hugging Face, Keras): the hooks that they call, and what happens in them."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line, Place
from walkthroughs.sources import LOOPS, called_names, loaded_names, stored_names
from walkthroughs.story import (
    LIBRARY_TRAINERS,
    Chapter,
    Finding,
    Occurrence,
    Story,
    by_library,
    definition_of,
    is_scalar,
    is_training,
    walk_items,
)

TRAINING = ("training_step", "compute_loss", "train_step")
EVALUATING = {
    "validation_step": 2.8,
    "test_step": 2.7,
    "compute_metrics": 2.8,
    "prediction_step": 2.4,
    "on_validation_epoch_end": 2.0,
    "validation_epoch_end": 2.0,
    "on_test_epoch_end": 1.9,
    "test_epoch_end": 1.9,
    "evaluation_step": 2.4,
}
LOADING = {
    "prepare_data": 2.4,
    "setup": 2.2,
    "train_dataloader": 2.4,
    "val_dataloader": 1.4,
    "test_dataloader": 1.3,
    "get_train_dataloader": 2.4,
    "get_eval_dataloader": 1.4,
}
BUILDING = ("configure_optimizers", "configure_model", "model_init", "create_optimizer")


def rule(story: Story) -> Iterator[Finding]:
    """Frames that are a trainer's hook and that a trainer called: the loss, the forward pass and metrics inside."""
    for chapter in story.chapters:
        done: set[int] = set()
        for frame in chapter.trace.frames.values():
            if not from_trainer(frame):
                continue
            if frame.code.name in TRAINING:
                yield from _loss(chapter, frame)
            if frame.code.id in done or not _does_something(frame):
                continue
            done.add(frame.code.id)
            yield from _hook(chapter, frame)
        yield from _forwards(chapter)
        yield from _handed_over(chapter)
        yield from _compiled(chapter)
        yield from _saving(chapter)


def from_trainer(frame: Frame) -> bool:
    """Whether a training library called this frame."""
    return (
        frame.via is not None
        and frame.via[0].split(".")[0] in LIBRARY_TRAINERS
        and frame.code.type in ("function", "generator")
    )


def _does_something(frame: Frame) -> bool:
    """Whether a hook has a body of its own: a call inside, a value bound, or a result."""
    returned = (frame.returned or {}).get("type", "NoneType") != "NoneType"
    return returned or any(line.bound for line in frame.lines) or len({line.line for line in frame.lines}) > 1


def _hook(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    name = frame.code.name
    library = (frame.via or ("",))[0].split(".")[0]
    if name in TRAINING:
        yield definition_of(
            chapter,
            frame,
            Stage.TRAIN_LOOP,
            f"the loop of `{library}` calls `{frame.code.qualname}` for each batch",
            1.8,
        )
    elif name in EVALUATING:
        yield definition_of(
            chapter, frame, Stage.EVALUATION, f"`{library}` calls `{frame.code.qualname}` to evaluate", EVALUATING[name]
        )
        yield from _metrics(chapter, frame)
    elif name in LOADING:
        yield definition_of(
            chapter, frame, Stage.DATA, f"`{library}` calls `{frame.code.qualname}` for the data", LOADING[name]
        )
    elif name in BUILDING:
        yield definition_of(
            chapter,
            frame,
            Stage.MODEL,
            f"`{library}` calls `{frame.code.qualname}` to have the optimizer or model built",
            1.6,
        )


def _loss(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """Where the scalar that a training step gave back was made: that is what the trainer minimises."""
    value = frame.returned or {}
    candidates = [value, *walk_items(value, 1)] if value.get("type") in ("dict", "tuple", "list") else [value]
    minimised = next((item for item in candidates if is_scalar(item) and item.get("grad_fn")), None)
    if minimised is None:
        return
    rows = [row for row in chapter.bound(minimised.get("id")) if row.done <= (frame.left or 1 << 60)]
    if rows:
        row = rows[0]
        because = f"`{frame.code.name}` gives the trainer the object bound to `{row.name}` here, to be minimised"
        yield _value(chapter, row, because)
        return
    line = next((row for row in frame.lines if row.line == frame.return_line), None)
    if line is not None:
        yield _line(
            chapter,
            Stage.LOSS,
            frame,
            line,
            "value",
            3.0,
            f"`{frame.code.name}` computes here what the trainer minimises",
        )


def _forwards(chapter: Chapter) -> Iterator[Finding]:
    """The line of a hook that applies the network, and the `forward` methods below it."""
    done: set[tuple[int, int]] = set()
    for event in chapter.forwards:
        hooks = [place.frame for place in event.stack if _is_training_hook(place)]
        if not is_training(event) or not hooks:
            continue
        place = next((level for level in event.stack if level.code.name != "forward"), event.place)
        methods = [level.code for level in event.stack if level.code.name == "forward"]
        inner = _own_forward(chapter, event)
        if (place.code.id, place.line) in done:
            continue
        done.add((place.code.id, place.line))
        yield Finding(
            Stage.FORWARD,
            chapter.location(place.code, place.line),
            "the network was applied from this line, under the trainer's training step",
            "call",
            chapter.number,
            event.seq,
            weight=3.0,
            frame=place.frame,
            seqs=(event.seq,),
            facts={"event": event},
        )
        for code in [*methods, *([inner] if inner is not None else [])]:
            yield _ran(chapter, event, code)


def _is_training_hook(place: Place) -> bool:
    return place.code.name in TRAINING


def in_training_hook(chapter: Chapter, event: Event) -> bool:
    """Whether an event happened in a hook that a trainer also calls for training: told as that, not as evaluation."""
    return any(
        _is_training_hook(place) and any(from_trainer(frame) for frame in chapter.by_code.get(place.code.id, ())[:1])
        for place in event.stack
    )


def _own_forward(chapter: Chapter, event: Event) -> Code | None:
    """The repository's `forward` of the module that was applied."""
    identity = event.data["module"].get("id")
    for frame in chapter.trace.frames.values():
        if frame.code.name in ("forward", "call") and frame.args and frame.args[0].id == identity:
            return frame.code
    return None


def _ran(chapter: Chapter, event: Event, code: Code) -> Finding:
    frame = next((frame for frame in chapter.by_code.get(code.id, ()) if frame.seq >= event.seq), None)
    return Finding(
        Stage.FORWARD,
        chapter.definition(code),
        f"`{code.qualname}` ran when the network was applied",
        "definition",
        chapter.number,
        event.seq + 1,
        weight=2.6,
        frame=frame.id if frame else None,
        seqs=(event.seq,),
        facts={"event": event, "code": code},
    )


def _metrics(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """Scalars that an evaluating hook binds."""
    source = chapter.source(frame.code)
    told = 0
    for line in frame.lines:
        node = source.statement(line.line) if source is not None else None
        if node is None or isinstance(node, LOOPS):
            continue
        stored = stored_names(node)
        names = [
            bound.name for bound in line.bound if bound.name in stored and is_scalar(bound.value) and not bound.touched
        ]
        if names and called_names(node) and loaded_names(node):
            told += 1
            because = f"`{names[0]}` is computed here, in a step that the trainer calls to evaluate"
            yield _line(chapter, Stage.EVALUATION, frame, line, "metric", 2.2 - 0.1 * told, because)
        if told >= 2:
            return


def _handed_over(chapter: Chapter) -> Iterator[Finding]:
    """Data modules, loaders and data sets that were handed to the trainer: where they were built."""
    for event in chapter.trace.landmarks("fit", "trainer"):
        for name in ("datamodule", "train_dataloaders", "train_dataset"):
            for row in chapter.bound(event.argument(name).get("id"))[:1]:
                if row.seq < event.seq and row.line is not None:
                    because = f"`{row.name}`, from which the trainer takes its data, is built here"
                    yield _line(chapter, Stage.DATA, row.frame, row.line, "construction", 2.9, because)


def _compiled(chapter: Chapter) -> Iterator[Finding]:
    """Where a model of Keras is given its optimizer and its loss, and the loss when the repository wrote it."""
    for event in chapter.trace.landmarks("compile_model"):
        place, facts = event.place, {"event": event}
        at = chapter.location(place.code, place.line)
        because = "the model is given its optimizer on this line"
        yield Finding(
            Stage.MODEL, at, because, "call", chapter.number, event.seq, 2.2, place.frame, (event.seq,), facts
        )
        loss = event.argument("loss")
        if loss.get("type", "NoneType") == "NoneType":
            continue
        because = "what `fit` minimises is handed to the model on this line"
        yield Finding(Stage.LOSS, at, because, "call", chapter.number, event.seq, 1.8, place.frame, (event.seq,), facts)
        name = str(loss.get("value", "")).rpartition(" ")[2].rpartition(".")[2]
        for frame in chapter.trace.frames.values():
            if loss["type"] == "function" and frame.code.name == name and from_trainer(frame):
                yield definition_of(chapter, frame, Stage.LOSS, f"the library calls `{name}` for the loss", 3.0)
                break


def _saving(chapter: Chapter) -> Iterator[Finding]:
    """Callbacks that save, and modules that are loaded back."""
    for event in chapter.trace.landmarks("load"):
        if str(event.data["name"]).endswith(".load_from_checkpoint"):
            yield Finding(
                Stage.CHECKPOINT,
                chapter.location(event.place.code, event.place.line),
                "a module was loaded back from a checkpoint on this line",
                "load",
                chapter.number,
                event.seq,
                weight=2.2,
                frame=event.place.frame,
                seqs=(event.seq,),
                facts={"event": event},
            )
    saves = [event for event in chapter.trace.landmarks("save") if by_library(event)]
    for event in chapter.trace.landmarks("saving_callback")[:2]:
        own = "trainer" not in event.via.lower()
        if not own and not saves:
            continue  # the trainer's own default, which was not seen at work
        because = "the trainer built here brings the callback with which it saves checkpoints"
        yield Finding(
            Stage.CHECKPOINT,
            chapter.location(event.place.code, event.place.line),
            "the callback that has the trainer save checkpoints is built here" if own else because,
            "construction",
            chapter.number,
            event.seq,
            weight=2.4 if own else 1.4,
            frame=event.place.frame,
            seqs=(event.seq, *(other.seq for other in saves[:1])),
            facts={"event": event},
        )


def _value(chapter: Chapter, row: Occurrence, because: str) -> Finding:
    return Finding(
        Stage.LOSS,
        chapter.location(row.frame.code, row.number),
        because,
        "value",
        chapter.number,
        row.seq,
        weight=3.0,
        frame=row.frame.id,
        seqs=(row.seq,),
        facts={"occurrence": row},
    )


def _line(chapter: Chapter, stage: Stage, frame: Frame, line: Line, role: str, weight: float, because: str) -> Finding:
    return Finding(
        stage,
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


RULE = rule
