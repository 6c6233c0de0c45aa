"""What must hold of the trace of any program, and what the trace of a generated one must say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from fuzz.source import Program
from recordings import Recording, record_target, run_plain

from tracer.inprocess.logical_lines import first_lines
from tracer.trace import Frame, Line, Trace

SAID = re.compile(r"^(\d+):(\w+) (.*)$", re.MULTILINE)


def recorded(program: Program, python: str, folder: Path) -> Recording:
    """Run a program without and with the recorder; the two must not differ in anything that can be seen."""
    root = folder / "repository"
    found = []
    for run in (run_plain, record_target):
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        for name, text in program.files.items():
            (root / name).write_text(text, "utf-8")
        found.append((run(root, python, "main.py"), files_of(root)))
    (plain, left), (recording, kept) = found
    assert isinstance(recording, Recording) and not isinstance(plain, Recording)
    assert recording.out == plain.stdout
    assert recording.err == plain.stderr
    assert recording.result.code == plain.returncode
    assert kept == left
    return recording


def files_of(root: Path) -> dict[str, bytes]:
    """Every file of a folder but compiled code."""
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def check_order(recording: Recording) -> None:
    """Events are numbered once each, and stand inside the frames that they belong to."""
    numbered = [event for kind in ("call", "line", "return", "yield", "exception") for event in recording.raw(kind)]
    numbers = [event["seq"] for event in numbered]
    assert len(numbers) == len(set(numbers))
    for frame in recording.trace.frames.values():
        begun = [line.seq for line in frame.lines]
        assert begun == sorted(begun)
        assert all(number > frame.seq for number in begun)
        assert [line.done for line in frame.lines] == sorted(line.done for line in frame.lines)
        if frame.left:
            assert frame.return_seq > max(begun, default=frame.seq)
            assert frame.left > max((line.done for line in frame.lines), default=frame.entered)


def check_nesting(trace: Trace, looked_away: bool) -> None:
    """What a frame calls ends before it does.

    Only what is suspended may be left open, and what ended by an exception while the recorder was `looked_away`.
    """
    for frame in trace.frames.values():
        assert frame.left or looked_away or frame.code.type == "generator", f"{frame.code.qualname} never ends"
        above = trace.frames.get(frame.parent) if frame.parent is not None else None
        if above is not None:
            assert above.seq < frame.seq
            assert not above.left or above.left > frame.entered
            if frame.code.type != "generator" and above.left and frame.left:
                assert frame.left < above.left


def check_places(recording: Recording) -> None:
    """Every line is the first of a statement that lies in its code object."""
    folds = {name.name: first_lines(name.read_text("utf-8")) for name in recording.root.glob("*.py")}
    for frame, line in recording.trace.lines():
        code = frame.code
        assert code.line <= line.line <= code.end_line, f"line {line.line} is not of {code}"
        assert line.line not in folds[code.file], f"line {line.line} of {code.file} goes on with a statement"


def check_values(trace: Trace, looked_away: bool) -> int:
    """What the program printed of the names that a line bound is what the trace says; gives how many were compared.

    A generator's line says nothing of what it bound when the recorder had `looked_away` meanwhile: it may be another's.
    """
    compared = 0
    for frame in trace.frames.values():
        for line, following in zip(frame.lines, frame.lines[1:], strict=False):
            for number, name, value in SAID.findall(following.out):
                if int(number) == line.line and said_in_turn(frame, line, following):
                    told = {one.name: one.value.get("value") for one in line.bound}
                    if not told and looked_away and frame.code.type == "generator":
                        continue
                    assert told.get(name) == value, f"line {number} bound {name} = {value}, told: {told}"
                    compared += 1
    return compared


def said_in_turn(frame: Frame, line: Line, following: Line) -> bool:
    """Whether the line behind an assignment is the one that prints it, and not a later visit."""
    between = [one for one in frame.lines if line.seq < one.seq < following.seq]
    return not between and following.line > line.line
