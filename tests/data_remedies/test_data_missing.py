"""A file that is not there: found from another folder, unpacked, prepared by a program, or a folder that is made."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MakeRepo = Callable[..., Path]

LOOP = """

def train(rows):
    weight = 0.0
    for epoch in range(4):
        for x, y in rows:
            weight -= 0.1 * 2 * (weight * x - y) * x
    return weight

"""
READ = "rows = [tuple(map(float, line.split(','))) for line in open({path})]\nprint('weight', train(rows))\n"
ROWS = "1,2\n2,4\n1,2\n"


def tour_of(repo: Path, *words: str) -> dict[str, Any]:
    """The tour that `repotour run` makes of a repository."""
    out = repo.parent / "out"
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "run", str(repo), "--python", sys.executable, "--out", str(out), *words],
        cwd=repo.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return dict(json.loads(next(out.glob("*.tour.json")).read_text()))


def remedies(tour: dict[str, Any]) -> str:
    """What was changed, and why, of all attempts."""
    return "\n".join(f"{row['remedy']} | {row['reason']}" for row in tour["attempts"])


@pytest.mark.parametrize(
    ("script", "asked", "lies", "folder"),
    [
        ("src/train.py", "data/rows.csv", "data/rows.csv", "the repository's root"),
        ("train.py", "../shared/rows.csv", "code/shared/rows.csv", "code/main"),
        ("train.py", "rows.csv", "inputs/raw/rows.csv", "inputs/raw"),
    ],
)
def test_another_working_folder(make_repo: MakeRepo, script: str, asked: str, lies: str, folder: str) -> None:
    files = {script: LOOP + READ.format(path=repr(asked)), lies: ROWS}
    if folder == "code/main":
        files = {"code/main/train.py": files.pop(script), "README.md": "python code/main/train.py\n", **files}
        script = "code/main/train.py"
    repo = make_repo(files=files)
    given = ["--", script] if folder == "the repository's root" else []
    tour = tour_of(repo, *given) if not given else tour_of(repo / "src", "--", "train.py")
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "weight 1.99" in tour["output_tail"]
    assert f"run in {folder}" in remedies(tour)
    assert f"{asked} leads to a file from there" in remedies(tour)


def test_an_archive_is_unpacked(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'data/set/rows.csv'")})
    (repo / "data").mkdir()
    with zipfile.ZipFile(repo / "data" / "set.zip", "w") as archive:
        archive.writestr("set/rows.csv", ROWS)
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert "data/set.zip was unpacked into data" in remedies(tour)
    assert not (repo / "data" / "set").exists()


@pytest.mark.parametrize(
    ("write", "folder"),
    [
        ("open('out/models/weights.txt', 'w').write('2')", "out/models"),
        ("import os\nos.mkdir('logs/run')\nopen('logs/run/a.txt', 'w')", "logs"),
    ],
)
def test_a_folder_to_write_to_is_made(make_repo: MakeRepo, write: str, folder: str) -> None:
    repo = make_repo(files={"train.py": LOOP + f"print('weight', train([(1.0, 2.0)]))\n{write}\n"})
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "finished", tour["outcome"]
    assert f"the empty folder {folder} was made first" in remedies(tour)
    assert not (repo / folder).exists()


def test_what_nobody_has_is_told_and_not_invented(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'nowhere/rows.csv'")})
    tour = tour_of(repo)
    assert tour["outcome"]["kind"] == "raised"
    assert remedies(tour).strip(" |\n") == ""
    (need,) = tour["needs"]
    assert need["path"] == "nowhere/rows.csv"
    assert need["form"] == "a text file"
    assert need["location"]["file"] == "train.py"
