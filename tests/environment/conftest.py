"""Tiny packages in a folder that takes the place of the index: real wheels and sdists, made while the tests run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.interpreter import Interpreter, probe

MakeWheel = Callable[..., Path]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all the index there is."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    return folder


@pytest.fixture
def wheel(shelf: Path) -> MakeWheel:
    """Puts a wheel on the shelf: `wheel("toy", "1.0", requires=["other>=2"], modules={"toy.py": "..."})`."""

    def make(
        name: str,
        version: str = "1.0",
        requires: tuple[str, ...] = (),
        modules: dict[str, str] | None = None,
        tag: str = "py3-none-any",
    ) -> Path:
        stem = f"{name.replace('-', '_')}-{version}"
        path = shelf / f"{stem}-{tag}.whl"
        files = modules or {f"{name.replace('-', '_')}.py": f"VERSION = {version!r}\n"}
        metadata = "".join(f"Requires-Dist: {line}\n" for line in requires)
        info = {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}",
            "WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        entries = {**files, **{f"{stem}.dist-info/{part}": text for part, text in info.items()}}
        record = "".join(f"{entry},,\n" for entry in [*entries, f"{stem}.dist-info/RECORD"])
        with zipfile.ZipFile(path, "w") as archive:
            for entry, text in {**entries, f"{stem}.dist-info/RECORD": record}.items():
                archive.writestr(entry, text)
        return path

    return make


@pytest.fixture
def sdist(shelf: Path) -> MakeWheel:
    """Puts a source distribution on the shelf, with the setup.py that is given."""

    def make(name: str, version: str, setup: str) -> Path:
        stem = f"{name}-{version}"
        path = shelf / f"{stem}.tar.gz"
        info = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        with tarfile.open(path, "w:gz") as archive:
            for entry, text in {"PKG-INFO": info, "setup.py": setup, f"{name}.py": f"VERSION = {version!r}\n"}.items():
                item = tarfile.TarInfo(f"{stem}/{entry}")
                item.size = len(text.encode())
                archive.addfile(item, io.BytesIO(text.encode()))
        return path

    return make


@pytest.fixture
def foreign(tmp_path: Path) -> Interpreter:
    """An environment that is not ours, with nothing in it."""
    folder = tmp_path / "foreign"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return probe(folder)


def run_in(interpreter: Interpreter, code: str, *folders: Path) -> str:
    """What a line of code prints there, with some folders behind the interpreter's own."""
    text = f"import sys\nsys.path.extend({[str(folder) for folder in folders]!r})\n{code}"
    done = subprocess.run([str(interpreter.path), "-c", text], capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]
