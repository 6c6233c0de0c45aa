"""Files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.errors import RepoTourError


def write_whole(path: str | Path, text: str, *, force: bool = True) -> None:
    """Write a text file as UTF-8; a failure leaves what was there before untouched.

    Without `force` a file that exists is an error with the slug `file-exists`.
    """
    target = Path(path)
    if not force and target.exists():
        raise RepoTourError(f"{target} exists.", slug="file-exists", hint="Overwrite it with --force.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        os.replace(draft, target)
    except OSError as error:
        _remove(draft)
        raise RepoTourError(f"cannot write {target}: {error.strerror}.", slug="cannot-write") from error


def _remove(draft: Path) -> None:
    """Drop an unfinished file; where even its folder is missing there is none."""
    try:
        draft.unlink()
    except OSError:
        return
