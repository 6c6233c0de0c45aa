"""A file is started that imports from its own package with dots: it has to be started as a module of it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from tracer.diagnosis import complaint
from tracer.notebooks import source_text
from tracer.remedies import Adaptation, Situation

NO_PARENT = re.compile(r"attempted relative import with no known parent package|__main__' is not a package|non-package")
BEYOND = re.compile(r"attempted relative import beyond top-level package")
DOTS = re.compile(r"^\s*from\s+(\.+)", re.MULTILINE)


class RelativeImport:
    """Starts the program with `-m`, from a folder above its package."""

    order = 28

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the program's own file has no package, or one that begins too low."""
        text = complaint(situation)
        plan = situation.plan
        if not (NO_PARENT.search(text) or BEYOND.search(text)) or plan.launch not in ("script", "module"):
            return None
        file = _file_of(situation)
        if file is None:
            return None
        top = _top(plan.root, file, situation)
        module = os.path.relpath(plan.root / file, plan.root / top).removesuffix(".py").replace(os.sep, ".")
        if not all(part.isidentifier() for part in module.split(".")):
            return None
        beside = os.path.dirname(file) or "."
        needed = [part for part in (top or ".", beside) if part not in plan.needs_path]
        changed = replace(plan, launch="module", argv=(module, *plan.argv[1:]), needs_path=(*plan.needs_path, *needed))
        shown = f"with {top} on PYTHONPATH" if top not in ("", ".") else "with the repository's root on PYTHONPATH"
        return Adaptation(
            changed,
            f"it was started as python -m {module}, {shown}",
            f"its imports begin with dots, which need a package around it ({text.partition(': ')[2] or text})",
            slug=f"relative-import {module}",
        )


REMEDY = RelativeImport()


def _file_of(situation: Situation) -> str | None:
    """The repository's file that was started."""
    plan = situation.plan
    if plan.launch == "script":
        file = os.path.normpath(os.path.join(plan.folder, plan.argv[0]))
        return file if (plan.root / file).is_file() else None
    for base in (plan.folder, *plan.needs_path, ""):
        file = os.path.normpath(os.path.join(base, plan.argv[0].replace(".", "/") + ".py"))
        if (plan.root / file).is_file():
            return file
    return None


def _top(root: Path, file: str, situation: Situation) -> str:
    """The folder from which the file's package is found: above all `__init__.py`, and as far up as the dots reach."""
    folder = os.path.dirname(file)
    levels = 1
    for row in (situation.trace.end or {}).get("stack") or ():
        try:
            source = source_text(root / str(row["file"]))
        except OSError:
            continue
        # From a module further down the dots reach up from there.
        deeper = len(Path(os.path.relpath(os.path.dirname(str(row["file"])) or ".", folder or ".")).parts)
        beyond = str(row["file"]) != file and not os.path.relpath(str(row["file"]), folder or ".").startswith("..")
        dots = max((len(found) for found in DOTS.findall(source)), default=0)
        levels = max(levels, dots - (deeper if beyond and folder else 0))
    above = 0
    while folder and (above < levels or (root / folder / "__init__.py").exists()):
        folder = os.path.dirname(folder)
        above += 1
    return folder or "."
