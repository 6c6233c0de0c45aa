"""The live cells of a tour's notebook: their source, and what each prints when it is run beside its tour.

They hold text of the tour only as a Python string, do nothing where the tour is not there, and never run the program.
"""

from __future__ import annotations

from walkthroughs.captions import variable_text
from walkthroughs.stepping import Walk
from walkthroughs.tour import Tour
from walkthroughs.visible import visible

STEPS_SHOWN = 12

LOAD = """\
# Reads the tour file beside this notebook; nothing of the program is run.
from pathlib import Path

tour = None
try:
    import repotour
except ImportError:
    print("The text cells need nothing. For the live cells, install RepoTour where this notebook runs.")
else:
    recorded = RECORDED
    for path in sorted(Path().glob("*.tour.json")):
        if recorded in path.read_text(encoding="utf-8", errors="replace"):
            tour = repotour.load(path)
    print(f"{len(tour.stops)} stops" if tour else "The tour file that this notebook was made of is not beside it.")
"""

VALUES = """\
stop = NUMBER

if tour:
    from walkthroughs.captions import variable_text
    from walkthroughs.visible import visible

    for variable in tour.stops[stop - 1].variables:
        print(visible(variable_text(variable)))
"""

STEPS = """\
stop, lines = NUMBER, COUNT

if tour:
    from walkthroughs.captions import variable_text
    from walkthroughs.stepping import Walk
    from walkthroughs.visible import visible

    walk = Walk(tour.recording)
    step = tour.stops[stop - 1].step
    while lines and step is not None:
        place = walk.location(step)
        source = walk.recording.source(place.file)
        print(visible(f"{place}  {(source.line(place.line) or '').strip() if source else ''}"))
        for bound in walk.binds(step):
            print(visible(f"    {bound.name}{variable_text(bound.value)}"))
        step, lines = walk.into(step), lines - 1  # into, over, out, back, back_over, back_out
"""


def loading(recorded: str) -> str:
    """The cell that finds the tour by a text that stands in its file alone."""
    return LOAD.replace("RECORDED", ascii(recorded))


def values(number: int) -> str:
    """The cell that prints the values of a stop, counted from 1."""
    return VALUES.replace("NUMBER", str(number))


def steps(number: int) -> str:
    """The cell that prints the recorded lines from a stop on, with what each bound."""
    return STEPS.replace("NUMBER", str(number)).replace("COUNT", str(STEPS_SHOWN))


def loaded(tour: Tour) -> str:
    """What the first cell prints."""
    return f"{len(tour.stops)} stops\n"


def values_of(tour: Tour, number: int) -> str:
    """What the cell of values prints."""
    return "".join(f"{visible(variable_text(variable))}\n" for variable in tour.stops[number - 1].variables)


def steps_from(tour: Tour, number: int) -> str:
    """What the cell of steps prints."""
    step = tour.stops[number - 1].step
    if tour.recording is None:
        return ""
    walk = Walk(tour.recording)
    rows: list[str] = []
    for _ in range(STEPS_SHOWN):
        if step is None:
            break
        place = walk.location(step)
        source = tour.recording.source(place.file)
        rows.append(f"{place}  {(source.line(place.line) or '').strip() if source else ''}")
        rows += [f"    {bound.name}{variable_text(bound.value)}" for bound in walk.binds(step)]
        step = walk.into(step)
    return "".join(f"{visible(row)}\n" for row in rows)
