"""Builds an isolated environment from wishes, or finds the one that was built before. Host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tracer.disk import remove_tree
from tracer.environment.pins import Pin
from tracer.environment.resolving import Resolution, Resolver, source_options
from tracer.environment.store import Store, key_of
from tracer.environment.uv import cause_of, run_uv
from tracer.environment.wishes import Wish, Wishes
from tracer.errors import RepoTourError
from tracer.interpreter import Candidate, Interpreter, ask, has_modules

Tell = Callable[[str], None]
"""Told in a few words what is being done now."""

_INSTALL_TRIES = 4
_RESOLVED_PYTHONS = 6


@dataclass(frozen=True, slots=True)
class Built:
    """An environment of ours: its interpreter, what is in it, and what was done differently than asked."""

    interpreter: Interpreter
    pins: tuple[str, ...]
    loosened: tuple[str, ...]
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of: the wishes, the interpreters that may be its base (best first), and whether
    builds for a GPU are of use. `modules` are the imports that it is to satisfy."""

    wishes: Wishes
    pythons: tuple[Interpreter, ...]
    gpu: bool
    modules: tuple[str, ...] = ()

    def key(self) -> str:
        """The same for the same content."""
        import os
        import platform

        asked = sorted((wish.text, wish.needed, wish.guessed) for wish in self.wishes.items)
        versions = [python.version for python in self.pythons[:1]]
        sources = sorted((name, value) for name, value in os.environ.items() if name in _SOURCES)
        return key_of("environment", asked, sorted(self.wishes.locked), versions, self.gpu, platform.machine(), sources)

    def with_packages(self, packages: Sequence[str], why: str) -> Recipe:
        """The same with more in it; a package that is already asked for is asked for as it is given here."""
        more = [Wish(Requirement(package), why) for package in packages]
        names = {wish.name for wish in more}
        kept = tuple(wish for wish in self.wishes.items if wish.name not in names)
        return replace(self, wishes=replace(self.wishes, items=(*kept, *more)))


_SOURCES = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_RESOLUTION")
"""Variables of uv that change what a wish means."""


def resolve(recipe: Recipe, tell: Tell = lambda _: None) -> tuple[Interpreter, Resolution]:
    """The base interpreter and exact versions: with every wish as it is where one of the Pythons allows that, else
    loosened for the best of them. Nothing is installed. Raises `RepoTourError` (environment-not-possible)."""
    items = [wish for wish in recipe.wishes.items if not wish.guessed] or list(recipe.wishes.items)
    for python in recipe.pythons[:_RESOLVED_PYTHONS]:
        tell(f"looking for versions of {len(items)} packages for Python {python.version_text}")
        found = Resolver(python, recipe.gpu, recipe.wishes.locked).strictly(items)
        if found is not None:
            return python, found
    python = recipe.pythons[0]
    tell("some versions cannot be had: looking for others")
    return python, Resolver(python, recipe.gpu, recipe.wishes.locked).loosely(items)


def build(recipe: Recipe, store: Store, tell: Tell = lambda _: None) -> Built:
    """The environment of a recipe, at once when it was built before.

    Raises `RepoTourError` (environment-not-possible, environment-failed, disk-full, uv-missing).
    """
    key = recipe.key()
    found = store.find(key)
    if found is not None:
        with suppress(RepoTourError):
            return _as_built(*found, reused=True)
        remove_tree(found[0])  # the Python that it was made with is gone
    folder, record = store.keep(
        key,
        lambda folder: _Builder(recipe, folder, tell).build(),
        lambda: tell("waiting for another RepoTour that builds the same environment"),
    )
    return _as_built(folder, record)


def _as_built(folder: Path, record: dict[str, Any], *, reused: bool = False) -> Built:
    interpreter = ask(Candidate(_python_in(folder), "an environment that RepoTour built"))
    return Built(interpreter, tuple(record["pins"]), tuple(record["loosened"]), reused)


