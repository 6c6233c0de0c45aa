"""What the survey found, as plain data. Host side; nothing here reads a file or runs anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tracer.location import Location
from tracer.stages import Stage

SURVEY_FORMAT = 1
"""Version of `Survey.to_dict()`, the answer of `repotour find --json`."""


@dataclass(frozen=True, slots=True)
class TrainingCall:
    """A call that only a program that trains makes, as seen by the first, purely textual pass."""

    line: int
    text: str
    strength: float
    """1 = only training does this (`loss.backward()`); less where the same words have other uses."""
    at_module_level: bool = False


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of the repository: its name, its bases as spelled, its method names."""

    name: str
    line: int
    bases: tuple[str, ...]
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One source file, as the fast first pass over the whole repository sees it.

    `imports` are dotted names with leading dots for relative ones; the last part may be a name inside the module.
    `role` is a guess from names and shape alone; `reason` says why. Of a notebook the lines of code are counted.
    """

    path: str
    lines: int = 0
    imports: tuple[str, ...] = ()
    late_imports: tuple[str, ...] = ()
    """Those of `imports` that stand only inside functions: optional packages, most often."""
    has_main_guard: bool = False
    main_line: int = 0
    syntax_error: str = ""
    python2: bool = False
    role: str = "other"
    reason: str = ""
    top_work: int = 0
    top_line: int = 0
    training_calls: tuple[TrainingCall, ...] = ()
    classes: tuple[ClassFacts, ...] = ()
    functions: tuple[str, ...] = ()
    skimmed: bool = False
    """Only the text was looked at, for speed: nothing in it could start, and nothing that can be started imports it."""
    changes_path: bool = False
    parses_arguments: bool = False
    files_read: tuple[str, ...] = ()
    """File names written in calls that read a file."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A setting of a program that can be changed from outside, and its default as source text."""

    name: str
    flags: tuple[str, ...] = ()
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    kind: str = "argparse"
    """argparse, click, absl, fire, hydra, dataclass, global or file."""
    location: Location = field(default_factory=lambda: Location("", 0))
    form: str = "value"
    """How it is given: value (a word follows), on or off (a switch that makes it true or false), pair (`--x` and
    `--no-x`), many (several words follow), place (by its position, without a name) or rest (`KEY VALUE` or `KEY=VALUE`
    among the last words, behind the option that is its second flag when it has one)."""
    type: str = ""
    """What turns the word into a value, as source text: int, float, bool, str2bool, ..."""
    command: str = ""
    """The sub-command that takes it; "*" where several do, "" for what stands before a sub-command, or without one."""


@dataclass(frozen=True, slots=True)
class ReadmeCommand:
    """A command that the repository itself tells people (or its CI) to type, and that runs one of its files.

    `words` are those behind `python`; `cwd` is the folder relative to the root ("" is the root) in which they resolve.
    """

    words: tuple[str, ...]
    file: str
    line: int
    cwd: str = ""
    before: tuple[str, ...] = ()
    target: str = ""
    kind: str = "readme"
    """readme, docs, ci, makefile, shell, dvc or notebook: what sort of file says it."""
    launcher: str = ""
    section: str = ""
    environment: tuple[str, ...] = ()
    guessed: bool = False
    """The folder is a guess: the script was named without it, and only one file fits."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A file that can be started, how, and why it is thought worth starting."""

    file: str
    line: int
    role: str
    launch: str = "script"
    module: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    cwd: str = ""
    arguments: tuple[Argument, ...] = ()
    commands: tuple[ReadmeCommand, ...] = ()
    frameworks: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    needs_path: tuple[str, ...] = ()
    """Folders relative to the root ("." is the root) that must be on PYTHONPATH for its imports."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place where a stage seems to happen. Inferred from the source, never observed."""

    stage: Stage
    location: Location
    evidence: str
    detector: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that reading alone says about a repository (or one folder of it)."""

    root: str
    folder: str = ""
    files: tuple[FileFacts, ...] = ()
    entries: tuple[EntryPoint, ...] = ()
    commands: tuple[ReadmeCommand, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    frameworks: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    read_closely: tuple[str, ...] = ()
    """Files whose names were resolved with scopes; the sightings stand in these."""

    def entry(self, file: str) -> EntryPoint | None:
        """The ranked entry point of `file` (relative to the root, `/`), or None."""
        return next((entry for entry in self.entries if entry.file == file), None)

    def facts(self, path: str) -> FileFacts | None:
        """What the first pass said about one file, or None."""
        return next((facts for facts in self.files if facts.path == path), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain, JSON-able data. The root is left out: no absolute path enters a result."""
        result = asdict(replace(self, root=""))
        del result["root"]
        for sighting in result["sightings"]:
            sighting["stage"] = sighting["stage"].value
        for facts in result["files"]:
            for name in ("classes", "functions", "files_read"):
                del facts[name]
        return {"format": SURVEY_FORMAT, **result}
