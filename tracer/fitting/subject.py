"""What is fitted: a plan, the program behind it, and what is known about its settings. Host side."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tracer.fitting.config_files import copy_of, named_files, read_files, settings_in, with_setting
from tracer.fitting.constants import KIND as CONSTANT
from tracer.fitting.constants import constants_of, with_constant
from tracer.fitting.line import FALSE, TRUE, Words, given, put
from tracer.fitting.subcommands import subcommands
from tracer.machine import Machine
from tracer.plan import Limits, RunPlan
from tracer.remedies import Situation
from tracer.survey import Argument, EntryPoint, Survey
from tracer.survey.arguments import arguments_of
from tracer.survey.arguments.parsers import SHARED
from tracer.survey.crew import look_at
from tracer.survey.imports import ImportGraph
from tracer.survey.names import words_of
from tracer.survey.sightings import FileFacts
from tracer.survey.walk import Tree, list_tree

MAX_READ = 20
"""Files of a program whose text is looked at."""


@dataclass(frozen=True)
class Program:
    """A program as reading knows it: its settings, and the files that it imports."""

    entry: EntryPoint
    arguments: tuple[Argument, ...]
    files: tuple[str, ...]
    tree: Tree

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The source lines of the entry and of the nearest files that it imports."""
        return tuple(line for file in self.files[:MAX_READ] for line in self.tree.read(file).split("\n"))


def read_program(entry: EntryPoint, survey: Survey) -> Program:
    """Read the settings of a program; costs about as much as parsing the files that it imports."""
    tree = list_tree(Path(survey.root))
    known: dict[str, FileFacts] = {facts.path: facts for facts in survey.files if not facts.skimmed}

    def facts_of(path: str) -> FileFacts:
        if path not in known:
            known[path] = look_at(tree.root, path, whole=True)
        return known[path]

    reached = [item.path for item in ImportGraph(tree.python, facts_of).reach(entry.file)]
    arguments = entry.arguments or arguments_of(tree, entry.file, reached)
    return Program(entry, arguments, (entry.file, *reached), tree)


@dataclass(frozen=True)
class Before:
    """What was done before a program is run: the files that were written, relative to the plan's root, the newest
    first; for a program that runs after the toured one, how that was run, and what is known about it."""

    written: tuple[str, ...] = ()
    plan: RunPlan | None = None
    program: Program | None = None


@dataclass(frozen=True)
class Subject:
    """A plan and the program behind it, for a fitting to look at."""

    plan: RunPlan
    program: Program
    survey: Survey
    machine: Machine = field(default_factory=Machine)
    limits: Limits = field(default_factory=Limits)
    before: Before = field(default_factory=Before)
    read: tuple[str, ...] | None = None
    """The files that a run of it really read, relative to the root; None before it was run."""

    @classmethod
    def of(cls, situation: Situation) -> Subject | None:
        """The program of a run that did not get where it should; None when nothing is known about it."""
        if situation.entry is None or situation.survey is None:
            return None
        program = read_program(situation.entry, situation.survey)
        plan, before = situation.plan, Before(situation.written)
        return cls(plan, program, situation.survey, situation.machine, plan.limits, before, _read_in(situation))

    @property
    def is_after(self) -> bool:
        """Whether the program runs after the toured one, to evaluate what that has trained."""
        return self.plan.chapter.startswith("after")

    @property
    def words(self) -> Words:
        """The words behind the program's name."""
        return tuple(self.plan.argv[1:])

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """The settings that can be given on the command line, then those that can be changed in a file."""
        known = self.program.arguments
        dotlist = any(item.kind == "file" and item.flags for item in known)
        files = named_files(self.plan, known) if self.read is None else read_files(self.plan, self.read)
        files += [file for file in named_files(self.plan) if file not in files]
        of_files = settings_in(self.plan, files, dotlist)
        values = {item.name: item.default for item in of_files}
        kept = [item for item in known if item.flags and not (item.kind == "file" and files) and self._takes(item)]
        # What words can set is set by words, wherever its value stands.
        by_words = {item.name for item in kept if item.form == "rest" or item.kind == "own"}
        kept = [
            replace(item, default=values.get(item.name, item.default)) if item.name in by_words else item
            for item in kept
        ]
        # What stands in the source is changed only for a run that was made and did not get where it should.
        hard = constants_of(self.plan, self.program.files) if self.read is not None else []
        return (*kept, *(item for item in of_files if item.name not in by_words), *hard)

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The sub-commands that the program has."""
        owned = {item.command: item.location.file for item in self.program.arguments if item.command}
        if not owned:
            return ()
        # One without options of its own is known from its declaration only.
        lines = [line for file in dict.fromkeys(owned.values()) for line in self.program.tree.read(file).split("\n")]
        return tuple(name for name in dict.fromkeys((*subcommands(lines), *owned)) if name != SHARED)

    @property
    def command(self) -> str:
        """The sub-command that is given, or ""."""
        return next((word for word in self.words if word in self.commands), "")

    def _takes(self, argument: Argument) -> bool:
        """Whether the sub-command that is given (or the program, where none is) takes an argument."""
        return argument.command in ("", self.command) or (argument.command == SHARED and bool(self.command))

    def value(self, argument: Argument) -> str:
        """The value that a setting will have: the one given, else the default; without quotes."""
        found = given(self.words, argument)
        return unquoted(found.value if found is not None else argument.default)

    def is_given(self, argument: Argument) -> bool:
        """Whether the command line sets it."""
        return given(self.words, argument) is not None

    def number(self, argument: Argument) -> float | None:
        """The value of a setting that is a number, else None."""
        return as_number(self.value(argument))

    def truth(self, argument: Argument) -> bool | None:
        """Whether a setting that is a truth value is true; None when it is none."""
        text = self.value(argument).lower()
        return True if text in TRUE else False if text in FALSE else None

    def named(self, wanted: frozenset[str]) -> list[Argument]:
        """The settings with such a name: its last part in lower case, words joined by `_`."""
        return [item for item in self.arguments if plain_name(item) in wanted]

    def with_words(self, words: Iterable[str]) -> RunPlan:
        """The plan with other words behind the program's name."""
        return replace(self.plan, argv=(self.plan.argv[0], *words))

    def with_value(self, argument: Argument, value: str) -> RunPlan:
        """The plan with a setting at another value."""
        if argument.kind == "file" and not argument.flags:
            return with_setting(self.plan, argument, value)
        if argument.kind == CONSTANT:
            return with_constant(self.plan, argument, value)
        words = self.words
        if self.command and argument.command == "":
            place = words.index(self.command)  # its own options stand before the sub-command
            return self.with_words((*put(words[:place], argument, value), *words[place:]))
        pairs = [item for item in self.arguments if item.form == "rest" and given(words, item)]
        if pairs and argument.form != "rest":
            # Behind the first pair (and the option that begins them) everything is taken for pairs.
            starts = [found.start for item in pairs if (found := given(words, item))]
            place = min([*starts, *(words.index(flag) for item in pairs for flag in item.flags[1:] if flag in words)])
            return self.with_words((*put(words[:place], argument, value), *words[place:]))
        return self.with_words(put(words, argument, value))

    def on(self, plan: RunPlan) -> Subject:
        """The same with another plan."""
        return replace(self, plan=plan)

    def is_guarded(self, argument: Argument) -> bool:
        """Whether the program asks for itself if there is an accelerator before it does what the setting says."""
        name = re.escape(argument.name.rsplit(".", 1)[-1])
        reads = re.compile(rf"(?<!torch)\.{name}\b|\[[\"']{name}[\"']\]")
        if argument.kind in ("global", "own", "fire", "click"):
            reads = re.compile(rf"(?<![\w.]){name}\b")
        return any("is_available" in line and reads.search(line) for line in self.program.lines)


