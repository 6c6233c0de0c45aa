"""A file that is not there: found from another folder, unpacked, prepared by a program, or a folder that is made."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from line_fit import LOOP, READ, ROWS
from touring import toured

MakeRepo = Callable[..., Path]


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
    given = folder == "the repository's root"
    made = toured(repo / "src", "--", "train.py") if given else toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert "weight 1.99" in made.tour["output_tail"]
    assert f"run in {folder}" in made.remedies
    assert f"{asked} leads to a file from there" in made.remedies


def test_an_archive_is_unpacked(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'data/set/rows.csv'")})
    (repo / "data").mkdir()
    with zipfile.ZipFile(repo / "data" / "set.zip", "w") as archive:
        archive.writestr("set/rows.csv", ROWS)
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert "data/set.zip was unpacked into data" in made.remedies
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
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "finished", made.tour["outcome"]
    assert f"the empty folder {folder} was made first" in made.remedies
    assert not (repo / folder).exists()


def test_what_nobody_has_is_told_and_not_invented(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": LOOP + READ.format(path="'nowhere/rows.csv'")})
    made = toured(repo)
    assert made.tour["outcome"]["kind"] == "raised"
    assert made.remedies.strip(" |\n") == ""
    (need,) = made.tour["needs"]
    assert need["path"] == "nowhere/rows.csv"
    assert need["form"] == "a text file"
    assert need["location"]["file"] == "train.py"
