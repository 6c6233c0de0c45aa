"""Sections of the onboarding map about the code: stages and their places, the call path, files, places for ideas."""

from __future__ import annotations

from collections.abc import Iterator

from walkthroughs.captions import seconds_text
from walkthroughs.markup import Links, code, fence, plain, sentence, table
from walkthroughs.renderers.map_run import marks
from walkthroughs.tour import CallNode, Tour

CALLS_SHOWN = 60
DEEPEST_CALL = 12


NEW = {"data": "a new data set"}
"""What a reader would add, where the bare word does not read well behind "a new"."""


def stages(tour: Tour, links: Links) -> str:
    """A table from stage to place, in the order of telling; the stage is named on its first row only."""
    rows = []
    previous = ""
    for stop in tour.stops:
        stage = (
            stop.stage_title if stop.chapter == "main" else f"{stop.stage_title} ({stop.part.split(' · ')[0].lower()})"
        )
        shown = f"**{plain(stage)}**" if stage != previous else ""
        what = sentence(stop.title.removeprefix(f"{stop.stage_title}: ") or stop.because) + marks(stop)
        rows.append((shown, links.place(stop.location), code(stop.location.qualname), what))
        previous = stage
    return table(("Stage", "Place", "In", "What happens"), rows) if rows else ""


def call_path(tour: Tour, _links: Links) -> str:
    """The functions of the repository that ran, as an indented tree with how often each was called."""
    if tour.call_path is None:
        return ""
    rows = list(_call_rows(tour.call_path, 0))
    shown = rows[:CALLS_SHOWN]
    if len(rows) > CALLS_SHOWN:
        shown.append(f"… and {len(rows) - CALLS_SHOWN} more")
    return (
        "Calls of repository functions. What a function calls is listed where the function first stands, counted over "
        "all of its calls.\n\n"
    ) + fence("\n".join(shown))


def files(tour: Tour, links: Links) -> str:
    """What each file is for, and how much of it ran."""
    rows = [
        (
            links.file(file.path),
            sentence(file.role),
            f"{file.executed} of {file.lines}" if file.lines else str(file.executed or ""),
            f"at least {file.calls}" if file.at_least and file.calls else str(file.calls or ""),
        )
        for file in tour.files
    ]
    return table(("File", "Role", "Lines that ran, of all lines in it", "Calls into it"), rows) if rows else ""


def ideas(tour: Tour, links: Links) -> str:
    """The places where a reader's own model, loss, data, metric or optimizer would go."""
    rows = []
    for idea in tour.ideas:
        where = links.place(idea.location)
        rows.append((NEW.get(idea.what, f"a new {plain(idea.what)}"), where, sentence(idea.text)))
    return table(("For", "Go to", "What to know"), rows) if rows else ""


def _call_rows(node: CallNode, depth: int) -> Iterator[str]:
    times = f" ×{node.calls:,}" + " or more" * node.at_least if node.calls != 1 or node.at_least else ""
    spent = f"  [{seconds_text(node.seconds)}]" if node.seconds >= 0.01 else ""
    yield f"{'  ' * depth}{node.qualname}{times}  {node.file}:{node.line}{spent}"
    if depth >= DEEPEST_CALL and node.children:
        yield f"{'  ' * (depth + 1)}…"
        return
    for child in node.children:
        yield from _call_rows(child, depth + 1)
