"""What a failed run did not find: the path it asked for, whether to read or to write it, and where. Runs on the host.

The path is read off the exception (or what the program printed), off the files that the recorder saw opened, and off
the values that the failing functions held: `num_samples=0` names no folder, but a variable does.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracer.notebooks import source_text
from tracer.trace import Summary

if TYPE_CHECKING:
    from tracer.remedies import Situation

NOT_THERE = r"(?:does not exist|doesn't exist|not found|is missing|could not be found|was not found)"
CANNOT = r"(?:could not|cannot|unable to|can't|couldn't) (?:find|open|read|load)"
THING = r"(?:file |folder |directory |path |dataset |data )?"
NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        r"[Nn]o such file or directory:?\s*b?['\"]([^'\"]+)['\"]",
        r"[Nn]o such file or directory: ([^\s'\"]+)",
        r"\[Errno (?:2|20)\][^'\"]*['\"]([^'\"]+)['\"]",
        r"File b?['\"]([^'\"]+)['\"] does not exist",
        r"name = '([^']+)', errno = 2",
        r"^([^\s'\"]+\.\w+) not found\.?$",
        r"[Cc]ouldn't find any class folder in (\S+?)\.?$",
        r"Found 0 files in subfolders of: (\S+)",
        r"(?:non-existent directory: '|[Pp]arent directory )([^\s']+)",
        r"can't open file '([^']+)'",
        rf"(?i)\b(?:path|file|folder|directory)\b:?\s+[`'\"]?([\w./~-]*[/.][\w./~-]*)[`'\"]?,?\s+{NOT_THERE}",
        rf"(?i)(?:^|\s)[`'\"]?([\w./~-]+\.\w{{1,6}})[`'\"]? {NOT_THERE}",
        rf"(?i){CANNOT} (?:the )?{THING}(?:at |in |from )?[`'\"]?([\w~-]*[./][\w./~-]*\w)",
    )
)
"""How exceptions and programs name a file that is not there."""

EMPTY = re.compile(
    r"num_samples=0|num_samples should be a positive|unable to open database file|at least one array to"
    r"|[Dd]ataset not found|No objects to concatenate|Found no |[Nn]o (?:images|files|data|samples)\b.*\bfound"
)
"""Failures of a folder that is empty or not there, which do not name it."""

FOLDER = re.compile(r"non-existent directory|[Pp]arent directory \S+ does not exist|Cannot save file into")
CALLS_FOR_FOLDERS = ("mkdir", "makedirs", "savefig", "to_csv", "FileHandler", "SummaryWriter", "save")
EXISTS = ("exists", "isfile", "isdir", "is_file", "is_dir")
PATHLIKE = re.compile(r"^[^\s'\"<>|*?:;,(){}\[\]]{2,200}$")


@dataclass(frozen=True, slots=True)
class Missing:
    """What was asked for, as the program spelled it, and the same from the repository's root (or `..` out of it).

    `writing`: it was to be written, so that a folder is missing. `file` and `line`: where the repository asked for it.
    """

    asked: str
    path: str
    writing: bool = False
    file: str = ""
    line: int = 0

    @property
    def outside(self) -> bool:
        """Whether it lies outside the repository."""
        return self.path.startswith(("..", "/", "~", "<"))


def missing(situation: Situation) -> Missing | None:
    """What a run did not find; None when it failed of something else, or when it is there by now."""
    if situation.trained and situation.outcome in ("finished", "limit"):
        return None
    file, line = _place(situation)
    asked = named(situation.message) if situation.error else ""
    if not asked and (not situation.error or situation.error in ("SystemExit", "CalledProcessError")):
        asked = named(situation.printed)
    if not asked and situation.error and (EMPTY.search(situation.message) or _asserts(situation, file, line)):
        asked = _held(situation, file, line)
    if not asked:
        return None
    asked = asked.replace("\\", "/")
    found = Missing(asked, resolved(situation, asked), _writes(situation, asked, file, line), file, line)
    if not found.outside and not found.writing:
        there = situation.plan.root / found.path
        if there.is_file() or (there.is_dir() and any(there.iterdir())):
            return None
    return found


def named(text: str) -> str:
    """The path that a text says is not there, or ""; of several the last."""
    for line in reversed(text.splitlines()):
        for pattern in NAMED:
            match = pattern.search(line.strip())
            if match and PATHLIKE.match(match[1]) and not match[1].endswith((".py", ".so")):
                return match[1]
    return ""


def resolved(situation: Situation, asked: str) -> str:
    """A path from the repository's root: where the recorder saw it opened, else from the working folder."""
    if asked.startswith(("/", "~")):
        return asked
    plan = situation.plan
    name = asked.rsplit("/", 1)[-1]
    for event in reversed(situation.trace.events):
        path = str(event.data.get("path", ""))
        if event.kind == "file" and path.rsplit("/", 1)[-1] == name and not path.startswith("<"):
            return path
    here = os.path.normpath(os.path.join(plan.folder, asked)).replace(os.sep, "/")
    # A path that was absolute is told from the root on.
    whole = os.path.normpath(asked).replace(os.sep, "/")
    if plan.folder and whole.startswith(plan.folder + "/") and not (plan.root / here).parent.exists():
        return whole
    return here


