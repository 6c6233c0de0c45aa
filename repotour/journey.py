"""What one call of `repotour run` was asked for, and what it has gathered so far. Runs on the host."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from repotour.attempts.account import Account
from tracer.safety.shelter import Shelter

if TYPE_CHECKING:
    from repotour.attempts.candidate import Candidate
    from tracer.checkout import Checkout
    from tracer.engines.recorder import RunResult
    from tracer.survey import EntryPoint, Survey
    from walkthroughs.tour import Need, Outcome


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; the fields are the options of `repotour run`."""

    ref: str | None = None
    entry: str | None = None
    python: str | None = None
    before: tuple[str, ...] = ()
    iterations: int = 3
    timeout: float = 120.0
    out: Path | None = None
    target: tuple[str, ...] = ()
    keep: bool = False
    synthetic: str = "auto"
    """auto, always or never: whether data that cannot be had may be made up in their shape (auto: as the last way)."""
    keep_env: tuple[str, ...] = ()
    """Variables that the program may see although they could be secrets."""
    sandbox: bool | None = None
    """True and False want one or none; None: one for code from a URL, a guard for the user's own, where it works."""
    attempts: int = 12
    total: float = 240.0
    install: bool = True
    """Whether packages may be installed, into environments and folders of our own."""


@dataclass(slots=True)
class Journey:
    """What has been gathered so far, so that an interruption can still be told."""

    checkout: Checkout
    survey: Survey
    out: Path
    name: str
    options: Options = field(default_factory=Options)
    candidate: Candidate | None = None
    """The program that is told, or that would have been run."""
    traces: list[Path] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    outcome: Outcome | None = None
    main: RunResult | None = None
    command: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    """What the told program asked for and nobody had."""
    python: str = ""
    """The version of the Python that runs the programs."""
    interrupted: bool = False
    alone: str = ""
    """The class of the model that was run alone, where no program got as far as a model."""
    obstacle: str = ""
    """Why nothing could be started, in words."""
    unfinished: bool = False
    """Whether more was known to try when attempts or time were up."""
    shelter: Shelter = field(default_factory=Shelter)
    """What its programs may see and change."""
    toured: list[str] = field(default_factory=list)
    """Files of other programs that the tour ran too."""

    @property
    def entry(self) -> EntryPoint | None:
        """The entry point that is told."""
        return self.candidate.entry if self.candidate is not None else None

    @property
    def entry_file(self) -> str:
        """Its file, relative to the repository."""
        return self.candidate.file if self.candidate is not None else ""
