"""A program waits for somebody: it asks a question, or stands at a breakpoint."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, with_shim
from tracer.remedies import Adaptation, Situation

ASKED = re.compile(r"EOFError|EOF when reading|BdbQuit|StdinNot\w+Error|GetPassWarning")
STANDING = re.compile(r"^\(Pdb\) |^ipdb> |^In \[1\]: ", re.MULTILINE)


class Prompts:
    """Answers questions, and passes breakpoints."""

    order = 45

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a question met the end of its input, or a debugger was left."""
        text = complaint(situation)
        waited = situation.error == "BdbQuit" or ASKED.search(text)
        if not waited and not (not situation.trained and STANDING.search(situation.printed)):
            return None
        return Adaptation(
            with_shim(situation.plan, "prompts"),
            "questions are answered and breakpoints passed",
            "the program waits for somebody, and nobody is there",
            slug="prompts",
        )


REMEDY = Prompts()
