"""The mechanism of shims: what acts on imports, what is told, and what a program may notice of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from interpreters import VERSIONS, interpreter
from recordings import record_target

from tracer.plan import Shim

OLD_NAMES = """
import subprocess
import sys

before = list(sys.meta_path)
import time

print(time.clock() > 0)  # @clock


def later():
    from fractions import gcd  # @gcd

    return gcd(12, 18)


for _ in range(3):
    print(later())
try:
    time.nothing  # @nothing
except AttributeError as error:
    print(error)
try:
    import not_there_at_all
except ImportError as error:
    print(error)
print(sys.meta_path == before, [name for name in sys.modules if "repotour" in name])
if len(sys.argv) < 2:
    subprocess.run([sys.executable, "train.py", "child"], check=True)
    import broken
"""
REMOVED = (Shim("removed_names"),)
PYTHONS = [(version, engine) for version in VERSIONS for engine in ("", "settrace")[: 1 + (version == "3.13")]]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    root = tmp_path / "program"
    root.mkdir()
    (root / "train.py").write_text(OLD_NAMES)
    (root / "broken.py").write_text("import not_there_either\n")
    return root


def texts(rows: list[dict[str, Any]]) -> list[str]:
    return [row["text"] for row in rows]


@pytest.mark.parametrize(("version", "engine"), PYTHONS)
def test_names_come_back_on_every_python(program: Path, version: str, engine: str) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    run = record_target(program, python, "train.py", shims=REMOVED, engine=engine)
    missing = "module 'time' has no attribute 'nothing'"
    once = ["True", "6", "6", "6", missing, "No module named 'not_there_at_all'", "True []"]
    assert run.out.splitlines() == once * 2  # the program and the one that it starts
    clock, gcd = run.trace.adapted
    assert clock["text"].startswith(f"time.clock, which Python {version} no longer has, stands for time.perf_counter")
    assert [line for _, line in clock["stack"]] == [run.number("clock")]
    assert [line for _, line in gcd["stack"]] == [run.number("gcd"), run.number("gcd") + 6]
    # What an import that fails prints is what it prints without us.
    assert run.err.count('File "') == 2
    assert "ModuleNotFoundError: No module named 'not_there_either'" in run.err


def test_children_tell_for_themselves(program: Path) -> None:
    from repotour.outcomes import adaptations

    run = record_target(program, sys.executable, "train.py", shims=REMOVED)
    (child,) = run.result.children
    assert child.read_text().count('"kind":"adapted"') == 2
    told = [what for what, _ in adaptations(run.result)]
    number = run.number("clock")
    assert sum(f"(at train.py:{number})" in what for what in told) == 1  # both met it at the same line


def test_nothing_is_told_that_did_not_happen(tmp_path: Path) -> None:
    root = tmp_path / "quiet"
    root.mkdir()
    (root / "a.py").write_text("import collections, time\nprint(time.time() > 0, hasattr(collections, 'Mapping2'))\n")
    run = record_target(root, sys.executable, "a.py", shims=REMOVED)
    assert run.trace.adapted == []
    assert run.trace.gap == {}
    assert run.out == "True False\n"


def test_added_packages_come_behind_those_of_the_interpreter(tmp_path: Path) -> None:
    root, extra = tmp_path / "repo", tmp_path / "extra"
    root.mkdir()
    extra.mkdir()
    (extra / "added_for_the_run.py").write_text("VALUE = 7\n")
    (extra / "packaging.py").write_text("raise SystemExit('the wrong one')\n")
    (root / "a.py").write_text(
        "import subprocess, sys\nimport added_for_the_run, packaging\nprint(added_for_the_run.VALUE, len(sys.argv))\n"
        "if len(sys.argv) < 2:\n    subprocess.run([sys.executable, 'a.py', 'child'], check=True)\n"
    )
    run = record_target(root, sys.executable, "a.py", extra_path=(extra,))
    assert run.out == "7 1\n7 2\n"


def test_an_unknown_shim_is_told_and_hurts_nobody(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "a.py").write_text("print('ran')\n")
    with pytest.raises(AssertionError, match="no_such_shim"):
        record_target(root, sys.executable, "a.py", shims=(Shim("no_such_shim"),))
    assert (tmp_path / "repo.main.stdout.log").read_text() == "ran\n"
