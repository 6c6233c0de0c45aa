"""The Pythons that are measured, and an environment for each with the tools and libraries in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from measuring import ROOT
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter, ask, installed, probe

FIRST, LAST = (3, 9), (3, 14)

_FACTS = """
import json, sys, sysconfig
from importlib import metadata
names = json.loads(sys.argv[1])
versions = {}
for name in names:
    try:
        versions[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
flags = sysconfig.get_config_var("CONFIG_ARGS") or ""
print(json.dumps([sys.version.split()[0], "--enable-optimizations" in flags, versions]))
"""


@dataclass(frozen=True)
class Environment:
    """A Python to measure with. `optimised` says whether it was built with profile-guided optimisation.

    `versions` are those of the installed packages; `missing` says of the others why they are not there.
    """

    python: Path
    version: str
    optimised: bool
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def lacks(self, requirements: Iterable[str]) -> str:
        """Why a program with these requirements cannot run here; "" when it can."""
        for requirement in requirements:
            name = package_of(requirement)
            if name not in self.versions:
                return f"no {name}: {self.missing.get(name, 'not installed')}"
        return ""


def package_of(requirement: str) -> str:
    """The name in `name==1.2`."""
    return re.split(r"[=<>~! \[]", requirement, maxsplit=1)[0]


def default_folder() -> Path:
    """Where environments are kept, in the user's cache."""
    import platformdirs

    return platformdirs.user_cache_path("repotour", appauthor=False) / "benchmarks"


def interpreters(wanted: list[str]) -> list[Interpreter]:
    """The interpreters asked for, else one of each version from 3.9 to 3.14 that is found."""
    if wanted:
        return [probe(name) for name in wanted]
    best: dict[tuple[int, int], Interpreter] = {}
    for candidate in sorted(installed(), key=lambda one: not one.origin.startswith("pyenv")):
        try:
            found = ask(candidate)
        except RepoTourError:
            continue
        if FIRST <= found.version[:2] <= LAST and not found.is_environment:
            best.setdefault(found.version[:2], found)
    return [best[version] for version in sorted(best)]


def existing(interpreter: Interpreter, requirements: Iterable[str]) -> Environment:
    """An interpreter as it is; nothing is installed."""
    return _look(interpreter.path, requirements, {})


def prepared(interpreter: Interpreter, requirements: Iterable[str], folder: Path) -> Environment:
    """An environment of an interpreter in `folder`, made and filled with pip where that was not done before."""
    wanted = list(dict.fromkeys(requirements))
    tag = hashlib.sha256(str(interpreter.path).encode()).hexdigest()[:8]
    place = folder / f"{interpreter.version_text}-{tag}"
    python = place / "bin" / "python"
    if not python.exists():
        done = subprocess.run([str(interpreter.path), "-m", "venv", str(place)], capture_output=True, check=False)
        if done.returncode != 0:
            return Environment(
                interpreter.path,
                interpreter.version_text,
                False,
                missing={package_of(name): "this Python cannot create environments" for name in wanted},
            )
    notes = place / "refused.json"
    refused: dict[str, str] = json.loads(notes.read_text()) if notes.exists() else {}
    found = _look(python, wanted, refused)
    lacking = [name for name in wanted if package_of(name) not in found.versions and package_of(name) not in refused]
    if lacking:
        refused |= dict(_install(python, lacking))
        notes.write_text(json.dumps(refused))
        found = _look(python, wanted, refused)
    return found


def _install(python: Path, requirements: list[str]) -> Iterator[tuple[str, str]]:
    """Install all at once, else one by one; gives what was refused and why."""
    print(f"installing {', '.join(requirements)} for {python.parent.parent.name}", file=sys.stderr)
    if not _pip(python, requirements):
        return
    for requirement in requirements:
        reason = _pip(python, [requirement])
        if reason:
            yield package_of(requirement), reason


def _pip(python: Path, requirements: list[str]) -> str:
    """Install; gives the reason when pip refused."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *requirements]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PIP_NO_INPUT": "1"}, cwd=ROOT.parent
    )
    if done.returncode == 0:
        return ""
    errors = [line.strip() for line in done.stderr.splitlines() if "ERROR" in line]
    text = errors[-1].removeprefix("ERROR: ") if errors else "pip failed"
    return "pip found no build of it for this Python" if text.startswith("No matching distribution") else text[:120]


def _look(python: Path, requirements: Iterable[str], refused: dict[str, str]) -> Environment:
    names = json.dumps([package_of(name) for name in requirements])
    done = subprocess.run([str(python), "-c", _FACTS, names], capture_output=True, text=True, check=True)
    version, optimised, versions = json.loads(done.stdout.splitlines()[-1])
    missing = {name: reason for name, reason in refused.items() if name not in versions}
    return Environment(python, version, optimised, versions, missing)
