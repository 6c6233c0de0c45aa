"""Programs that train without autograd and optimizer objects of a framework: numpy, plain Python, own autograd engines.

What was trained is found by values and data flow (weights.py over flow.py), one step is taken apart (step.py) and told
(training.py, model.py, data.py, evaluation.py, saving.py). Silent where a framework's landmarks tell the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from walkthroughs.rules.by_hand.data import data
from walkthroughs.rules.by_hand.evaluation import evaluation, scores
from walkthroughs.rules.by_hand.flow import Flow
from walkthroughs.rules.by_hand.model import model, optimizer
from walkthroughs.rules.by_hand.saving import saving
from walkthroughs.rules.by_hand.step import steps_of
from walkthroughs.rules.by_hand.training import Training
from walkthroughs.rules.by_hand.weights import weights_of
from walkthroughs.story import Chapter, Finding, Story

PREPARING = ("sklearn.preprocessing", "sklearn.feature_extraction", "sklearn.decomposition", "sklearn.impute")


def rule(story: Story) -> Iterator[Finding]:
    """The stages of chapters in which weights were updated by the repository's own statements."""
    for chapter in story.chapters:
        if _told_elsewhere(chapter):
            continue
        flow = Flow(chapter)
        steps = steps_of(chapter, flow, weights_of(chapter, flow))
        for step in steps:
            teller = Training(chapter, flow, step)
            yield from teller.findings()
            for part in (model, optimizer, data, evaluation, scores, saving):
                yield from part(teller)


def _told_elsewhere(chapter: Chapter) -> bool:
    """Whether a framework computed gradients, stepped or fitted, so that its landmarks tell the stages."""
    if chapter.models or chapter.trace.landmarks("optimizer_step", "backward", "functional_step"):
        return True
    fits = chapter.trace.landmarks("fit")
    return any(not str(event.argument("self").get("type", "")).startswith(PREPARING) for event in fits)


RULE = rule
