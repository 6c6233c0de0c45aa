"""Which Python runs the target, and what it is: one question to the interpreter, answered as one JSON document. Host.

The interpreter is asked in a neutral way: the current folder is not on its path, no byte code is written, and no
package is imported, so that the answer costs some 30 ms and changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError

OLDEST = (3, 9)
"""The oldest Python in which the recorder runs."""

_SECONDS = 60.0
"""Time for an answer: generous, since a cold start from a network disk can take many seconds."""

_VERSION = re.compile(r"^\d+(\.\d+){0,2}$")

# It must parse on Python 2.7 too, so that an old interpreter can say how old it is.
_PROBE = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import json
import platform
print("\\n" + json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "implementation": platform.python_implementation(),
    "prefix": sys.prefix,
    "base_prefix": getattr(sys, "base_prefix", sys.prefix),
}))
"""

# find_spec("a.b") would import a, so only the first part is asked of importlib.util and the rest looked for on disk.
_FIND = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.machinery
import importlib.util
import json


def is_there(name):
    first, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(first)
        for part in rest:
            if spec is None or spec.submodule_search_locations is None:
                return False
            first = first + "." + part
            spec = importlib.machinery.PathFinder.find_spec(first, spec.submodule_search_locations)
    except Exception:
        return False
    return spec is not None


