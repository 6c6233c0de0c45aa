"""The trace file under all that may happen to it: full disks, closed descriptors, limits, kills, other tracers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import Recording, record_target

from repotour.outcomes import gaps, outcome_of
from tracer.engines.recorder import RunResult, command_line, target_environment, write_plan
from tracer.errors import RepoTourError
from tracer.plan import Limits, RunPlan
from tracer.trace import Trace
from walkthroughs.build import Telltale, build_tour
from walkthroughs.tour import Entry, Outcome, Provenance

Place = Callable[[str], Path]
Run = Callable[..., Recording]
NO_LANDMARKS = [{"event": "none", "modules": [], "names": []}]
KNOWN = Telltale("a program", Provenance(), Entry(), (), Outcome())


def run_into(root: Path, python: str, trace: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run a program whose recorder writes to a path of our choice, which need not be a file."""
    plan = RunPlan(root, "", "script", argv, python, environment={}, limits=Limits(seconds=30.0))
    outputs = [root.with_name(root.name + ending) for ending in (".stdout.log", ".stderr.log")]
    file = root.with_name("plan.marshal")
    write_plan(file, {**plan.to_dict(Path(trace), *outputs, NO_LANDMARKS), "trace": trace})
    return subprocess.run(
        command_line(plan),
        cwd=root,
        env=target_environment(plan, file),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("kind", ["full", "no folder", "folder is gone"])
def test_where_nothing_can_be_written_the_program_runs_as_ever(place: Place, python: str, kind: str) -> None:
    """A full disk, a folder that was removed before the run, one that the program itself removes."""
    root = place("recursion.py")
    folder = root.with_name("traces")
    trace = "/dev/full" if kind == "full" else str(folder / "main.trace.jsonl")
    if kind == "full" and not os.path.exists(trace):
        pytest.skip("this system has no /dev/full")
    if kind == "folder is gone":
        folder.mkdir()
        (root / "recursion.py").write_text(
            f"import shutil\nshutil.rmtree({str(folder)!r})\n" + (root / "recursion.py").read_text()
        )
    done = run_into(root, python, trace, "recursion.py")
    plain = subprocess.run([python, "recursion.py"], cwd=root, capture_output=True, text=True, check=False)
    if kind == "folder is gone":
        assert plain.returncode == 1  # there is no such folder a second time
        assert (done.returncode, done.stderr) == (0, "")
        assert "caught maximum recursion depth exceeded" in done.stdout
    else:
        assert (done.returncode, done.stdout, done.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    if kind != "full":  # that one can be read for ever
        with pytest.raises(RepoTourError):
            Trace.load(Path(trace))


@pytest.mark.parametrize("kind", ["SIG_DFL", "SIG_IGN"])
def test_a_program_that_limits_its_files_is_not_killed_by_ours(run_target: Run, kind: str) -> None:
    seen = run_target("limits_files.py", kind)
    assert seen.result.code == 0
    assert 10_000 < seen.result.trace.stat().st_size <= 20_000
    assert len(seen.seen("work")) >= 3
    assert "could not be written" in gaps(seen.trace)


def test_a_disk_that_is_full_for_a_while_costs_what_was_lost(tmp_path: Path) -> None:
    """Half a line is left of the last write; what comes later stands on lines of its own, and the loss is told."""
    from tracer.inprocess.writer import Writer

    path = tmp_path / "a.trace.jsonl"
    writer = Writer(str(path), 1_000_000)
    header = {"kind": "header", "format": 1, "python": "3.11.7", "argv": ["main.py"], "folder": ""}
    writer.put(header, True)
    file = writer._file
    assert file is not None
    whole = file._write

    def half(descriptor: int, data: bytes) -> int:
        return whole(descriptor, data[: len(data) // 2])

    def none(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    file._write = half
    writer.put({"kind": "fault", "where": "lost", "error": "half of it"}, True)
    file._write = none
    writer.put({"kind": "fault", "where": "lost", "error": "all of it"}, True)
    file._write = whole
    writer.put({"kind": "fault", "where": "not important", "error": "no longer tried"})
    writer.put({"kind": "end", "outcome": "finished", "t": 1.0, "exit_code": 0, "detail": ""}, True)
    writer.close()
    trace = Trace.load(path)
    assert trace.end is not None and trace.faults == []
    assert "could not be written" in gaps(trace)


def test_a_program_that_closes_every_descriptor_keeps_its_files_to_itself(run_target: Run) -> None:
    seen = run_target("closes_files.py")
    assert seen.out.splitlines()[1] == "only this"
    assert seen.bound("later") == {"later": "'recorded'"}
    assert seen.bound("last") == {"last": "'recorded too'"}
    assert seen.end["outcome"] == "finished"


def test_every_prefix_of_a_trace_loads_and_is_told(place: Place, python: str, tmp_path: Path) -> None:
    """A target may be killed at any byte: what is there is a trace, and a tour or a clear refusal comes of it."""
    seen = record_target(place("raises.py"), python, "raises.py")
    whole = seen.result.trace.read_bytes()
    cut = tmp_path / "cut.trace.jsonl"
    header = whole.index(b"\n") + 1
    for line in whole.splitlines():
        for end in range(1, len(line)):
            with pytest.raises(ValueError):
                json.loads(line[:end])  # so that a part of a line is never taken for an event
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    last = -1
    for end in sorted({*range(header + 300), *range(header, len(whole), 211), *ends}):
        cut.write_bytes(whole[:end])
        if end < header - 1:
            with pytest.raises(RepoTourError):
                Trace.load(cut)
            continue
        trace = Trace.load(cut)
        events = len(trace.frames) + len(trace.events) + sum(len(frame.lines) for frame in trace.frames.values())
        assert events >= last
        last = events
    for end in ends[:: max(1, len(ends) // 40)]:
        cut.write_bytes(whole[:end])
        tour = build_tour([Trace.load(cut)], seen.root, KNOWN)
        assert all(one.reason for one in tour.not_seen)


@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_a_program_that_is_killed_leaves_whole_lines(place: Place, python: str, after: float) -> None:
    root = place("forever.py")
    trace = root.with_name("killed.trace.jsonl")
    plan = RunPlan(root, "", "script", ("forever.py",), python, environment={}, limits=Limits(seconds=30.0))
    file = root.with_name("plan.marshal")
    outputs = [root.with_name(name) for name in ("out.log", "err.log")]
    write_plan(file, plan.to_dict(trace, *outputs, NO_LANDMARKS))
    process = subprocess.Popen(
        command_line(plan), cwd=root, env=target_environment(plan, file), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not (trace.exists() and trace.stat().st_size):
            assert process.poll() is None
        process.wait(after) if after else None
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        assert process.wait() == -signal.SIGKILL
    lines = trace.read_bytes().split(b"\n")
    assert lines[-1] == b"" and all(json.loads(line) for line in lines[:-1])
    loaded = Trace.load(trace)
    assert loaded.end is None
    build_tour([loaded], root, KNOWN)


def test_breakpoints_are_survived_and_told(run_target: Run) -> None:
    seen = run_target("breakpoints.py")
    assert seen.bound("before") == {"done": "'seen'"}
    assert seen.bound("after") == {"done": "'seen again'"}
    # The debugger took the outermost frame: how it ended, the exit status tells.
    assert seen.end["outcome"] in ("finished", "unseen")
    assert outcome_of(seen.result)[0] == "finished"
    (event,) = seen.raw("elided")
    assert (event["reason"], event["by"]) == ("the program traces itself", "pdb")
    assert seen.trace.codes[event["stack"][0][0]].qualname == "stopped"
    told = gaps(seen.trace)
    beside = seen.trace.header["engine"] == "sys.monitoring"
    how = "watched the program as well" if beside else "took the place of the recorder"
    assert f"the program's own pdb {how} from breakpoints.py:" in told
    assert told in outcome_of(seen.result)[1]
    tour = build_tour([seen.trace], seen.root, KNOWN)
    assert any("not all lines that ran were recorded" in one.reason for one in tour.not_seen) != beside


def test_threads_that_the_program_traces_itself_are_told(place: Place, python: str) -> None:
    root = place("state.py")
    (root / "main.py").write_text(
        "import threading\n"
        "threading.settrace(lambda frame, event, arg: None)\n"
        "thread = threading.Thread(target=lambda: print('in a thread'))\n"
        "thread.start()\n"
        "thread.join()\n"
    )
    seen = record_target(root, python, "main.py")
    assert seen.out == "in a thread\n"
    assert gaps(seen.trace).startswith("a trace function of the program's own")


def test_an_ordinary_run_has_no_gaps(run_target: Run) -> None:
    seen = run_target("bodies.py")
    assert gaps(seen.trace) == ""
    assert outcome_of(RunResult(seen.result.trace, seen.result.stdout, seen.result.stderr, 0, 1.0)) == ("finished", "")


def test_a_program_that_may_open_few_files_gets_its_numbers(place: Place, python: str) -> None:
    """The numbers of a program's own files are those of the plain run, also where 900 is out of reach."""
    resource = pytest.importorskip("resource", reason="this system has no limits on open files")
    root = place("state.py")
    (root / "main.py").write_text(
        "files = [open('/dev/null') for _ in range(9)]\nprint([one.fileno() for one in files])\n"
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        seen = record_target(root, python, "main.py")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert seen.out == f"{list(range(3, 12))}\n"
