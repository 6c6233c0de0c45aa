"""What a target sees inside of the sandbox, and that recording works there."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from safety_fixtures import Program, needs_bubblewrap

from tracer.plan import Limits
from tracer.safety import sandbox
from tracer.trace import Trace

LOOKS = """
import getpass, json, os, pathlib, socket, sys, tempfile

def tried(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"

def connect():
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3).close()

found = {
    "network": tried(connect),
    "loopback": tried(lambda: socket.socket().bind(("127.0.0.1", 0))),
    "system": tried(lambda: open("/etc/written", "w")),
    "read": tried(lambda: open("/etc/passwd").read()),
    "home": tried(lambda: open(sys.argv[3]).read()),
    "own home": tried(lambda: (pathlib.Path.home() / "x").write_text("x")),
    "tmp": tried(lambda: open("/tmp/written-by-a-target", "w")),
    "user": getpass.getuser(),
    "processes": len([name for name in os.listdir("/proc") if name.isdecimal()]) < 6,
    "address": tried(lambda: socket.gethostbyname(socket.gethostname())),
    "devices": os.path.exists("/dev/sda") or os.path.exists("/dev/vda"),
    "shared memory": tried(lambda: open("/dev/shm/x", "w")),
}
print(json.dumps(found))
"""


@pytest.fixture
def listening() -> object:
    """The address of something that listens on this machine."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()


def test_a_strangers_program_is_shut_in(run_program: Program, private_home: Path, listening: tuple[str, int]) -> None:
    needs_bubblewrap()
    (private_home / "letter.txt").write_text("private", encoding="utf-8")
    arguments = (listening[0], str(listening[1]), str(private_home / "letter.txt"))
    result, said = run_program(LOOKS, *arguments, remote=True, sandbox=None)
    assert json.loads(said) == {
        "network": "ConnectionRefusedError",
        "loopback": "done",
        "system": "OSError",
        "read": "done",
        "home": "FileNotFoundError",
        "own home": "done",
        "tmp": "done",
        "user": "user",
        "processes": True,
        "address": "done",
        "devices": False,
        "shared memory": "done",
    }
    assert not Path("/tmp/written-by-a-target").exists()
    assert not Path("/etc/written").exists()
    trace = Trace.load(result.trace)
    assert trace.end is not None
    assert trace.end["outcome"] == "finished"
    assert any(frame.lines for frame in trace.frames.values())


def test_a_guard_leaves_the_network_and_the_system_as_they_are(
    run_program: Program, private_home: Path, listening: tuple[str, int]
) -> None:
    needs_bubblewrap()
    letter = private_home / "letter.txt"
    letter.write_text("private", encoding="utf-8")
    program = (
        "import socket, sys\nsocket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3).close()\n"
        "print(open(sys.argv[3]).read())\n"
        "try:\n    open(sys.argv[3], 'w')\nexcept OSError as error:\n    print(error.strerror)\n"
    )
    _, said = run_program(program, listening[0], str(listening[1]), str(letter), sandbox=None)
    assert said.splitlines() == ["private", "Read-only file system"]


@pytest.mark.parametrize("sandboxed", [None, True], ids=["guard", "sandbox"])
def test_how_it_ended_comes_through(run_program: Program, sandboxed: bool | None) -> None:
    needs_bubblewrap()
    assert run_program("import sys\nsys.exit(3)\n", sandbox=sandboxed)[0].code == 3
    assert run_program("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", sandbox=sandboxed)[0].code == -11


@pytest.mark.parametrize("sandboxed", [None, True], ids=["guard", "sandbox"])
def test_a_program_is_ended_as_ctrl_c_would(run_program: Program, sandboxed: bool | None) -> None:
    needs_bubblewrap()
    waits = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('saved what there was')\n"
    result, said = run_program(waits, sandbox=sandboxed, limits=Limits(seconds=1.5))
    assert said.strip() == "saved what there was"
    assert result.seconds < 10


def test_workers_are_recorded_inside(run_program: Program) -> None:
    needs_bubblewrap()
    works = (
        "import multiprocessing as mp\ndef work(x):\n    y = x * 2\n    return y\n"
        "if __name__ == '__main__':\n"
        "    with mp.get_context('spawn').Pool(1) as pool:\n        print(pool.map(work, [1, 2]))\n"
    )
    result, said = run_program(works, sandbox=True)
    assert said.strip() == "[2, 4]"
    assert len(result.children) == 1


def test_where_it_does_not_work_one_line_says_so(
    make_repo: Callable[..., Path], run_cli: Callable[..., object], tmp_path: Path
) -> None:
    repo = make_repo(files={"main.py": "print(1)\n"}, name="toy")
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    (broken / "bwrap").chmod(0o755)
    path = os.pathsep.join([str(broken), os.environ["PATH"]])
    done = run_cli("run", str(repo), "--sandbox", "--out", str(tmp_path / "out"), "--", "main.py", PATH=path)
    assert done.returncode == 1
    assert "error[no-sandbox]" in done.stderr
    assert "No permissions to create new namespace" in done.stderr
    done = run_cli("run", f"file://{repo}", "--yes", "--out", str(tmp_path / "out"), "--", "main.py", PATH=path)
    assert "runs without a sandbox: bubblewrap is not allowed" in done.stderr


def test_needed_by_an_interpreter() -> None:
    needed = sandbox.needed_by(sys.executable)
    assert Path(sys.prefix) in needed
    assert Path(sys.base_prefix) in needed
