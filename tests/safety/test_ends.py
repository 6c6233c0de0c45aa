"""A target and all that it started end with us: when we are done, on Ctrl-C, and when we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safety_fixtures import needs_bubblewrap

STARTS_OTHERS = """
import os, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
wait = "import os, sys, time; open(sys.argv[1], 'w').write('x'); time.sleep(300) or print('MARK')"
subprocess.Popen([sys.executable, "-c", wait, "same-group"])
subprocess.Popen([sys.executable, "-c", wait, "own-session"], start_new_session=True)
while not (os.path.exists("same-group") and os.path.exists("own-session")):
    time.sleep(0.02)
print("all there", flush=True)
time.sleep(300)
"""


def alive(mark: str) -> list[int]:
    """Processes with `mark` in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def gone(mark: str, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while alive(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(mark)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc: Linux")
@pytest.mark.parametrize("option", ["--no-sandbox", "", "--sandbox"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=["KILL", "TERM", "INT"])
def test_all_end_with_us(number: int, option: str, make_repo: Callable[..., Path], tmp_path: Path) -> None:
    if option != "--no-sandbox":
        needs_bubblewrap()
    mark = f"mark-{os.getpid()}-{number}-{option or 'guard'}"
    repo = make_repo(files={"main.py": STARTS_OTHERS.replace("MARK", mark)}, name="toy")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    words = ["run", str(repo), "--out", str(tmp_path / "out"), *filter(None, [option]), "--", "main.py"]
    host = subprocess.Popen(
        [sys.executable, "-m", "repotour", *words],
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    # both children are there once they have written their files
    while len(list(scratch.glob("repotour-*/toy/*-*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(alive(mark)) >= 2
    host.send_signal(number)
    host.wait(timeout=40)
    assert gone(mark)
    assert gone(str(scratch))
