"""Programs that prepare data for a later one: the functions that turn what was read into what is written."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Event, Frame
from walkthroughs.story import Chapter, Finding, Story

SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf")
TOLD = 4


def rule(story: Story) -> Iterator[Finding]:
    """In programs before the training one: the function under which both files were opened, or that is handed them."""
    for chapter in story.chapters:
        trains = chapter.trace.landmarks("backward", "optimizer_step", "fit")
        if chapter.trace.chapter.startswith("before") and not trains:
            yield from _between(chapter)


def _between(chapter: Chapter) -> Iterator[Finding]:
    files = [
        event for event in chapter.trace.events if event.kind == "file" and not event.data["path"].endswith(SETTINGS)
    ]
    done: set[int] = set()
    for written in [event for event in files if event.name == "write"]:
        for read in reversed([event for event in files if event.name == "read" and event.seq < written.seq]):
            frame = _common(chapter, read, written)
            if frame is None or frame.code.id in done:
                break
            inner = _handed(chapter, frame, (read, written))
            shown = inner or frame
            done.update((frame.code.id, shown.code.id))
            source, target, name = read.data["path"], written.data["path"], shown.code.name
            because = f"`{name}` turns `{source}` into `{target}`"
            if inner is not None:
                because = f"`{name}` is handed an open file on the way from `{source}` to `{target}`"
            yield Finding(
                Stage.DATA,
                chapter.definition(shown.code),
                because,
                "definition",
                chapter.number,
                shown.seq,
                weight=3.1,
                frame=shown.id,
                seqs=(shown.seq, read.seq, written.seq),
                facts={"code": shown.code},
            )
            break
        if len(done) > 2 * TOLD:
            return


def _common(chapter: Chapter, read: Event, written: Event) -> Frame | None:
    """The innermost function call from which both files were opened."""
    frames = {place.frame for place in written.stack if place.frame is not None}
    for place in read.stack:
        frame = chapter.frame_of(place)
        if frame is not None and frame.id in frames and frame.code.type == "function":
            return frame
    return None


def _handed(chapter: Chapter, frame: Frame, files: tuple[Event, ...]) -> Frame | None:
    """A function called from there that got an open file which one of the lines had bound."""
    lines = {place.line for event in files for place in event.stack if place.frame == frame.id}
    opened = {
        bound.id
        for line in frame.lines
        if line.line in lines
        for bound in line.bound
        if bound.value.get("type", "").startswith(("_io.", "io.", "_csv.", "gzip."))
    }
    opened.discard(None)
    for child in chapter.children.get(frame.id, ()):
        if (
            child.via is None
            and child.code.type == "function"
            and any(argument.id in opened for argument in child.args)
        ):
            return child
    return None


RULE = rule
