"""Ranking the files that can be started: evidence, points, and each point's reason in plain words. Host side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.notebooks import is_notebook
from tracer.survey.commands import has_placeholder
from tracer.survey.console import ConsoleScript
from tracer.survey.imports import ImportGraph, Reached, folder_of
from tracer.survey.names import (
    DEMO_WORDS,
    HARDWARE_WORDS,
    NEVER_FILES,
    SHOW_WORDS,
    START_WORDS,
    TRAIN_WORDS,
    in_side_folder,
    stem_of,
    words_of,
)
from tracer.survey.packages import frameworks_of
from tracer.survey.sightings import EntryPoint, FileFacts, ReadmeCommand, TrainingCall

ROLE_POINTS = {"train": 0.0, "other": -4.0, "eval": -5.0, "prepare": -7.0, "notebook": -8.0}
BEHIND = 0.2
"""How much less a notebook may score than the best script that trains."""
TOGETHER = 64
"""Entries whose imports are followed together: enough to read many files at once, few enough to keep in memory."""
SAYING_POINTS = {"readme": 5.0, "dvc": 5.0, "console": 3.0, "makefile": 2.5, "shell": 2.5, "ci": 2.0, "docs": 1.5}
SAYERS = {
    "readme": "the README", "dvc": "the dvc pipeline", "makefile": "a Makefile", "shell": "a shell script",
    "ci": "the CI workflow", "docs": "the documentation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the repository when its files are ranked."""

    root: Path
    graph: ImportGraph
    facts: dict[str, FileFacts]
    commands: tuple[ReadmeCommand, ...]
    scripts: tuple[ConsoleScript, ...]
    folder: str
    importers: dict[str, int]
    """How many files import each file."""


def rank(evidence: Evidence, candidates: Iterable[str]) -> tuple[EntryPoint, ...]:
    """Entry points among `candidates`, best first; files that do nothing when started are no entry points."""
    by_target: dict[str, list[ReadmeCommand]] = {}
    for command in evidence.commands:
        by_target.setdefault(command.target, []).append(command)
    rankings = []
    for path in candidates:
        facts = evidence.facts[path]
        said = by_target.get(path, [])
        if can_be_started(facts, said, evidence.scripts):
            rankings.append(_Ranking(evidence, facts, said))
    entries = []
    for begin in range(0, len(rankings), TOGETHER):
        some = rankings[begin : begin + TOGETHER]
        plausible = [ranking for ranking in some if ranking.is_plausible()]
        reached = evidence.graph.reach_each(ranking.path for ranking in plausible)
        for ranking, found in zip(plausible, reached, strict=True):
            ranking.reached = found
        entries += [ranking.entry() for ranking in some]
    entries = _behind_scripts(entries)
    position = {command.target: index for index, command in reversed(list(enumerate(evidence.commands)))}

    def order(entry: EntryPoint) -> tuple[float, int, int, int, str]:
        lines = evidence.facts[entry.file].lines
        return -entry.score, position.get(entry.file, len(position) + 1), entry.file.count("/"), lines, entry.file

    return tuple(sorted(entries, key=order))


def _behind_scripts(entries: list[EntryPoint]) -> list[EntryPoint]:
    """Notebooks stand behind the best script that trains: what stands in them is often an excerpt of it."""
    best = max((entry.score for entry in entries if entry.role == "train"), default=0.0)
    limit = round(best * (1 - BEHIND), 2)
    return [
        replace(entry, score=limit) if entry.role == "notebook" and best > 0 and entry.score > limit else entry
        for entry in entries
    ]


def can_be_started(facts: FileFacts, said: Sequence[ReadmeCommand], scripts: Sequence[ConsoleScript]) -> bool:
    """Whether starting the file does something, and it is not configuration of a tool or a test run by pytest."""
    name = facts.path.rsplit("/", 1)[-1]
    if is_notebook(facts.path):
        return bool(facts.lines) and not facts.syntax_error
    if facts.syntax_error or (name in NEVER_FILES and not console_script(facts.path, scripts)):
        return False
    if is_test(facts):
        return False
    if name == "__main__.py" or console_script(facts.path, scripts):
        return True
    return facts.has_main_guard or facts.top_work > 0 or (bool(said) and bool(facts.lines))


