"""Opening repositories: real git, real folders, real servers on this machine."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import git as gitpython
import pytest
from conftest import COMMITTER, git

from tracer.address import Address, parse_address, public_url, slug, split_tail
from tracer.checkout import Checkout, find_root, git_version, open_checkout
from tracer.errors import RepoTourError


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def origin(make_repo: Callable[..., Path]) -> Path:
    """A repository with two commits, the branches main and feature/loss, and the annotated tag v1 on the first."""
    folder = make_repo(files={"train.py": "print(1)\n", "vision/mnist/main.py": "print('m')\n"}, name="toy")
    git(folder, "tag", "--annotate", "v1", "--message", "one")
    git(folder, "switch", "--quiet", "--create", "feature/loss")
    commit_file(folder, "loss.py", "print('loss')\n")
    git(folder, "switch", "--quiet", "main")
    commit_file(folder, "train.py", "print(2)\n")
    return folder


def commit_file(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", f"change {name}")
    return sha(folder)


def sha(folder: Path, name: str = "HEAD") -> str:
    return str(gitpython.Repo(folder).commit(name).hexsha)


def failure(repo: str | Path, **options: object) -> RepoTourError:
    with pytest.raises(RepoTourError) as caught:
        open_checkout(str(repo), **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return caught.value


def everything_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


# --- what is typed ---


@pytest.mark.parametrize(
    ("text", "url", "repository", "tail"),
    [
        ("https://github.com/karpathy/nanoGPT", "https://github.com/karpathy/nanoGPT", "nanoGPT", ()),
        ("https://github.com/o/r.git/", "https://github.com/o/r.git", "r", ()),
        ("https://github.com/o/r/tree/main/vision/a b", "https://github.com/o/r", "r", ("main", "vision", "a b")),
        ("https://github.com/o/r/tree/main/a%20b?tab=readme#x", "https://github.com/o/r", "r", ("main", "a b")),
        ("https://gitlab.com/g/sub/r/-/tree/main/x", "https://gitlab.com/g/sub/r", "r", ("main", "x")),
        ("github.com/o/r", "https://github.com/o/r", "r", ()),
        ("git+https://example.org/o/r", "https://example.org/o/r", "r", ()),
        ("ssh://git@example.org:22/o/r.git", "ssh://git@example.org:22/o/r.git", "r", ()),
        ("git@github.com:o/r.git", "git@github.com:o/r.git", "r", ()),
        ("example.org:o/r", "example.org:o/r", "r", ()),
        ("git://example.org/r", "git://example.org/r", "r", ()),
    ],
)
def test_a_url_is_taken_apart(text: str, url: str, repository: str, tail: tuple[str, ...]) -> None:
    address = parse_address(text)
    assert isinstance(address, Address)
    assert (address.url, address.repository, address.tail) == (url, repository, tail)


@pytest.mark.parametrize(
    "text", ["ext::sh -c touch% hacked", "--upload-pack=touch", "C:\\code", "o/r", "data:x", "-x@y.z:w"]
)
def test_what_is_no_url_is_a_path(text: str) -> None:
    assert isinstance(parse_address(text), Path)


def test_an_existing_folder_wins_over_a_shorthand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "github.com" / "o" / "r").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert isinstance(parse_address("github.com/o/r"), Path)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://user:secret@example.org/o/r?token=1", "https://example.org/o/r"),
        ("https://ghp_token@github.com/o/r", "https://github.com/o/r"),
        ("ssh://ada@example.org/o/r", "ssh://example.org/o/r"),
        ("ssh://git@example.org/o/r", "ssh://git@example.org/o/r"),
        ("git@github.com:o/r.git", "git@github.com:o/r.git"),
        ("ada@example.org:o/r.git", "example.org:o/r.git"),
        ("file:///home/ada/r", ""),
        ("/home/ada/r", ""),
        ("../r", ""),
        ("", ""),
    ],
)
def test_a_public_url_holds_no_secret_and_no_path_of_this_machine(url: str, public: str) -> None:
    assert public_url(url) == public


def test_the_longest_known_reference_of_a_web_page_wins() -> None:
    tail = ("feature", "loss", "vision")
    assert split_tail(tail, frozenset({"feature", "feature/loss"})) == ("feature/loss", "vision")
    assert split_tail(tail, frozenset({"other"})) == ("feature", "loss/vision")


def test_slugs_are_fit_for_file_names() -> None:
    assert slug("nanoGPT", "a/b c") == "nanoGPT-a-b-c"
    assert slug("..", "") == "repository"
    assert len(slug("x" * 200)) == 60


# --- folders ---


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


# --- clones ---


def test_a_url_is_cloned_shallowly_and_pinned(origin: Path, cache: Path) -> None:
    said: list[tuple[str, float | None]] = []
    opened = open_checkout(origin.as_uri(), cache=cache, progress=lambda text, part: said.append((text, part)))
    assert (opened.commit, opened.folder, opened.url, opened.dirty) == (sha(origin), "", "", False)
    assert (opened.is_remote, opened.name, opened.root.name) == (True, "toy", "toy")
    clone = gitpython.Repo(opened.root)
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
    import socket

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


# --- what goes wrong ---


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


def on_small_disk(disk: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script where `disk` is a file system of one megabyte; skips where the system does not allow that."""
    disk.mkdir()
    if (
        not shutil.which("unshare")
        or subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs the right to mount a file system in a namespace of its own")
    mount = f'mount -t tmpfs -o size=1m tmpfs {disk} && exec {sys.executable} -c "$0"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, textwrap.dedent(script)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
        cwd=Path(__file__).parents[2],
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
