"""`repotour.here()`: stand still in a script of one's own, under the debugger of live walks. Runs in that script."""

from __future__ import annotations

import os
import sys
from types import FrameType

from tracer.inprocess.live.pauser import Pauser

_PAUSERS: list[Pauser] = []


def stand_still(frame: FrameType) -> None:
    """Hand a frame to the debugger; does nothing where there is no terminal to talk in."""
    if sys.stdin is None or not sys.stdin.isatty():
        return
    if not _PAUSERS:
        _PAUSERS.append(Pauser({"root": os.getcwd(), "live": {"stops": [], "notes": os.devnull}}))
    _PAUSERS[0].pause(frame, [])