print("\\n" + json.dumps({name: is_there(name) for name in json.load(sys.stdin)}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that can run the target.

    `path` is the program as it names itself (inside its environment, links not resolved); `prefix` is the environment's
    folder; `origin` says in words where it was found.
    """

    path: Path
    version: tuple[int, int, int]
    implementation: str
    prefix: Path
    is_environment: bool
    origin: str = ""

    @property
    def version_text(self) -> str:
        """The version as people write it, '3.11.7'."""
        return ".".join(map(str, self.version))

    @property
    def is_supported(self) -> bool:
        """Whether the recorder runs in it."""
        return self.version >= OLDEST and self.implementation == "CPython"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that may be a usable Python, and in words why it is one."""

    path: Path
    origin: str


def probe(python: str | Path | None = None, *, checkout: Path | None = None, needs: Iterable[str] = ()) -> Interpreter:
    """The interpreter for the target.

    `python` is a program, an environment's folder, a name on PATH or a version such as '3.11'. Without it the first
    that works of `candidates(checkout)` is taken; with `needs` (modules) the first of those that lack the fewest.
    Raises `RepoTourError` (python-missing, python-too-old or python-broken).
    """
    if python is not None and str(python):
        return _usable(ask(Candidate(_find(str(python)), "as given")))
    wanted = list(needs)
    best: Interpreter | None = None
    fewest = len(wanted) + 1
    failure: RepoTourError | None = None
    for candidate in candidates(checkout):
        try:
            interpreter = _usable(ask(candidate))
        except RepoTourError as error:
            failure = failure or error
            continue
        lacking = list(has_modules(interpreter, wanted).values()).count(False)
        if lacking < fewest:
            best, fewest = interpreter, lacking
        if not lacking:
            break
    if best is None:
        raise failure or _missing("python3")
    return best


def candidates(checkout: Path | None = None) -> Iterator[Candidate]:
    """The interpreters that a user would expect to be used here, best first: the active environment, one that lies in
    the checkout, `python3` on PATH, and the Python that runs RepoTour.

    Give no checkout that came from a URL: to ask an interpreter is to run it, and that one could be anything.
    """
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(variable):
            yield from _of_environment(Path(os.environ[variable]), f"the active environment ({variable})")
    if checkout is not None:
        for name in (".venv", "venv", "env", ".env"):
            if os.path.isfile(checkout / name / "pyvenv.cfg"):
                yield from _of_environment(checkout / name, f"the repository's own {name}")
    on_path = shutil.which("python3") or shutil.which("python")
    if on_path:
        yield Candidate(Path(on_path), "python3 on PATH")
    yield Candidate(Path(sys.executable), "the Python that runs RepoTour")


def installed(checkout: Path | None = None) -> Iterator[Candidate]:
    """Every interpreter that can be found without searching the disk: `candidates`, all on PATH, those of pyenv."""
    yield from candidates(checkout)
    for folder in map(Path, os.environ.get("PATH", "").split(os.pathsep)):
        if folder.name == "shims":  # they start whatever is chosen for the current folder; the versions follow below
            continue
        for program in _pythons_in(folder):
            yield Candidate(program, "PATH")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for environment in sorted((pyenv / "versions").glob("*")):
        yield from _of_environment(environment, f"pyenv {environment.name}")


def ask(candidate: Candidate) -> Interpreter:
    """What a program says about itself; python-broken when it is no Python or does not work. Any version will do."""
    facts = _run(candidate.path, _PROBE)
    try:
        major, minor, micro = (int(part) for part in facts["version"])
        return Interpreter(
            path=Path(facts["executable"] or candidate.path),
            version=(major, minor, micro),
            implementation=str(facts["implementation"]),
            prefix=Path(facts["prefix"]),
            is_environment=facts["prefix"] != facts["base_prefix"],
            origin=candidate.origin,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(candidate.path, "its answer makes no sense") from error


def has_modules(interpreter: Interpreter, names: Iterable[str]) -> dict[str, bool]:
    """Whether each module (dotted names too) could be imported there. Nothing is imported; the current folder and the
    target's own modules do not count."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    found = _run(interpreter.path, _FIND, json.dumps(wanted))
    return {name: bool(found.get(name)) for name in wanted}


def _run(program: Path, script: str, stdin: str = "") -> dict[str, Any]:
    """The JSON object that a one-shot script prints last; what start-up files print before it is overlooked."""
    try:
        done = subprocess.run(
            [str(program), "-B", "-c", script],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise _missing(str(program)) from error
    except PermissionError as error:
        raise _broken(program, "it may not be executed") from error
    except OSError as error:
        raise _broken(program, error.strerror or str(error)) from error
    except subprocess.TimeoutExpired as error:
        raise _broken(program, f"no answer within {_SECONDS:.0f} s") from error
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if isinstance(answer, dict):
                return answer
    said = [line for line in done.stderr.splitlines() if line.strip()]
    raise _broken(program, said[-1].strip() if said else f"exit code {done.returncode} without a word")


def usable(candidate: Candidate) -> Interpreter:
    """What a program says about itself, if the recorder runs in it; else `RepoTourError` (python-too-old,
    python-broken)."""
    return _usable(ask(candidate))


def _usable(interpreter: Interpreter) -> Interpreter:
    if interpreter.version < OLDEST:
        raise RepoTourError(
            f"{interpreter.path} is Python {interpreter.version_text}; recording needs {'.'.join(map(str, OLDEST))}.",
            slug="python-too-old",
            hint="Give another one with --python; `repotour doctor` lists those on this machine.",
        )
    return interpreter


def _find(python: str) -> Path:
    path = Path(os.path.expanduser(python))
    if os.path.isdir(path):
        for candidate in _of_environment(path, ""):
            return candidate.path
        raise RepoTourError(f"there is no Python in the folder {python}.", slug="python-missing")
    if os.path.isfile(path):
        return path if path.is_absolute() else Path.cwd() / path
    if os.sep not in python and not (os.altsep and os.altsep in python):
        on_path = shutil.which(python)
        if on_path:
            return Path(on_path)
        if _VERSION.match(python):
            return _of_version(python)
    raise _missing(python)


def _of_version(version: str) -> Path:
    """The program for a version such as '3.11': that name on PATH, else one of pyenv's."""
    for candidate in installed():
        name = candidate.path.name.removesuffix(".exe")
        is_pyenv = candidate.origin.startswith("pyenv ") and f"{candidate.origin[6:]}.".startswith(f"{version}.")
        if name == f"python{version}" or is_pyenv:
            return candidate.path
    raise _missing(f"Python {version}")


def _of_environment(folder: Path, origin: str) -> Iterator[Candidate]:
    for inside in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if os.path.isfile(folder / inside):
            yield Candidate(folder / inside, origin)
            return


def _pythons_in(folder: Path) -> list[Path]:
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_file()] if os.path.isdir(folder) else []
    except OSError:
        return []
    return [folder / name for name in sorted(names) if re.fullmatch(r"python(3(\.\d+)?)?(\.exe)?", name)]


def _missing(python: str) -> RepoTourError:
    hint = "`repotour doctor` lists the interpreters on this machine."
    return RepoTourError(f"there is no {python}.", slug="python-missing", hint=hint)


def _broken(program: Path, reason: str) -> RepoTourError:
    hint = "Give another one with --python; `repotour doctor` lists those on this machine."
    return RepoTourError(f"{program} is no working Python: {reason}.", slug="python-broken", hint=hint)
