"""Walks a program live: it really stands still at the stops of a tour, under a debugger. Runs in the target.

Contract
    The plan holds `live`: `stops` (see `stops.py`), `notes` (a file that notes are appended to, one JSON object a
    line), `borrowed` (folders that ipdb is found in when the target's own environment has none, with the names of the
    packages that may be taken from there), `first` and `stage` (where to stop first). With a `port` the program waits
    there for the debugger of an editor instead (`editor.py`). Nothing is recorded.

Other than the recorder this is seen by the target: a debugger is loaded into it, and its frames are traced.
"""

from __future__ import annotations

from .editor import Waiting
from .pauser import Pauser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Union


def walker_of(plan: dict[str, Any]) -> Union[Pauser, Waiting]:
    """What stops the program of a plan: our debugger in the terminal, or an editor's."""
    return Waiting(plan) if plan["live"].get("port") else Pauser(plan)
