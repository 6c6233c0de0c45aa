"""The file in which VS Code keeps launch configurations. Host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError
from walkthroughs.writing import write_whole


def write_launch(root: Path, configuration: dict[str, Any]) -> Path:
    """Put a configuration into `.vscode/launch.json` of a folder, in the place of one of its name; gives the file.

    Raises `RepoTourError` (launch-json) for a file that is no plain JSON: one with comments would lose them.
    """
    path = root / ".vscode" / "launch.json"
    found: Any = {"version": "0.2.0", "configurations": []}
    if path.exists():
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("configurations", []), list):
            raise RepoTourError(
                f"{path} cannot be added to: it is no plain JSON.",
                slug="launch-json",
                hint="Add the configuration that is printed by hand.",
            )
    others = [row for row in found.get("configurations", []) if row.get("name") != configuration["name"]]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps({**found, "configurations": [*others, configuration]}, indent=2) + "\n")
    return path
