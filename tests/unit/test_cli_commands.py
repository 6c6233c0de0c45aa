"""The commands list, doctor and completion, and the index of tours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from repotour import store

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def a_tour_file(folder: Path, name: str) -> Path:
    path = folder / f"{name}.tour.json"
    path.write_text("{}", encoding="utf-8")
    return path


# --- list ---


def test_before_the_first_tour_list_says_what_to_type(run_cli: Run) -> None:
    done = run_cli("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "repotour run" in done.stderr
    assert json.loads(run_cli("list", "--json").stdout) == []


def test_tours_are_listed_newest_first_each_once_while_they_exist(run_cli: Run, tmp_path: Path) -> None:
    first, second, gone = (a_tour_file(tmp_path, name) for name in ("first", "second", "gone"))
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
    for path, stages in ((first, 3), (second, 10), (gone, 9), (first, 4)):
        assert store.remember(path, title=f"The tour of {path.name[:5]}", stages_seen=stages, made_at=moment)
    gone.unlink()
    done = run_cli("list", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert [line.split()[-1] for line in lines] == ["first.tour.json", "second.tour.json"]
    assert " 4 of 10 stages" in lines[0]
    assert "The tour of first" in lines[0]
    assert "repotour replay first.tour.json" in done.stderr
    listed = json.loads(run_cli("list", "--json").stdout)
    assert [Path(tour["path"]).name for tour in listed] == ["first.tour.json", "second.tour.json"]
    assert datetime.fromisoformat(listed[0]["made_at"]) == moment
    elsewhere = run_cli("list", cwd=Path("/")).stdout
    assert str(first) in elsewhere or str(first).lstrip("/") in elsewhere


def test_a_damaged_index_loses_only_the_damaged_lines(tmp_path: Path) -> None:
    path = a_tour_file(tmp_path, "one")
    assert store.remember(path, title="One", stages_seen=1)
    index = next(Path(os.environ["XDG_STATE_HOME"]).rglob("tours.jsonl"))
    good = index.read_text(encoding="utf-8")
    index.write_bytes(
        b'\xff\xfe\n[]\nnull\n{"title": "no path"}\n{"path": 1, "stages_seen": "x"}\n' + good.encode() + b'{"pa'
    )
    assert [tour.title for tour in store.known_tours()] == ["One"]
    assert store.remember(a_tour_file(tmp_path, "two"), title="Two", stages_seen=1)
    assert {tour.title for tour in store.known_tours()} >= {"One"}


def test_remembering_never_stops_a_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert not store.remember(tmp_path / "x.tour.json", title="X", stages_seen=0)
    assert store.known_tours() == []


def test_tours_go_to_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert store.default_out("nanoGPT") == tmp_path / "tours" / "nanoGPT"
    assert not (tmp_path / "tours").exists()


# --- doctor ---


def test_doctor_names_versions_interpreters_and_what_is_missing(run_cli: Run) -> None:
    done = run_cli("doctor")
    assert done.returncode == 0
    for word in ("repotour", "git", "rich", "libcst", "debugpy", "ipdb", "terminal", "Interpreters"):
        assert word in done.stdout
    report = json.loads(run_cli("doctor", "--json").stdout)
    assert {finding["state"] for finding in report["findings"]} <= {"ok", "optional"}
    assert any(python["supported"] and set(python["libraries"]) >= {"torch", "numpy"} for python in report["pythons"])
    prefixes = [python["path"] for python in report["pythons"]]
    assert len(prefixes) == len(set(prefixes))


def test_doctor_fails_when_something_needed_is_missing(run_cli: Run) -> None:
    done = run_cli("doctor", PATH="")
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if "MISSING" in line)
    assert "git" in line
    assert "https://git-scm.com" in line


# --- completion ---


def complete_in_bash(script: str, folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in words)
    ask = f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _repotour; printf "%s\\n" "${{COMPREPLY[@]}}"'
    drive = f"{script}\n{ask}\n"
    done = subprocess.run(["bash", "--norc", "-c", drive], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [word for word in done.stdout.split("\n") if word]


@pytest.fixture(scope="module")
def bash_script() -> str:
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "repotour", "completion", "bash"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_bash_completes_commands_options_and_values(bash_script: str, tmp_path: Path) -> None:
    assert complete_in_bash(bash_script, tmp_path, "repotour", "comp") == ["completion"]
    assert "doctor" in complete_in_bash(bash_script, tmp_path, "repotour", "")
    assert complete_in_bash(bash_script, tmp_path, "repotour", "list", "--j") == ["--json"]
    assert complete_in_bash(bash_script, tmp_path, "repotour", "completion", "f") == ["fish"]
    assert complete_in_bash(bash_script, tmp_path, "repotour", "list", "--", "--j") == []


def test_bash_offers_tours_and_folders(bash_script: str, tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "my run.tour.json").write_text("", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    assert complete_in_bash(bash_script, tmp_path, "repotour", "replay", "my") == ["my run.tour.json"]
    assert "notes.txt" not in complete_in_bash(bash_script, tmp_path, "repotour", "replay", "")


@pytest.mark.parametrize(("shell", "check"), [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])])
def test_the_script_is_valid_in_its_shell(run_cli: Run, tmp_path: Path, shell: str, check: list[str]) -> None:
    done = run_cli("completion", shell)
    assert done.returncode == 0
    assert "doctor" in done.stdout
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(done.stdout, encoding="utf-8")
    subprocess.run([shell, *check, str(tmp_path / "script")], check=True)


def test_fish_completes(run_cli: Run, tmp_path: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    (tmp_path / "script").write_text(run_cli("completion", "fish").stdout, encoding="utf-8")
    ask = f"source {tmp_path}/script; complete -C 'repotour list --j'; complete -C 'repotour doc'"
    done = subprocess.run(["fish", "-c", ask], capture_output=True, text=True, check=True)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["--json", "doctor"]
