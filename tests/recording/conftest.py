"""Small programs, each run once under the recorder with every Python that is here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from interpreters import VERSIONS, interpreter
from recordings import TARGETS, Recording, record_target, run_plain

# Recordings of this session: what one test has run, another may read.
_DONE: dict[object, Recording] = {}


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """Each Python that the recorder supports; those that are not here are skipped, by name."""
    found = interpreter(request.param)
    if found is None:
        pytest.skip(f"Python {request.param} is not installed here: nothing of the recorder was tested with it")
    return found


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
