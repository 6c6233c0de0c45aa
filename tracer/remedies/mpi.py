"""MPI, or what needs it, is not there or does not load."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, with_shim
from tracer.remedies import Adaptation, Situation

NO_MPI = re.compile(
    r"cannot load MPI library|libmpi\w*\.(?:so|dylib)|No module named '(?:mpi4py|horovod)(?:\.\w+)*'|MPI_Init"
    r"|horovod has not been (?:built|installed)"
)


class Mpi:
    """Answers for a world of one process."""

    order = 27

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failure says that there is no MPI."""
        text = complaint(situation)
        if not NO_MPI.search(text):
            return None
        return Adaptation(
            with_shim(situation.plan, "mpi"),
            "MPI was answered for a world of one process",
            f"there is none here that loads ({text[:120]})",
            slug="mpi",
        )


REMEDY = Mpi()
