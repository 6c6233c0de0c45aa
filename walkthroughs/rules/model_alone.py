"""The forward pass of a model that was run alone: no line of the repository applied it, but its own code ran."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from tracer.trace import Frame
from walkthroughs.rules.model import trained_roots
from walkthroughs.story import Chapter, Finding, Story, definition_of

CHAPTER = "alone"
METHODS = ("forward", "__call__", "call")


def rule(story: Story) -> Iterator[Finding]:
    """The outermost call of a root module's own `forward` in the chapter of the model alone."""
    for chapter in story.chapters:
        if chapter.trace.chapter != CHAPTER:
            continue
        frames = [frame for root in trained_roots(chapter) if (frame := forward_of(chapter, root)) is not None]
        for frame in frames or _outermost(chapter):
            because = f"`{frame.code.qualname}` ran when the model was applied alone"
            finding = definition_of(chapter, frame, Stage.FORWARD, because, 2.5)
            if frame.args:
                finding.facts["root"] = frame.args[0].id
            yield finding
            if not chapter.models:
                yield from _class(chapter, frame)


def _class(chapter: Chapter, frame: Frame) -> Iterator[Finding]:
    """The class whose forward pass ran, of a library whose models are no trees of modules to the recorder."""
    name = frame.code.qualname.rpartition(".")[0]
    codes = chapter.trace.codes.values()
    code = next((item for item in codes if item.type == "class" and item.qualname == name), None)
    if code is not None and code.file == frame.code.file:
        because = f"`{name}` is the class of the model that was run alone"
        yield Finding(
            Stage.MODEL, chapter.definition(code), because, "class", chapter.number, frame.seq, weight=2.8,
            facts={"code": code},
        )  # fmt: skip


def forward_of(chapter: Chapter, root: int) -> Frame | None:
    """The first recorded call of a module's forward pass, from outside of the repository's code."""
    return next((frame for frame in _outermost(chapter) if frame.args and frame.args[0].id == root), None)


def _outermost(chapter: Chapter) -> list[Frame]:
    """Forward passes that no line of the repository called."""
    frames = chapter.trace.frames.values()
    return [frame for frame in frames if frame.parent is None and frame.code.name in METHODS]


RULE = rule
