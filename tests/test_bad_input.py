"""What goes wrong on the way to a tour.

Each ends with one clear line, a fitting exit code and nothing left behind; or with a tour that tells it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

MakeRepo = Callable[..., Path]


def run(*words: str, cwd: Path, **more: object) -> subprocess.CompletedProcess[str]:
    """`repotour WORDS` as a user without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "repotour", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        stdin=subprocess.DEVNULL,
        **more,  # type: ignore[call-overload]
    )


def one_line(done: subprocess.CompletedProcess[str], slug: str) -> str:
    """The error line of a failed call; there must be no traceback of ours."""
    errors = [line for line in done.stderr.splitlines() if line.startswith("error[")]
    assert len(errors) == 1, done.stderr
    assert errors[0].startswith(f"error[{slug}]:")
    assert "Traceback" not in done.stderr
    return errors[0]


def tour_in(folder: Path) -> dict[str, object]:
    """The one tour below a folder."""
    path = next(folder.glob("*.tour.json"))
    return dict(json.loads(path.read_text()))


@pytest.mark.parametrize(
    ("words", "slug", "code"),
    [
        (["nowhere/at/all"], "not-a-repository", 1),
        (["file:///nowhere/at/all.git"], "no-such-repository", 1),
        (["REPO", "--ref", "no-such-branch"], "no-such-ref", 1),
        (["REPO", "--entry", "missing.py"], "no-such-entry", 1),
        (["REPO", "--python", "python-that-is-not-there"], "python-missing", 1),
        (["REPO", "--", "missing.py"], "no-such-script", 1),
    ],
)
def test_one_clear_line(words: list[str], slug: str, code: int, make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": "if __name__ == '__main__':\n    print('hello')\n"})
    done = run("run", *[str(repo) if word == "REPO" else word for word in words], cwd=tmp_path)
    assert done.returncode == code
    one_line(done, slug)
    assert not (tmp_path / "tours").exists()


def test_a_repository_without_python(make_repo: MakeRepo, tmp_path: Path) -> None:
    done = run("run", str(make_repo(files={"README.md": "# nothing\n"})), cwd=tmp_path)
    assert done.returncode == 3
    one_line(done, "no-python")


def test_an_empty_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "empty")], check=True)
    done = run("run", str(tmp_path / "empty"), cwd=tmp_path)
    assert done.returncode == 3
    one_line(done, "empty-repository")


def test_no_entry_point_says_what_came_closest(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"library.py": "def add(a, b):\n    return a + b\n"})
    done = run("run", str(repo), cwd=tmp_path)
    assert done.returncode == 3
    assert "library.py" in one_line(done, "no-entry-point")


def test_foreign_code_does_not_run_without_consent(make_repo: MakeRepo, tmp_path: Path) -> None:
    witness = tmp_path / "it-ran"
    text = f"if __name__ == '__main__':\n    open({str(witness)!r}, 'w').close()\n"
    repo = make_repo(files={"train.py": text, "eval.py": text})
    done = run("run", f"file://{repo}", cwd=tmp_path)
    assert done.returncode == 1
    one_line(done, "not-confirmed")
    assert "python train.py" in done.stderr
    assert "python eval.py" in done.stderr
    assert not witness.exists()


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("import a_package_that_is_not_there\n", "raised", "a_package_that_is_not_there"),
        ("x = 1\nprint(x / 0)\n", "raised", "ZeroDivisionError"),
        ("import sys\nsys.exit('needs 2 GPUs. Exiting.')\n", "exited", "needs 2 GPUs"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', required=True)\np.parse_args()\n",
            "exited",
            "2",
        ),
        ("import os\nprint('so long', flush=True)\nos._exit(7)\n", "killed", "7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "killed", "9"),
        ("print 'python 2'\n", "raised", "SyntaxError"),
        ("for i in range(20000):\n    print('x' * 200)\n", "finished", ""),
    ],
)
def test_the_targets_failure_is_content(text: str, kind: str, detail: str, make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": text})
    done = run("run", str(repo), "--python", sys.executable, "--out", "out", "--", "train.py", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    tour = tour_in(tmp_path / "out")
    outcome = tour["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == kind
    assert detail in outcome["detail"]
    assert "train.py" in done.stdout


def test_an_exception_is_told_with_its_place_and_values(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": "def divide(total, count):\n    return total / count\n\n\ndivide(3.5, 0)\n"})
    run("run", str(repo), "--python", sys.executable, "--out", "out", "--", "train.py", cwd=tmp_path)
    failure = tour_in(tmp_path / "out")["exception"]
    assert isinstance(failure, dict)
    assert failure["type"] == "ZeroDivisionError"
    assert (failure["location"]["file"], failure["location"]["line"]) == ("train.py", 2)


def test_a_program_that_never_ends_is_ended(make_repo: MakeRepo, tmp_path: Path) -> None:
    text = (
        "import time\ntry:\n    while True:\n        time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print('saved on the way out')\n"
    )
    repo = make_repo(files={"train.py": text})
    run("run", str(repo), "--python", sys.executable, "--timeout", "3", "--out", "out", "--", "train.py", cwd=tmp_path)
    tour = tour_in(tmp_path / "out")
    outcome = tour["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "timed_out"
    assert "saved on the way out" in str(tour["output_tail"])


def test_nothing_is_left_in_the_temporary_folder(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": "raise SystemExit(3)\n"})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run(
        "run",
        str(repo),
        "--python",
        sys.executable,
        "--out",
        "out",
        "--",
        "train.py",
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(scratch)},
    )
    assert list(scratch.iterdir()) == []
    assert tempfile.gettempdir()


def test_a_program_that_never_trained_is_told_as_that(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo(files={"train.py": "import os\nhere = os.path.abspath('.')\nprint('nothing to do in', here)\n"})
    done = run("run", str(repo), "--python", sys.executable, "--out", "out", "--", "train.py", cwd=tmp_path)
    outcome = tour_in(tmp_path / "out")["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["kind"] == "finished"
    assert "never trained" in outcome["detail"]
    assert "never trained" in " ".join(done.stdout.split())
    for path in (tmp_path / "out").glob("*.json*"):
        assert tempfile.gettempdir() + "/repotour" not in path.read_text(), path.name