def is_test(facts: FileFacts) -> bool:
    """A file that a test runner collects: test functions or a TestCase, not merely a name with `test` in it."""
    if any(call.strength >= 0.8 and call.at_module_level for call in facts.training_calls) or facts.parses_arguments:
        return False
    tests = any(name.startswith("test_") for name in facts.functions)
    cases = any(base.endswith("TestCase") for found in facts.classes for base in found.bases)
    runner = any(name.split(".")[0] in ("pytest", "unittest", "absl.testing") for name in facts.imports)
    return cases or (tests and (runner or stem_of(facts.path).startswith("test_") or bool(in_side_folder(facts.path))))


def console_script(path: str, scripts: Sequence[ConsoleScript]) -> ConsoleScript | None:
    """The declared console script that starts this file, if any."""
    for script in scripts:
        stem = script.module.replace(".", "/")
        if path in (f"{stem}.py", f"src/{stem}.py", f"{stem}/__init__.py", f"src/{stem}/__init__.py"):
            return script
    return None


class _Ranking:
    """Adds up the points of one file."""

    def __init__(self, evidence: Evidence, facts: FileFacts, said: Sequence[ReadmeCommand]) -> None:
        self.evidence = evidence
        self.facts = facts
        self.said = said
        self.path = facts.path
        self.score = 0.0
        self.reasons: list[str] = []
        self.reached: tuple[Reached, ...] = ()
        self.words = (
            words_of(stem_of(self.path))
            if stem_of(self.path) != "__main__"
            else words_of(folder_of(self.path).rsplit("/", 1)[-1])
        )

    def is_plausible(self) -> bool:
        """Whether following its imports can matter: not for a module that merely registers something when imported."""
        facts = self.facts
        if is_notebook(facts.path):
            return True
        return bool(facts.has_main_guard or self.said or facts.training_calls or facts.role != "other") or (
            not self.evidence.importers.get(self.path) or facts.path.endswith("__main__.py")
        )

    def add(self, points: float, reason: str) -> None:
        """Add points, and the reason when there is one worth reading."""
        self.score += points
        if reason:
            self.reasons.append(reason)

    def entry(self) -> EntryPoint:
        """The ranked entry point."""
        self._shape()
        near = self._training()
        self._name()
        role = self._role(near)
        self._sayings()
        self._position()
        self._imported()
        self._inputs()
        self.add(ROLE_POINTS[role], "")
        packages = {name.split(".")[0] for path in self._near_paths() for name in early_imports(self._facts_of(path))}
        needs = tuple(sorted({reached.needs for reached in self.reached if reached.needs}))
        if needs and not self.facts.changes_path:
            where = ", ".join("the repository's root" if folder == "." else folder for folder in needs)
            self.reasons.append(f"its imports need {where} on PYTHONPATH")
        else:
            needs = ()
        chosen = best_command(self.said, role)
        script = console_script(self.path, self.evidence.scripts)
        launch, command, cwd, module = how_to_start(self.path, self.evidence.folder, chosen, script)
        line = self.facts.main_line or self.facts.top_line or 1
        return EntryPoint(
            self.path, line, role, launch, module, round(self.score, 2), tuple(self.reasons), command, cwd,
            commands=tuple(self.said), frameworks=frameworks_of(packages),
            before=chosen.before if chosen else (), needs_path=needs,
        )  # fmt: skip

    def _facts_of(self, path: str) -> FileFacts:
        return self.evidence.facts.get(path) or FileFacts(path)

    def _near_paths(self) -> list[str]:
        """The file and what it imports itself; package fronts left out, they import what this program does not use."""
        near = [
            reached.path
            for reached in self.reached
            if reached.distance <= 2 and not reached.path.endswith("__init__.py")
        ]
        return [self.path, *near]

    def _shape(self) -> None:
        facts = self.facts
        if facts.has_main_guard:
            self.add(3, f"has a __main__ guard (line {facts.main_line})")
        elif facts.path.endswith("__main__.py"):
            self.add(3, "is run by python -m")
        elif facts.top_work:
            self.add(2, f"works at module level from line {facts.top_line}")
        if facts.parses_arguments:
            self.add(1, "reads command-line arguments")

    def _training(self) -> float:
        """Points for training calls in the file and in what it imports; returns the strength in the file itself."""
        own = strongest(self.facts.training_calls)
        if own is not None:
            self.add(8 * own.strength, f"trains itself: {own.text} on line {own.line}")
            if own.at_module_level:
                self.add(1, "trains at module level")
        best: tuple[float, Reached, TrainingCall] | None = None
        for reached in self.reached:
            call = strongest(self._facts_of(reached.path).training_calls)
            if call is not None:
                value = 6 * call.strength / (1 + 0.25 * (reached.distance - 1))
                if best is None or value > best[0]:
                    best = (value, reached, call)
        if best is not None and (own is None or own.strength < 0.9):
            value, reached, call = best
            self.add(
                max(0.0, value - (8 * own.strength if own else 0)),
                f"reaches training code in {reached.path}: {call.text} on line {call.line}",
            )
        return own.strength if own else 0.0

    def _name(self) -> None:
        words = self.words
        stem = stem_of(self.path)
        joined = "".join(words)
        if joined in TRAIN_WORDS:
            self.add(6, f"is called {stem}")
        elif TRAIN_WORDS.intersection(words):
            self.add(4.5, f"its name {stem} says training")
        elif joined == "main":
            self.add(5, "is called main")
        elif START_WORDS.intersection(words):
            self.add(3.5, f"its name {stem} says it is started")
        elif DEMO_WORDS.intersection(words):
            self.add(1, f"its name {stem} says demonstration")
        special = HARDWARE_WORDS.intersection(words)
        if special:
            self.add(-3, f"its name {stem} asks for special hardware or a cluster ({min(special)})")

    def _role(self, own: float) -> str:
        named, reason = self.facts.role, self.facts.reason
        if named == "notebook":
            self.add(0, "is a notebook")
            return named
        trains = own or any(strongest(self._facts_of(reached.path).training_calls) for reached in self.reached)
        shows = bool(SHOW_WORDS.intersection(self.words))
        if own >= 0.7 and named in ("eval", "prepare"):
            self.add(-1.5, f"{reason}, but it trains")
            return "train"
        if named in ("eval", "prepare"):
            self.add(0, reason)
            return named
        if own >= 0.7 and not shows:
            return "train"
        if shows and own < 0.9:
            self.add(-2, "its name says it shows or collects results")
            return "other"
        return "train" if trains else "other"

    def _sayings(self) -> None:
        by_kind: dict[str, list[ReadmeCommand]] = {}
        for command in self.said:
            by_kind.setdefault(command.kind, []).append(command)
        for kind, commands in by_kind.items():
            first = commands[0]
            times = f" ({len(commands)} times)" if len(commands) > 1 else ""
            points = (SAYING_POINTS[kind] + min(1.5, 0.5 * (len(commands) - 1))) * self._authority(first)
            self.add(points, f"{SAYERS[kind]} runs it: {first.file}:{first.line}{times}")
        script = console_script(self.path, self.evidence.scripts)
        if script is not None:
            self.add(SAYING_POINTS["console"], f"is the console script {script.name} ({script.file}:{script.line})")

    def _authority(self, command: ReadmeCommand) -> float:
        """A document speaks for its own folder: one deeper down (a sub-project, copied code) counts for less."""
        folder = self.evidence.folder
        if folder and not command.file.startswith(folder + "/"):
            return 0.5
        depth = command.file[len(folder) :].lstrip("/").count("/")
        return (
            1.0
            if depth == 0 or command.kind in ("ci", "docs") or (command.kind == "shell" and command.cwd == folder)
            else 0.4
        )

    def _position(self) -> None:
        inside = self.path[len(self.evidence.folder) :].lstrip("/") if self.evidence.folder else self.path
        depth = inside.count("/")
        self.add(max(-1.0, 3.0 - 1.0 * depth), "stands at the top" if depth == 0 else "")
        side = in_side_folder(inside)
        if side:
            self.add(-6, f"stands in {side}/")

    def _imported(self) -> None:
        count = self.evidence.importers.get(self.path, 0)
        if count:
            points = -min(6.0, 1.5 * count)
            self.add(
                points if not self.said else points / 3, f"is imported by {count} other file{'s' if count > 1 else ''}"
            )

    def _inputs(self) -> None:
        """A file that the script opens by name and that is nowhere: it cannot run as it is."""
        bases = dict.fromkeys(("", self.evidence.folder, folder_of(self.path)))
        for name in self.facts.files_read:
            if not any((self.evidence.root / base / name).exists() for base in bases):
                self.add(-1.5, f"opens {name}, which is not in the repository")
                return


