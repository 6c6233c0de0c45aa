"""A program splits its data into numbers of items that are not there: the numbers are scaled to those that are."""

from __future__ import annotations

from tracer.diagnosis import with_shim
from tracer.remedies import Adaptation, Situation

MESSAGE = "Sum of input lengths does not equal the length of the input dataset"


class SplitScaled:
    """Arms the shim that scales the numbers given to torch's `random_split`."""

    order = 210

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only for that complaint of torch's."""
        if MESSAGE not in situation.message:
            return None
        plan = with_shim(situation.plan, "split_lengths")
        why = "the data that are here have another number of items than the program splits them into"
        return Adaptation(plan, "the split was scaled to the items that are there", why, "split-scaled")


REMEDY = SplitScaled()
