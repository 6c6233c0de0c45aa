"""Run a program and note which of its own lines execute: `python watch_lines.py SEEN.json (SCRIPT | -m MODULE) ARGS…`.

Independent of RepoTour's recorder on purpose: it is what the ground truth is checked with. Lines of earlier runs in the
same file are kept.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = os.getcwd() + os.sep
seen: set[tuple[str, int]] = set()


@cache
def own_path(filename: str) -> str:
    """A file of the program, relative to the working directory; '' for any other."""
    path = os.path.abspath(filename)
    return path[len(ROOT) :].replace(os.sep, "/") if path.startswith(ROOT) else ""


def watch(frame: FrameType, event: str, arg: Any) -> Any:
    """Trace function: silent in every file outside the working directory."""
    path = own_path(frame.f_code.co_filename)
    if not path:
        return None
    seen.add((path, frame.f_lineno))
    return watch


def main() -> None:
    """Run the words behind the name of the file that gets the lines."""
    result, *words = sys.argv[1:]
    as_module = words[0] == "-m"
    sys.argv = words[1:] if as_module else words
    sys.path[0] = os.getcwd()
    sys.settrace(watch)
    try:
        if as_module:
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(words[0], run_name="__main__")
    finally:
        sys.settrace(None)
        path = Path(result)
        if path.exists():
            seen.update((file, line) for file, line in json.loads(path.read_text(encoding="utf-8")))
        path.write_text(json.dumps(sorted(seen)), encoding="utf-8")


if __name__ == "__main__":
    main()