def _python_in(folder: Path) -> Path:
    windows = folder / "Scripts" / "python.exe"
    return windows if windows.exists() else folder / "bin" / "python"


class _Builder:
    """Fills one folder."""

    def __init__(self, recipe: Recipe, folder: Path, tell: Tell) -> None:
        self.recipe = recipe
        self.folder = folder
        self.tell = tell
        self.loosened: list[str] = []

    def build(self) -> dict[str, Any]:
        """Resolve, make the environment, install, and add what is still lacking."""
        python, resolution = resolve(self.recipe, self.tell)
        said = run_uv("venv", "--relocatable", "--no-project", "--python", str(python.path), str(self.folder))
        if not said.ok:
            raise RepoTourError(
                f"no environment can be made with {python.path}: {cause_of(said)}.",
                slug="environment-failed",
                hint="Give another Python with --python; `repotour doctor` lists those on this machine.",
            )
        resolution = self._install(python, resolution)
        resolution = self._complete(python, resolution)
        return {
            "python": python.version_text,
            "pins": [pin.text for pin in resolution.pins],
            "loosened": [*resolution.loosened, *self.loosened],
            "wishes": [wish.text for wish in resolution.wishes],
        }

    def _install(self, python: Interpreter, resolution: Resolution) -> Resolution:
        """Install exact versions; what does not build is left out, if the program can do without."""
        said = self._call(resolution)
        for _ in range(_INSTALL_TRIES):
            if said.ok:
                return resolution
            culprit = next((wish for wish in resolution.wishes if f"`{wish.name}" in said.talk), None)
            if culprit is None or "build" not in said.talk:
                break
            self.tell(f"{culprit.name} does not build: going on without it")
            self.loosened.append(f"{culprit.asked or culprit.text} is left out: it does not build here")
            rest = [wish for wish in resolution.wishes if wish is not culprit]
            resolution = Resolver(python, self.recipe.gpu).loosely(rest)
            said = self._call(resolution)
        if said.ok:
            return resolution
        raise RepoTourError(
            f"the packages could not be installed: {cause_of(said)}.",
            slug="environment-failed",
            hint="Try again when the network is there, or give an interpreter with --python.",
        )

    def _call(self, resolution: Resolution) -> Any:
        self.tell(f"installing {len(resolution.pins)} packages")
        words = ["pip", "install", "--python", str(_python_in(self.folder)), "--no-deps"]
        words += [*source_options(resolution.from_source, resolution.backend), "--requirement", "-"]
        lines = "\n".join(pin.text for pin in resolution.pins)
        return run_uv(*words, stdin=lines, on_line=self._on_line) if resolution.pins else run_uv("--version")

    def _on_line(self, line: str) -> None:
        """What uv says while it installs, as far as it is of interest."""
        if line.startswith(("Downloading", "Building", "Downloaded", "Built", "Prepared", "Installed")):
            self.tell(line)

    def _complete(self, python: Interpreter, resolution: Resolution) -> Resolution:
        """Add the imports that nothing installed so far has, under the name that they are imported by."""
        interpreter = ask(Candidate(_python_in(self.folder), ""))
        there = has_modules(interpreter, self.recipe.modules)
        asked = {wish.name for wish in resolution.wishes}
        lacking = [
            wish
            for wish in self.recipe.wishes.items
            if wish.guessed and wish.name not in asked and not there.get(wish.module, False)
        ]
        if not lacking:
            return resolution
        self.tell(f"adding {', '.join(wish.name for wish in lacking)}")
        found = Resolver(python, self.recipe.gpu).loosely([*resolution.wishes, *lacking])
        more = Resolution(
            found.pins, found.wishes, (*resolution.loosened, *found.loosened), found.from_source, found.backend
        )
        return self._install(python, more)


def named_pins(pins: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Of exact versions those of some distributions, as `name version`."""
    wanted = set(names)
    split = [Pin(*pin.partition("==")[::2]) for pin in pins if "==" in pin]
    return tuple(f"{pin.name} {pin.version}" for pin in split if pin.name in wanted)
