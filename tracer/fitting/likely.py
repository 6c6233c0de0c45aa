"""A likely value for an option that must be given: from the repository's own commands, choices, files. Host side.

What is guessed from a name alone is only what cannot do harm: where results go, how a run is called. A path is given
only when something lies there.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator

from tracer.fitting.line import free_words, given
from tracer.fitting.subject import Subject, plain_name, unquoted
from tracer.survey import Argument
from tracer.survey.commands import has_placeholder
from tracer.survey.entrypoints import may_train
from tracer.survey.wordlist import words

SMALL = (
    "fake",
    "dummy",
    "synthetic",
    "tiny",
    "toy",
    "debug",
    "test",
    "small",
    "mini",
    "nano",
    "cpu",
    "mnist",
    "cifar10",
    "default",
    "base",
    "example",
)
"""Parts of names of configurations and choices that promise a short run, or the usual one; the first is best."""
CONFIG = words("config cfg conf yaml json yml settings params hparams opt option options experiment recipe")
OUTPUT = words(
    "out output outputs save saved result results log logs logdir workdir work exp ckpt checkpoint artifacts"
)
LABEL = words("name tag id label title project run note comment desc description suffix prefix exp")
INPUT = words("data dataset datasets input inputs corpus text train source src images root path dir file folder csv")
TRAINING = words("is_training is_train train do_train training")
_SUFFIXES = (".yaml", ".yml", ".json", ".py", ".toml", ".gin", ".cfg", ".ini")


def likely_value(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    """A value and where it is from, in words; None when nothing is likely enough."""
    for find in (_from_commands, _from_choices, _from_mode, _from_files, _from_name):
        found = find(subject, argument)
        if found is not None:
            return found
    return None


def _from_commands(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    """The value in another command for the same program; where it is a path, one that is there."""
    for command in sorted(subject.program.entry.commands, key=lambda command: not may_train(command.words)):
        behind = command.words[2:] if command.words[:1] == ("-m",) else command.words[1:]
        value = _placed(subject, behind, argument) if argument.form == "place" else None
        if argument.form != "place" and (found := given(behind, argument)) is not None:
            value = found.value
        if value and not has_placeholder([value]) and (not _names_input(argument) or _exists(subject, value)):
            return value, f"as in {command.file}:{command.line}"
    return None


def _placed(subject: Subject, behind: Iterable[str], argument: Argument) -> str | None:
    """What a command gives at an argument's place."""
    places = [item for item in subject.program.arguments if item.form == "place"]
    free = free_words(tuple(behind), subject.program.arguments)
    index = places.index(argument) if argument in places else len(free)
    return free[index] if index < len(free) else None


def _from_choices(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    """One of the choices that the program declares, or compares the setting with."""
    choices = [choice for choice in argument.choices if re.fullmatch(r"[\w.:/+-]+", choice)]
    if choices:
        return best_of(choices), f"one of its choices ({', '.join(choices[:4])}{', …' if len(choices) > 4 else ''})"
    compared = list(compared_with(subject, argument))
    return (best_of(compared), "the program compares it with that") if compared else None


def compared_with(subject: Subject, argument: Argument) -> Iterator[str]:
    """Texts that the program compares a setting with (`args.dataset == "mnist"`), in reading order."""
    name = re.escape(argument.name.rsplit(".", 1)[-1])
    test = re.compile(rf"\b{name}\s*(?:==|in)\s*(\[[^\]]*\]|\([^)]*\)|[\"'][^\"']*[\"'])")
    seen = set()
    for line in subject.program.lines:
        for match in test.finditer(line):
            try:
                value = ast.literal_eval(match.group(1))
            except (ValueError, SyntaxError):
                continue
            for text in [value] if isinstance(value, str) else value:
                if isinstance(text, str) and text and text not in seen:
                    seen.add(text)
                    yield text


def _from_mode(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    name = plain_name(argument)
    if name in TRAINING and subject.is_after:
        return ("0" if argument.type == "int" else "False"), "what was trained is evaluated"
    if name in TRAINING:
        return ("1" if argument.type == "int" else "True"), "a tour shows the training"
    if name in ("local_rank", "rank", "gpu", "seed", "fold", "run_id") and argument.type == "int":
        return "0", "the first"
    return None


def _from_files(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    """A configuration file or the data, where the repository holds what the name asks for."""
    parts = set(plain_name(argument).split("_"))
    if parts & CONFIG and not parts & {"name", "dir", "folder"} and not argument.type.startswith(("int", "float")):
        files = list(config_files(subject))
        if files:
            return best_of(files), "a configuration of the repository"
    if parts & OUTPUT or not parts & INPUT or argument.type in ("int", "float"):
        return None
    for folder in ("data", "dataset", "datasets", "input", "inputs"):
        if os.path.isdir(subject.plan.root / subject.plan.folder / folder) and not parts & {"file", "csv", "text"}:
            return folder, "the folder is there"
    return None


def config_files(subject: Subject) -> Iterator[str]:
    """Configuration files of the repository as seen from the working folder, those in folders named so first."""
    tree, folder = subject.program.tree, subject.plan.folder
    paths = [*tree.documents, *tree.python]
    inside = [path for path in paths if CONFIG & {part.rstrip("s").lower() for part in path.split("/")[:-1]}]
    beside = [path for path in paths if path not in inside and CONFIG & set(re.split(r"[\W_]+", path.lower()))]
    for path in (*inside, *(path for path in beside if not path.endswith(".py"))):
        name = path.rsplit("/", 1)[-1]
        if name.endswith(_SUFFIXES) and not name.startswith(("__init__", "setup", "tsconfig", "package")):
            near = not folder or path.startswith(folder + "/")
            if near and "/." not in f"/{path}":
                yield path[len(folder) :].lstrip("/")


def _from_name(subject: Subject, argument: Argument) -> tuple[str, str] | None:
    """Where results go, and how a run is called: any name will do. So it is with a folder for what is downloaded."""
    name = plain_name(argument)
    parts = set(name.split("_"))
    folder = name in ("dataroot", "root", "data", "datadir") or (parts & INPUT and parts & {"dir", "root", "folder"})
    if folder and argument.type in ("", "str") and any("download=True" in line for line in subject.program.lines):
        return "data", "a place for what it downloads"
    if argument.type in ("int", "float", "bool") or parts & {"load", "resume", "pretrained", "restore", "init", "from"}:
        return None
    if parts & OUTPUT:
        return "tour_output", "a new place for results"
    if parts & LABEL and not parts & INPUT:
        return "tour", "a name for this run"
    return None


def best_of(choices: list[str]) -> str:
    """The choice that promises the shortest or the most usual run; the first when none promises anything."""
    for word in SMALL:
        for choice in choices:
            if word in choice.lower():
                return choice
    return choices[0]


def _names_input(argument: Argument) -> bool:
    parts = set(plain_name(argument).split("_"))
    return bool(parts & INPUT and parts & {"path", "dir", "file", "folder", "root", "csv"}) and not parts & OUTPUT


def _exists(subject: Subject, value: str) -> bool:
    return (subject.plan.root / subject.plan.folder / unquoted(value)).exists()
