"""Asking interpreters: real ones, old ones, broken ones."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tracer.errors import RepoTourError
from tracer.interpreter import Candidate, ask, candidates, has_modules, installed, probe


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No environment is active and nothing is on PATH."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    return monkeypatch


def make_environment(folder: Path) -> Path:
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def failure(python: str | Path) -> RepoTourError:
    with pytest.raises(RepoTourError) as caught:
        probe(python)
    assert "\n" not in str(caught.value)
    return caught.value


def test_it_says_what_it_is() -> None:
    found = probe(sys.executable)
    assert found.version == sys.version_info[:3]
    assert found.implementation == "CPython"
    assert Path(found.prefix) == Path(sys.prefix)
    assert found.is_supported
    assert found.version_text == ".".join(map(str, sys.version_info[:3]))


def test_an_environment_keeps_its_own_path(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "own")
    found = probe(tmp_path / "own")
    assert (found.path, found.prefix, found.is_environment) == (python, tmp_path / "own", True)


def test_the_order_of_defaults(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checkout = tmp_path / "toy"
    theirs = make_environment(checkout / ".venv")
    active = make_environment(tmp_path / "active")
    on_path = program(tmp_path / "bin" / "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    assert [candidate.path for candidate in candidates(checkout)] == [theirs, Path(sys.executable)]
    clean.setenv("PATH", str(on_path.parent))
    assert [candidate.path for candidate in candidates(checkout)] == [theirs, on_path, Path(sys.executable)]
    clean.setenv("VIRTUAL_ENV", str(active.parents[1]))
    assert [candidate.path for candidate in candidates(checkout)][:2] == [active, theirs]
    assert probe(checkout=checkout).path == active
    clean.setenv("VIRTUAL_ENV", str(tmp_path / "deleted"))
    assert probe(checkout=checkout).path == theirs


def test_a_broken_default_is_passed_over(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", "#!/bin/sh\nexit 1\n")
    clean.setenv("PATH", str(tmp_path / "bin"))
    assert Path(probe().prefix) == Path(sys.prefix)


def test_the_default_that_has_what_is_needed_wins(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checkout = tmp_path / "toy"
    make_environment(checkout / ".venv")
    assert probe(checkout=checkout, needs=["json"]).prefix == checkout / ".venv"
    assert Path(probe(checkout=checkout, needs=["json", "pytest"]).prefix) == Path(sys.prefix)
    assert probe(checkout=checkout, needs=["nowhere_to_be_found"]).prefix == checkout / ".venv"


def test_a_name_and_a_version(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
    program(tmp_path / "bin" / "python3.99", script)
    clean.setenv("PATH", str(tmp_path / "bin"))
    assert probe("python3.99").is_supported
    assert probe("3.99").is_supported
    program(tmp_path / "pyenv" / "versions" / "3.98.7" / "bin" / "python", script)
    clean.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert probe("3.98").is_supported
    assert "pyenv 3.98.7" in [candidate.origin for candidate in installed()]


@pytest.mark.parametrize("python", ["/no/such/python", "python9.9", "9.9", "no/such/folder/python"])
def test_a_missing_interpreter(clean: pytest.MonkeyPatch, python: str) -> None:
    error = failure(python)
    assert error.slug == "python-missing"
    assert "repotour doctor" in error.hint


def test_a_folder_without_python(tmp_path: Path) -> None:
    assert failure(tmp_path).slug == "python-missing"


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\necho no >&2; exit 1\n",
        "#!/bin/sh\nexit 0\n",
        "#!/bin/sh\necho '{}'\n",
        '#!/bin/sh\necho \'{"version": "three"}\'\n',
        "#!/no/such/interpreter\n",
        "not a program",
    ],
)
def test_a_broken_interpreter(tmp_path: Path, text: str) -> None:
    assert failure(program(tmp_path / "python", text)).slug in ("python-broken", "python-missing")


def test_a_file_that_is_not_executable(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("", encoding="utf-8")
    assert failure(tmp_path / "python").slug == "python-broken"


def test_an_old_one_says_how_old_it_is(tmp_path: Path) -> None:
    """With a real old Python where there is one, else with a program that answers as one does."""
    old = next((path for name in ("python2.7", "python3.6", "python3.8") if (path := shutil.which(name))), None)
    if old is None or subprocess.run([old, "-c", ""], capture_output=True, check=False).returncode:
        answer = (
            '{"executable": "", "version": [3, 8, 1], "implementation": "CPython", "prefix": "", "base_prefix": ""}'
        )
        old = str(program(tmp_path / "python", f"#!/bin/sh\necho '{answer}'\n"))
    error = failure(old)
    assert error.slug == "python-too-old"
    assert "needs 3.9" in str(error)
    assert not ask(Candidate(Path(old), "")).is_supported


def test_what_start_up_files_print_is_overlooked(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "own")
    site = next((tmp_path / "own" / "lib").glob("python*")) / "site-packages"
    (site / "loud.pth").write_text("import sys; print('{hello'); sys.stderr.write('oops')\n", encoding="utf-8")
    assert probe(python).path == python


def test_modules_are_found_without_being_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = make_environment(tmp_path / "own")
    site = next((tmp_path / "own" / "lib").glob("python*")) / "site-packages"
    trap = f"open({str(tmp_path / 'imported')!r}, 'w')\n"
    (site / "pkg" / "sub").mkdir(parents=True)
    for file in (site / "pkg" / "__init__.py", site / "pkg" / "sub" / "__init__.py", site / "single.py"):
        file.write_text(trap, encoding="utf-8")
    here = tmp_path / "here"
    here.mkdir()
    for name in ("local.py", "json.py", "importlib.py", "platform.py"):
        (here / name).write_text(trap, encoding="utf-8")
    monkeypatch.chdir(here)
    found = has_modules(
        probe(python), ["pkg", "pkg.sub", "pkg.other", "single", "single.x", "local", "json", "", "a b"]
    )
    assert found == {
        "pkg": True,
        "pkg.sub": True,
        "pkg.other": False,
        "single": True,
        "single.x": False,
        "local": False,
        "json": True,
        "": False,
        "a b": False,
    }
    assert not (tmp_path / "imported").exists()
    assert not list(site.rglob("__pycache__"))
    assert has_modules(probe(python), []) == {}


def test_a_folder_or_a_dead_link_on_the_path_is_no_interpreter(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin" / "python3").mkdir(parents=True)
    (tmp_path / "bin" / "python3.12").symlink_to("nowhere")
    clean.setenv("PATH", str(tmp_path / "bin"))
    assert not [candidate for candidate in installed() if candidate.path.is_relative_to(tmp_path / "bin")]
