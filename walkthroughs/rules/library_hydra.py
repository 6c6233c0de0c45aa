"""Hydra: the function that is handed the composed configuration."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.stages import Stage
from walkthroughs.story import Chapter, Finding, Story

CONFIGURATIONS = ("omegaconf.DictConfig", "omegaconf.dictconfig.DictConfig", "DictConfig")


def rule(story: Story) -> Iterator[Finding]:
    """The repository's function that Hydra calls with its configuration, once for each program."""
    for chapter in story.chapters:
        yield from _handed(chapter)


def _handed(chapter: Chapter) -> Iterator[Finding]:
    done: set[int] = set()
    for frame in chapter.trace.frames.values():
        if frame.via is None or not frame.via[0].startswith("hydra") or frame.code.id in done:
            continue
        given = next((argument for argument in frame.args if argument.value.get("type") in CONFIGURATIONS), None)
        if given is None:
            continue
        done.add(frame.code.id)
        yield Finding(
            Stage.CONFIG,
            chapter.definition(frame.code),
            f"Hydra hands the composed configuration to this function as `{given.name}`",
            "definition",
            chapter.number,
            frame.seq,
            weight=3.0,
            frame=frame.id,
            seqs=(frame.seq,),
            facts={"code": frame.code},
        )


RULE = rule