def _place(situation: Situation) -> tuple[str, int]:
    """The line of the repository at which the run failed, or ("", 0)."""
    stack = (situation.trace.end or {}).get("stack") or ()
    row: dict[str, Any] = next(iter(stack), {})
    return str(row.get("file", "")), int(row.get("line", 0))


def _source(situation: Situation, file: str, line: int) -> ast.stmt | None:
    """The innermost statement on a line of a file of the repository."""
    try:
        tree = ast.parse((situation.plan.root / file).read_bytes()) if file else None
    except (OSError, SyntaxError, ValueError):
        return None
    found = None
    for node in ast.walk(tree) if tree is not None else ():
        inside = isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
        if inside and isinstance(node, ast.stmt) and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def _asserts(situation: Situation, file: str, line: int) -> bool:
    """Whether the failing line, or the test above it, asks whether something exists."""
    if situation.error not in ("AssertionError", "ValueError", "RuntimeError", "Exception", "OSError", "SystemExit"):
        return False
    try:
        lines = source_text(situation.plan.root / file).splitlines() if file else []
    except OSError:
        return False
    near = "\n".join(lines[max(0, line - 4) : line])
    return any(re.search(rf"\b{word}\(", near) for word in EXISTS)


def _writes(situation: Situation, asked: str, file: str, line: int) -> bool:
    """Whether what was missing was to be written."""
    if FOLDER.search(situation.message):
        return True
    name = asked.rsplit("/", 1)[-1]
    for event in reversed(situation.trace.events):
        if event.kind == "file" and str(event.data.get("path", "")).rsplit("/", 1)[-1] == name:
            return event.name == "write"
    statement = _source(situation, file, line)
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in CALLS_FOR_FOLDERS:
                return True
    return False


def _held(situation: Situation, file: str, line: int) -> str:
    """A path in the variables around the failure at which nothing is, the nearest first; or ""."""
    statement = _source(situation, file, line)
    used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} if statement is not None else set()
    for name, text in sorted(_texts(situation), key=lambda row: row[0].rpartition(".")[2] not in used):
        if not _is_path(name, text):
            continue
        there = situation.plan.root / situation.plan.folder / text
        if not there.exists() or (there.is_dir() and not any(there.iterdir())):
            return text
    return ""


def _texts(situation: Situation) -> Iterator[tuple[str, str]]:
    """(name, text) of texts that were held around the failure, and then of those that were bound, the last first."""
    for row in (situation.trace.end or {}).get("stack") or ():
        for name, value in row.get("variables", ()):
            yield from _of(str(name), value)
    bound = [(one.name, one.value) for _, line in situation.trace.lines() for one in line.bound]
    for name, value in reversed(bound):
        yield from _of(name, value)
    for frame in reversed(list(situation.trace.frames.values())):
        for argument in frame.args:
            yield from _of(argument.name, argument.value)


def _of(name: str, value: Summary, depth: int = 1) -> Iterator[tuple[str, str]]:
    kind, text = str(value.get("type", "")), str(value.get("value", ""))
    if kind in ("str", "pathlib.PosixPath", "PosixPath", "pathlib.Path", "pathlib._local.PosixPath"):
        match = re.search(r"(['\"])(.*)\1", text)
        yield name, match[2] if match else text
    elif depth:
        for row in value.get("items", ()):
            if isinstance(row, (list, tuple)) and len(row) == 2 and isinstance(row[1], dict):
                yield from _of(f"{name}.{row[0]}", row[1], depth - 1)


def _is_path(name: str, text: str) -> bool:
    """Whether a text is a path: by its form, or by the name that it goes by."""
    if not PATHLIKE.match(text) or "…" in text or "//" in text or text.startswith("-"):
        return False
    last = name.rpartition(".")[2].lower()
    telling = any(word in last for word in ("path", "dir", "root", "folder", "file"))
    return ("/" in text and (telling or bool(re.match(r"\.{0,2}/|data", text)))) or (telling and "data" in text)
