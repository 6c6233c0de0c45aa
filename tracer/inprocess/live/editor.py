"""Lets an editor's debugger take over: debugpy listens, and the program waits for it. Runs in the target."""

from __future__ import annotations

import os
import sys

from .borrowing import Borrowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Waiting:
    """Starts debugpy in the place of a debugger of ours; where to stop is the affair of whoever speaks to it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        live = plan["live"]
        self.port: int = live["port"]
        self.folders: list[str] = list((live.get("borrowed") or ((), ()))[0])

    def start(self) -> None:
        """Listen, and wait until a debugger is there: the next thing that runs is the target."""
        if self.folders:
            sys.meta_path.append(Borrowed(self.folders, ["debugpy"]))
        # Else it and every Python that the program starts would write warnings among what the program prints.
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        import debugpy  # noqa: T100 - it is what is wanted here

        debugpy.listen(("127.0.0.1", self.port))  # noqa: T100
        debugpy.wait_for_client()  # noqa: T100
