"""Which Python an environment is made with: one that the repository asks for, if possible one that is here. Host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from tracer.environment.declared import Declarations
from tracer.environment.uv import run_uv
from tracer.errors import RepoTourError
from tracer.interpreter import OLDEST, Candidate, Interpreter, ask, installed

PREFERRED = ("3.11", "3.12", "3.10", "3.13", "3.9", "3.14")
"""What most packages have wheels for, and old programs still run in, comes first."""


@dataclass(frozen=True, slots=True)
class PythonChoice:
    """The interpreters that may be used, best first, and sentences on what could not be had."""

    interpreters: tuple[Interpreter, ...]
    notes: tuple[str, ...] = ()


def pythons_for(needs: Declarations, *, download: bool = True) -> PythonChoice:
    """The interpreters in which the program may run, those that suit the repository's demands alone if there are any.

    `download`: uv may fetch a Python that is asked for and is not here. Raises `RepoTourError` (no-interpreter).
    """
    here = tuple(_here())
    demand, places = _demand(needs)
    fitting = [item for item in here if _fits(item.version_text, demand)]
    if needs.python_file:
        fitting.sort(key=lambda item: not f"{item.version_text}.".startswith(f"{needs.python_file}."))
    if fitting:
        return PythonChoice(tuple(fitting))
    version = next((version for version in PREFERRED if _fits(f"{version}.99", demand)), "")
    if version and download:
        fetched = _fetch(version)
        if fetched is not None:
            return PythonChoice((fetched,))
    if not here:
        raise RepoTourError(
            "there is no CPython 3.9 or newer here that an environment could be made with.",
            slug="no-interpreter",
            hint="Install one from https://www.python.org, or with `uv python install 3.11`.",
        )
    # The closest to what was asked for: the oldest where all are too new, else the newest.
    oldest_first = sorted(here, key=lambda item: item.version[:2])
    too_new = _is_for_older(demand, oldest_first[0].version_text)
    chosen = tuple(oldest_first if too_new else reversed(oldest_first))
    note = f"Python {chosen[0].version_text} is taken: {demand} is asked for ({', '.join(places)}) and is not here"
    return PythonChoice(chosen, (note,))


def _here() -> Iterator[Interpreter]:
    """One interpreter of each version that is here, the preferred versions first; environments are seen through."""
    found: dict[tuple[int, int], Interpreter] = {}
    for candidate in [*_bases(), *_of_uv()]:
        try:
            interpreter = ask(candidate)
        except RepoTourError:
            continue  # not every file called python3 is one
        if interpreter.is_supported:
            found.setdefault(interpreter.version[:2], interpreter)
    order = {name: place for place, name in enumerate(PREFERRED)}
    yield from sorted(found.values(), key=lambda item: order.get(f"{item.version[0]}.{item.version[1]}", len(order)))


def _bases() -> Iterator[Candidate]:
    """The interpreters of this machine; of each name on PATH the first."""
    names: set[str] = set()
    for candidate in installed():
        key = str(candidate.path) if "PATH" not in candidate.origin else candidate.path.name
        if key not in names:
            names.add(key)
            yield candidate


def _of_uv() -> Iterator[Candidate]:
    """The Pythons that uv itself has installed."""
    said = run_uv("python", "dir", seconds=60)
    folder = Path(said.result.strip() or os.devnull)
    for program in sorted([*folder.glob("cpython-*/bin/python3"), *folder.glob("cpython-*/python.exe")]):
        yield Candidate(program, "uv")


def _fetch(version: str) -> Interpreter | None:
    """A Python that uv downloads; None where it cannot."""
    if not run_uv("python", "install", "--managed-python", version).ok:
        return None
    said = run_uv("python", "find", "--managed-python", version, seconds=60)
    try:
        return ask(Candidate(Path(said.result.strip()), "uv")) if said.ok else None
    except RepoTourError:
        return None


def _demand(needs: Declarations) -> tuple[SpecifierSet, list[str]]:
    """What all files together say of the Python, and where."""
    found, places = SpecifierSet(), []
    for text, place in needs.pythons:
        try:
            found &= SpecifierSet(text)
        except InvalidSpecifier:
            continue
        places.append(place)
    return found, places


def _fits(version: str, demand: SpecifierSet) -> bool:
    """Whether a version will do; an exact one stands for its series, since patch releases are interchangeable."""
    series = ".".join(version.split(".")[:2])
    exact = [part.version for part in demand if part.operator in ("==", "===")]
    if exact:
        return any(f"{text.removesuffix('.*')}.".startswith(f"{series}.") for text in exact)
    return tuple(map(int, series.split("."))) >= OLDEST and demand.contains(version, prereleases=True)


def _is_for_older(demand: SpecifierSet, oldest: str) -> bool:
    """Whether nothing from the oldest Python here on would do."""
    major, minor = (int(part) for part in oldest.split(".")[:2])
    return not any(demand.contains(f"{major}.{later}.0") for later in range(minor, minor + 20))
