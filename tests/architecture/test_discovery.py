"""Adding something means adding one file: each module of an open folder offers its constant and is known to a test."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
from sources import ROOT

from tracer.frameworks import Framework, all_frameworks
from tracer.stages import Stage

OPEN_FOLDERS = {
    "repotour.commands": "COMMAND",
    "tracer.fitting.knobs": "KNOB",
    "tracer.frameworks": "FRAMEWORK",
    "tracer.remedies": "REMEDY",
    "tracer.survey.detectors": "DETECTOR",
}


def names_in(package: str) -> list[str]:
    """The modules of a package that are meant to be found, sorted."""
    folder = importlib.import_module(package).__path__
    return sorted(item.name for item in pkgutil.iter_modules(folder) if not item.name.startswith("_"))


MODULES = [(package, name) for package in OPEN_FOLDERS for name in names_in(package)]


@cache
def test_texts() -> str:
    """All tests but these, as one text, with the names of their files."""
    paths = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "architecture" not in path.parts]
    return "\n".join(f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in paths)


test_texts.__test__ = False  # type: ignore[attr-defined]  # a reader of tests, not a test


@pytest.mark.parametrize(("package", "name"), MODULES)
def test_module_offers_its_constant(package: str, name: str) -> None:
    module = importlib.import_module(f"{package}.{name}")
    assert hasattr(module, OPEN_FOLDERS[package]), f"{package}.{name} has no {OPEN_FOLDERS[package]}"
    assert module.__doc__


@pytest.mark.parametrize(("package", "name"), [pair for pair in MODULES if pair[0] != "tracer.frameworks"])
def test_module_is_known_to_a_test(package: str, name: str) -> None:
    plain = name.strip("_")  # `map_` is the module of the command `map`
    words = {name, plain, plain.replace("_", "-"), f"test_{plain}"}
    assert any(re.search(rf"\b{re.escape(word)}(?:\b|\.py)", test_texts()) for word in words)


@pytest.mark.parametrize("framework", all_frameworks(), ids=lambda framework: framework.name)
def test_framework_is_data_about_its_own_modules(framework: Framework) -> None:
    assert framework.landmarks or framework.hooks
    for landmark in framework.landmarks:
        assert landmark.modules
        assert landmark.names
    assert set(framework.hooks.values()) <= {stage.value for stage in Stage}


def test_frameworks_have_names_of_their_own() -> None:
    names = [framework.name for framework in all_frameworks()]
    assert sorted(set(names)) == sorted(names)


def test_every_renderer_is_found() -> None:
    from walkthroughs.renderers import base

    folder = Path(base.__file__).parent
    offering = [path.stem for path in folder.glob("*.py") if re.search(r"^RENDERER\b", path.read_text("utf-8"), re.M)]
    assert offering, "no renderer offers RENDERER"
    assert [name for name in offering if not re.search(rf"\b{name}\b", test_texts())] == []
