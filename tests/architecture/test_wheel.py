"""What is in the package that users install: the three packages with their data, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sources import PACKAGES, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built from a copy of the source, without network."""
    source = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in (*PACKAGES, "tests", "sample_repos"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return zipfile.Path(built)


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: zipfile.Path) -> None:
    tops = {item.name for item in wheel.iterdir()}
    info = {name for name in tops if name.endswith(".dist-info")}
    assert len(info) == 1
    assert tops - info == set(PACKAGES)


def test_wheel_holds_every_file_of_the_packages(wheel: zipfile.Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in Path(ROOT, package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    there = {name for name in wheel.root.namelist() if not name.endswith("/")}
    assert here <= there


def test_wheel_names_its_command_and_licence(wheel: zipfile.Path) -> None:
    (info,) = [item for item in wheel.iterdir() if item.name.endswith(".dist-info")]
    assert "repotour = repotour.cli:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "License-Expression: MIT" in (info / "METADATA").read_text(encoding="utf-8")
