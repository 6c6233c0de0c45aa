"""What repositories declare, in the forms in which people write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.environment.declared import Needs, declared_for
from tracer.environment.declared.declaration import poetry_specifier

MakeRepo = Callable[..., Path]


def declared(needs: Needs) -> list[str]:
    """What counts for the program, as pip would write it."""
    return [str(item.requirement).replace(" @", "@") for item in needs.near.items]


REQUIREMENTS = """\
# what is needed
numpy>=1.20 ; python_version > "3"  # arrays
torch==1.9.0+cu111 --hash=sha256:0123
scikit-learn \\
    >= 1.0
-r more/extra.txt
-c bounds.txt
--extra-index-url https://download.example.org/whl
-e git+https://github.com/someone/thing.git@v1#egg=thing
-e .
https://files.example.org/whl/pkg-1.2-cp37-cp37m-linux_x86_64.whl
certifi @ file:///croot/certifi_1234/work
scipy=1.5.2=py38h0b6359f_0
pandas 1.1
argparse
python==3.8
!!!
"""


def test_requirements_in_all_forms(make_repo: MakeRepo) -> None:
    repo = make_repo(
        files={
            "train.py": "",
            "requirements.txt": REQUIREMENTS,
            "more/extra.txt": "tqdm\n-r ../requirements.txt\n-r ../../outside.txt\n",
            "bounds.txt": "tqdm<5\n",
            "setup.cfg": "[options]\ninstall_requires =\n  attrs\n",
        }
    )
    needs = declared_for(repo, "train.py")
    assert declared(needs) == [
        'numpy>=1.20; python_version > "3"',
        "torch==1.9.0+cu111",
        "scikit-learn>=1.0",
        "tqdm",
        "thing@ git+https://github.com/someone/thing.git@v1#egg=thing",
        "attrs",
        "pkg==1.2",
        "certifi",
        "scipy==1.5.2",
        "pandas==1.1",
        "attrs",
    ]
    assert needs.near.locked == (("tqdm", "<5"),)
    assert needs.near.pythons == (("==3.8", "requirements.txt:16"),)
    assert needs.near.named("scikit_learn").place == "requirements.txt:4"  # type: ignore[union-attr]
    notes = "\n".join(needs.near.notes)
    assert "argparse (requirements.txt:15) is part of Python" in notes
    assert "requirements.txt:17 is not understood" in notes
    assert "another package index" in notes
    assert "not part of the repository" in notes


def test_a_file_that_a_windows_shell_wrote(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": ""})
    (repo / "requirements.txt").write_bytes("numpy==1.2\r\ntqdm\r\n".encode("utf-16"))
    assert declared(declared_for(repo, "train.py")) == ["numpy==1.2", "tqdm"]


PYPROJECT = """
[project]
name = "thing"
requires-python = ">=3.9,<3.12"
dependencies = ["torch>=2", "rich"]
[project.optional-dependencies]
plots = ["matplotlib<4"]
[dependency-groups]
base = ["six"]
dev = ["pytest", {include-group = "base"}]
"""

POETRY = """
[tool.poetry.dependencies]
python = "^3.10"
torch = "^2.1"
pandas = {version = "~1.5.2", extras = ["excel"]}
here = {path = "here"}
numpy = "*"
[tool.poetry.group.test.dependencies]
pytest = "^8"
"""


def test_pyproject(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": "", "pyproject.toml": PYPROJECT})
    needs = declared_for(repo, "train.py")
    assert declared(needs) == ["torch>=2", "rich"]
    assert needs.near.pythons == ((">=3.9,<3.12", "pyproject.toml"),)
    assert {(str(item.requirement), item.group) for item in needs.spare.items} == {
        ("matplotlib<4", "plots"),
        ("six", "base"),
        ("pytest", "dev"),
        ("six", "dev"),
    }


def test_poetry(make_repo: MakeRepo) -> None:
    lock = '[[package]]\nname = "torch"\nversion = "2.1.2"\n'
    repo = make_repo(
        files={"train.py": "", "pyproject.toml": POETRY, "poetry.lock": lock, ".python-version": "3.10.4\n"}
    )
    needs = declared_for(repo, "train.py")
    assert declared(needs) == ["torch<3,>=2.1", "pandas[excel]<1.6,>=1.5.2", "numpy"]
    assert needs.near.locked == (("torch", "==2.1.2"),)
    assert needs.near.python_file == "3.10.4"
    assert [text for text, _ in needs.near.pythons] == ["<4,>=3.10"]


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ("^1.2.3", "<2,>=1.2.3"), ("^0.2.3", "<0.3,>=0.2.3"), ("~1", "<2,>=1"), ("1.2", "==1.2"),
        (">=1,<3", "<3,>=1"), ("*", ""),
    ],
)  # fmt: skip
def test_versions_of_poetry(text: str, specifier: str) -> None:
    assert poetry_specifier(text) == specifier


SETUP = """
from setuptools import setup
import os
from pathlib import Path

