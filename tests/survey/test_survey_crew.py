"""Reading in several processes gives what one process gives, whatever happens to them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracer.survey import crew, survey
from tracer.survey.crew import Crew, look_at
from tracer.survey.sightings import FileFacts

SOURCE = """\
import torch
from .other import thing

class Net(torch.nn.Module):
    def forward(self, x):
        return open("data.csv")

def train():
    loss.backward()
    w -= lr * grad

if __name__ == "__main__":
    train()
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Forty files of every sort: programs, modules, broken ones, ones in another encoding."""
    for number in range(40):
        text = (SOURCE, "def f():\n    pass\n", "def (:\n", "x = 'ä'\n")[number % 4]
        folder = tmp_path / f"part{number % 3}"
        folder.mkdir(exist_ok=True)
        (folder / f"m{number}.py").write_text(text, encoding="latin-1" if number % 8 == 3 else "utf-8")
    return tmp_path


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are worth it for any amount of text, and get little at a time."""
    monkeypatch.setattr(crew, "WORTH_BYTES", 1)
    monkeypatch.setattr(crew, "CHUNK_BYTES", 300)


def paths_of(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))


@pytest.fixture
def three(repository: Path, eager: None) -> Iterator[Crew]:
    found = Crew(repository, processes=3)
    yield found
    found.close()


def by_path(facts: Iterator[FileFacts]) -> dict[str, FileFacts]:
    return {item.path: item for item in facts}


@pytest.mark.parametrize("whole", [True, False])
def test_processes_read_what_one_would(three: Crew, repository: Path, *, whole: bool) -> None:
    paths = paths_of(repository)
    expected = {path: look_at(repository, path, whole=whole) for path in paths}
    assert by_path(three.read(paths, whole=whole)) == expected
    assert three.pids


def test_killed_processes_are_replaced_by_reading_here(three: Crew, repository: Path) -> None:
    paths = paths_of(repository)
    reading = three.read(paths, whole=True)
    first = next(reading)
    for pid in three.pids:
        os.kill(pid, signal.SIGKILL)
    found = by_path(reading) | {first.path: first}
    assert found == {path: look_at(repository, path, whole=True) for path in paths}


def test_without_an_interpreter_the_files_are_read_here(
    repository: Path, eager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(repository / "no-python"))
    paths = paths_of(repository)
    assert len(by_path(Crew(repository, processes=3).read(paths, whole=True))) == len(paths)


def test_a_survey_is_the_same_with_any_number_of_processes(
    repository: Path, eager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number in (1, 2):
        monkeypatch.setattr(crew, "cores", lambda number=number: number)
        found.append(survey(repository, detail=False).to_dict())
    assert found[0] == found[1]
    assert found[0]["entries"]
