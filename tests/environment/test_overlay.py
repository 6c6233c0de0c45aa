"""Packages beside an interpreter that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from environment.conftest import MakeWheel, run_in

from tracer.environment import Environment
from tracer.environment.store import default_base
from tracer.errors import RepoTourError
from tracer.interpreter import Interpreter
from tracer.plan import RunPlan


def everything(folder: Path) -> dict[str, int]:
    """All files below a folder, with their time of change."""
    return {str(path): path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_a_lacking_package_goes_into_a_folder_of_ours(wheel: MakeWheel, foreign: Interpreter) -> None:
    wheel("toy", "1.0", requires=("beneath",))
    wheel("beneath", "2.0")
    before = everything(foreign.prefix)
    environment = Environment(foreign)
    (folder,) = environment.add(["toy"])
    assert run_in(foreign, "import toy, beneath; print(toy.VERSION, beneath.VERSION)", folder) == "1.0 2.0"
    assert everything(foreign.prefix) == before
    assert "No module named 'toy'" in run_in(foreign, "import toy")
    assert environment.add(["toy"]) == (), "what was added is not added again"


def test_what_the_interpreter_has_is_used(wheel: MakeWheel, foreign: Interpreter) -> None:
    site = Path(run_in(foreign, "import sysconfig; print(sysconfig.get_paths()['purelib'])"))
    (site / "beneath.py").write_text("VERSION = 'its own'\n")
    info = site / "beneath-1.5+cpu.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: beneath\nVersion: 1.5+cpu\n")
    wheel("toy", "1.0", requires=("beneath>=1",))
    wheel("beneath", "1.5")
    wheel("beneath", "2.0")
    environment = Environment(foreign)
    (folder,) = environment.add(["toy"])
    assert sorted(path.name for path in folder.glob("*.py")) == ["toy.py"]
    plan = environment.equip(RunPlan(Path(), "", "script", ("a.py",), "python"), ["beneath>=2"])
    (front,) = plan.needs_path
    assert (Path(front) / "beneath.py").is_file(), "another version than its own goes before it"


def test_it_is_found_again_without_uv(wheel: MakeWheel, foreign: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = wheel("toy", "1.0")
    first = Environment(foreign).add(["toy"])
    toy.unlink()
    monkeypatch.setattr("tracer.environment.overlay.run_uv", None)
    assert Environment(foreign).add(["toy"]) == first


def test_what_cannot_be_had_is_said_and_leaves_nothing(shelf: Path, foreign: Interpreter) -> None:
    assert not list(shelf.iterdir())
    environment = Environment(foreign)
    with pytest.raises(RepoTourError, match=r"nobody-has-this cannot be installed: .*not found") as caught:
        environment.add(["nobody-has-this"])
    assert "\n" not in str(caught.value)
    assert environment.added == ()
    assert [path for path in default_base().iterdir() if path.is_dir()] == []
