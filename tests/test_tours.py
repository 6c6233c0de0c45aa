"""Tours of the samples, end to end: every stage on its place, every sentence derived again, every face readable."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from touring import repotour, toured

from tests.truth import load_truth
from tracer.stages import CORE_STAGES

SAMPLES = {
    "spiral_mlp": [],
    "digits_trainer": [],
    "char_lm": ["--before", "python prepare.py"],
    "shapes_cnn": [],
    "bandit_pg": [],
}
NEEDS_TORCH = {"char_lm", "shapes_cnn", "bandit_pg"}

pytestmark = pytest.mark.slow


def _parameters() -> list[Any]:
    return [pytest.param(name, marks=[pytest.mark.torch] if name in NEEDS_TORCH else []) for name in SAMPLES]


@pytest.fixture(scope="module")
def tours(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The tour file of a sample, made once per session of this module by the command that a user types."""
    made: dict[str, Path] = {}

    def tour_of(sample: str) -> Path:
        if sample not in made:
            folder = tmp_path_factory.mktemp(sample)
            source = Path(__file__).resolve().parent.parent / "sample_repos" / sample
            shutil.copytree(source, folder / sample, ignore=shutil.ignore_patterns("__pycache__"))
            before = _hashes(folder / sample)
            done = toured(folder / sample, *SAMPLES[sample], seconds=400)
            assert done.code == 0, done.said[-3000:]
            assert _hashes(folder / sample) == before, "the tour changed the repository"
            made[sample] = done.path
        return made[sample]

    return tour_of


def _hashes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("sample", _parameters())
def test_every_stage_is_told_on_its_place(sample: str, tours: Callable[[str], Path]) -> None:
    tour = json.loads(tours(sample).read_text())
    truth = load_truth(sample)
    assert tour["outcome"]["kind"] in ("finished", "limit")
    core = {stage.value for stage in CORE_STAGES}
    assert [stage for stage in truth.missed(tour) if stage in core] == []
    assert truth.misplaced(tour) == []


@pytest.mark.parametrize("sample", _parameters())
def test_every_sentence_can_be_derived_again(sample: str, tours: Callable[[str], Path]) -> None:
    done = repotour("verify", str(tours(sample)), cwd=tours(sample).parent)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("sample", _parameters())
def test_a_tour_is_of_readable_length_and_names_no_place_of_this_machine(
    sample: str, tours: Callable[[str], Path]
) -> None:
    path = tours(sample)
    tour = json.loads(path.read_text())
    assert 12 <= len(tour["stops"]) <= 40
    for file in (path, path.parent / "ONBOARDING.md"):
        text = file.read_text()
        assert str(path.parent.parent) not in text
        assert str(Path.home()) not in text


@pytest.mark.parametrize("sample", _parameters())
def test_replay_prints_every_stop_without_a_terminal(sample: str, tours: Callable[[str], Path]) -> None:
    path = tours(sample)
    tour = json.loads(path.read_text())
    done = repotour("replay", str(path), cwd=path.parent)
    assert done.returncode == 0
    for number, stop in enumerate(tour["stops"], 1):
        assert f"[{number}/{len(tour['stops'])}]" in done.stdout
        assert f"{stop['location']['file']}:{stop['location']['line']}" in done.stdout
