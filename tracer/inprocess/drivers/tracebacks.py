"""Tracebacks of programs that a driver runs: without the driver. Runs in the target."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Optional


def without_ours(hook: Any) -> Any:
    """An excepthook that does not show our own frames at the top of a traceback, and the lines as the program has them.

    The interpreter's own would show the lines of the file, which for a notebook is JSON.
    """

    def show(kind: Any, value: Any, traceback: Optional[TracebackType]) -> None:
        here = os.path.dirname(__file__) + os.sep
        while traceback is not None and traceback.tb_frame.f_code.co_filename.startswith(("<string>", here)):
            traceback = traceback.tb_next
        if hook is not sys.__excepthook__:
            hook(kind, value, traceback)
            return
        from traceback import print_exception

        print_exception(kind, value, traceback)

    return show
