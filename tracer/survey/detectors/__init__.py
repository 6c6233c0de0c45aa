"""Static stage detectors, one module per stage; each module's DETECTOR is found by listing this folder. Host side.

A detector is pure: it gets one resolved source file and says where its stage seems to happen. To add one, add a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

from tracer.open_folder import offered
from tracer.stages import Stage
from tracer.survey.program import SourceFile
from tracer.survey.sightings import Sighting


class Detector(Protocol):
    """Finds the places of one stage in a source file."""

    stage: Stage

    def detect(self, source: SourceFile) -> Iterable[Sighting]:
        """Every place where the stage seems to happen, in any order, doubles allowed."""


@cache
def all_detectors() -> tuple[Detector, ...]:
    """The detectors of this folder, by module name."""
    return tuple(offered(__name__, "DETECTOR"))
