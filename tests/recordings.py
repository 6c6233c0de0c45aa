"""Records small programs in real child processes, and reads what was seen at the lines marked with `# @name`."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracer.engines.recorder import RunResult, framework_environment, record
from tracer.plan import Limits, RunPlan, Shim
from tracer.trace import Frame, Line, Trace

TARGETS = Path(__file__).resolve().parent / "recording" / "targets"
MARKER = re.compile(r"# @(\w+)")


@dataclass
class Recording:
    """One recorded run of a program in `root`."""

    root: Path
    result: RunResult
    trace: Trace = field(init=False)

    def __post_init__(self) -> None:
        self.trace = Trace.load(self.result.trace)

    @property
    def out(self) -> str:
        """What the program printed."""
        return self.result.stdout.read_text("utf-8", "replace")

    @property
    def err(self) -> str:
        """What the program printed to standard error."""
        return self.result.stderr.read_text("utf-8", "replace")

    @property
    def end(self) -> dict[str, Any]:
        """The last event; {} when the program was killed."""
        return self.trace.end or {}

    def raw(self, kind: str) -> list[dict[str, Any]]:
        """Events of a kind as they stand in the file."""
        lines = self.result.trace.read_text("utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def places(self, marker: str) -> list[tuple[str, int]]:
        """(file, line) of each line that carries a marker."""
        found = []
        for path in sorted(self.root.rglob("*.py")):
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
                if marker in MARKER.findall(line):
                    found.append((path.relative_to(self.root).as_posix(), number))
        assert found, f"no line is marked @{marker}"
        return found

    def number(self, marker: str) -> int:
        """The line number of a marker that stands once."""
        ((_, line),) = self.places(marker)
        return line

    def seen(self, marker: str) -> list[tuple[Frame, Line]]:
        """The recorded visits of a marked line, in order."""
        places = self.places(marker)
        return [(frame, line) for frame, line in self.trace.lines() if (frame.code.file, line.line) in places]

    def marks(self, *qualnames: str) -> list[str]:
        """The markers of the recorded lines in order, of the given functions; of all when none is given."""
        names: dict[tuple[str, int], str] = {}
        for path in self.root.rglob("*.py"):
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
                for name in MARKER.findall(line):
                    names[path.relative_to(self.root).as_posix(), number] = name
        return [
            names[frame.code.file, line.line]
            for frame, line in self.trace.lines()
            if (frame.code.file, line.line) in names and (not qualnames or frame.code.qualname in qualnames)
        ]

    def bound(self, marker: str, visit: int = 0) -> dict[str, str]:
        """What a marked line bound: {name: value}, with `~` before the names of objects changed in place."""
        _, line = self.seen(marker)[visit]
        return {("~" if one.touched else "") + one.name: one.value.get("value", "") for one in line.bound}

    def frames(self, qualname: str) -> list[Frame]:
        """The recorded visits of a function, in order."""
        return [frame for frame in self.trace.frames.values() if frame.code.qualname == qualname]

    def calls(self, qualname: str) -> int:
        """How often a function was called in the whole run."""
        return sum(self.trace.calls(code) for code in self.trace.codes.values() if code.qualname == qualname)


def record_target(
    root: Path,
    python: str,
    *argv: str,
    launch: str = "script",
    folder: str = "",
    environment: dict[str, str] | None = None,
    landmarks: list[dict[str, Any]] | None = None,
    name: str = "main",
    engine: str = "",
    shims: tuple[Shim, ...] = (),
    extra_path: tuple[Path, ...] = (),
    **limits: Any,
) -> Recording:
    """Run a program of `root` under the recorder. The trace lies beside `root`."""
    bounds = Limits(**{"seconds": 30.0, **limits})
    plan = RunPlan(
        root,
        folder,
        launch,
        argv,
        python,
        environment=environment or {},
        limits=bounds,
        shims=shims,
        extra_path=extra_path,
        engine=engine,
    )
    trace = root.with_name(f"{root.name}.{name}.trace.jsonl")
    recording = Recording(
        root, record(plan, trace, landmarks=landmarks or [{"event": "none", "modules": [], "names": []}])
    )
    assert recording.trace.faults == [], recording.trace.faults
    return recording


def run_plain(
    root: Path, python: str, *argv: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The same program without the recorder, its output going to files as it does with it."""
    with open(root.with_name(root.name + ".out"), "w+b") as out, open(root.with_name(root.name + ".err"), "w+b") as err:
        done = subprocess.run(
            [python, "-u", *argv],
            cwd=root,
            env=os.environ | framework_environment() | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            timeout=60,
            check=False,
        )
        texts = []
        for handle in (out, err):
            handle.seek(0)
            texts.append(handle.read().decode("utf-8", "replace"))
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)
