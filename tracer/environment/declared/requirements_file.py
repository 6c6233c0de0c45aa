"""Requirements files, in all the forms in which people write and export them. Host."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tracer.environment.declared.declaration import Declarations, declare

_COMMENT = re.compile(r"(^|\s)#.*$")
_FILE_OPTION = re.compile(r"^(?:-r|--requirement|-c|--constraint)[=\s]*(?P<file>\S+)$")
_EDITABLE = re.compile(r"^(?:-e|--editable)[=\s]*(?P<what>.+)$")
_INDEX = re.compile(r"^(?:-i|--index-url|--extra-index-url|-f|--find-links)\b")
_MAX_BYTES = 500_000

FROZEN_LINES = 40
"""A list of this many exact versions was exported from an environment, not written by hand."""


def read_requirements(path: Path, root: Path, seen: frozenset[Path] = frozenset()) -> Declarations:
    """What a requirements file asks for, with those that it includes. `root` is the repository's, for places."""
    if path in seen or not path.is_file():
        return Declarations()
    found = Declarations()
    for number, line in _lines(_text(path)):
        found += _line(line, path, root, f"{place_of(path, root)}:{number}", seen | {path})
    exact = [item for item in found.items if is_exact(str(item.requirement.specifier))]
    if len(exact) >= FROZEN_LINES and len(exact) >= 0.9 * len(found.items):
        found = replace(found, items=tuple(replace(item, frozen=True) for item in found.items))
    return found


def place_of(path: Path, root: Path) -> str:
    """A file as the user knows it: relative to the repository's root."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def is_exact(specifier: str) -> bool:
    """Whether only one version will do."""
    if not specifier.startswith("==") or "," in specifier or "*" in specifier:
        return False
    try:
        Version(specifier.lstrip("= "))
    except InvalidVersion:
        return False
    return True


def _line(line: str, path: Path, root: Path, place: str, seen: frozenset[Path]) -> Declarations:
    """One logical line."""
    included = _FILE_OPTION.match(line)
    if included:
        target = (path.parent / included["file"]).resolve()
        if not target.is_relative_to(root):
            return Declarations(notes=(f"{place} includes a file that is not part of the repository",))
        found = read_requirements(target, root, seen)
        if line.startswith(("-c", "--c")):
            return Declarations(locked=tuple(_locked(found)))
        return found
    editable = _EDITABLE.match(line)
    if editable:
        line = editable["what"].strip()
    if _INDEX.match(line):
        return Declarations(notes=(f"{place} names another package index, which is not asked",))
    if line.startswith("-"):
        return Declarations()
    if line.startswith((".", "/")) or (path.parent / line.partition("[")[0]).is_dir():
        return _folder(path.parent / line.partition("[")[0], root, place)
    return declare(line, place)


def _folder(folder: Path, root: Path, place: str) -> Declarations:
    """`-e .`: the repository's own code is on the path anyway; what it needs is what counts."""
    from tracer.environment.declared.projects import read_project

    folder = folder.resolve()
    if not folder.is_relative_to(root):
        return Declarations(notes=(f"{place} wants a folder that is not part of the repository",))
    return read_project(folder, root)


def _locked(found: Declarations) -> list[tuple[str, str]]:
    """Constraints: versions of what may be needed."""
    return [(item.name, str(item.requirement.specifier)) for item in found.items if item.requirement.specifier]


def _lines(text: str) -> list[tuple[int, str]]:
    """Logical lines without comments, and the number of the line each begins on."""
    found: list[tuple[int, str]] = []
    held, begun = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).strip()
        begun = begun or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        line, held = (held + line).strip(), ""
        if line:
            found.append((begun, line))
        begun = 0
    return found


def _text(path: Path) -> str:
    """The file's text; some shells write these files in UTF-16."""
    try:
        raw = path.read_bytes()[:_MAX_BYTES]
    except OSError:
        return ""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if raw.startswith(mark):
            return raw.decode(name, "replace")
    return raw.decode("utf-8", "replace")
