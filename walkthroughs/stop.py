"""The stop, unit of a tour: one place in the code and what was seen there. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tracer.location import Location
from tracer.stages import Stage

ALWAYS = {"always": True}
"""Metadata of fields that stand in the file even when empty, because other programs may rely on them."""


@dataclass(frozen=True, slots=True)
class Stats:
    """A few numbers about an array; `zeros` and `nan` are shares from 0 to 1."""

    min: float | None = None
    max: float | None = None
    mean: float | None = None
    std: float | None = None
    zeros: float | None = None
    nan: float | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A value as it was seen: `shape` is None for what has none and () for a scalar array.

    Of some arrays `grid` is a small picture: rows of elements, evenly spread over the array, or over the item `part` of
    it (such as `[0]`, the first of a batch). With `channels` (1, 3 or 4) that is an image, and a row holds the numbers
    of its pixels one after the other.
    """

    name: str
    type: str = field(default="", metadata=ALWAYS)
    value: str = field(default="", metadata=ALWAYS)
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    device: str = ""
    length: int | None = None
    stats: Stats | None = None
    items: tuple[Variable, ...] = ()
    changed: bool = False
    grid: tuple[tuple[float, ...], ...] = ()
    channels: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Source around a stop: `lines` from `first_line` on; `executed` are the line numbers seen executing."""

    first_line: int = field(default=1, metadata=ALWAYS)
    lines: tuple[str, ...] = field(default=(), metadata=ALWAYS)
    executed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a note that states a fact: the rule and arguments that derive it, the trace events it rests on."""

    text: str
    rule: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A value at one recorded run of the line that bound it; `iteration` counts these runs from 0.

    `at`: when the value was there at the latest (the next recorded line of the frame began, or the frame ended), in
    seconds since the target of its chapter started.
    """

    iteration: int
    value: float | str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The unit of a tour: one place in the code, what was seen there, and a note (Markdown without headings).

    `call_stack` holds the calling frames: the caller of this frame first, the entry point last. `chapter` is the
    program that the stop belongs to: `main`, or one that ran before (`before-1`) or after it (`after-1`).
    """

    id: str
    stage: str
    title: str = field(default="", metadata=ALWAYS)
    basis: str = field(default="observed", metadata=ALWAYS)
    because: str = field(default="", metadata=ALWAYS)
    location: Location
    call_stack: tuple[Location, ...] = field(default=(), metadata=ALWAYS)
    excerpt: Excerpt = field(default=Excerpt(), metadata=ALWAYS)
    variables: tuple[Variable, ...] = field(default=(), metadata=ALWAYS)
    note: str = field(default="", metadata=ALWAYS)
    visits: int = field(default=0, metadata=ALWAYS)
    visits_at_least: bool = False
    """Whether `visits` counts only the calls that were followed: the place ran more often than that."""

    first_seen: float = field(default=0.0, metadata=ALWAYS)
    claims: tuple[Claim, ...] = ()
    output: str = ""
    chapter: str = "main"
    history: tuple[Point, ...] = ()
    adapted: tuple[str, ...] = ()
    """What RepoTour changed about the run that touched this place: made-up data, a call that was answered otherwise."""

    step: int | None = None
    """Where the stop lies in the tour's recording: the step on whose line it stands; None when it is not in it."""

    def __post_init__(self) -> None:
        """Keep the stage as its plain id, also when a `Stage` was given, and give the place its last line."""
        object.__setattr__(self, "stage", stage_id(self.stage))
        if self.location.end_line < self.location.line:
            object.__setattr__(self, "location", replace(self.location, end_line=self.location.line))

    @property
    def stage_title(self) -> str:
        """The stage in plain words."""
        return stage_title(self.stage)

    @property
    def part(self) -> str:
        """The chapter of the telling that this stop belongs to, such as `Training` or `Preparation · Data`."""
        known = next((stage for stage in Stage if stage.value == self.stage), None)
        title = known.chapter if known else stage_title(self.stage)
        return f"{program_title(self.chapter)} · {title}" if self.chapter != "main" else title


def stage_id(stage: str) -> str:
    """The plain text of a stage's id; a str-based enum formats as its name on some Pythons."""
    return str(stage.value) if isinstance(stage, Stage) else stage


def stage_title(stage: str) -> str:
    """A stage's id in plain words; an id from a newer version is shown as it is."""
    known = next((item for item in Stage if item.value == stage), None)
    return known.title if known else stage.replace("_", " ").capitalize()


def program_title(chapter: str) -> str:
    """The program that a stop belongs to in words: `before-2` is `Preparation 2`."""
    kind, _, number = chapter.partition("-")
    words = {
        "before": "Preparation",
        "after": "Afterwards",
        "main": "Main program",
        "alone": "The model alone",
        "launch": "Before its processes",
    }
    word = words.get(kind, chapter)
    return f"{word} {number}" if number not in ("", "1") and word != chapter else word
