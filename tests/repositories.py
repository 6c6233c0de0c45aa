"""Real repositories for tests of checkouts, and small disks to fill."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, git

from tracer.checkout import open_checkout
from tracer.disk import remove_tree
from tracer.errors import RepoTourError


def make_origin(make_repo: Callable[..., Path]) -> Path:
    """A repository with two commits, the branches main and feature/loss, and the annotated tag v1 on the first."""
    folder = make_repo(files={"train.py": "print(1)\n", "vision/mnist/main.py": "print('m')\n"}, name="toy")
    git(folder, "tag", "--annotate", "v1", "--message", "one")
    git(folder, "switch", "--quiet", "--create", "feature/loss")
    commit_file(folder, "loss.py", "print('loss')\n")
    git(folder, "switch", "--quiet", "main")
    commit_file(folder, "train.py", "print(2)\n")
    return folder


def commit_file(folder: Path, name: str, text: str) -> str:
    """Write a file and commit everything; gives the commit."""
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", f"change {name}")
    return sha(folder)


def sha(folder: Path, name: str = "HEAD") -> str:
    """The commit that a reference means."""
    return git(folder, "rev-parse", f"{name}^{{commit}}").strip()


def failure(repo: str | Path, **options: object) -> RepoTourError:
    """The known error with which a repository cannot be opened; always one line."""
    with pytest.raises(RepoTourError) as caught:
        open_checkout(str(repo), **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return caught.value


def everything_below(folder: Path) -> list[Path]:
    """All paths in a folder, none if it does not exist."""
    return sorted(folder.rglob("*")) if folder.exists() else []


@contextmanager
def unprivileged() -> Iterator[Path]:
    """An empty folder, and while it lasts the rights of an ordinary user, whom files can be closed to."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        remove_tree(folder)


def on_small_disk(disk: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a Python script where `disk` is a file system of one megabyte, in a mount namespace of its own; skips where
    the system does not allow that."""
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=1m tmpfs {disk}"
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to mount a file system in a namespace of its own")
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", f'{mount} && exec {sys.executable} -c "$0"', textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
