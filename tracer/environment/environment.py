"""An interpreter for a target, together with what we installed for it. Host."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tracer.environment.overlay import lay_over
from tracer.environment.store import Store
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter
from tracer.plan import RunPlan

Rebuild = Callable[[tuple[str, ...]], Interpreter]
"""Gives the interpreter of an environment of ours that has some packages more."""


@dataclass
class Environment:
    """Which interpreter runs the target, and why. `ours`: RepoTour built it; nothing is installed into any other.

    `installed` and `loosened` are sentences for the tour: what was installed, and where that differs from what the
    repository declares. `add` and `equip` change `interpreter` where the environment is ours.
    """

    interpreter: Interpreter
    ours: bool = False
    reason: str = ""
    installed: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()
    store: Store = field(default_factory=Store, repr=False)
    rebuild: Rebuild | None = field(default=None, repr=False)
    added: tuple[str, ...] = ()
    """What was added after it was chosen, as pip names it."""
    front: tuple[Path, ...] = ()
    """Folders of ours that go before the interpreter's own, since they hold other versions of what it has."""
    closed: bool = False
    """Nothing may be installed, wherever."""

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """What is not as the repository asks for it, and why."""
        pairs = (line.partition(": ") for line in self.loosened)
        return tuple((what, why or "that is what can be had here") for what, _, why in pairs)

    def add(self, packages: Iterable[str]) -> tuple[Path, ...]:
        """Make packages available: in the environment when it is ours (which gives it another `interpreter`), else in
        folders of ours, which are given back and belong on `RunPlan.extra_path`.

        Raises `RepoTourError` (packages-not-found, uv-missing, not-installed); then everything is as before.
        """
        wanted = tuple(package for package in dict.fromkeys(packages) if package not in self.added)
        if not wanted:
            return ()
        if self.closed:
            raise RepoTourError(
                f"{', '.join(wanted)} would be needed, and nothing may be installed.",
                slug="not-installed",
                hint="Run it without --no-install.",
            )
        if self.rebuild is not None:
            self.interpreter = self.rebuild((*self.added, *wanted))
            self.added = (*self.added, *wanted)
            return ()
        overlay = lay_over(self.interpreter, (*self.added, *wanted), self.store)
        self.added = (*self.added, *wanted)
        if overlay.replaces:
            self.front = (overlay.folder, *self.front)
            return ()
        return (overlay.folder,) if overlay.installed else ()

    def equip(self, plan: RunPlan, packages: Iterable[str] = ()) -> RunPlan:
        """A plan that runs with this environment and these packages beside; raises what `add` raises."""
        behind = self.add(packages)
        front = tuple(str(folder) for folder in self.front)
        extra = dict.fromkeys(
            (*plan.extra_path, *self.front, *behind)
        )  # the latter also says what a sandbox has to show
        return replace(
            plan,
            python=str(self.interpreter.path),
            needs_path=(*front, *(part for part in plan.needs_path if part not in front)),
            extra_path=tuple(extra),
            packages=self.added,
        )
