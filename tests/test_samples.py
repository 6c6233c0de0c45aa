"""Each sample does what its README says: the commands run, the figure is reached, the folder stays clean."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import SAMPLES, git
from truth import SAMPLE_NAMES, TruthError, load_truth

from tracer.stages import CORE_STAGES, Stage


@dataclass(frozen=True, slots=True)
class Claim:
    """What the README promises, where the output shows it, and the options of a short run."""

    promise: str
    pattern: str
    lowest: float = float("-inf")
    highest: float = float("inf")
    short: tuple[str, ...] = ()


CLAIMS = {
    "bandit_pg": Claim(
        "at least 0.85", r"greedy reward (\S+)", lowest=0.85, short=("--updates", "10", "--eval-every", "5")
    ),
    "char_lm": Claim("below 0.4", r"best val loss (\S+)", highest=0.4, short=("--max_iters=10",)),
    "digits_trainer": Claim("at least 98 %", r"validation accuracy (\S+),", lowest=0.98, short=("--max-epochs", "2")),
    "shapes_cnn": Claim("at least 98 %", r"(?m)^accuracy (\S+)", lowest=0.98, short=("--dry-run",)),
    "spiral_mlp": Claim("at least 98 %", r"new spiral: (\S+)", lowest=0.98, short=("--max-iters", "20")),
}
NEEDS_TORCH = {"bandit_pg", "char_lm", "shapes_cnn"}
ALL = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEEDS_TORCH else name
    for name in sorted(path.parent.name for path in SAMPLES.glob("*/README.md"))
]
WATCH = Path(__file__).with_name("watch_lines.py")
SECONDS = re.compile(r"\d+\.\d s(econds)?")


def readme_commands(sample: str) -> list[list[str]]:
    """The commands in the README's shell block, as words behind `python`."""
    block = re.search(r"```sh\n(.*?)```", (SAMPLES / sample / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block, f"the README of {sample} has no shell block"
    lines = [line.split("#")[0].split() for line in block[1].splitlines()]
    assert all(words[0] == "python" for words in lines)
    return [words[1:] for words in lines]


def run_python(folder: Path, words: list[str]) -> str:
    """Run a program of the sample; gives what it printed."""
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def python_files(sample: str) -> list[Path]:
    return sorted((SAMPLES / sample).rglob("*.py"))


def test_every_sample_has_a_claim_and_a_truth() -> None:
    names = sorted(path.parent.name for path in SAMPLES.glob("*/README.md"))
    assert names == sorted(CLAIMS) == list(SAMPLE_NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("sample", ALL)
def test_readme_commands_reach_the_claimed_figure(sample: str, make_repo: Callable[..., Path]) -> None:
    claim = CLAIMS[sample]
    assert claim.promise in " ".join((SAMPLES / sample / "README.md").read_text(encoding="utf-8").split())
    folder = make_repo(sample)
    output = "".join(run_python(folder, words) for words in readme_commands(sample))
    figures = re.findall(claim.pattern, output)
    assert figures, output
    assert claim.lowest <= float(figures[-1]) <= claim.highest
    assert git(folder, "status", "--porcelain") == "", "the sample leaves files that its .gitignore does not name"


@pytest.mark.slow
@pytest.mark.parametrize("sample", ALL)
def test_short_run_gives_the_same_numbers_twice_and_passes_every_place_of_the_truth(
    sample: str, make_repo: Callable[..., Path], tmp_path: Path
) -> None:
    folder, truth = make_repo(sample), load_truth(sample)
    watched = [str(WATCH), str(tmp_path / "seen.json")]
    command = [*truth.command, *CLAIMS[sample].short]
    for words in truth.before:
        run_python(folder, [*watched, *words])
    first, second = run_python(folder, command), run_python(folder, [*watched, *command])
    for words in truth.after:
        run_python(folder, [*watched, *words])
    assert SECONDS.sub("", first) == SECONDS.sub("", second)
    seen = {(file, line) for file, line in json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))}
    never = [
        f"{place.stage} at {place.file}:{place.line}"
        for place in truth.places
        if not any((place.file, line) in seen for line in range(place.line, place.end_line + 1))
    ]
    assert never == []


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_commands_of_the_truth_are_those_of_the_readme(sample: str) -> None:
    truth = load_truth(sample)
    assert [list(words) for words in (*truth.before, truth.command, *truth.after)] == readme_commands(sample)


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_truth_speaks_of_every_core_stage(sample: str) -> None:
    truth = load_truth(sample)
    core = {stage.value for stage in CORE_STAGES}
    found = {place.stage for place in truth.places if place.core}
    assert core <= found | set(truth.absent)
    assert not found & set(truth.absent)
    assert found | set(truth.absent) <= {stage.value for stage in Stage}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('text = "x = 2"', "found 0 times"),
        ('text = "x = 1"', "found 2 times"),
        ('text = "x = 1"\nwithin = "f"\ndefinition = true', "`definition` is True"),
        ('text = "x = 1"\nwihtin = "f"', "unknown keys"),
    ],
)
def test_truth_that_does_not_fit_is_refused(tmp_path: Path, entry: str, problem: str) -> None:
    (tmp_path / "train.py").write_text("x = 1\ndef f():\n    x = 1\n", encoding="utf-8")
    header = 'command = ["train.py"]\nbefore = []\nafter = []\n[absent]\n[[place]]\nstage = "data"\nfile = "train.py"\n'
    (tmp_path / "stages.toml").write_text(header + entry + "\n", encoding="utf-8")
    with pytest.raises(TruthError, match=problem):
        load_truth(tmp_path.name, samples=tmp_path.parent, golden=tmp_path.parent)


def test_truth_tells_missed_and_misplaced_stops() -> None:
    truth = load_truth("shapes_cnn")
    loss = next(place for place in truth.places if place.stage == "loss")

    def stop(stage: str, line: int) -> dict[str, object]:
        return {"id": f"{stage}-1", "stage": stage, "location": {"file": "train.py", "line": line}}

    tour = {"stops": [stop("loss", loss.line), stop("backward", loss.line), stop("logging", 1)]}
    assert "loss" not in truth.missed(tour)
    assert "backward" in truth.missed(tour)
    assert truth.misplaced(tour) == [f"backward-1 at train.py:{loss.line}"]
    assert "checkpoint" not in load_truth("bandit_pg").missed({"stops": []})
    assert load_truth("bandit_pg").misplaced({"stops": [stop("checkpoint", 1)]}) == ["checkpoint-1 at train.py:1"]


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_sample_is_small_documented_and_unmarked(sample: str) -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(sample)}
    assert 100 <= sum(lengths.values()) <= 300
    assert max(lengths.values()) <= 150
    assert len((SAMPLES / sample / "README.md").read_text(encoding="utf-8").splitlines()) <= 14
    for path in python_files(sample):
        source = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(source)), f"{path.name} does not say what to look at"
        # a sample is found out like a stranger's program: it must not know by whom
        assert "repotour" not in source.lower()
        assert "tour" not in re.findall(r"\w+", source.lower())


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_sample_imports_only_what_it_requires(sample: str) -> None:
    lines = (SAMPLES / sample / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = {re.split(r"[<>=~!]", line)[0].strip() for line in lines if line and not line.startswith("#")}
    own = {path.stem for path in python_files(sample)} | {path.parent.name for path in python_files(sample)}
    imported = set()
    for path in python_files(sample):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").split(".")[0])
    assert imported - own - sys.stdlib_module_names == required
    assert not imported & {"urllib", "http", "socket", "requests"}, "samples run offline"
