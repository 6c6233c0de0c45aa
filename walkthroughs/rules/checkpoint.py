"""Checkpoint: the lines that save or restore weights or results."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event
from walkthroughs.sources import called_names
from walkthroughs.story import Chapter, Finding, Story, by_library

WEIGHTS = (
    ".pt",
    ".pth",
    ".ckpt",
    ".pkl",
    ".pickle",
    ".npz",
    ".npy",
    ".joblib",
    ".h5",
    ".hdf5",
    ".safetensors",
    ".bin",
    ".msgpack",
    ".model",
    ".json",
    ".onnx",
    ".params",
    ".mdl",
    ".pt.tar",
    ".tar",
    ".ubj",
)
NOT_WEIGHTS = (".png", ".jpg", ".svg", ".pdf", ".log", ".csv", ".html", ".gif", ".mp4", ".yaml", ".yml")


def rule(story: Story) -> Iterator[Finding]:
    """Saves and loads of a framework; else files that repository code wrote once training had begun."""
    for chapter in story.chapters:
        if chapter.trace.chapter.startswith("before") and not chapter.models and not chapter.trace.landmarks("fit"):
            continue
        covered = set()
        loaded = min((event.seq for event in chapter.trace.landmarks("load")), default=1 << 60)
        for event in chapter.trace.landmarks("save", "load", "restore"):
            if event.name == "restore" and (event.seq < loaded or _copies(chapter, event)):
                continue
            if by_library(event) or event.data.get("path"):
                continue
            place = event.place
            covered.add((place.code.id, place.line))
            verb = {
                "save": "something was saved from this line",
                "load": "something saved earlier was loaded on this line",
            }
            yield Finding(
                Stage.CHECKPOINT,
                chapter.location(place.code, place.line),
                verb.get(event.name, "saved state was put back on this line"),
                event.name,
                chapter.number,
                event.seq,
                weight={"save": 3.0, "load": 2.0}.get(event.name, 1.0),
                frame=place.frame,
                seqs=(event.seq,),
                facts={"event": event},
            )
        yield from _written(chapter, covered)


def _copies(chapter: Chapter, event: Event) -> bool:
    """Whether a state is not put back but copied from another object (`target.load_state_dict(model.state_dict())`)."""
    source = chapter.source(event.place.code)
    node = source.statement(event.place.line) if source is not None else None
    return any(name.endswith(".state_dict") for name in called_names(node))


def _written(chapter: Chapter, covered: set[tuple[int, int]]) -> Iterator[Finding]:
    trained = chapter.trace.landmarks("optimizer_step", "fit", "backward", "functional_step")
    updates = [line.seq for _, line in chapter.trace.lines() if line.updated]
    begin = min([event.seq for event in trained] + updates, default=None)
    if begin is None:
        return
    for event in chapter.trace.events:
        if event.kind != "file" or event.name != "write" or event.seq < begin:
            continue
        path = event.data["path"]
        place = event.place
        if (
            (place.code.id, place.line) in covered
            or path.endswith(NOT_WEIGHTS)
            or not path.endswith(WEIGHTS)
            or by_library(event)
        ):
            continue
        if (
            "tfevents" in path
            or "/wandb/" in path
            or "matplotlib" in event.via
            or event.via.startswith(("logging", "tensorboard"))
        ):
            continue
        yield Finding(
            Stage.CHECKPOINT,
            chapter.location(place.code, place.line),
            f"`{path}` was written from this line",
            "save",
            chapter.number,
            event.seq,
            weight=1.5,
            frame=place.frame,
            seqs=(event.seq,),
            facts={"event": event},
        )


RULE = rule
