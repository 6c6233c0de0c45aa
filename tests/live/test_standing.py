"""`repotour.here()` in a script of one's own, and a debugger that goes into a program that runs already."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from conftest import ROOT

SCRIPT = """\
import repotour

def work(items):
    total = 0
    for item in items:
        total += item
        if item == 2:
            repotour.here()
    return total

print("total", work([1, 2, 3]))
"""


def environment() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "IPY_TEST_SIMPLE_PROMPT": "1", "PYTHONPATH": str(ROOT)}


def test_a_script_stands_still_at_a_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    child = pexpect.spawn(
        sys.executable, ["script.py"], cwd=str(tmp_path), env=environment(), encoding="utf-8", timeout=60
    )
    said = []
    for command in ("p total", "n", "p item", "why", "c"):
        child.expect("ipdb> ")
        said.append(child.before)
        child.sendline(command)
    child.expect(pexpect.EOF)
    child.close()
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", "".join([*said, child.before])).replace("\r", "")
    assert "p total\n3" in text and "p item\n2" in text
    assert "work  script.py:" in text
    assert "total 6" in text and child.exitstatus == 0


def test_without_a_terminal_a_script_runs_on(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout.strip(), done.returncode) == ("total 6", 0)


def test_a_debugger_goes_into_a_program_that_runs(run_cli) -> None:
    program = subprocess.Popen([sys.executable, "-c", "import time\nwhile True: time.sleep(0.05)"])
    try:
        done = run_cli("debug", "--pid", str(program.pid))
        if done.returncode:
            assert "could not get into process" in done.stderr and "Traceback" not in done.stderr
            pytest.skip(f"debugpy cannot get into a process here: {done.stderr.strip()}")
        connect = json.loads(done.stdout[: done.stdout.rindex("}") + 1])["configurations"][0]["connect"]
        with socket.create_connection((connect["host"], connect["port"]), timeout=20) as client:
            client.sendall(b'Content-Length: 57\r\n\r\n{"seq":1,"type":"request","command":"initialize"        }')
            assert b"Content-Length" in client.recv(64)
        assert program.poll() is None
    finally:
        program.kill()
        program.wait()


def test_what_cannot_be_walked_is_one_line(run_cli) -> None:
    for words in ((), ("--pid", "999999999"), ("repo", "--pid", "1")):
        done = run_cli("debug", *words)
        assert done.returncode == 2 and "Traceback" not in done.stderr, words
