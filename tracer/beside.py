"""What lies beside a repository and is spoken of in it: `../data/train.csv`. Host; reads files, runs nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path

_ENDINGS = (".py", ".sh", ".yaml", ".yml", ".json", ".toml", ".cfg", ".ini")
_LARGEST = 300_000
_MOST_FILES = 3000
_MOST_FOUND = 20
_UPWARDS = re.compile(r"""(?<![\w./])(?:\.\./)+[A-Za-z0-9_][\w./\-]*""")


def beside(root: Path) -> list[Path]:
    """Files and folders in the folder that holds the repository, that its sources name by a path upwards, sorted.

    Hidden ones are left out: what begins with a dot is settings and keys, not data.
    """
    try:
        neighbours = {name for name in os.listdir(root.parent) if name != root.name and not name.startswith(".")}
    except OSError:
        return []
    if not neighbours:
        return []
    found: set[Path] = set()
    for path in _sources(root):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        for match in _UPWARDS.finditer(text) if "../" in text else ():
            for base in (path.parent, root):
                there = Path(os.path.normpath(base / match.group().rstrip("/.")))
                if there.is_relative_to(root.parent) and not there.is_relative_to(root) and there != root.parent:
                    parts = there.relative_to(root.parent).parts
                    if parts[0] in neighbours and not any(part.startswith(".") for part in parts) and there.exists():
                        found.add(there)
    outermost = [path for path in found if not any(path != other and path.is_relative_to(other) for other in found)]
    return sorted(outermost)[:_MOST_FOUND]


def _sources(root: Path) -> list[Path]:
    """Small text files that may name a path."""
    found: list[Path] = []
    for place, folders, names in os.walk(root):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in ("node_modules", "__pycache__")
        ]
        for name in names:
            path = Path(place, name)
            if name.endswith(_ENDINGS) and not path.is_symlink() and path.stat().st_size <= _LARGEST:
                found.append(path)
        if len(found) > _MOST_FILES:
            break
    return found[:_MOST_FILES]
