"""Processes that a program starts or forks: each has a trace of its own, and runs as it would without the recorder."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from interpreters import interpreter
from recordings import Recording, record_target, run_plain

from tracer.errors import RepoTourError
from tracer.processes import load_processes
from tracer.trace import Trace

Run = Callable[..., Recording]
Place = Callable[[str], Path]


def children(recording: Recording) -> list[Trace]:
    """The traces of the processes of a recorded program."""
    found = load_processes(recording.result.trace)
    traces = sorted((*found.told, *found.others), key=lambda trace: trace.process)
    assert len(traces) == len(recording.result.children) + 1
    return traces[1:]


def calls(trace: Trace, name: str) -> int:
    """How often a function was called in a process."""
    return sum(trace.calls(code) for code in trace.codes.values() if code.qualname == name)


def lines(trace: Trace) -> set[tuple[str, int]]:
    """(file, line) of the lines that a process was seen to run."""
    return {(frame.code.file, line.line) for frame, line in trace.lines()}


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
def test_pools(run_target: Run, how: str) -> None:
    seen = run_target("processes", how, script="pools.py")
    traces = children(seen)
    roles = {trace.header.get("role", trace.header["how"]) for trace in traces}
    assert roles == {"pool", "executor", "spawn" if how == "spawn" else "fork"}
    assert [trace.header["name"] for trace in traces if not trace.header.get("role")] == ["alone"]
    by_role: dict[str, int] = {}
    for trace in traces:
        role = trace.header.get("role", "alone")
        by_role[role] = by_role.get(role, 0) + calls(trace, "work")
        assert trace.end is not None and trace.end["outcome"] == "finished"
        assert trace.faults == []
    assert by_role == {"pool": 10, "executor": 6, "alone": 1}
    assert ("pools.py", seen.number("work")) not in lines(seen.trace)


def worlds(text: str) -> dict[str, Any]:
    """What each child of programs.py said of its world, by its first argument, and the lines that no child wrote."""
    found: dict[str, Any] = {"rest": []}
    for line in text.splitlines():
        start = line.find('["child"')
        if start < 0:
            found["rest"].append(line)
            continue
        told = json.loads(line[start:])
        found[told[1][0]] = told[1:]
    return found


@pytest.mark.parametrize("part", ["environments", "ways"])
def test_programs_find_the_world_that_they_would_find_without_us(place: Place, python: str, part: str) -> None:
    root = place("processes")
    plain = worlds(run_plain(root, python, "programs.py", part).stdout)
    recording = record_target(root, python, "programs.py", part, seconds=60.0)
    seen = worlds(recording.out)
    assert seen == plain
    assert len(seen) == {"environments": 9, "ways": 14}[part]
    assert recording.err == ""
    recorded = {trace.header["argv"][-1]: trace for trace in children(recording)}
    left_alone = {"isolated", "without environment", "without site"} if part == "ways" else set()
    assert left_alone | {"rest"} == set(seen) - set(recorded)
    for trace in recorded.values():
        if "parent.py" not in trace.header["argv"]:
            assert calls(trace, "told") == 1, trace.header
            assert trace.end is not None and trace.end["outcome"] == "finished"
    if part == "ways":
        assert recorded["grandchild"].header["parent"] == recorded["parent.py"].header["pid"]
    assert recorded["exec"].header["how"] == "exec"
    assert recording.trace.counts, "counts are written before another program takes the place of this one"


def test_forks_by_hand(run_target: Run) -> None:
    seen = run_target("processes", script="forks.py")
    first, second, killed = children(seen)
    place = ("forks.py", seen.number("mine"))
    assert place in lines(first) and place not in lines(seen.trace) and place not in lines(second)
    bound = [one.value["value"] for _, line in first.lines() for one in line.bound if one.name == "mine"]
    assert bound == ["3"]
    assert [trace.header["how"] for trace in (first, second, killed)] == ["fork"] * 3
    assert first.end is None
    assert second.end is not None and (second.end["outcome"], second.end["exit_code"]) == ("exited", 5)
    assert killed.end is None and calls(killed, "grow") == 1
    # The parent goes on as if nothing had happened.
    assert len(seen.seen("after")) == 1
    assert [row["count"] for row in seen.raw("forks")] == [3]
    assert seen.end["outcome"] == "finished"


def test_threads_of_a_forked_process_are_recorded(run_target: Run) -> None:
    """Also with the trace function of the process that it was forked from still in `threading`."""
    seen = run_target("processes", script="threads.py")
    (child,) = children(seen)
    for trace in (seen.trace, child):
        assert calls(trace, "work") == 1 and calls(trace, "step") == 3
        bound = [one.value["value"] for _, line in trace.lines() for one in line.bound if one.name == "total"]
        assert bound == ["0", "1", "2", "3"]
        assert trace.elisions == []


def test_what_a_process_prints_is_told_of_its_lines_and_of_no_others(place: Place, python: str) -> None:
    """Several processes print into one file at once: a line is told with text only where it is surely its own."""
    plain = {"PYTHONUNBUFFERED": ""}
    seen = record_target(place("processes"), python, "prints.py", code_visits=20, environment=plain)
    found: dict[int, list[str]] = {}
    for trace in children(seen):
        texts = [line.out for frame, line in trace.lines() if frame.code.qualname in ("say", "<module>") and line.out]
        found[trace.process] = texts
    *crowd, alone, straight, buffered = found.values()
    assert {text for texts in crowd for text in texts} <= {"0" * 500 + "\n", "1" * 500 + "\n", "2" * 500 + "\n"}
    assert all(len(set(texts)) <= 1 for texts in crowd)
    assert set(alone) == {"alone\n"}
    assert straight == ["3\n"]
    assert buffered == [], "what is written when a buffer is full is of no line"


def test_the_number_of_traces_is_bounded(place: Place) -> None:
    seen = record_target(place("processes"), sys.executable, "many.py")
    assert [row["count"] for row in seen.raw("forks")] == [10]
    found = load_processes(seen.result.trace)
    assert len(found.others) == 16
    assert [trace.header["how"] for trace in found.others].count("fork") == 6
    assert found.told[0].unrecorded == 10


def test_a_process_that_runs_only_libraries_leaves_no_trace(place: Place, python: str) -> None:
    seen = record_target(place("processes"), python, "libraries.py")
    assert seen.result.children == ()
    assert [path.name for path in seen.root.parent.glob("*.child*")] == []


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8"])
def test_a_python_that_is_too_old_runs_undisturbed(place: Place, version: str) -> None:
    old = interpreter(version)
    if old is None:
        pytest.skip(f"Python {version} is not installed here")
    root = place("processes")
    (root / "old.py").write_text(
        "import subprocess, sys\n"
        f"print(subprocess.run([{old!r}, 'child.py', 'old'], stdout=subprocess.PIPE).stdout.decode())\n"
        f"print(subprocess.run('{old} child.py shell', shell=True, stdout=subprocess.PIPE).stdout.decode())\n"
    )
    plain = run_plain(root, sys.executable, "old.py")
    seen = record_target(root, sys.executable, "old.py")
    assert (seen.out, seen.err) == (plain.stdout, plain.stderr)
    assert '["child"' in seen.out
    assert seen.result.children == ()


def test_a_sitecustomize_of_the_user_runs_in_children(place: Place, python: str) -> None:
    root = place("processes")
    (root / "own").mkdir()
    (root / "own" / "sitecustomize.py").write_text("import builtins\nbuiltins.OURS = 1\n")
    (root / "main.py").write_text(
        "import subprocess, sys\n"
        "print(OURS, subprocess.run([sys.executable, '-c', 'import child; print(OURS)'], stdout=-1).stdout.decode())\n"
    )
    seen = record_target(root, python, "main.py", environment={"PYTHONPATH": str(root / "own")})
    assert seen.out == "1 1\n\n"
    assert len(seen.result.children) == 1


def test_every_prefix_of_a_child_s_trace_loads(place: Place, tmp_path: Path) -> None:
    seen = record_target(place("processes"), sys.executable, "forks.py")
    whole = seen.result.children[0].read_bytes()
    main = tmp_path / "cut.trace.jsonl"
    shutil.copy(seen.result.trace, main)
    cut = tmp_path / "cut.child-1.trace.jsonl"
    for end in range(len(whole)):
        cut.write_bytes(whole[:end])
        found = load_processes(main)
        assert found.told[0].process == 0
        if b"\n" in whole[:end]:
            assert len(found.others) == 1


def test_every_prefix_of_a_trace_loads_once_its_header_is_written(place: Place, tmp_path: Path) -> None:
    whole = record_target(place("processes"), sys.executable, "one.py").result.trace.read_bytes()
    cut = tmp_path / "cut.trace.jsonl"
    for end in range(len(whole) + 1):
        cut.write_bytes(whole[:end])
        if b"\n" in whole[:end] or end + 1 == whole.index(b"\n") + 1:
            Trace.load(cut)
        else:
            with pytest.raises(RepoTourError, match="is not a trace"):
                Trace.load(cut)


def limited() -> None:
    """No file may grow beyond 6 kB in this process and what it starts: what a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, resource.RLIM_INFINITY))