def early_imports(facts: FileFacts) -> list[str]:
    """Absolute imports that every start of the file makes."""
    return [name for name in facts.imports if not name.startswith(".") and name not in facts.late_imports]


def strongest(calls: Sequence[TrainingCall]) -> TrainingCall | None:
    """The best evidence, the earliest among equals."""
    return max(calls, key=lambda call: (call.strength, -call.line), default=None)


def best_command(said: Sequence[ReadmeCommand], role: str) -> ReadmeCommand | None:
    """The command to adapt: one without holes, for a machine like anybody's, the first that is said."""
    if not said:
        return None

    def worth(item: tuple[int, ReadmeCommand]) -> tuple[float, int]:
        index, command = item
        text = " ".join(command.words).lower()
        points = SAYING_POINTS.get(command.kind, 0.0)
        points += 3 if re.search(r"\bcpu\b", text) else 0
        points += 1.5 if any(word in text for word in ("small", "tiny", "toy", "quick")) else 0
        points -= 6 if has_placeholder(command.words) else 0
        points -= 2 if command.launcher not in ("", "console") else 0
        points -= 4 if role == "train" and not may_train(command.words) else 0
        points -= 20 if {"-h", "--help", "--version"}.intersection(command.words) else 0
        return -points, index

    chosen = min(enumerate(said), key=worth)[1]
    spelled = next(
        (command for command in said if not command.guessed and command.words[0].endswith(chosen.words[0])), None
    )
    if chosen.guessed and spelled is not None:
        return replace(chosen, words=(spelled.words[0], *chosen.words[1:]), cwd=spelled.cwd, guessed=False)
    return chosen


