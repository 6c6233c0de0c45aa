"""Opening what is already on this machine: real git, real folders."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import git as gitpython
import pytest
from conftest import git
from repositories import make_origin, sha

from tracer.checkout import Checkout, find_root, git_version, open_checkout


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def origin(make_repo: Callable[..., Path]) -> Path:
    return make_origin(make_repo)


def test_a_work_tree_is_opened_as_it_is(origin: Path, cache: Path) -> None:
    git(origin, "remote", "add", "origin", "https://ada:secret@example.org/o/toy.git")
    opened = open_checkout(str(origin), cache=cache)
    assert opened == Checkout(origin, "", "https://example.org/o/toy.git", sha(origin), False, "toy", False)
    assert not cache.exists()


def test_a_sub_folder_keeps_the_repository_as_its_root(origin: Path) -> None:
    opened = open_checkout(str(origin / "vision" / "mnist"))
    assert (opened.root, opened.folder, opened.name) == (origin, "vision/mnist", "toy-vision-mnist")
    assert opened.toured == origin / "vision" / "mnist"


def test_changed_and_new_code_is_dirty_but_new_data_is_not(origin: Path) -> None:
    (origin / "data.bin").write_bytes(b"1")
    assert not open_checkout(str(origin)).dirty
    (origin / "new.py").write_text("", encoding="utf-8")
    assert open_checkout(str(origin)).dirty
    (origin / "new.py").unlink()
    (origin / "train.py").write_text("print(3)\n", encoding="utf-8")
    assert open_checkout(str(origin)).dirty


def test_a_plain_folder_needs_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain" / "x").mkdir(parents=True)
    opened = open_checkout(str(tmp_path / "plain"))
    assert opened == Checkout(tmp_path / "plain", "", "", "", False, "plain", False)


def test_a_work_tree_is_opened_without_the_git_program(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    opened = open_checkout(str(origin / "vision"))
    assert (opened.root, opened.folder, opened.commit) == (origin, "vision", "")
    assert git_version() == ""


def test_an_untracked_folder_inside_a_repository_stands_for_itself(origin: Path) -> None:
    (origin / "elsewhere").mkdir()
    (origin / "elsewhere" / "train.py").write_text("", encoding="utf-8")
    opened = open_checkout(str(origin / "elsewhere"))
    assert (opened.root, opened.folder, opened.commit) == (origin / "elsewhere", "", "")


def test_a_repository_without_commits_but_with_files_can_be_opened(tmp_path: Path) -> None:
    gitpython.Repo.init(tmp_path / "young")
    (tmp_path / "young" / "train.py").write_text("", encoding="utf-8")
    opened = open_checkout(str(tmp_path / "young"))
    assert (opened.root, opened.commit, opened.dirty) == (tmp_path / "young", "", True)


def test_a_reference_of_a_local_repository_leaves_its_work_tree_alone(origin: Path, cache: Path) -> None:
    before = sorted(path for path in origin.rglob("*") if ".git" not in path.parts)
    opened = open_checkout(str(origin / "vision"), ref="v1", cache=cache)
    assert (opened.commit, opened.folder, opened.is_remote) == (sha(origin, "v1"), "vision", False)
    assert opened.root.is_relative_to(cache)
    assert (opened.root / "train.py").read_text(encoding="utf-8") == "print(1)\n"
    assert before == sorted(path for path in origin.rglob("*") if ".git" not in path.parts)
    assert open_checkout(str(origin), ref="HEAD~1", cache=cache).commit == sha(origin, "HEAD~1")
    assert open_checkout(str(origin), ref="main", cache=cache).root == origin


def test_no_hook_and_no_file_watcher_of_a_repository_runs(origin: Path, tmp_path: Path, cache: Path) -> None:
    trap = tmp_path / "trap"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n", encoding="utf-8")
    script.chmod(0o755)
    git(origin, "config", "core.fsmonitor", str(script))
    git(origin, "config", "core.hooksPath", str(tmp_path / "hooks"))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        (tmp_path / "hooks").mkdir(exist_ok=True)
        shutil.copy(script, tmp_path / "hooks" / hook)
    open_checkout(str(origin), cache=cache)
    open_checkout(origin.as_uri(), cache=cache)
    assert not trap.exists()


def test_the_root_is_found_by_the_file_system_alone(origin: Path, tmp_path: Path) -> None:
    assert find_root(origin / "vision" / "mnist") == origin
    assert find_root(tmp_path) is None
