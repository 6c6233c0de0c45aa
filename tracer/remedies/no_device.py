"""A program asks for CUDA devices, does nothing for each of the none that are there, and says no word."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, with_shim
from tracer.notebooks import source_text
from tracer.remedies import Adaptation, Situation

ASKS = re.compile(r"\bcuda\.(?:device_count|is_available)\(\)|\bget_num_gpus\(|\bdevice_count\(\)")


class NoDevice:
    """Tells a program that ended well without having trained that there is one device."""

    order = 65

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where no complaint says why nothing was trained."""
        if situation.machine.gpus or situation.trained or situation.outcome not in ("finished", "exited"):
            return None
        if complaint(situation) or any(shim.settings.get("available") for shim in situation.plan.shims):
            return None
        asked = _asked(situation)
        if not asked:
            return None
        return Adaptation(
            with_shim(situation.plan, "cuda", available=True, count=1),
            "the program was told that there is a CUDA device, and what asks for it gets the CPU",
            f"it ended without having trained, and asks for devices at {asked}",
            slug="cuda-available",
        )


REMEDY = NoDevice()


def _asked(situation: Situation) -> str:
    """The first line (`file:line`) that ran and asks how many devices there are."""
    texts: dict[str, list[str]] = {}
    for frame, line in situation.trace.lines():
        file = frame.code.file
        if file not in texts:
            try:
                texts[file] = source_text(situation.plan.root / file).splitlines()
            except OSError:
                texts[file] = []
        if any(ASKS.search(text) for text in texts[file][line.line - 1 : line.line]):
            return f"{file}:{line.line}"
    return ""
