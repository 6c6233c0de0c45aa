"""Brings what a target has written for us out of its shelter, without secrets and names of this machine. Host.

Until then it lies in a scratch folder that nobody else may look into; what lies beside a tour can be shared with it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.processes import TRACE, children_of, count_path, stem_of
from tracer.safety.cleaning import Cleaner
from tracer.safety.privacy import of_run

if TYPE_CHECKING:
    from tracer.plan import RunPlan


def cleaner_of(plan: RunPlan) -> Cleaner:
    """What makes the traces and the tour of a run fit to be shared."""
    shelter = plan.shelter
    return Cleaner(of_run(plan.root, shelter.folder, shelter.checkout, plan.python), shelter.secrets)


def deliver(inside: Path, trace: Path, plan: RunPlan) -> None:
    """Move a trace, those of its processes and the output to where the tour is made; `inside` is the trace as it was
    written, `trace` where it goes."""
    cleaner = cleaner_of(plan)
    stem = stem_of(inside)
    logs = [inside.with_name(f"{stem}.{name}.log") for name in ("stdout", "stderr")]
    files = [path for path in (inside, *children_of(inside), *logs) if path.exists()]
    for path in files:
        clean_file(path, cleaner)
    wiser = cleaner.wiser()
    for path in files if wiser is not None else ():
        clean_file(path, wiser or cleaner)
    for path in (inside, *children_of(inside), count_path(inside), *logs):
        if path.exists():
            shutil.move(path, trace.with_name(path.name))


def clean_file(path: Path, cleaner: Cleaner) -> None:
    """Clean a trace or a log where it lies; one in which there is nothing to clean is not touched."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    is_trace = path.name.endswith(TRACE)
    if not (cleaner.touches_json(text) if is_trace else cleaner.touches(text)):
        return
    clean = "\n".join(map(cleaner.line, text.split("\n"))) if is_trace else cleaner.text(text)
    path.write_bytes(clean.encode("utf-8", "surrogateescape"))