open("was_run", "w")
BASE = ["numpy", "scipy>=1"]


def read(name):
    return Path(name).read_text().splitlines()


setup(name="thing", python_requires=">=3.7", install_requires=BASE + ["torch"] + read("requirements.in"),
      extras_require={"all": ["gym"]})
"""


def test_setup_is_read_and_not_run(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": "", "setup.py": SETUP, "requirements.in": "tqdm==4\n"})
    needs = declared_for(repo, "train.py")
    assert set(declared(needs)) == {"numpy", "scipy>=1", "torch", "tqdm==4"}
    assert [str(item.requirement) for item in needs.spare.items] == ["gym"]
    assert not (repo / "was_run").exists()


CONDA = """
name: thing
dependencies:
  - python=3.9
  - pytorch::pytorch=1.10.2=py3.9_cuda11.3
  - cudatoolkit=11.3
  - opencv
  - numpy>=1.20
  - libpng
  - pip
  - pip:
    - wandb==0.12
    - -r more.txt
"""


def test_a_conda_environment(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": "", "environment.yml": CONDA, "more.txt": "einops\n"})
    needs = declared_for(repo, "train.py")
    assert declared(needs) == ["torch==1.10.2", "opencv-python", "numpy>=1.20", "wandb==0.12", "einops"]
    assert needs.near.pythons == (("==3.9.*", "environment.yml:4"),)


def test_pipfile(make_repo: MakeRepo) -> None:
    pipfile = '[packages]\ntorch = "*"\n[dev-packages]\npytest = "*"\n[requires]\npython_version = "3.9"\n'
    lock = json.dumps({"default": {"torch": {"version": "==1.10.0"}}})
    repo = make_repo(files={"train.py": "", "Pipfile": pipfile, "Pipfile.lock": lock})
    needs = declared_for(repo, "train.py")
    assert declared(needs) == ["torch"]
    assert needs.near.locked == (("torch", "==1.10.0"),)
    assert needs.near.pythons == (("==3.9.*", "Pipfile"),)


def test_the_nearest_files_count(make_repo: MakeRepo) -> None:
    files = {
        "requirements.txt": "sphinx\n",
        "vision/mnist/main.py": "",
        "vision/requirements.txt": "torch==1.0\n",
        "text/main.py": "",
    }
    repo = make_repo(files=files)
    needs = declared_for(repo, "vision/mnist/main.py")
    assert declared(needs) == ["torch==1.0"]
    assert [str(item.requirement) for item in needs.spare.items] == ["sphinx"]
    assert declared(declared_for(repo, "text/main.py")) == ["sphinx"]


def test_a_list_of_everything_installed_is_known_as_one(make_repo: MakeRepo) -> None:
    lines = "".join(f"package-{number}==1.{number}\n" for number in range(60))
    repo = make_repo(files={"train.py": "", "requirements.txt": lines})
    assert all(item.frozen for item in declared_for(repo, "train.py").near.items)


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "uv.lock", "env.yml"]
)
def test_a_broken_file_declares_nothing(make_repo: MakeRepo, name: str) -> None:
    repo = make_repo(files={"train.py": "", name: "[[[{ broken = (\n\x00"})
    assert declared(declared_for(repo, "train.py")) == []
