"""`--open` shows the page that was written, in whatever browser the reader has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.build import a_realistic_tour

RunCli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """A stand-in for a browser, that writes down what it is asked to show."""
    program = tmp_path / "browser"
    program.write_text(f'#!{sys.executable}\nimport sys\nopen("{tmp_path}/seen", "a").write(sys.argv[1])\n')
    program.chmod(0o755)
    return program


def test_export_opens_the_page(run_cli: RunCli, tmp_path: Path, seen: Path) -> None:
    a_realistic_tour().save(tmp_path / "a b.tour.json")
    done = run_cli("export", "a b.tour.json", "--to", "html", "--open", BROWSER=f"{seen} %s")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "seen").read_text() == (tmp_path / "a b.html").as_uri()


def test_run_writes_the_page_beside_the_tour_and_opens_it(
    run_cli: RunCli, make_repo: Callable[..., Path], tmp_path: Path, seen: Path
) -> None:
    repo = make_repo(
        files={"train.py": "total = 0\nfor step in range(3):\n    total += step\nprint(total)\n"}, name="r"
    )
    words = ("run", str(repo), "--out", str(tmp_path / "out"), "--no-install", "--python", sys.executable, "--open")
    done = run_cli(*words, BROWSER=f"{seen} %s")
    (page,) = (tmp_path / "out").glob("*.html")
    assert (tmp_path / "seen").read_text() == page.as_uri(), done.stderr


def test_what_is_no_page_is_not_opened(run_cli: RunCli, tmp_path: Path, seen: Path) -> None:
    a_realistic_tour().save(tmp_path / "a.tour.json")
    for words in (("--to", "text"), ("--to", "html", "-o", "-")):
        done = run_cli("export", "a.tour.json", *words, "--open", BROWSER=f"{seen} %s")
        assert done.returncode == 2 and "not-a-page" in done.stderr
    assert not (tmp_path / "seen").exists()


def test_without_a_browser_the_file_is_named(run_cli: RunCli, tmp_path: Path) -> None:
    a_realistic_tour().save(tmp_path / "a.tour.json")
    done = run_cli("export", "a.tour.json", "--to", "html", "--open", BROWSER="/nowhere/browser %s", PATH="/nowhere")
    assert done.returncode == 0 and "open a.html" in done.stderr
