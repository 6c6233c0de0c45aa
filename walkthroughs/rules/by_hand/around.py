"""What lies around hand-written training steps: the model, the data that flows in, evaluation, saved weights."""

from __future__ import annotations

from collections.abc import Iterator

from walkthroughs.rules.by_hand.flow import Flow
from walkthroughs.rules.by_hand.step import Step
from walkthroughs.story import Chapter, Finding


def around(chapter: Chapter, flow: Flow, step: Step) -> Iterator[Finding]:
    """Model, data, evaluation and checkpoint of one step's weights."""
    return iter(())
