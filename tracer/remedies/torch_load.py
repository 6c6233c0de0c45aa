"""Weights that torch refuses to load since it reads only plain tensors: files of the repository, or of this run."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.diagnosis import complaint
from tracer.remedies import Adaptation, Situation
from tracer.trace import Event, Trace

REFUSED = re.compile(r"Weights only load failed|weights_only|WeightsUnpickler|Unsupported global|Unsupported operand")
VARIABLE = "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"
OUTSIDE = "<outside>/"


class TorchLoad:
    """Lets torch load whole objects, as it did before 2.6, where the file can be trusted as much as the program."""

    order = 45

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where torch refused a file of the repository, or one that this run wrote."""
        text = complaint(situation)
        if not REFUSED.search(text) or VARIABLE in situation.plan.environment:
            return None
        if _foreign(situation.trace):
            return None
        plan = replace(situation.plan, environment={**situation.plan.environment, VARIABLE: "1"})
        return Adaptation(
            plan,
            f"torch loads whole objects, not only tensors ({VARIABLE}=1)",
            "the program saved more than tensors, which torch loads no more by default; the file is the program's own",
            slug="torch-load",
        )


REMEDY = TorchLoad()


def _foreign(trace: Trace) -> bool:
    """Whether what torch read last is neither a file of the repository nor one that this run wrote."""
    read = [str(event.data.get("path", "")) for event in trace.events if event.kind == "file" and event.name == "read"]
    saved = {_file_of(event) for event in trace.landmarks("save")}
    loaded = [_file_of(event) for event in trace.landmarks("load")]
    return bool(read and read[-1].startswith(OUTSIDE)) and not (loaded and loaded[-1] in saved)


def _file_of(event: Event) -> str:
    """The file that torch was told to write or read, as it was given."""
    return next((str(value.get("value", "")) for name, value in event.data.get("args", ()) if name == "f"), "")
