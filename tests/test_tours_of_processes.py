"""Tours of programs that are several processes, from the command line to `repotour verify`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recordings import TARGETS

from tracer.command import parse_target

MakeRepo = Callable[..., Path]
RunCli = Callable[..., subprocess.CompletedProcess[str]]

TRAIN = """import argparse


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    args = parser.parse_args()
    weight = 1.0
    for step in range(3):
        weight -= args.lr * 2 * weight
    print("weight", round(weight, 3))


if __name__ == "__main__":
    main()
"""
START = """import subprocess
import sys

subprocess.run([sys.executable, "train.py", "--lr", "0.25"], check=True)
"""
FAILS = """import subprocess
import sys

sys.exit(subprocess.run([sys.executable, "-c", "import broken"]).returncode)
"""


def tour_of(run_cli: RunCli, repo: Path, out: Path, *words: str) -> dict[str, Any]:
    """The tour of a command, after `repotour verify` has derived it again."""
    done = run_cli("run", str(repo), "--python", sys.executable, "--out", str(out), "--", *words, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    (path,) = out.glob("*.tour.json")
    checked = run_cli("verify", str(path))
    assert (checked.returncode, checked.stdout.splitlines()[1:]) == (0, []), checked.stdout
    return dict(json.loads(path.read_text()))


@pytest.mark.torch
@pytest.mark.slow
def test_torchrun(make_repo: MakeRepo, run_cli: RunCli, tmp_path: Path) -> None:
    repo = make_repo(files={"ranks.py": (TARGETS / "processes" / "ranks.py").read_text()})
    tour = tour_of(run_cli, repo, tmp_path / "out", "torchrun", "--nproc_per_node=2", "ranks.py")
    assert tour["outcome"]["kind"] == "finished"
    assert tour["entry"]["file"] == "ranks.py"
    assert tour["command"] == ["python", "-m", "torch.distributed.run", "--nproc_per_node=2", "ranks.py"]
    stages = {stop["stage"] for stop in tour["stops"]}
    assert stages >= {"model", "train_loop", "forward", "loss", "backward", "optimizer_step"}
    assert {stop["chapter"] for stop in tour["stops"] if "chapter" in stop} <= {"main"}
    first, launcher, other = tour["processes"]
    assert (first["rank"], first["text"]) == (
        0,
        "2 processes ran this program together; the tour follows rank 0.",
    )
    assert launcher["text"].endswith("only library code ran.")
    assert (other["rank"], other["how"]) == (1, "torchrun")


def test_a_program_that_only_starts_another(make_repo: MakeRepo, run_cli: RunCli, tmp_path: Path) -> None:
    repo = make_repo(files={"main.py": START, "train.py": TRAIN})
    tour = tour_of(run_cli, repo, tmp_path / "out", "main.py")
    assert [row["text"] for row in tour["processes"]] == [
        "The tour follows a process that the program started: `python train.py --lr 0.25`.",
        "The command itself, `python main.py`, ran code of `main.py`; it finished.",
    ]
    assert {stop["location"]["file"] for stop in tour["stops"]} == {"train.py"}


def test_a_child_that_fails_is_told(make_repo: MakeRepo, run_cli: RunCli, tmp_path: Path) -> None:
    repo = make_repo(files={"main.py": FAILS, "broken.py": "def fail():\n    raise KeyError('gone')\n\n\nfail()\n"})
    tour = tour_of(run_cli, repo, tmp_path / "out", "main.py")
    (child,) = tour["processes"]
    assert child["text"].endswith("it ran code of `broken.py`; it ended with `KeyError`.")
    assert (tour["outcome"]["kind"], tour["outcome"]["detail"]) == ("exited", "exit status 1")


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        (("torchrun", "--nproc_per_node=2", "a.py"), ("torch.distributed.run", "--nproc_per_node=2", "a.py")),
        (("accelerate", "launch", "a.py", "--x"), ("accelerate.commands.launch", "a.py", "--x")),
        (("python", "-m", "torch.distributed.run", "a.py"), ("torch.distributed.run", "a.py")),
    ],
)
def test_launchers_are_commands(tmp_path: Path, words: tuple[str, ...], argv: tuple[str, ...]) -> None:
    (command,) = parse_target(words, tmp_path, "")
    assert (command.launch, command.argv) == ("module", argv)
