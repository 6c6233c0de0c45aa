"""What one attempt will run, and how far it may go."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tracer.safety.shelter import Shelter
from tracer.stages import Stage

START = {
    "script": ("python",), "module": ("python", "-m"), "notebook": ("jupyter", "execute"), "driver": ("python",),
}  # fmt: skip
"""What a person types before the program, by how it is launched; nothing for a command that is installed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run.

    Seconds are wall time; `trace_bytes` bounds the trace file; visits are per caller and gradient mode.
    """

    seconds: float = 120.0
    iterations: int = 3
    code_visits: int = 3
    line_visits: int = 3
    linger: float = 15.0
    evaluation: float = 5.0
    """Seconds after which a loop that applies a model without gradients is left, once it has shown `iterations`."""
    quiet: float = 20.0
    patience: float = 45.0
    """Seconds in the place of `linger` and `quiet` where reading found a stage that was not seen yet."""
    trace_bytes: int = 32_000_000
    jumps: bool = True
    one_process: bool = True
    """Data loaders load in the main process (a disclosed adaptation), where the way of the data can be followed."""
    memory: int = 0
    """Bytes of memory that all processes of the run may take; 0: nearly all that this machine has."""
    processes: int = 512
    disk: int = 20_000_000_000
    """Bytes that the run may write."""


@dataclass(frozen=True, slots=True)
class Shim:
    """A disclosed adaptation inside the target: `name` is a module of `inprocess/shims`, `settings` plain data."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A place where reading found a stage, for whose sake a run may go on: `stage` is its id."""

    stage: str
    file: str
    line: int
    qualname: str = "<module>"


@dataclass(frozen=True, slots=True)
class Driver:
    """A program of ours that stands where a script of the repository would: `name` is a module of `inprocess/drivers`,
    `data` is plain data."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edited:
    """A file of settings with other values: where it lies in the workspace and its text; `source` is the repository's
    file that it was made from. Paths are relative to the workspace's copy of the repository."""

    path: str
    text: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One program to run under the recorder.

    `root` is the workspace's copy of the repository, `folder` the working directory relative to it. `launch` is script,
    module, console (a command that the repository declares), notebook or driver. `argv` starts with the name of the
    script, module or notebook. `environment` holds the variables that are changed, for the tour to tell.
    """

    root: Path
    folder: str
    launch: str
    argv: tuple[str, ...]
    python: str
    chapter: str = "main"
    environment: dict[str, str] = field(default_factory=dict)
    needs_path: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    no_jump: tuple[tuple[str, int], ...] = ()
    shims: tuple[Shim, ...] = ()
    extra_path: tuple[Path, ...] = ()
    """Folders that go behind the interpreter's own packages: what was installed for this run."""
    folders: tuple[str, ...] = ()
    """Folders, relative to `root`, that are made before the start: the program writes to them."""
    files: tuple[Edited, ...] = ()
    """Files of settings that are written into the workspace before the start."""
    shelter: Shelter = field(default_factory=Shelter, repr=False)
    """What the program may see of this machine."""
    awaited: tuple[Awaited, ...] = ()
    engine: str = ""
    """`settrace` to record with that where `sys.monitoring` is usual (Python 3.12 and later)."""
    driver: Driver | None = None
    """What runs in the place of the repository's program (launch `driver`), or runs it in its place."""
    packages: tuple[str, ...] = ()
    """What was installed for this run beyond the environment, as pip names it."""

    def command(self) -> list[str]:
        """The command as a person would type it in `folder`."""
        start = START.get(self.launch, ())
        return [*start, *self.argv]

    def late(self) -> dict[str, Any]:
        """What happens only now and then, most often: the lines that evaluate or save, and the functions with them."""
        places = [place for place in self.awaited if place.stage in (Stage.EVALUATION.value, Stage.CHECKPOINT.value)]
        names = {place.qualname.rpartition(".")[2] for place in places if place.qualname != "<module>"}
        return {"lines": sorted({(place.file, place.line) for place in places}), "names": sorted(names)}

    def started(self) -> dict[str, Any]:
        """How the program is started beyond its command, as plain data without a path of this machine."""
        return {
            "environment": dict(self.environment),
            "needs_path": [part for part in self.needs_path if not Path(part).is_absolute()],
            "folders": list(self.folders),
            "files": [[file.path, file.text, file.source] for file in self.files],
            "shims": [[shim.name, shim.settings] for shim in self.shims],
            "packages": list(self.packages),
            "driver": None if self.driver is None else [self.driver.name, self.driver.data],
        }

    def to_dict(self, trace: Path, stdout: Path, stderr: Path, landmarks: list[dict[str, Any]]) -> dict[str, Any]:
        """The plan file that the recorder reads."""
        return {
            "root": str(self.root),
            "folder": self.folder,
            "argv": list(self.argv),
            "launch": self.launch,
            "trace": str(trace),
            "stdout": str(stdout),
            "stderr": str(stderr),
            "chapter": self.chapter,
            "limits": asdict(self.limits),
            "landmarks": landmarks,
            "no_jump": [list(place) for place in self.no_jump],
            "skip": [],
            "engine": self.engine,
            "shims": [[shim.name, shim.settings] for shim in self.shims],
            "late": self.late(),
            "extra_path": [str(folder) for folder in self.extra_path],
            "started": self.started(),
        }
