"""Bad input, a full disk and Ctrl-C: one clear line each, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import git as gitpython
import pytest
from conftest import ROOT, git
from repositories import everything_below, failure, make_origin, on_small_disk, sha, unprivileged

from tracer.checkout import open_checkout


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def origin(make_repo: Callable[..., Path]) -> Path:
    return make_origin(make_repo)


@pytest.mark.parametrize(
    ("repo", "slug_", "words"),
    [
        ("missing", "not-a-repository", "no folder missing"),
        ("karpathy/nanoGPT", "not-a-repository", "https://github.com/karpathy/nanoGPT"),
        ("notes.txt", "not-a-repository", "--entry notes.txt"),
        ("empty", "empty-repository", "empty is empty"),
        ("empty_git", "empty-repository", "empty_git is empty"),
        ("http://127.0.0.1:9/o/r", "offline", "http://127.0.0.1:9/o/r cannot be reached"),
        ("https://no-such-host.invalid/o/r", "offline", "cannot be reached"),
        ("file:///no/such/place", "no-such-repository", "no repository at"),
        ("ext::sh -c touch% trap", "not-a-repository", "no folder"),
    ],
)
def test_bad_input(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, repo: str, slug_: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    gitpython.Repo.init(tmp_path / "empty_git")
    before = everything_below(tmp_path)
    error = failure(repo, cache=cache)
    assert error.slug == slug_
    assert words in str(error)
    assert error.exit_code == (3 if slug_ == "empty-repository" else 1)
    assert everything_below(tmp_path) == before


def test_an_empty_repository_on_a_server(tmp_path: Path, cache: Path) -> None:
    gitpython.Repo.init(tmp_path / "hollow", bare=True)
    error = failure((tmp_path / "hollow").as_uri(), cache=cache)
    assert (error.slug, error.exit_code) == ("empty-repository", 3)
    assert everything_below(cache) == []


def test_a_folder_url_without_a_repository(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert failure((tmp_path / "plain").as_uri(), cache=cache).slug == "no-such-repository"


@pytest.mark.parametrize("ref", ["featur/loss", "deadbeef", "0" * 40, "main~9", "--output=x"])
def test_no_such_reference(origin: Path, cache: Path, ref: str) -> None:
    for repo in (origin.as_uri(), str(origin)):
        error = failure(repo, ref=ref, cache=cache)
        assert error.slug == "no-such-ref"
        assert repr(ref) in str(error)
        assert everything_below(cache) == []


def test_a_slip_in_a_reference_gets_a_suggestion(origin: Path, cache: Path) -> None:
    assert "Did you mean: feature/loss?" in str(failure(origin.as_uri(), ref="featur/loss", cache=cache))


def test_a_reference_of_a_folder_without_git(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("", encoding="utf-8")
    assert failure(tmp_path, ref="main").slug == "no-such-ref"


def test_without_git_a_url_cannot_be_cloned(origin: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    error = failure(origin.as_uri(), cache=cache)
    assert error.slug == "git-missing"
    assert everything_below(cache) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to another user")
def test_a_repository_of_another_user(origin: Path, cache: Path) -> None:
    for path in [origin, *origin.rglob("*")]:
        os.chown(path, 65534, 65534)
    assert open_checkout(str(origin), cache=cache).commit
    error = failure(origin.as_uri(), cache=cache)
    assert (error.slug, "safe.directory" in error.hint) == ("clone-failed", True)


def test_a_linked_work_tree(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(origin, "worktree", "add", "--quiet", str(tmp_path / "linked"), "v1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as inside a git hook
    opened = open_checkout(str(tmp_path / "linked"))
    assert (opened.root, opened.dirty) == (tmp_path / "linked", False)
    monkeypatch.delenv("GIT_DIR")
    assert opened.commit == sha(origin, "v1")


def test_a_folder_that_may_not_be_read() -> None:
    with unprivileged() as folder:
        (folder / "toy" / "inner").mkdir(parents=True)
        (folder / "toy").chmod(0)
        assert failure(folder / "toy").slug == "no-permission"
        assert failure(folder / "toy" / "inner").slug == "not-a-repository"


@pytest.mark.parametrize("repo", ["", "  ", "~no-such-user/toy", "x" * 5000])
def test_odd_names(repo: str, cache: Path) -> None:
    assert failure(repo, cache=cache).slug == "not-a-repository"


def test_a_damaged_clone_is_made_again(origin: Path, cache: Path) -> None:
    first = open_checkout(origin.as_uri(), cache=cache)
    (first.root / ".git" / "HEAD").unlink()
    assert open_checkout(origin.as_uri(), cache=cache) == first
    next(cache.glob("*/pins.json")).write_text("{broken", encoding="utf-8")
    assert open_checkout(origin.as_uri(), cache=cache) == first


def test_a_full_disk_leaves_nothing_behind(origin: Path, tmp_path: Path) -> None:
    """In a mount namespace of its own, with a file system of one megabyte for the cache."""
    (origin / "noise.bin").write_bytes(os.urandom(3_000_000))
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "large")
    script = f"""
        from pathlib import Path
        from tracer.checkout import open_checkout
        from tracer.errors import RepoTourError
        disk = Path({str(tmp_path / "disk")!r})
        try:
            open_checkout({origin.as_uri()!r}, cache=disk / "cache")
        except RepoTourError as error:
            print(error.slug, list(disk.iterdir()))
        """
    done = on_small_disk(tmp_path / "disk", script)
    assert done.stdout.strip() == "disk-full []", done.stderr


def test_ctrl_c_during_a_clone_leaves_nothing_behind(origin: Path, tmp_path: Path, cache: Path) -> None:
    """The server answers the first question and then keeps silent, so that the interrupt comes in mid-clone."""
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = shutil.which("git")
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" fetch "*) touch {tmp_path}/fetching; exec sleep 60;; esac\nexec {real} "$@"\n',
        encoding="utf-8",
    )
    wrapper.chmod(0o755)
    script = f"""
        from pathlib import Path
        from tracer.checkout import open_checkout
        open_checkout({origin.as_uri()!r}, cache=Path({str(cache)!r}))
        """
    path = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(200):
        if (tmp_path / "fetching").exists():
            break
        time.sleep(0.05)
    assert any(cache.glob("*/.partial-*"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in said
    assert everything_below(cache) == []
