"""Nothing that we ship or compare with tells where or by whom it was made."""

from __future__ import annotations

import getpass
import re
import socket
from pathlib import Path

from sources import ROOT

ABSOLUTE = re.compile(r"(?<![\w.:/<-])(?:/(?:home|Users|root|tmp|var|opt|mnt|private)/\w|[A-Z]:\\\w)")
TEXT = {".json", ".jsonl", ".md", ".txt", ".html", ".tour", ".toml", ".svg"}


def shipped_files() -> list[Path]:
    """Golden files, samples and pages for people."""
    folders = [ROOT / "tests" / "golden", ROOT / "sample_repos", ROOT / "docs"]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in TEXT]
    return [path for path in [*files, *sorted(ROOT.glob("*.md"))] if "__pycache__" not in path.parts]


def test_no_absolute_path_in_what_people_read() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in shipped_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ABSOLUTE.search(line)
    ]
    assert found == []


def test_no_user_or_host_name_in_golden_files() -> None:
    names = {getpass.getuser(), socket.gethostname()} - {"root", "user", "runner", "localhost"}
    word = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)) or r"(?!)")
    found = [path.name for path in (ROOT / "tests" / "golden").rglob("*.*") if word.search(path.read_text("utf-8"))]
    assert found == []


def test_the_pattern_finds_what_it_is_for() -> None:
    assert ABSOLUTE.search('"cwd": "/home/ada/project"')
    assert ABSOLUTE.search(r"C:\Users\ada")
    assert not ABSOLUTE.search("https://example.org/home/ada and tests/tmp/x")
