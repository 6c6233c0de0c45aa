"""A module of the repository is not found: its folder is not on the path, as it would be after an installation."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.remedies import Adaptation, Situation

_MODULE = re.compile(r"No module named '(?P<name>\w+)")


class MissingPath:
    """Puts the folders on PYTHONPATH that the program's own imports need."""

    order = 30

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where a module was not found and reading showed which folders of the repository hold it."""
        if situation.error not in ("ModuleNotFoundError", "ImportError") or situation.entry is None:
            return None
        folders = tuple(part for part in situation.entry.needs_path if part not in situation.plan.needs_path)
        if not folders or not _holds(situation, folders):
            return None
        plan = replace(situation.plan, needs_path=(*situation.plan.needs_path, *folders))
        shown = ", ".join("the repository's root" if part == "." else part for part in folders)
        return Adaptation(
            plan, f"{shown} was put on PYTHONPATH", f"the program imports its own code from there ({situation.message})"
        )


REMEDY = MissingPath()


def _holds(situation: Situation, folders: tuple[str, ...]) -> bool:
    """Whether what was not found lies there; of an error that names no module that is not known."""
    found = _MODULE.search(situation.message)
    if found is None:
        return True
    places = [situation.plan.root / part / found["name"] for part in folders]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)
