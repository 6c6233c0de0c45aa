"""A cell of a notebook that fails: the cells behind it are run too, as Jupyter does when it is asked to."""

from __future__ import annotations

from dataclasses import replace

from tracer.plan import Driver
from tracer.remedies import Adaptation, Situation

SLUG = "failed-cell"


class FailedCell:
    """Comes last: what can be done about the failure itself is better."""

    order = 950

    def adapt(self, situation: Situation) -> Adaptation | None:
        """The plan that goes on behind cells that fail."""
        plan = situation.plan
        if plan.launch != "notebook" or not situation.error or (plan.driver is not None and plan.driver.data):
            return None
        return Adaptation(
            replace(plan, driver=Driver("cells", {"go_on": True})),
            "the cells behind one that fails are run too",
            f"a cell failed with {situation.error}, and what comes behind it may not need it",
            SLUG,
        )


REMEDY = FailedCell()
