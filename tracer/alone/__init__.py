"""The model alone: which class of a repository is its model, and what reading says about how to build and apply it.

Host side, purely static. What reading does not say is made up in the target (`inprocess/drivers/model.py`), and
labelled.
"""

from __future__ import annotations

from tracer.alone.candidates import Candidate, KnownModels, known_of
from tracer.alone.planning import CHAPTER, WHY, found_in, seeking, telling

__all__ = ["CHAPTER", "WHY", "Candidate", "KnownModels", "found_in", "known_of", "seeking", "telling"]
