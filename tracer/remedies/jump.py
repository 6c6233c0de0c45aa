"""A name is missing that a loop would have bound, had the tour not left it early: our doing, so the run is repeated."""

from __future__ import annotations

from dataclasses import replace

from tracer.remedies import Adaptation, Situation


class Jump:
    """Lets the loops run to their end."""

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a loop was left before the name was missed."""
        left = situation.trace.left_loops
        missing = situation.error in ("NameError", "UnboundLocalError")
        # From 3.12 on a jump binds the names it skips to None.
        none = "NoneType" in situation.message and any(row.get("made_none") for row in left)
        if not left or not (missing or none):
            return None
        plan = replace(situation.plan, limits=replace(situation.plan.limits, jumps=False))
        why = "a name was missing after a loop that the tour had left early: the tour's doing, not the program's"
        return Adaptation(plan, "run again without leaving loops early", why)


REMEDY = Jump()
