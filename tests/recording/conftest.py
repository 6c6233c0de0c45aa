"""Small programs, each run once under the recorder with every Python that is here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from interpreters import HERE, here
from recordings import TARGETS, Recording, record_target, run_plain

# Recordings of this session: what one test has run, another may read.
_DONE: dict[object, Recording] = {}


SOME = {
    "newer": lambda version: version >= (3, 12),
    "pausing": lambda version: version in ((3, 10), (3, 11)),
}
"""Fixtures that ask for a part of the Pythons, and which."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `python` runs with each that is here; with some only if it asks for a fixture of `SOME`."""
    if "python" in metafunc.fixturenames:
        wanted = [SOME[name] for name in metafunc.fixturenames if name in SOME]
        versions = [one for one in HERE if all(fits(tuple(map(int, one.split(".")))) for fits in wanted)]
        metafunc.parametrize("python", versions, indirect=True)


@pytest.fixture
def python(request: pytest.FixtureRequest) -> str:
    """Each Python that the recorder supports and that is here."""
    return here(request.param)


@pytest.fixture
def newer(python: str) -> str:
    """A Python that has `sys.monitoring`."""
    return python


@pytest.fixture
def pausing(python: str) -> str:
    """A Python with which the recorder is switched off where nothing new is to be expected."""
    return python


@pytest.fixture
def place(tmp_path: Path) -> Callable[[str], Path]:
    """Copies a target, a file or a folder, into a repository of its own; gives the repository's folder."""

    def copy(target: str) -> Path:
        root = tmp_path / "repository"
        root.mkdir(exist_ok=True)
        source = TARGETS / target
        if source.is_dir():
            shutil.copytree(source, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root)
        return root

    return copy


@pytest.fixture
def run_target(place: Callable[[str], Path], python: str) -> Callable[..., Recording]:
    """Records a target of tests/recording/targets: `run_target("recursion.py", *argv, **how)`.

    Each is first run without the recorder; output, tracebacks, exit code and written files must be the same. The same
    program is run once in a session for all tests that read its recording.
    """

    def run(target: str, *argv: str, script: str = "", alike: bool = True, **how: Any) -> Recording:
        words = (script or target, *argv)
        key = (python, target, words, alike, repr(sorted(how.items())))
        if key not in _DONE:
            _DONE[key] = fresh(target, words, alike, how)
        return _DONE[key]

    def fresh(target: str, words: tuple[str, ...], alike: bool, how: dict[str, Any]) -> Recording:
        if not alike:
            return record_target(place(target), python, *words, **how)
        root = place(target)
        start = {"module": ["-m"]}.get(how.get("launch", "script"), [])
        plain = run_plain(root, python, *start, *words, environment=how.get("environment"))
        left = contents(root)
        shutil.rmtree(root)
        recording = record_target(place(target), python, *words, **how)
        assert (recording.out, recording.err) == (plain.stdout, plain.stderr)
        assert recording.result.code == plain.returncode
        assert contents(root) == left
        return recording

    return run


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a folder but compiled code."""
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
