"""Settings that stand only in a configuration file: which files a program takes them from, and plans with other values.

The file is changed in the scratch workspace, never in the repository. Host side.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tracer.edited import is_inside
from tracer.fitting import documents
from tracer.location import Location
from tracer.plan import Edited, RunPlan
from tracer.survey import Argument

LARGEST = 60_000
"""Bytes above which a file holds data, not settings."""
DATA = ("package.json", "tsconfig.json", "tokenizer.json", "vocab.json", "pyproject.toml", "setup.cfg", "tox.ini")
DATA_FORMS = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf")
COPY = "_tour.py"
"""The end of the name of a copy of a Python file."""
MOST = 4
"""Files of one program that are looked at."""


def named_files(plan: RunPlan, arguments: Sequence[Argument] = ()) -> list[str]:
    """The files of settings that a plan's words name, or the defaults of options and the entry's text, relative to the
    root; those of Python only where a word names them."""
    found: dict[str, None] = {}
    for word in plan.argv[1:]:
        for text in (word, word.partition("=")[2]):
            path = _inside(plan, text)
            if path and path.endswith(documents.SUFFIXES):
                found.setdefault(path, None)
    for argument in arguments:
        if argument.kind == "file" and argument.location.file.endswith(DATA_FORMS):
            found.setdefault(argument.location.file, None)
    return _settings_only(plan, found)


def read_files(plan: RunPlan, read: Iterable[str]) -> list[str]:
    """Of the files that a run really read (relative to the root) those that hold settings."""
    known = dict.fromkeys(path for path in read if path.endswith(DATA_FORMS) and (plan.root / path).is_file())
    return _settings_only(plan, known)


def settings_in(plan: RunPlan, files: Iterable[str], dotlist: bool) -> list[Argument]:
    """The values of files as settings; `dotlist` where words `a.b=1` set them, else they can only be changed there."""
    return [
        Argument(
            item.name,
            (f"{item.name}=",) if dotlist and not file.endswith(".py") else (),
            item.text,
            kind="file",
            location=Location(file, item.line, item.line),
        )
        for file in files
        for item in documents.values_of(file, text_of(plan, file))
    ]


def with_setting(plan: RunPlan, argument: Argument, value: str) -> RunPlan:
    """The plan with a value of a file changed; the plan itself where that is not possible.

    A file of data is changed at its place in the workspace. Python is code, of which tours show the source: it is
    copied, and the copy is named in the command.
    """
    file = argument.location.file
    text = documents.changed(file, text_of(plan, file), argument.name, argument.location.line, value)
    if text is None:
        return plan
    target = file
    if file.endswith(".py") and all(edited.path != file for edited in plan.files):
        target = file.removesuffix(".py") + COPY
        plan = _renamed(plan, file, target)
    others = tuple(edited for edited in plan.files if edited.path != target)
    return replace(plan, files=(*others, Edited(target, text, source_of(plan, file))))


def copy_of(file: str) -> str:
    """A changed file in words: the copy, by the name of the repository's file."""
    original = f"{file.removesuffix(COPY)}.py" if file.endswith(COPY) else file
    return f"a copy of {original}"


def text_of(plan: RunPlan, file: str) -> str:
    """A file as a plan's run would find it; "" for one that cannot be read."""
    for edited in plan.files:
        if edited.path == file:
            return edited.text
    try:
        return (Path(plan.root) / file).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def source_of(plan: RunPlan, file: str) -> str:
    """The repository's file that a changed one was made from."""
    return next((edited.source for edited in plan.files if edited.path == file), file)


def _renamed(plan: RunPlan, file: str, target: str) -> RunPlan:
    """The plan whose words name another file."""
    words = []
    for word in plan.argv[1:]:
        names_it = file in (_inside(plan, word), _inside(plan, word.partition("=")[2]))
        old, new = os.path.basename(file), os.path.basename(target)
        words.append(word.removesuffix(old) + new if names_it and word.endswith(old) else word)
    return replace(plan, argv=(plan.argv[0], *words))


def _inside(plan: RunPlan, text: str) -> str:
    """The path of a file below the root that a word names, relative to the root; "" when there is none."""
    if not text or "\n" in text or text.startswith(("/", "~")) or len(text) > 300:
        return ""
    path = posixpath.normpath(posixpath.join(plan.folder, text))
    if path.startswith("..") or not (plan.root / path).is_file():
        return path if any(edited.path == path for edited in plan.files) else ""
    return path


def _settings_only(plan: RunPlan, files: Iterable[str]) -> list[str]:
    """Without what is too large for settings, what other tools read, and the program itself."""
    kept = []
    for path in files:
        own = posixpath.normpath(posixpath.join(plan.folder, plan.argv[0])) if plan.argv else ""
        known = path != own and os.path.basename(path) not in DATA and is_inside(plan.root, path)
        if known and len(text_of(plan, path)) <= LARGEST:
            kept.append(path)
    return kept[:MOST]
