"""The survey: what reading a repository says about it. Host side; never imports or runs the target."""

from __future__ import annotations

from tracer.survey.sightings import (
    Argument,
    ClassFacts,
    EntryPoint,
    FileFacts,
    ReadmeCommand,
    Sighting,
    Survey,
    TrainingCall,
)
from tracer.survey.surveyor import best_entry, equal_rank, survey

__all__ = [
    "Argument",
    "ClassFacts",
    "EntryPoint",
    "FileFacts",
    "ReadmeCommand",
    "Sighting",
    "Survey",
    "TrainingCall",
    "best_entry",
    "equal_rank",
    "survey",
]
