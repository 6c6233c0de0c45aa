"""The scratch copy: whatever happens in it, the repository stays byte for byte what it was."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from conftest import ROOT
from repositories import on_small_disk, unprivileged

from tracer.disk import remove_tree
from tracer.errors import RepoTourError
from tracer.workspace import LARGE_FILE, Workspace


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository's work tree with code, data, an environment and links of every kind; data also lies beside it."""
    root = tmp_path / "toy"
    files = {
        "train.py": "print(1)\n",
        "run.sh": "#!/bin/sh\n",
        "data/raw/a.txt": "a\n",
        "experiments/one/main.py": "open('../../data/raw/a.txt')\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        ".hidden/settings": "x\n",
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        ".venv/lib/big.py": "x\n",
        "web/node_modules/x/index.js": "x\n",
        "__pycache__/train.pyc": "x\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "run.sh").chmod(0o755)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.txt").write_text("b\n", encoding="utf-8")
    (root / "inside_link").symlink_to("data/raw")
    (root / "absolute_link.txt").symlink_to(root / "data" / "raw" / "a.txt")
    (root / "outside_file.txt").symlink_to("../outside/b.txt")
    (root / "outside_folder").symlink_to(tmp_path / "outside")
    (root / "broken").symlink_to("nowhere")
    return root


