"""The command line's skeleton: discovery, usage errors, exit codes, speed and safety."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import repotour
from repotour import cli
from tracer.errors import RepoTourError

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Probe:
    """A command made for a test: does what it was told, and keeps what it was given."""

    name = "probe"
    help = "for a test"

    def __init__(self, *, error: BaseException | None = None, takes_target: bool = False) -> None:
        self.error = error
        self.takes_target = takes_target
        self.seen: argparse.Namespace | None = None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("word")
        parser.add_argument("--number", type=int)
        if self.takes_target:
            parser.add_argument("target", nargs="*")

    def run(self, args: argparse.Namespace) -> int:
        self.seen = args
        if self.error is not None:
            raise self.error
        return 0


@pytest.fixture
def run_probe(monkeypatch: pytest.MonkeyPatch) -> Callable[[Probe, list[str]], int]:
    def run(probe: Probe, words: list[str]) -> int:
        monkeypatch.setattr(cli, "find_commands", lambda: [probe])
        return cli.main(["probe", *words])

    return run


def test_every_module_of_commands_is_a_command(run_cli: Run) -> None:
    files = {path.stem for path in (ROOT / "repotour" / "commands").glob("*.py")} - {"__init__"}
    names = [command.name for command in cli.find_commands()]
    assert sorted(file.rstrip("_") for file in files) == names
    shown = run_cli("--help")
    assert shown.returncode == 0
    for command in cli.find_commands():
        assert command.name in shown.stdout
        assert command.help in " ".join(shown.stdout.split())
        assert run_cli(command.name, "--help").returncode == 0


def test_commands_are_cheap_to_import() -> None:
    heavy = ["git", "libcst", "rich", "debugpy", "ipdb", "subprocess", "importlib.metadata", "asyncio"]
    script = (
        f"import repotour.cli, sys; repotour.cli.find_commands(); print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_the_one_of_the_package(run_cli: Run) -> None:
    declared = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None
    assert repotour.__version__ == declared.group(1)
    assert run_cli("--version").stdout == f"repotour {repotour.__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "usage: repotour"),
        (["lst"], "did you mean list?"),
        (["https://github.com/o/r"], "Try: repotour run https://github.com/o/r"),
        (["some/folder"], "Try: repotour run some/folder"),
        (["x.tour.json"], "Try: repotour replay x.tour.json"),
        (["list", "--jsn"], "--jsn"),
        (["list", "--", "train.py"], "no command behind --"),
        (["completion", "tcsh"], "tcsh"),
        (["completion"], "shell"),
    ],
)
def test_wrong_usage(run_cli: Run, words: list[str], said: str) -> None:
    done = run_cli(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_known_error_is_one_line_and_its_own_exit_code(
    run_probe: Callable[[Probe, list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    error = RepoTourError("nothing here.", slug="no-thing", hint="Look there.", exit_code=3)
    assert run_probe(Probe(error=error), ["one"]) == 3
    assert capsys.readouterr() == ("", "error[no-thing]: nothing here. Look there.\n")


def test_ctrl_c_is_130_without_a_traceback(
    run_probe: Callable[[Probe, list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_probe(Probe(error=KeyboardInterrupt()), ["one"]) == 130
    assert capsys.readouterr() == ("", "Interrupted.\n")


def test_a_bug_shows_its_traceback(run_probe: Callable[[Probe, list[str]], int]) -> None:
    with pytest.raises(ZeroDivisionError):
        run_probe(Probe(error=ZeroDivisionError()), ["one"])


def test_the_words_behind_the_dashes_are_left_as_they_are(run_probe: Callable[[Probe, list[str]], int]) -> None:
    probe = Probe(takes_target=True)
    target = ["-m", "pkg.train", "--number", "x", "--", "a=b", ""]
    assert run_probe(probe, ["one", "--number", "4", "--", *target]) == 0
    assert probe.seen is not None
    assert (probe.seen.word, probe.seen.number, probe.seen.target) == ("one", 4, target)
    assert run_probe(probe, ["one", "--"]) == 0
    assert probe.seen.target == []
    with pytest.raises(SystemExit):
        run_probe(Probe(), ["one", "--", *target])


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`repotour completion bash | head -1` with a pipe that is closed at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "repotour", "completion", "bash"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=20) == 0
    assert said == b""


def test_modules_of_the_current_folder_are_not_imported(run_cli: Run, tmp_path: Path) -> None:
    for name in ("tracer", "walkthroughs", "rich", "argparse", "json", "platformdirs", "git"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger ran')\n", encoding="utf-8")
    for words in (["--version"], ["list"], ["doctor"]):
        done = run_cli(*words, cwd=tmp_path, PYTHONPATH=str(ROOT))
        assert "a stranger ran" not in done.stdout + done.stderr
        assert done.returncode == 0


def test_from_python_the_package_is_light_and_complete() -> None:
    script = (
        "import repotour, sys; print(sorted(repotour.__all__), 'walkthroughs' in sys.modules, callable(repotour.run))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['__version__', 'here', 'load', 'run'] False True"


def test_loading_what_is_not_there_is_a_known_error(tmp_path: Path) -> None:
    with pytest.raises(RepoTourError):
        repotour.load(tmp_path / "missing.tour.json")


def test_results_go_to_stdout_and_nothing_prints_elsewhere() -> None:
    """`print` without a file belongs into a command's own output; the skeleton itself has none."""
    for path in (ROOT / "repotour" / "cli.py", ROOT / "repotour" / "store.py", ROOT / "repotour" / "progress.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                assert any(keyword.arg == "file" for keyword in node.keywords), f"{path.name}:{node.lineno}"
