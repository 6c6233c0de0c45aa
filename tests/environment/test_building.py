"""Environments are resolved and built with real uv from tiny real packages, found again, and told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from environment.conftest import MakeWheel, run_in

from tracer.checkout import open_checkout
from tracer.environment import Environment, Proposal, propose
from tracer.environment.store import default_base
from tracer.survey import survey

MakeRepo = Callable[..., Path]
MAIN = "import needed\n\nif __name__ == '__main__':\n    print('with', needed.VERSION)\n"


class Quiet:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def detail(self, text: str) -> None:
        """Keep it."""
        self.said.append(text)

    warn = detail


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No active environment, and no other Python than the one that runs the tests: quick, and the same everywhere."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setenv("PYENV_ROOT", os.devnull)
    monkeypatch.setenv("PATH", os.defpath)


def proposed(repo: Path, file: str = "train.py", **options: Any) -> Proposal:
    """What would be done for a program."""
    return propose(None, open_checkout(str(repo)), survey(repo, detail=False, entry=file), file, **options)


def built(repo: Path) -> Environment:
    """The environment for train.py."""
    return proposed(repo).build(Quiet())


def version(environment: Environment, module: str) -> str:
    """The version of a tiny package there."""
    return run_in(environment.interpreter, f"import {module}; print({module}.VERSION)")


def test_what_is_declared_and_imported_is_there(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0", requires=("beneath",))
    wheel("needed", "2.0", requires=("beneath",))
    wheel("beneath", "0.1")
    wheel("forgotten", "3.0")
    wheel("plugin", "4.0")
    files = {"train.py": "import needed\nimport forgotten\n", "requirements.txt": "needed==1.0\nplugin\n"}
    environment = built(make_repo(files=files))
    assert environment.ours
    assert environment.interpreter.prefix.is_relative_to(default_base())
    names = ("needed", "beneath", "forgotten", "plugin")
    assert [version(environment, name) for name in names] == ["1.0", "0.1", "3.0", "4.0"]
    assert environment.loosened == ()
    assert "lacks forgotten, needed" in environment.reason


def test_it_is_found_again_at_once_and_with_the_same_content_alone(
    make_repo: MakeRepo, wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel("needed", "1.0")
    repo = make_repo(files={"train.py": "import needed\n", "requirements.txt": "needed\n"})
    first = built(repo)
    path.unlink()
    began = time.monotonic()
    quiet = Quiet()
    second = proposed(repo).build(quiet)
    assert second.interpreter.path == first.interpreter.path
    assert not [line for line in quiet.said if "looking for versions" in line or "installing" in line]
    assert time.monotonic() - began < 20
    (repo / "requirements.txt").write_text("needed>=1\n")
    assert proposed(repo).recipe.key() != first.interpreter.prefix.name  # type: ignore[union-attr]


def test_what_is_provided_already_is_not_asked_for_by_its_name(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("bundle", "1.0", modules={"inner_part.py": "VERSION = 'of the bundle'\n"})
    wheel("inner-part", "6.6")
    repo = make_repo(files={"train.py": "import inner_part\n", "requirements.txt": "bundle\n"})
    assert version(built(repo), "inner_part") == "of the bundle"


def test_a_pin_without_a_build_for_this_python_becomes_the_closest(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0", tag="cp27-cp27m-any")
    wheel("needed", "1.1")
    wheel("needed", "9.0")
    repo = make_repo(files={"train.py": "import needed\n", "requirements.txt": "needed==1.0\n"})
    environment = built(repo)
    assert version(environment, "needed") == "1.1"
    (line,) = environment.loosened
    assert line.startswith("needed==1.0 became needed==1.1: it does not exist for Python ")
    assert environment.changes == ((line.partition(": ")[0], line.partition(": ")[2]),)


def test_what_does_not_go_together_is_loosened_for_what_is_needed(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0", requires=("beneath<2",))
    wheel("beneath", "1.5")
    wheel("beneath", "2.5")
    lines = "needed==1.0\nbeneath==2.5\n"
    environment = built(make_repo(files={"train.py": "import needed\n", "requirements.txt": lines}))
    assert version(environment, "needed") == "1.0"
    assert version(environment, "beneath") == "1.5"
    assert environment.loosened


def test_what_is_in_no_index_is_left_out_and_said(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0")
    repo = make_repo(files={"train.py": "import needed\n", "requirements.txt": "needed\nnobody-has-this==1\n"})
    environment = built(repo)
    assert version(environment, "needed") == "1.0"
    assert environment.loosened == ("nobody-has-this==1 is left out: it is not in the package index",)


def test_wheels_come_first_and_what_does_not_build_is_left_out(
    make_repo: MakeRepo, wheel: MakeWheel, sdist: MakeWheel
) -> None:
    wheel("needed", "1.0")
    sdist("needed", "2.0", "raise SystemExit('no setup.py of a newer source may run')\n")
    sdist("broken", "1.0", "raise SystemExit('this cannot be built')\n")
    lines = "needed\nbroken\n"
    environment = built(make_repo(files={"train.py": "import needed\n", "requirements.txt": lines}))
    assert version(environment, "needed") == "1.0"
    told = "\n".join(environment.loosened)
    assert "broken is left out" in told
    assert "\n" not in environment.loosened[0]


def test_more_can_be_added(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0")
    wheel("later", "2.0")
    repo = make_repo(files={"train.py": "import needed\n"})
    environment = built(repo)
    before = environment.interpreter
    assert environment.add(["later"]) == ()
    assert version(environment, "later") == "2.0"
    assert version(environment, "needed") == "1.0"
    assert "No module named 'later'" in run_in(before, "import later"), "an environment that others use stays as it is"


def test_two_that_want_the_same_build_it_once(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0")
    repo = make_repo(files={"train.py": "import needed\n"})
    code = (
        "import sys\nfrom pathlib import Path\nfrom tracer.checkout import open_checkout\n"
        "from tracer.environment import propose\nfrom tracer.survey import survey\n"
        "class P:\n    detail = warn = staticmethod(lambda text: print(text, file=sys.stderr))\n"
        "root = Path(sys.argv[1])\n"
        "found = propose(None, open_checkout(str(root)), survey(root, detail=False), 'train.py').build(P())\n"
        "print(found.interpreter.path)\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(repo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=100) for process in both]
    assert answers[0][0] == answers[1][0] != ""
    assert sum("installing" in said for _, said in answers) == 1
    assert len([path for path in default_base().iterdir() if path.is_dir()]) == 1


def test_a_failed_build_leaves_nothing_and_the_best_interpreter_runs_it(make_repo: MakeRepo, shelf: Path) -> None:
    assert not list(shelf.iterdir())
    environment = built(make_repo(files={"train.py": "import nobody_has_this\n"}))
    assert not environment.ours
    assert "lacks nobody_has_this" in environment.reason
    assert [path for path in default_base().iterdir() if path.is_dir()] == []


def test_the_choice(make_repo: MakeRepo, wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel("needed", "1.0")
    repo = make_repo(files={"train.py": "import needed\n", "plain.py": "import json\n"})
    plain = proposed(repo, "plain.py")
    assert plain.interpreter is not None
    assert plain.text == ""
    bare = proposed(repo, install=False)
    assert bare.interpreter is not None
    assert "nothing may be installed" in bare.reason
    assert proposed(repo).text == "into an environment of its own: needed"
    active = tmp_path / "active"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(active)], check=True)
    site = next((active / "lib").glob("python*/site-packages"))
    (site / "needed.py").write_text("VERSION = 'its own'\n")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    assert version(built(repo), "needed") == "its own"


def test_the_python_that_is_asked_for(make_repo: MakeRepo, wheel: MakeWheel) -> None:
    wheel("needed", "1.0")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    pyproject = '[project]\nname = "thing"\nrequires-python = "{}"\ndependencies = ["needed"]\n'
    repo = make_repo(files={"train.py": "import needed\n", "pyproject.toml": pyproject.format(f">={here}")})
    assert built(repo).loosened == ()
    (repo / "pyproject.toml").write_text(pyproject.format("<3.7"))
    environment = built(repo)
    (line,) = environment.loosened
    assert line.startswith(f"Python {here}")
    assert line.endswith(" is taken: <3.7 is asked for (pyproject.toml) and is not here")
    assert version(environment, "needed") == "1.0"


def test_doctor_says_what_would_be_done_and_does_nothing(
    make_repo: MakeRepo, wheel: MakeWheel, run_cli: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    wheel("needed", "1.5", requires=("beneath",))
    wheel("beneath", "0.1")
    repo = make_repo(files={"train.py": MAIN, "requirements.txt": "needed==1.4\n"})
    done = run_cli("doctor", str(repo))
    assert done.returncode == 0, done.stderr
    assert "train.py would run with Python" in done.stdout
    assert "needed 1.5  imported by train.py:1, requirements.txt:1" in done.stdout
    assert "and 1 that these need" in done.stdout
    assert "needed==1.4 became needed" in done.stdout
    report = json.loads(run_cli("doctor", str(repo), "--json").stdout)
    assert report["builds"] is True
    assert report["packages"][0]["version"] == "1.5"
    assert not default_base().exists()


def test_a_tour_with_no_interpreter_given_builds_its_environment(
    make_repo: MakeRepo, wheel: MakeWheel, run_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    wheel("needed", "1.5")
    repo = make_repo(files={"train.py": MAIN, "requirements.txt": "needed==1.4\n"})
    done = run_cli("run", str(repo), "--out", str(tmp_path / "out"))
    assert "Traceback" not in done.stderr, done.stderr
    tour = json.loads(next((tmp_path / "out").glob("*.tour.json")).read_text())
    assert "with 1.5" in tour["output_tail"]
    assert "needed==1.4 became needed==1.5" in tour["attempts"][0]["remedy"]
    other = run_cli("run", str(repo), "--out", str(tmp_path / "other"), "--no-install")
    assert "nothing may be installed" in other.stderr
    assert "No module named 'needed'" in next((tmp_path / "other").glob("*.tour.json")).read_text()


def test_from_the_registry(make_repo: MakeRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "20")
    repo = make_repo(files={"train.py": "import humanize\n", "requirements.txt": "humanize==4.9.0\n"})
    environment = built(repo)
    if not environment.ours:
        pytest.skip("the package index cannot be reached from here")
    assert run_in(environment.interpreter, "import humanize; print(humanize.__version__)") == "4.9.0"