def test_a_full_disk_stops_the_recording_and_not_the_program(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracer.engines import recorder

    root = place("processes")
    (root / "big.py").write_text(
        "import os\n"
        + "".join(f"def f{n}(x):\n    y = x + {n}\n    return y\n" for n in range(60))
        + "def main():\n    return sum(f(1) for name, f in list(globals().items()) if name[0] == 'f')\n"
        "pid = os.fork()\ntotal = main()\nprint(total, flush=True)\n"
        "if pid == 0:\n    os._exit(0)\nprint(os.waitpid(pid, 0)[1])\n"
    )
    plain = run_plain(root, sys.executable, "big.py")
    real = subprocess.Popen
    monkeypatch.setattr(recorder.subprocess, "Popen", lambda *a, **k: real(*a, preexec_fn=limited, **k))
    seen = record_target(root, sys.executable, "big.py")
    monkeypatch.undo()
    assert (seen.out, seen.err, seen.result.code) == (plain.stdout, "", 0)
    assert seen.result.trace.stat().st_size <= 6_000
    (child,) = seen.result.children
    assert child.stat().st_size <= 6_000
    assert len(Trace.load(child).frames) > 3
    assert Trace.load(child).end is None


def test_no_place_for_a_trace_is_no_trace(place: Place) -> None:
    """A child that cannot begin a file runs on all the same."""
    root = place("processes")
    (root / "locked.py").write_text(
        "import os, resource, subprocess, sys, child\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
        "sys.exit(len(subprocess.run([sys.executable, 'child.py', 'x'], stdout=subprocess.PIPE).stdout) < 9)\n"
    )
    seen = record_target(root, sys.executable, "locked.py")
    assert seen.result.code == 0
    for path in seen.result.children:
        assert path.stat().st_size == 0
    assert load_processes(seen.result.trace).told[0].process == 0


def test_what_a_program_leaves_running_is_ended(place: Place) -> None:
    root = place("processes")
    (root / "leaves.py").write_text(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, 'sleeps.py'], start_new_session=True, stdout=subprocess.PIPE)\n"
        "print(child.pid, child.stdout.read(1))\n"
    )
    (root / "sleeps.py").write_text("import time\nprint('x', flush=True)\ntime.sleep(60)\n")
    seen = record_target(root, sys.executable, "leaves.py")
    pid = int(seen.out.split()[0])
    if Path("/proc/self/environ").exists():
        for _ in range(200_000):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                break
            if state == "Z":
                break
            os.sched_yield()
        else:
            pytest.fail("it still runs")
    assert len(seen.result.children) == 1


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_data_loader_workers(place: Place, how: str) -> None:
    from tracer.engines.recorder import landmark_data

    marks = landmark_data()
    root = place("processes")
    seen = record_target(root, sys.executable, "loader.py", how, seconds=120.0, landmarks=marks, one_process=False)
    assert seen.out == "198.0\n"
    traces = children(seen)
    assert [trace.header["role"] for trace in traces] == ["loader", "loader"]
    assert sum(calls(trace, "Items.__getitem__") for trace in traces) == 12
    assert all(trace.end is not None for trace in traces)
    assert seen.seen("item") == []
    alone = record_target(root, sys.executable, "loader.py", how, seconds=120.0, landmarks=marks, name="alone")
    assert alone.out == "198.0\n"
    assert alone.result.children == ()
    assert [row["was"] for row in alone.trace.adapted] == [2]