def fingerprint(*folders: Path) -> str:
    """A digest of names, kinds, modes, times, contents and link texts of all below the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            state = path.lstat()
            digest.update(f"{path} {state.st_mode} {state.st_mtime_ns}".encode())
            if path.is_symlink():
                digest.update(os.readlink(path).encode())
            elif path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def test_the_copy_holds_the_program_and_its_data_but_no_baggage(repo: Path) -> None:
    with Workspace.create(repo) as workspace:
        assert workspace.root.name == "toy"
        assert names(workspace.root) == {
            "train.py",
            "run.sh",
            "data/raw/a.txt",
            "experiments/one/main.py",
            ".hidden/settings",
            "inside_link",
            "absolute_link.txt",
            "outside_file.txt",
            "outside_folder/b.txt",
            "broken",
        }
        assert os.access(workspace.root / "run.sh", os.X_OK)
        assert (workspace.root / "experiments/one/../../data/raw/a.txt").read_text(encoding="utf-8") == "a\n"
        assert (workspace.skipped, workspace.exposed) == ((), ())
    assert not workspace.root.parent.exists()


def test_nothing_that_happens_in_the_copy_reaches_the_original(repo: Path, tmp_path: Path) -> None:
    before = fingerprint(repo, tmp_path / "outside")
    with Workspace.create(repo) as workspace:
        root = workspace.root
        (root / "train.py").write_text("changed\n", encoding="utf-8")
        (root / "experiments/one/main.py").unlink()
        (root / "inside_link" / "a.txt").write_text("through a link\n", encoding="utf-8")
        with (root / "absolute_link.txt").open("a", encoding="utf-8") as file:
            file.write("more\n")
        (root / "outside_file.txt").write_text("changed\n", encoding="utf-8")
        (root / "outside_folder" / "b.txt").unlink()
        (root / "outside_folder" / "new.txt").write_text("new\n", encoding="utf-8")
        (root / "run.sh").chmod(0o600)
        os.rename(root / "data", root / "moved")
        assert (root / "moved/raw/a.txt").read_text(encoding="utf-8") == "through a link\nmore\n"
    assert fingerprint(repo, tmp_path / "outside") == before


def test_new_changed_and_deleted_files_are_told(repo: Path) -> None:
    with Workspace.create(repo) as workspace:
        assert (workspace.new_files(), workspace.deleted_files()) == ([], [])
        (workspace.root / "out" / "deep").mkdir(parents=True)
        (workspace.root / "out" / "deep" / "model.pt").write_bytes(b"weights")
        (workspace.root / "train.py").write_text("print(2)\n", encoding="utf-8")
        (workspace.root / "__pycache__").mkdir()
        (workspace.root / "__pycache__" / "train.pyc").write_bytes(b"x")
        (workspace.root / "run.sh").unlink()
        assert workspace.new_files() == ["out/deep/model.pt", "train.py"]
        assert workspace.deleted_files() == ["run.sh"]


def test_large_files_are_not_copied_and_a_write_to_them_is_noticed(repo: Path) -> None:
    large = repo / "data" / "large.bin"
    with large.open("wb") as file:
        file.truncate(LARGE_FILE + 1)
    with Workspace.create(repo) as workspace:
        copy = workspace.root / "data" / "large.bin"
        assert copy.stat().st_size == LARGE_FILE + 1
        if not copy.is_symlink():
            return  # a file system that shares blocks: a true copy that cost nothing
        assert workspace.exposed == (large,)
        assert workspace.changed_originals() == []
        with large.open("ab") as file:
            file.write(b"x")
        assert workspace.changed_originals() == [large]


def test_a_large_outside_folder_stays_where_it_is(repo: Path, tmp_path: Path) -> None:
    for name in "abcde":
        with (tmp_path / "outside" / name).open("wb") as file:
            file.truncate(60 * 2**20)
    with Workspace.create(repo) as workspace:
        link = workspace.root / "outside_folder"
        assert os.readlink(link) == str(tmp_path / "outside")
        assert workspace.exposed == (tmp_path / "outside",)
    assert (tmp_path / "outside" / "a").exists()


def test_links_in_a_circle_come_to_an_end(repo: Path, tmp_path: Path) -> None:
    (repo / "self").symlink_to(".")
    (repo / "experiments" / "up").symlink_to("..")
    (tmp_path / "outside" / "back").symlink_to(repo)
    (tmp_path / "outside" / "round").symlink_to(tmp_path / "outside")
    with Workspace.create(repo) as workspace:
        assert (workspace.root / "self").resolve() == workspace.root
        assert (workspace.root / "experiments" / "up" / "train.py").resolve() == workspace.root / "train.py"
        assert (workspace.root / "outside_folder" / "back").resolve() == workspace.root


def test_sockets_and_pipes_are_left_out(repo: Path) -> None:
    os.mkfifo(repo / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(repo)  # the name of a socket may not be long
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        with Workspace.create(repo) as workspace:
            assert not {"pipe", "socket"} & names(workspace.root)


def test_what_cannot_be_read_is_told() -> None:
    with unprivileged() as folder:
        (folder / "toy" / "data").mkdir(parents=True)
        (folder / "toy" / "train.py").write_text("", encoding="utf-8")
        (folder / "toy" / "eval.py").write_text("", encoding="utf-8")
        (folder / "toy" / "link").symlink_to(folder / "toy" / "data" / "x")
        (folder / "toy" / "train.py").chmod(0)
        (folder / "toy" / "data").chmod(0)
        with Workspace.create(folder / "toy", parent=folder) as workspace:
            assert workspace.skipped == ("data", "train.py")
            assert "eval.py" in names(workspace.root)
        assert [path.name for path in folder.iterdir()] == ["toy"]


def test_a_temporary_folder_inside_the_repository_is_not_copied_into_itself(repo: Path) -> None:
    (repo / "tmp").mkdir()
    with Workspace.create(repo, parent=repo / "tmp") as workspace:
        assert (workspace.root / "train.py").is_file()
        assert list((workspace.root / "tmp").iterdir()) == []
    assert list((repo / "tmp").iterdir()) == []


def test_it_goes_even_when_the_target_made_it_read_only(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    with Workspace.create(repo, parent=tmp_path / "scratch") as workspace:
        (workspace.root / "data" / "raw").chmod(0o500)
        (workspace.root / "data").chmod(0o500)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_it_goes_when_the_block_raises_and_stays_when_it_should(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    with pytest.raises(KeyboardInterrupt), Workspace.create(repo, parent=tmp_path / "scratch"):
        raise KeyboardInterrupt
    assert list((tmp_path / "scratch").iterdir()) == []
    with Workspace.create(repo, parent=tmp_path / "scratch", keep=True) as workspace:
        pass
    assert (workspace.root / "train.py").is_file()
    workspace.remove()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_ctrl_c_while_copying_leaves_nothing_behind(repo: Path, tmp_path: Path) -> None:
    for number in range(3000):
        (repo / "data" / f"{number}.txt").write_text("x" * 5000, encoding="utf-8")
    (tmp_path / "scratch").mkdir()
    script = f"""
        from pathlib import Path
        from tracer.workspace import Workspace
        while True:
            Workspace.create(Path({str(repo)!r}), parent=Path({str(tmp_path / "scratch")!r})).remove()
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(400):
        if list((tmp_path / "scratch").glob("*/toy/data/1*.txt")):
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in said
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_folder_that_cannot_be_written(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(RepoTourError) as caught:
        Workspace.create(repo, parent=tmp_path / "no" / "such")
    assert caught.value.slug == "no-workspace"


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(repo: Path, tmp_path: Path) -> None:
    (repo / "noise.bin").write_bytes(os.urandom(3_000_000))
    script = f"""
        from pathlib import Path
        from tracer.errors import RepoTourError
        from tracer.workspace import Workspace
        disk = Path({str(tmp_path / "disk")!r})
        try:
            Workspace.create(Path({str(repo)!r}), parent=disk)
        except RepoTourError as error:
            print(error.slug, list(disk.iterdir()))
        """
    done = on_small_disk(tmp_path / "disk", script)
    assert done.stdout.strip() == "disk-full []", done.stderr


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")
