"""Where tours go, and which were made so far. Host.

The index is a file of JSON lines in the user's state folder. It holds what `repotour list` prints and nothing else: no
command line, no URL, nothing that could be a secret. It never leaves this machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownTour:
    """A tour that was made on this machine. `made_at` is ISO 8601 with the zone; stages are counted out of ten."""

    path: str
    title: str
    made_at: str
    stages_seen: int
    stops: int = 0


def default_out(name: str) -> Path:
    """The folder for the tour of something called `name`, when the user names none: `tours/<name>` here."""
    return Path.cwd() / "tours" / name


def remember(tour_path: Path, *, title: str, stages_seen: int, stops: int = 0, made_at: datetime | None = None) -> bool:
    """Add a tour to the index. Returns False, and harms nothing, where the state folder cannot be written."""
    moment = (made_at or datetime.now()).astimezone()
    tour = KnownTour(str(tour_path.resolve()), title, moment.isoformat(timespec="seconds"), stages_seen, stops)
    line = json.dumps(asdict(tour), ensure_ascii=False) + "\n"
    try:
        _index().parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(_index(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(line.encode("utf-8", "backslashreplace"))
    except OSError:
        return False
    return True


def known_tours() -> list[KnownTour]:
    """The tours that still exist, newest first, each once. Lines that cannot be read are overlooked."""
    latest: dict[str, KnownTour] = {}
    for tour in _read():
        latest.pop(tour.path, None)  # a tour that was made again moves to the end
        latest[tour.path] = tour
    there = [tour for tour in latest.values() if os.path.isfile(tour.path)]
    return there[::-1]


def _index() -> Path:
    import platformdirs

    return platformdirs.user_state_path("repotour", appauthor=False) / "tours.jsonl"


def _read() -> Iterator[KnownTour]:
    try:
        lines = _index().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            fields: Any = json.loads(line)
            yield KnownTour(
                path=str(fields["path"]),
                title=str(fields.get("title", "")),
                made_at=str(fields.get("made_at", "")),
                stages_seen=int(fields.get("stages_seen", 0)),
                stops=int(fields.get("stops", 0)),
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
