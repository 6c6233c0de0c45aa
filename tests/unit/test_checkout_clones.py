"""Cloning: real git, real servers on this machine."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import git as gitpython
import pytest
from conftest import COMMITTER, git
from repositories import commit_file, everything_below, failure, make_origin, sha

from tracer.checkout import open_checkout


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def origin(make_repo: Callable[..., Path]) -> Path:
    return make_origin(make_repo)


def test_a_url_is_cloned_shallowly_and_pinned(origin: Path, cache: Path) -> None:
    said: list[tuple[str, float | None]] = []
    opened = open_checkout(origin.as_uri(), cache=cache, progress=lambda text, part: said.append((text, part)))
    assert (opened.commit, opened.folder, opened.url, opened.dirty) == (sha(origin), "", "", False)
    assert (opened.is_remote, opened.name, opened.root.name) == (True, "toy", "toy")
    with gitpython.Repo(opened.root) as clone:
        assert clone.head.is_detached
        assert len(list(clone.iter_commits())) == 1
    assert said[0][0].startswith("Looking up")
    assert any(part == 1.0 for _, part in said)


def test_a_second_run_uses_the_clone_and_needs_no_server(origin: Path, cache: Path) -> None:
    first = open_checkout(origin.as_uri(), cache=cache)
    stamp = (first.root / "train.py").stat()
    assert open_checkout(origin.as_uri(), cache=cache) == first
    assert (first.root / "train.py").stat() == stamp
    shutil.rmtree(origin)
    said: list[str] = []
    assert open_checkout(origin.as_uri(), cache=cache, progress=lambda text, part: said.append(text)) == first
    assert "cloned earlier" in said[-1]


def test_references_work_offline_too_once_they_were_looked_up(origin: Path, cache: Path) -> None:
    url = origin.as_uri()
    online = {ref: open_checkout(url, ref=ref, cache=cache) for ref in ("v1", "feature/loss", sha(origin, "v1"))}
    shutil.rmtree(origin)
    assert {ref: open_checkout(url, ref=ref, cache=cache) for ref in online} == online
    assert open_checkout(url, ref=online["v1"].commit[:8], cache=cache).commit == online["v1"].commit
    assert failure(url, ref="v2", cache=cache).slug == "no-such-repository"


def test_a_new_commit_is_fetched_beside_the_old_one(origin: Path, cache: Path) -> None:
    first = open_checkout(origin.as_uri(), cache=cache)
    newer = commit_file(origin, "train.py", "print(3)\n")
    second = open_checkout(origin.as_uri(), cache=cache)
    assert second.commit == newer != first.commit
    assert (first.root / "train.py").read_text(encoding="utf-8") == "print(2)\n"
    assert (second.root / "train.py").read_text(encoding="utf-8") == "print(3)\n"


@pytest.mark.parametrize("ref", ["v1", "feature/loss", "origin/feature/loss", "HEAD", "main~1", "refs/tags/v1"])
def test_references(origin: Path, cache: Path, ref: str) -> None:
    wanted = {"feature/loss": "feature/loss", "origin/feature/loss": "feature/loss"}.get(ref, ref)
    assert open_checkout(origin.as_uri(), ref=ref, cache=cache).commit == sha(origin, wanted)


def test_commits_that_no_reference_names(origin: Path, cache: Path) -> None:
    hidden = sha(origin, "main~1")
    git(origin, "tag", "--delete", "v1")
    assert open_checkout(origin.as_uri(), ref=hidden, cache=cache).commit == hidden
    assert open_checkout(origin.as_uri(), ref=hidden[:7], cache=cache / "other").commit == hidden


def test_a_file_url_may_name_a_sub_folder(origin: Path, cache: Path) -> None:
    opened = open_checkout((origin / "vision" / "mnist").as_uri(), cache=cache)
    assert (opened.folder, opened.commit) == ("vision/mnist", sha(origin))
    assert (opened.toured / "main.py").is_file()


def test_a_bare_repository_is_cloned(origin: Path, tmp_path: Path, cache: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(origin), "bare.git")
    opened = open_checkout(str(tmp_path / "bare.git"), cache=cache)
    assert (opened.name, opened.commit, opened.is_remote) == ("bare", sha(origin), False)


def test_large_files_and_submodules_stay_where_they_are(origin: Path, tmp_path: Path, cache: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    (origin / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n", encoding="utf-8")
    commit_file(origin, "weights.bin", pointer)
    git(origin, "update-index", "--add", "--cacheinfo", f"160000,{sha(origin)},third_party")
    git(origin, "commit", "--quiet", "--message", "submodule")
    user_config = Path(os.environ["HOME"]) / ".gitconfig"
    user_config.write_text(
        f'[filter "lfs"]\n process = touch {tmp_path}/ran\n smudge = touch {tmp_path}/ran\n required = true\n',
        encoding="utf-8",
    )
    opened = open_checkout(origin.as_uri(), cache=cache)
    assert (opened.root / "weights.bin").read_text(encoding="utf-8") == pointer
    assert not (tmp_path / "ran").exists()
    assert not any((opened.root / "third_party").iterdir())


@pytest.fixture
def web(origin: Path, tmp_path: Path) -> Iterator[str]:
    """The repository on a server of plain files, which cannot cut the history."""
    site = tmp_path / "site" / "ada"
    site.mkdir(parents=True)
    git(site, "clone", "--quiet", "--bare", str(origin), "toy")
    git(site / "toy", "update-server-info")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_web_server(web: str, origin: Path, cache: Path) -> None:
    opened = open_checkout(f"{web}/ada/toy", cache=cache)
    assert (opened.commit, opened.url) == (sha(origin), f"{web}/ada/toy")


def test_a_web_page_names_reference_and_folder(web: str, origin: Path, cache: Path) -> None:
    opened = open_checkout(f"{web}/ada/toy/tree/feature/loss/vision", cache=cache)
    assert (opened.ref, opened.folder, opened.commit) == ("feature/loss", "vision", sha(origin, "feature/loss"))
    opened = open_checkout(f"{web}/ada/toy/blob/v1/vision/mnist/main.py", cache=cache)
    assert (opened.ref, opened.folder, opened.commit) == ("v1", "vision/mnist", sha(origin, "v1"))
    assert failure(f"{web}/ada/toy/tree/main/nowhere", cache=cache).slug == "no-such-folder"


def test_credentials_go_nowhere(web: str, cache: Path) -> None:
    secret = web.replace("http://", "http://ada:hunter2@")
    said: list[str] = []
    opened = open_checkout(f"{secret}/ada/toy", cache=cache, progress=lambda text, part: said.append(text))
    assert opened.url == f"{web}/ada/toy"
    assert "hunter2" not in " ".join([*said, repr(opened)])
    assert "hunter2" not in str(failure(f"{secret}/ada/nothing", cache=cache))
    for path in everything_below(cache):
        assert "hunter2" not in path.name
        assert not path.is_file() or b"hunter2" not in path.read_bytes()


def test_a_git_server(origin: Path, tmp_path: Path, cache: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daemon = subprocess.Popen(
        [
            "git",
            "daemon",
            "--export-all",
            f"--base-path={tmp_path}",
            "--listen=127.0.0.1",
            f"--port={port}",
            "--reuseaddr",
        ],
        stderr=subprocess.DEVNULL,
        env=os.environ | COMMITTER,
        start_new_session=True,
    )
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        opened = open_checkout(f"git://127.0.0.1:{port}/toy", ref="v1", cache=cache)
        assert (opened.commit, opened.url) == (sha(origin, "v1"), f"git://127.0.0.1:{port}/toy")
        assert failure(f"git://127.0.0.1:{port}/nothing", cache=cache).slug == "no-such-repository"
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.wait()
    assert open_checkout(f"git://127.0.0.1:{port}/toy", ref="v1", cache=cache) == opened
    assert failure(f"git://127.0.0.1:{port}/other", cache=cache).slug == "offline"
