"""The remedies `missing_package` and `package_version`: what they ask for, and whole runs in which it is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from environment.conftest import MakeWheel
from touring import toured

from tracer.interpreter import Interpreter
from tracer.plan import RunPlan
from tracer.remedies import Situation
from tracer.remedies.missing_package import REMEDY as MISSING
from tracer.remedies.package_version import REMEDY as VERSION
from tracer.survey import survey
from tracer.trace import Trace

MakeRepo = Callable[..., Path]


def failed(root: Path, error: str, *tried: str, python: str = sys.executable, file: str = "train.py") -> Situation:
    """A run of a program that ended with an exception."""
    kind, _, text = error.partition(": ")
    end = {"kind": "end", "outcome": "raised", "type": kind, "detail": text}
    trace = Trace(root, {}, {}, {}, [], [], [], [], [], [], {}, [], end, False)
    found = survey(root, detail=False)
    plan = RunPlan(root, "", "script", (file,), python)
    return Situation(plan, trace, found.entry(file), found, outcome="raised", tried=tried)


@pytest.mark.parametrize(
    ("error", "packages"),
    [
        ("ModuleNotFoundError: No module named 'cv2'", ("opencv-python-headless",)),
        ("ModuleNotFoundError: No module named 'google.protobuf'", ("protobuf",)),
        ("ModuleNotFoundError: No module named 'toy'", ("toy==1.5",)),
        ("ImportError: Missing optional dependency 'openpyxl'. Use pip or conda to install openpyxl.", ("openpyxl",)),
        ('DependencyNotInstalled: pygame is not installed, run `pip install "gymnasium[classic-control]"`',
         ("gymnasium[classic-control]",)),
        ("ImportError: This needs two: pip install first-one 'second>=2' and try again", ("first-one", "second>=2")),
    ],
)  # fmt: skip
def test_what_an_error_lacks_is_asked_for(make_repo: MakeRepo, error: str, packages: tuple[str, ...]) -> None:
    repo = make_repo(files={"train.py": "print(1)\n", "requirements.txt": "toy==1.5\n"})
    adaptation = MISSING.adapt(failed(repo, error))
    assert adaptation is not None
    assert adaptation.packages == packages


@pytest.mark.parametrize(
    "error",
    [
        "ModuleNotFoundError: No module named 'parts'",
        "ModuleNotFoundError: No module named 'sklearn.externals.joblib'",
        "ModuleNotFoundError: No module named 'apex'",
        "ValueError: No module named 'cv2'",
    ],
)
def test_what_no_package_would_help_is_left_alone(make_repo: MakeRepo, error: str) -> None:
    repo = make_repo(files={"train.py": "import parts\n", "code/parts/__init__.py": ""})
    assert MISSING.adapt(failed(repo, error)) is None


def test_all_that_is_lacking_comes_at_once_then_the_one_alone(make_repo: MakeRepo) -> None:
    lines = (
        "import first_toy\nimport other_toy\nimport json\ntry:\n    import maybe_toy\nexcept ImportError:\n    pass\n"
    )
    repo = make_repo(files={"train.py": lines, "requirements.txt": "first-toy<3\nother-toy==2.0\n"})
    error = "ModuleNotFoundError: No module named 'first_toy'"
    tried: list[str] = []
    asked = []
    while (adaptation := MISSING.adapt(failed(repo, error, *tried))) is not None:
        asked.append(adaptation.packages)
        tried.append(adaptation.slug)
    assert asked == [("first-toy<3", "other-toy==2.0"), ("first-toy<3",), ("first-toy",)]


@pytest.mark.parametrize(
    ("error", "packages"),
    [
        ("ImportError: toys>=0.11.1,<0.14 is required for a normal functioning, but found 0.15", "toys<0.14,>=0.11.1"),
        ("ImportError: this requires jinja2>=3.1.0, found 2.9", "jinja2>=3.1.0"),
        ("AttributeError: module 'numpy' has no attribute 'float'", "numpy<1.24"),
        ("AttributeError: 'DataFrame' object has no attribute 'append'", "pandas<2"),
        ("TypeError: Descriptors cannot be created directly.", "protobuf<3.21"),
    ],
)  # fmt: skip
def test_a_version_that_suits_is_asked_for(make_repo: MakeRepo, error: str, packages: str) -> None:
    repo = make_repo(files={"train.py": "print(1)\n"})
    adaptation = VERSION.adapt(failed(repo, error))
    assert adaptation is not None
    assert adaptation.packages == (packages,)


def test_the_repositorys_own_version_comes_before_the_release_before(
    make_repo: MakeRepo, wheel: MakeWheel, foreign: Interpreter
) -> None:
    site = next((foreign.prefix / "lib").glob("python*/site-packages"))
    info = site / "toy-5.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 5.2\n")
    repo = make_repo(files={"train.py": "from toy import old\n", "requirements.txt": "toy~=3.1\n", "own.py": "A = 1\n"})
    error = "ImportError: cannot import name 'old' from 'toy' (/somewhere/toy.py)"
    first = VERSION.adapt(failed(repo, error, python=str(foreign.path)))
    assert first is not None
    assert first.packages == ("toy~=3.1",)
    second = VERSION.adapt(failed(repo, error, first.slug, python=str(foreign.path)))
    assert second is not None
    assert second.packages == ("toy<5",)
    assert VERSION.adapt(failed(repo, error.replace("toy", "own"), python=str(foreign.path))) is None


def test_a_run_gets_what_it_lacks(make_repo: MakeRepo, wheel: MakeWheel, foreign: Interpreter, tmp_path: Path) -> None:
    wheel("some-toy", "1.0", modules={"some_toy.py": "from beneath import STEP\n"}, requires=("beneath",))
    wheel("beneath", "2.0", modules={"beneath.py": "STEP = 2\n"})
    lines = "import some_toy\n\nif __name__ == '__main__':\n    print('step', some_toy.STEP)\n"
    repo = make_repo(files={"train.py": lines})
    before = sorted(foreign.prefix.rglob("*"))
    tour = toured(repo, python=foreign.path).tour
    assert "step 2" in tour["output_tail"]
    assert "some-toy was installed, into a place of RepoTour's own" in tour["attempts"][0]["remedy"]
    assert [path for path in sorted(foreign.prefix.rglob("*")) if "__pycache__" not in path.parts] == before


def test_a_run_gets_the_version_that_it_was_written_for(
    make_repo: MakeRepo, wheel: MakeWheel, foreign: Interpreter, tmp_path: Path
) -> None:
    site = next((foreign.prefix / "lib").glob("python*/site-packages"))
    (site / "toy.py").write_text("NEW = 1\n")
    info = site / "toy-5.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 5.2\n")
    wheel("toy", "4.1", modules={"toy.py": "OLD = 'once'\n"})
    repo = make_repo(files={"train.py": "from toy import OLD\n\nif __name__ == '__main__':\n    print('it is', OLD)\n"})
    tour = toured(repo, python=foreign.path).tour
    assert "it is once" in tour["output_tail"]
    assert "toy<5 was installed" in tour["attempts"][0]["remedy"]
