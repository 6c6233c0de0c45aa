"""Starts the drivers: programs of ours that run a repository's code when it has none that can be started. Host side."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracer.errors import RepoTourError
from tracer.notebooks import Notebook, NotebookError, notebooks_run, program_of, read_notebook
from tracer.plan import RunPlan

DRIVERS = Path(__file__).resolve().parent.parent / "inprocess" / "drivers"

_START = """\
import sys
_package = sys.modules["_repotour_drivers"] = type(sys)("_repotour_drivers")
_package.__path__ = [{folder!r}]
del _package
from _repotour_drivers.{name} import run
run({data!r})
"""


@dataclass(frozen=True, slots=True)
class Driven:
    """How a driver is started: its command, what the plan file says beside the plan, where it notes adaptations."""

    command: list[str]
    facts: dict[str, Any] = field(default_factory=dict)
    told: Path | None = None

    def tell(self, trace: Path) -> None:
        """Add to the trace which adaptations the driver made use of, once the target has ended."""
        with suppress(OSError):
            rows = self.told.read_bytes() if self.told is not None else b""
            if rows:
                with open(trace, "ab") as handle:
                    handle.write(b"\n" + rows)


def driven(plan: RunPlan, folder: Path) -> Driven | None:
    """What to start for a plan whose program is ours, its files written to `folder`; None for a repository's own."""
    if plan.launch == "notebook":
        return _notebook(plan, folder)
    if plan.driver is not None:
        root = plan.root.resolve()
        facts = _facts([root / file for file in plan.driver.data.get("notebooks", ())], root, folder)
        known = {"argv0": plan.argv[0], "root": str(root), "texts": facts.get("texts", {})}
        data = {**plan.driver.data, **known}
        return _started(plan, folder, plan.driver.name, data, facts)
    return None


def _facts(notebooks: list[Path], root: Path, folder: Path) -> dict[str, Any]:
    """What the plan file says of notebooks of which a driver runs parts: where their Python stands, and their cells."""
    facts: dict[str, Any] = {"texts": {}, "cells": {}}
    for number, path in enumerate(notebooks):
        notebook = read_notebook(path)
        written = folder / f"cells-{number}.py"
        written.write_text(program_of(notebook).text, encoding="utf-8")
        facts["texts"][str(path)] = str(written)
        facts["cells"][path.relative_to(root).as_posix()] = _rows(notebook)
    return facts if notebooks else {}


def _rows(notebook: Notebook) -> list[list[int]]:
    return [[cell.number, cell.line, cell.end_line] for cell in notebook.cells]


def _started(plan: RunPlan, folder: Path, name: str, data: dict[str, Any], facts: dict[str, Any]) -> Driven:
    path = folder / "driver.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    text = _START.format(folder=str(DRIVERS), name=name, data=str(path))
    return Driven([plan.python, "-u", "-c", text, *plan.argv[1:]], facts, Path(str(path) + ".told"))


def _notebook(plan: RunPlan, folder: Path) -> Driven:
    path = (plan.root / plan.folder / plan.argv[0]).resolve()
    try:
        notebook = read_notebook(path)
        program = program_of(notebook)
    except NotebookError as error:
        raise RepoTourError(f"{plan.argv[0]} cannot be run: {error}.", slug="notebook-unreadable") from error
    written = folder / "cells.py"
    written.write_text(program.text, encoding="utf-8")
    shown = path.relative_to(plan.root.resolve()).as_posix()
    facts: dict[str, Any] = {
        "texts": {str(path): str(written)},
        "left": [list(row) for row in program.left],
        "cells": {shown: _rows(notebook)},
    }
    options = dict(plan.driver.data) if plan.driver is not None else {}
    root = plan.root.resolve()
    others = [root / other for other in notebooks_run(root, shown)]
    more = _facts(others, root, folder)
    for name in ("texts", "cells"):
        facts[name].update(more.get(name, {}))
    options["others"] = {str(other): program_of(read_notebook(other)).for_driver(other)["cells"] for other in others}
    return _started(plan, folder, "cells", {**program.for_driver(path), **options}, facts)
