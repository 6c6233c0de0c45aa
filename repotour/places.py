"""Where the reader stopped in each tour. Host.

One small JSON file in the user's state folder, never in the tour: `{key: {"stop": id, "step": n}}`, the tour that was
read last at the end. The key is a digest of what a tour is (its program, commit, time and stops), not of where its file
lies, so that a tour that was moved or sent is known again, and the file tells nobody what was read.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from walkthroughs.tour import Tour

KEPT = 200
"""Tours whose place is remembered; the ones that were not read for longest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stop by its id, and the step of the recording where the reader had stepped away from it."""

    stop: str
    step: int | None = None


def key_of(tour: Tour) -> str:
    """What a tour is known by."""
    source = tour.provenance
    parts = [source.url, source.folder, source.commit, source.recorded_at, tour.title, *tour.command]
    parts += [stop.id for stop in tour.stops]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def place_in(tour: Tour) -> Place | None:
    """Where the reader of a tour stopped; None when it was never read here, or nothing can be read of it."""
    found = _read().get(key_of(tour))
    if not isinstance(found, dict) or not isinstance(found.get("stop"), str):
        return None
    step = found.get("step")
    return Place(found["stop"], step if isinstance(step, int) else None)


def remember(tour: Tour, place: Place) -> bool:
    """Keep a place. Returns False, and harms nothing, where the state folder cannot be written."""
    known, key = _read(), key_of(tour)
    known.pop(key, None)
    known[key] = {"stop": place.stop} | ({"step": place.step} if place.step is not None else {})
    kept = dict(list(known.items())[-KEPT:])
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            json.dump(kept, written, ensure_ascii=True)
        beside.replace(file)
    except OSError:
        return False
    return True


def _file() -> Path:
    import platformdirs

    return platformdirs.user_state_path("repotour", appauthor=False) / "places.json"


def _read() -> dict[str, Any]:
    try:
        known = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
