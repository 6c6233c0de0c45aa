"""The programs of a tour as they were started, from the headers of their traces. Runs on the host."""

from __future__ import annotations

from tracer.trace import Trace
from walkthroughs.findings import Program
from walkthroughs.story import Story


def panel(story: Story) -> tuple[Program, ...]:
    """Each program that was started by us, in the order in which they ran."""
    return tuple(_program(chapter.trace) for chapter in story.chapters if not chapter.trace.process)


def _program(trace: Trace) -> Program:
    header = trace.header
    started = header.get("started") or {}
    return Program(
        chapter=trace.chapter,
        launch=str(header.get("launch") or ""),
        argv=tuple(str(word) for word in header.get("argv") or ()),
        folder=str(header.get("folder") or ""),
        environment=dict(started.get("environment") or {}),
        needs_path=tuple(started.get("needs_path") or ()),
        folders=tuple(started.get("folders") or ()),
        files=tuple(tuple(row) for row in started.get("files") or ()),
        shims=tuple(tuple(row) for row in started.get("shims") or ()),
        packages=tuple(started.get("packages") or ()),
        driver=started.get("driver"),
    )
