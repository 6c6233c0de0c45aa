"""How to open a place outside of the replay: commands and links as text. Nothing in here runs anything."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from walkthroughs.markup import github_base
from walkthroughs.tour import Location, Provenance
from walkthroughs.visible import visible

WITH_GOTO = ("code", "code-insiders", "codium", "cursor", "windsurf")
"""Editors that take `--goto FILE:LINE`; zed and subl take `FILE:LINE`, all others `+LINE FILE`."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A text to copy, and what it is for in a few words."""

    what: str
    text: str


def handles(place: Location, source: Provenance, environment: Mapping[str, str] | None = None) -> list[Handle]:
    """What opens a place: in the reader's editor, in VS Code, on GitHub at the tour's commit."""
    known = os.environ if environment is None else environment
    file = visible(place.file)
    found = [Handle("the place", f"{file}:{place.line}")]
    if _is_of_repository(place.file):
        editor = known.get("VISUAL") or known.get("EDITOR") or ""
        found.append(
            Handle("in your editor, from the repository's root", open_command(editor or "vi", file, place.line))
        )
        if PurePosixPath(editor.split(" ")[0]).name != "code":
            found.append(Handle("in VS Code, from the repository's root", open_command("code", file, place.line)))
        base = github_base(source.url)
        if base and source.commit and not source.dirty:
            last = f"-L{place.end_line}" if place.end_line > place.line else ""
            found.append(Handle("on GitHub", f"{base}/blob/{source.commit}/{quote(place.file)}#L{place.line}{last}"))
    return found


def open_command(editor: str, file: str, line: int) -> str:
    """The command that opens a file at a line; the file is quoted, and never read as an option."""
    path = f"./{file}" if file.startswith(("-", "+")) else file
    try:
        name = PurePosixPath(shlex.split(editor)[0]).name
    except (ValueError, IndexError):
        name = editor
    if name in WITH_GOTO:
        return f"{visible(editor)} --goto {shlex.quote(f'{path}:{line}')}"
    if name in ("zed", "subl", "hx", "helix"):
        return f"{visible(editor)} {shlex.quote(f'{path}:{line}')}"
    return f"{visible(editor)} +{line} {shlex.quote(path)}"


def _is_of_repository(file: str) -> bool:
    return not file.startswith(("site-packages/", "<", "/", "../"))
