"""The words: for every finding a title and a note made of claims that can be derived again from the trace. Host.

`tell` chooses what is said; the rules in this package say it; `repotour verify` lets the same rules say it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.stages import Stage
from walkthroughs.notes.stages import GENERAL
from walkthroughs.stop import Claim
from walkthroughs.story import Finding, Story
from walkthroughs.telling.claims import TITLE, rederive
from walkthroughs.telling.connecting import connect
from walkthroughs.telling.parts import results, setup, training
from walkthroughs.telling.parts.spot import Spot
from walkthroughs.telling.witness import Witness

__all__ = ["TITLE", "Claim", "Telling", "Witness", "note_of", "rederive", "tell"]

_PARTS: dict[Stage, Callable[[Spot], None]] = {
    Stage.CONFIG: setup.config,
    Stage.DATA: setup.data,
    Stage.MODEL: setup.model,
    Stage.TRAIN_LOOP: training.train_loop,
    Stage.FORWARD: training.forward,
    Stage.LOSS: training.loss,
    Stage.BACKWARD: training.backward,
    Stage.OPTIMIZER_STEP: training.optimizer_step,
    Stage.EVALUATION: results.evaluation,
    Stage.CHECKPOINT: results.checkpoint,
}

_PLAIN = {Stage.TRAIN_LOOP, Stage.LOSS, Stage.BACKWARD, Stage.OPTIMIZER_STEP, Stage.CHECKPOINT}
"""Stages whose own words are about statements: a definition among them is told as any function."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The words of one stop: `claims` are the title (its rule begins with `title.`) and the sentences of the note."""

    title: str
    note: str
    claims: tuple[Claim, ...]


def tell(story: Story, findings: list[Finding]) -> list[Telling]:
    """Title, note and claims of each finding, in the order of `findings`."""
    witness = Witness(story)
    spots: list[Spot] = []
    for finding in findings:
        spot = Spot(witness.scenes[finding.trace], finding)
        part = _PARTS.get(finding.stage, results.other)
        (setup.function if spot.definition and finding.stage in _PLAIN else part)(spot)
        if spot.definition and not spot.claims:
            setup.function(spot)
        spot.call_it("title.code", source=spot.statement)
        spot.fill()
        connect(spot, spots)
        spots.append(spot)
    return [_telling(spot, general) for spot, general in zip(spots, _generals(findings), strict=True)]


def _generals(findings: list[Finding]) -> list[str]:
    """The sentence of general knowledge of a stage at its first stop, and nothing at its others."""
    seen: set[Stage] = set()
    found = []
    for finding in findings:
        found.append("" if finding.stage in seen else GENERAL.get(finding.stage, ""))
        seen.add(finding.stage)
    return found


def _telling(spot: Spot, general: str) -> Telling:
    paragraphs = [[claim.text for claim in paragraph] for paragraph in spot.paragraphs]
    title = spot.title
    claims = [*([title] if title is not None else []), *spot.claims]
    return Telling(title.text if title is not None else spot.stage.title, note_of(paragraphs, general), tuple(claims))


def note_of(paragraphs: list[list[str]], general: str = "") -> str:
    """The Markdown of a note: its sentences, and last, in italics, the one that is general knowledge."""
    texts = [" ".join(paragraph) for paragraph in paragraphs if paragraph]
    if general:
        texts.append(f"*{general}*")
    return "\n\n".join(texts)
