"""Files that nobody has, written in the form that the program's code expects. Runs in the target."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness


def arm(harness: Harness) -> None:
    """Write the files of the settings, where the program has none by now."""
    rows: list[dict[str, str]] = harness.settings["files"]

    def write() -> Any:
        return [row for row in rows if _write(row["place"], row["text"])]

    for row in harness.unseen(write):
        said = "the file %s is made up by RepoTour (%s)" % (row["path"], row["what"])
        harness.tell(said, "it is not in the repository")


def _write(place: str, text: str) -> bool:
    """Write one file; whether there was none."""
    if os.path.exists(place):
        return False
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w", encoding="utf-8") as out:
        out.write(text)
    return True