_NO_TRAINING = re.compile(
    r"^--?(?:resume|eval|evaluate|evaluation|test|predict|inference|infer|validate|visuali[sz]e|demo|sample|test[-_]only"
    r"|eval[-_]only|load[-_]?\w*|checkpoint|ckpt|restore)(?:[-_](?:mode|path|from|only))?(?:=(?!none|false|0)\S+)?$"
    r"|^--?(?:mode|phase|action|task|stage|is[-_]train(?:ing)?|train|do[-_]train)=(?:test|eval\w*|infer\w*|predict|false|0)$",
    re.IGNORECASE,
)
_NO_TRAINING_PAIR = re.compile(
    r"(?:^|\s)--?(?:mode|phase|action|is[-_]train(?:ing)?|train|do[-_]train)\s+"
    r"(?:test|eval\w*|infer\w*|predict|false|0)(?:\s|$)",
    re.IGNORECASE,
)


def may_train(words: Sequence[str]) -> bool:
    """Whether a command's words leave room for training: not `--eval`, `--resume x` or `--mode test`."""
    return not any(_NO_TRAINING.match(word) for word in words) and not _NO_TRAINING_PAIR.search(" ".join(words))


def how_to_start(
    path: str, folder: str, command: ReadmeCommand | None, script: ConsoleScript | None
) -> tuple[str, tuple[str, ...], str, str]:
    """(launch, words behind python, working folder, module) for a file: as its command says, else the plain script."""
    if command is not None and command.launcher != "console" and not has_placeholder(command.words):
        module = command.words[1] if command.words[0] == "-m" else ""
        return ("module" if module else "script"), command.words, command.cwd, module
    if command is not None and command.words[0] == "-m":
        return "module", command.words[:2], command.cwd, command.words[1]
    if path.endswith("/__main__.py"):
        module = folder_of(path).replace("/", ".")
        return "module", ("-m", module), "", module
    if script is not None:
        words = command.words[1:] if command is not None else ()
        below = path.startswith("src/") and not script.module.startswith("src.")
        return "console", ("-m", script.module, *words), "src" if below else "", script.module
    if is_notebook(path):
        return "notebook", (path.rsplit("/", 1)[-1],), folder_of(path), ""
    cwd = command.cwd if command is not None else folder
    inside = path[len(cwd) :].lstrip("/") if cwd and path.startswith(cwd + "/") else path
    return "script", (inside,), cwd if inside != path or not cwd else "", ""
