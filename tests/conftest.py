"""Fixtures that every test may use: sample repositories as git repositories, and the command line as a user runs it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from interpreters import HERE, VERSIONS

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_repos"

COMMITTER = {
    "GIT_AUTHOR_NAME": "Ada Example",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Ada Example",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def pytest_configure() -> None:
    """Programs of the tests meet Ctrl-C as they would in a terminal, also where we were started in the background."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Which Pythons targets run with, and which are not on this machine."""
    missing = [version for version in VERSIONS if version not in HERE]
    absent = f"; not here, so nothing was tested with them: {', '.join(missing)}" if missing else ""
    return f"Pythons of targets: {', '.join(HERE)}{absent}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped, a line for each reason: loud, yet short enough that failures stay in sight."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count}: {reason.removeprefix('Skipped: ')}")
    terminalreporter.write_line(pytest_report_header())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `torch` are skipped, with the way out, where torch is missing; `gpu` where there is no GPU."""
    has_torch = importlib.util.find_spec("torch") is not None
    has_gpu = shutil.which("nvidia-smi") is not None
    for item in items:
        if item.get_closest_marker("torch") and not has_torch:
            item.add_marker(pytest.mark.skip(reason="torch is not installed here; `make test` installs it"))
        if item.get_closest_marker("gpu") and not has_gpu:
            item.add_marker(pytest.mark.skip(reason="no GPU on this machine"))


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of its own for each test, so that no test reads or writes the developer's caches and settings."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.split("_")[1].lower()))
    # torch starts as many threads as there are cores; the numbers of a run should not depend on that
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield home


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., Path]:
    """Turns a folder of sample_repos, or files given as text, into a git repository with one commit."""

    def make(sample: str = "", files: dict[str, str] | None = None, name: str = "") -> Path:
        folder = tmp_path / (name or sample or "repository")
        if sample:
            shutil.copytree(SAMPLES / sample, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in (files or {}).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", "first")
        return folder

    return make


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as a fixed author and without the developer's configuration; gives its output."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | COMMITTER, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def run_cli(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`repotour …` in a process of its own, without a terminal, run from a folder that is not the project's."""

    def run(*words: str, cwd: Path | None = None, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "repotour", *words],
            cwd=cwd or tmp_path,
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"} | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