def shown(before: Subject, plan: RunPlan, argument: Argument) -> str:
    """What was changed about an option on the command line, as a person would say it."""
    if argument.kind == "file" and not argument.flags:
        return f"{argument.name} {_value_in(plan, argument)} in {copy_of(argument.location.file)}"
    if argument.kind == CONSTANT:
        return f"{argument.name} {_constant_in(plan, argument)} (at {argument.location.file}:{argument.location.line})"
    words = tuple(plan.argv[1:])
    now, was = given(words, argument), given(before.words, argument)
    if now is not None:
        return " ".join(word or "''" for word in words[now.start : now.stop])
    return f"without {' '.join(before.words[was.start : was.stop])}" if was is not None else called(argument)


def _value_in(plan: RunPlan, argument: Argument) -> str:
    """The value that a setting has in the file that a plan's run finds."""
    path, line = argument.location.file, argument.location.line
    file = next((edited.path for edited in plan.files if path in (edited.path, edited.source)), path)
    for item in settings_in(plan, [file], dotlist=False):
        if (item.name, item.location.line) == (argument.name, line):
            return unquoted(item.default)
    return ""


def _constant_in(plan: RunPlan, argument: Argument) -> str:
    """The value with which a plan's program is compiled."""
    same = (argument.name, argument.location)
    found = (item for item in constants_of(plan, [argument.location.file, plan_file(plan)]))
    return next((unquoted(item.default) for item in found if (item.name, item.location) == same), "")


def plan_file(plan: RunPlan) -> str:
    """The script that a plan starts, relative to the root."""
    return posixpath.normpath(posixpath.join(plan.folder, plan.argv[0]))


def called(argument: Argument) -> str:
    """A setting as a person would name it: the option, or the name and the file."""
    if argument.kind == "file" and not argument.flags:
        return f"{argument.name} in {copy_of(argument.location.file)}"
    if argument.kind == CONSTANT:
        return f"{argument.name} (at {argument.location.file}:{argument.location.line})"
    return argument.flags[0].rstrip("=") if argument.flags else argument.name


def _read_in(situation: Situation) -> tuple[str, ...]:
    """The files of the repository that a run read."""
    events = situation.trace.events
    paths = [str(event.data.get("path", "")) for event in events if event.kind == "file" and event.name == "read"]
    paths += [str(event.data.get("path") or "") for event in situation.trace.landmarks("config_file")]
    return tuple(dict.fromkeys(path for path in paths if path and not path.startswith(("/", "<", "~"))))


def plain_name(argument: Argument) -> str:
    """The last part of a setting's name, as words joined by `_`: `trainer.maxEpochs` is `max_epochs`."""
    return "_".join(words_of(argument.name.rsplit(".", 1)[-1]))


def unquoted(text: str) -> str:
    """A default as it would be typed."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return str(value) if isinstance(value, (str, int, float, bool)) or value is None else text


def as_number(text: str) -> float | None:
    """A number from a default or a word, products and powers (`10 * 1000`, `2**10`) too; None when it is none."""
    try:
        return _evaluated(ast.parse(text, mode="eval").body)
    except (ValueError, SyntaxError, TypeError, OverflowError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def _evaluated(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_evaluated(inner)
        case ast.Call(func=ast.Name(id="int" | "float"), args=[inner]):
            return _evaluated(inner)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _evaluated(left) * _evaluated(right)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _evaluated(left) + _evaluated(right)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, exponent = _evaluated(left), _evaluated(right)
            if abs(exponent) <= 64 and abs(base) <= 1e6:
                return float(base**exponent)
        case _:
            pass
    raise ValueError("not a number")