@pytest.mark.torch
@pytest.mark.slow
def test_torchrun_with_two_ranks(place: Place) -> None:
    from tracer.engines.recorder import landmark_data

    seen = record_target(
        place("processes"),
        sys.executable,
        "torch.distributed.run",
        "--nproc_per_node=2",
        "ranks.py",
        launch="module",
        seconds=300.0,
        landmarks=landmark_data(),
    )
    assert (seen.result.code, seen.result.reason, seen.out) == (0, "", "step 0\n")
    found = load_processes(seen.result.trace)
    (told,) = found.told
    assert (told.header["rank"], told.header["world"], told.header["how"]) == (0, 2, "torchrun")
    assert told.header["argv"] == ["ranks.py"]
    assert len(told.landmarks("optimizer_step")) >= 3
    launcher, other = sorted(found.others, key=lambda trace: trace.process)
    assert (launcher.process, launcher.codes) == (0, {})
    assert other.header["rank"] == 1
    printed = ("ranks.py", seen.number("printed"))
    assert printed in lines(told) and printed not in lines(other)
    # Both left the loop behind the same pass, or one would wait for the other for ever.
    texts = [line.out for frame, line in told.lines() if (frame.code.file, line.line) == printed]
    assert texts[0] == "step 0\n"
    left = [[(row["line"], row["iterations"]) for row in trace.left_loops] for trace in (told, other)]
    assert left[0] == left[1] != []
