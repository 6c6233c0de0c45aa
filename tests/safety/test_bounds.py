"""Memory, processes and disk are bounded, and the tour says which bound it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safety_fixtures import Program, needs_bubblewrap

from repotour.outcomes import outcome_of
from tracer.plan import Limits
from tracer.safety.bounds import members_of

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc: Linux")

HOLD = "import time\nprint('there', flush=True)\ntime.sleep(60)\n"


def test_too_much_memory(run_program: Program) -> None:
    grows = "found = []\nwhile True:\n    found.append(bytearray(b'x') * 20_000_000)\n"
    result, _ = run_program(grows, limits=Limits(seconds=30, memory=300_000_000))
    assert result.excess == "memory"
    assert result.seconds < 15
    kind, detail = outcome_of(result)
    assert (kind, "300 MB of memory" in detail) == ("killed", True)


def test_memory_that_children_share_counts_once(run_program: Program) -> None:
    forks = (
        "import os, time\nshared = bytearray(b'x') * 200_000_000\n"
        "for _ in range(4):\n    if not os.fork():\n        time.sleep(2)\n        os._exit(0)\n"
        "for _ in range(4):\n    os.wait()\nprint('done')\n"
    )
    result, said = run_program(forks, limits=Limits(seconds=30, memory=500_000_000))
    assert (result.excess, said.strip()) == ("", "done")


def test_a_file_that_is_mapped_does_not_count(run_program: Program) -> None:
    maps = (
        "import mmap, time\nwith open('large', 'wb') as file:\n    file.write(b'x' * 400_000_000)\n"
        "with open('large', 'rb') as file:\n    seen = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
        "print(sum(seen[at] for at in range(0, len(seen), 4096)) > 0)\ntime.sleep(1.5)\n"
    ).replace("file.write(b'x' * 400_000_000)", "[file.write(b'x' * 1_000_000) for _ in range(400)]")
    result, said = run_program(maps, limits=Limits(seconds=30, memory=200_000_000))
    assert (result.excess, said.strip()) == ("", "True")


def test_too_many_processes(run_program: Program) -> None:
    forks = (
        "import os, time\nwhile True:\n    if not os.fork():\n"
        "        time.sleep(60)\n        os._exit(0)\n    time.sleep(0.005)\n"
    )
    result, _ = run_program(forks, limits=Limits(seconds=30, processes=40))
    assert result.excess == "processes"
    assert "more than 40 processes" in outcome_of(result)[1]


def test_too_much_disk(run_program: Program) -> None:
    writes = (
        "import itertools, os\nblock = os.urandom(1_000_000)\n"
        "for number in itertools.count():\n    open(f'{number}.bin', 'wb').write(block)\n"
    )
    result, _ = run_program(writes, limits=Limits(seconds=30, disk=60_000_000))
    assert result.excess == "disk"
    assert "more than 60 MB" in outcome_of(result)[1]


def test_one_file_above_what_the_disk_may_take(run_program: Program) -> None:
    writes = (
        "import errno\ntry:\n    open('a', 'wb').truncate(2_000_000_000)\n"
        "except OSError as e:\n    print(e.errno == errno.EFBIG)\n"
    )
    _, said = run_program(writes, limits=Limits(seconds=30, disk=1_000_000_000))
    assert said.strip() == "True"


def test_bounds_hold_in_a_sandbox_too(run_program: Program) -> None:
    needs_bubblewrap()
    grows = "found = []\nwhile True:\n    found.append(bytearray(b'x') * 20_000_000)\n"
    result, _ = run_program(grows, limits=Limits(seconds=30, memory=300_000_000), sandbox=True)
    assert result.excess == "memory"


def test_a_program_within_its_bounds_is_left_alone(run_program: Program) -> None:
    result, said = run_program("import sys\nprint('well')\nsys.exit(3)\n")
    assert (result.code, result.excess, result.reason, said) == (3, "", "", "well\n")


def test_members_are_all_that_a_leader_started() -> None:
    words = [sys.executable, "-c", f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {HOLD!r}]).wait()"]
    leader = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert leader.stdout is not None
        leader.stdout.readline()
        assert len(members_of(leader.pid)) == 2
    finally:
        os.killpg(leader.pid, signal.SIGKILL)
        leader.wait()
        if leader.stdout is not None:
            leader.stdout.close()
