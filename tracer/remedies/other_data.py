"""An option leads to data that are not there, while the repository holds others of the same kind. Host side.

The missing path is the one that the error names, or that the failing line looked for; the option is the one whose value
is a part of it. Another value is tried only when it leads to something that is there.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tracer.fitting.subject import Subject, called
from tracer.notebooks import source_text
from tracer.plan import RunPlan
from tracer.remedies import Adaptation, Situation
from tracer.survey import Argument
from tracer.survey.wordlist import words

ERRORS = words("FileNotFoundError NotADirectoryError AssertionError ValueError RuntimeError OSError Exception")
_QUOTED = re.compile(r"[\"'`]([^\"'`\n]{1,300})[\"'`]")
_LOOKS = re.compile(r"exists|isfile|isdir|is_file|is_dir|glob|listdir|open\(")
_SKIPPED = (".git", "__pycache__", "node_modules")
_CODE = (".py", ".md", ".sh", ".yaml", ".yml", ".toml", ".cfg", ".ipynb", ".lock")
MAX_LOOKED = 20_000


class OtherData:
    """Points the option at what is there."""

    order = 44

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a value of an option is a part of the path that is missing."""
        missing = list(missing_paths(situation)) if situation.error in ERRORS else []
        subject = Subject.of(situation) if missing else None
        if subject is None:
            return None
        for path in missing:
            for argument in subject.arguments:
                value = subject.value(argument)
                other = _other(situation.plan, value, path) if value and argument.form != "place" else ""
                if other and other != value and not _is_made_up(situation.plan, other):
                    return _adapted(situation, subject, argument, other, path)
        return None


REMEDY = OtherData()


def _adapted(situation: Situation, subject: Subject, argument: Argument, other: str, path: str) -> Adaptation:
    plan = subject.with_value(argument, other)
    place = _place(situation.plan, other)
    inside = any(file == place or file.startswith(place + "/") for file in situation.written)
    whence = "which a program that ran before has written" if inside else "which is in the repository"
    what = f"{called(argument)} was set to {other}, {whence}"
    return Adaptation(plan, what, f"{path} is not there", slug=f"other-data:{argument.name}:{other}")


def _place(plan: RunPlan, other: str) -> str:
    """A path as the option names it, relative to the root."""
    return os.path.normpath(os.path.join(plan.folder, other)).replace(os.sep, "/")


def _is_made_up(plan: RunPlan, other: str) -> bool:
    """Whether a file is one of ours, made up for an attempt before: it says nothing about the repository."""
    rows = [row for shim in plan.shims if shim.name == "synthetic_files" for row in shim.settings["files"]]
    return any(os.path.basename(row["path"]) == os.path.basename(other) for row in rows)


def missing_paths(situation: Situation) -> Iterator[str]:
    """Paths, relative to the working folder, that the program looked for in vain."""
    base = situation.plan.root / situation.plan.folder
    named = [] if situation.error == "AssertionError" else _QUOTED.findall(situation.message)
    if not any(_is_missing(base, text) for text in named):
        named += _looked_for(situation)
    seen = set()
    for text in named:
        plain = _relative(base, text)
        if plain and _is_missing(base, plain) and plain not in seen:
            seen.add(plain)
            yield plain


def _looked_for(situation: Situation) -> list[str]:
    """Values of names on the failing line, where that line looks for files."""
    found = []
    for row in ((situation.trace.end or {}).get("stack") or ())[:2]:
        try:
            lines = source_text(situation.plan.root / str(row["file"])).split("\n")
            line = lines[int(row["line"]) - 1]
        except (OSError, IndexError, KeyError, ValueError):
            continue
        if not _LOOKS.search(line):
            continue
        for name, value in row.get("variables") or ():
            if re.search(rf"\b{re.escape(str(name))}\b", line) and value.get("type") == "str":
                try:
                    found.append(str(ast.literal_eval(value["value"])))
                except (ValueError, SyntaxError):
                    continue
    return found


def _relative(base: Path, text: str) -> str:
    """A path as seen from the working folder; "" for what is no path, or lies outside the workspace."""
    if not re.search(r"[/\\.]", text) or "\n" in text or "://" in text:
        return ""
    if os.path.isabs(text):
        try:
            return os.path.relpath(text, base) if Path(text).is_relative_to(base) else ""
        except (ValueError, OSError):
            return ""
    return os.path.normpath(text)


def _is_missing(base: Path, text: str) -> bool:
    try:
        return bool(text) and not (base / text).exists()
    except (OSError, ValueError):
        return False


def _other(plan: RunPlan, value: str, missing: str) -> str:
    """Another value for an option that leads to something that is there, or ""."""
    plain = os.path.normpath(value)
    base = plan.root / plan.folder
    if missing.startswith(plain + "/"):
        return _other_folder(base, plan.root, value, missing[len(plain) + 1 :])
    suffix = os.path.splitext(missing)[1]
    if suffix in ("", *_CODE):
        return ""
    folder, name = os.path.split(missing)
    if plain == missing:
        return _other_file(base, folder, suffix, folder) or _anywhere(base, plan.root, suffix)
    return _other_file(base, folder, suffix, "") if plain == name else ""


def _other_folder(base: Path, root: Path, value: str, rest: str) -> str:
    """A folder that holds what the missing one should hold: the smallest, those beside the missing one first."""
    found = []
    for file in _files(root):
        if file.as_posix().endswith("/" + rest):
            folder = file.parents[rest.count("/")]
            near = folder.parent == (base / value).parent
            found.append((not near, _size(folder), os.path.relpath(folder, base)))
    return min(found)[2] if found else ""


def _other_file(base: Path, folder: str, suffix: str, prefix: str) -> str:
    """The smallest file of a sort in a folder, as the option would name it."""
    try:
        there = [item for item in (base / folder).iterdir() if item.suffix == suffix and item.is_file()]
    except OSError:
        return ""
    if not there:
        return ""
    smallest = min(there, key=lambda item: (item.stat().st_size, item.name))
    return os.path.join(prefix, smallest.name)


def _anywhere(base: Path, root: Path, suffix: str) -> str:
    """The smallest file of a sort in a folder for data."""
    found = [
        (file.stat().st_size, os.path.relpath(file, base))
        for file in _files(root)
        if file.suffix == suffix and any("data" in part.lower() for part in file.relative_to(root).parts[:-1])
    ]
    return min(found)[1] if found else ""


def _files(root: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            count += 1
            if count > MAX_LOOKED:
                return
            yield Path(folder, name)


def _size(folder: Path) -> int:
    return sum(item.stat().st_size for item in folder.iterdir() if item.is_file())
