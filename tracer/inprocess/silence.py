"""Warnings that come of our own doing are not shown to the target. Runs in the target."""

from __future__ import annotations

import _warnings
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def without(category: type, action: Callable[..., Any], *arguments: Any) -> Any:
    """Do something while warnings of a category are ignored, and leave the target's filters as they were.

    The list of filters is changed in place, for a moment: the `warnings` module and the interpreter share it.
    """
    row = ("ignore", None, category, None, 0)
    filters: Any = getattr(sys.modules.get("warnings"), "filters", None) or _warnings.filters
    filters.insert(0, row)
    try:
        return action(*arguments)
    finally:
        for index, found in enumerate(filters):
            if found is row:
                del filters[index]
                break
