"""What a program asked for that nobody has: the file, its form, and the code that reads it. Runs on the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repotour.outcomes import load_trace
from repotour.printed import tail_of
from tracer.expected import form_at
from tracer.location import Location
from tracer.missing import missing
from tracer.notebooks import source_text
from tracer.remedies import Situation
from tracer.remedies.download import failed_download

if TYPE_CHECKING:
    from repotour.attempts.reached import Reached
    from walkthroughs.tour import Need

UNKNOWN = {
    "load_dataset": "what the items of a data set of that hub hold is not known from its name, so none were made up",
    "from_pretrained": "the settings and the vocabulary of that model come with the download, so none were made up",
    "snapshot_download": "what is in that download is not known from its name, so nothing was made up",
    "hf_hub_download": "what is in that download is not known from its name, so nothing was made up",
}
"""What cannot be known of a download, by the function that asks for it."""


def needs_of(told: Reached) -> tuple[Need, ...]:
    """What the told attempt did not find; empty when it did not fail of that."""
    from walkthroughs.tour import Need

    trace = load_trace(told.result.trace)
    if trace is None or told.done:
        return ()
    printed = tail_of(told.result, told.plan.root)
    situation = Situation(told.plan, trace, outcome=told.kind, trained=told.trained, printed=printed)
    stack = (trace.end or {}).get("stack") or ()
    places = [Location(str(row["file"]), int(row["line"])) for row in stack]
    failed = failed_download(situation)
    found = None if failed else missing(situation)
    if found is None:
        return (Need("", failed, places[0] if places else None, _unknown(situation, places)),) if failed else ()
    place = Location(found.file, found.line) if found.file else None
    if found.writing:
        return (Need(found.path, "a folder that can be written to", place),)
    form = form_at(told.plan.root, found.file, found.line) if found.file else None
    reader = f"read by {form.reader}" if form is not None and form.reader else ""
    return (Need(found.path, form.text if form is not None else "a file", place, reader),)


def _unknown(situation: Situation, places: list[Location]) -> str:
    """Why nothing was made up in the place of a download, where that is known."""
    for place in places:
        try:
            lines = source_text(situation.plan.root / place.file).splitlines()
        except OSError:
            continue
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        for name, why in UNKNOWN.items():
            if f"{name}(" in line:
                return why
    return ""
