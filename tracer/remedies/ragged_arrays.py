"""Arrays made of rows of different lengths: numpy allowed them up to 1.23, and the program relies on it. Host side."""

from __future__ import annotations

from tracer.diagnosis import complaint, with_shim
from tracer.inprocess.shims.ragged_arrays import COMPLAINT
from tracer.remedies import Adaptation, Situation


class RaggedArrays:
    """Arms the shim that makes arrays of objects of them, as numpy did."""

    order = 26

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only for numpy's own complaint, once."""
        armed = any(shim.name == "ragged_arrays" for shim in situation.plan.shims)
        if armed or COMPLAINT not in complaint(situation):
            return None
        return Adaptation(
            with_shim(situation.plan, "ragged_arrays"),
            "rows of different lengths become arrays of objects, as in the numpy of its time",
            "the program was written for a numpy before 1.24, which made such arrays without being asked",
            slug="ragged-arrays",
        )


REMEDY = RaggedArrays()
