"""A cursor over a real recording: breakpoints on lines, functions and values, forward and backward."""

from __future__ import annotations

import pytest

from walkthroughs.stepping import Walk
from walkthroughs.timetravel.breakpoints import NoPlace
from walkthroughs.timetravel.cursor import Cursor
from walkthroughs.tour import Tour


@pytest.fixture
def cursor(tour: Tour) -> Cursor:
    assert tour.recording is not None
    return Cursor(Walk(tour.recording))


def test_every_step_can_be_reached_forward_and_backward(cursor: Cursor) -> None:
    forward = [0]
    while (arrival := cursor.into()).reason == "step":
        forward.append(arrival.step)
    assert forward == list(range(len(cursor.walk)))
    assert arrival.reason == "end"
    backward = [cursor.step]
    while (arrival := cursor.back()).reason == "step":
        backward.append(arrival.step)
    assert backward == forward[::-1]
    assert arrival.reason == "start"


def test_over_never_enters_a_call_and_always_gets_to_the_end(cursor: Cursor) -> None:
    seen = set()
    while (arrival := cursor.over()).reason == "step":
        seen.add(cursor.walk.location(arrival.step).qualname)
    assert seen == {"<module>"}
    assert cursor.walk.into(cursor.step) is None


def test_a_line_stops_each_time_it_is_reached_in_both_directions(cursor: Cursor, line: dict[str, int]) -> None:
    number = line["y = x + 1"]
    one = cursor.breakpoints.at_line("steps.py", number)
    runs = cursor.walk.runs_of("steps.py", number)
    met = []
    while (arrival := cursor.resume()).reason == "breakpoint":
        met.append(arrival.step)
    assert (met, one.hits) == (runs, len(runs))
    back = []
    while (arrival := cursor.resume_back()).reason == "breakpoint":
        back.append(arrival.step)
    assert back == runs[::-1]
    assert cursor.step == 0


def test_conditions_temporary_ones_and_those_passed_by(cursor: Cursor, line: dict[str, int]) -> None:
    points = cursor.breakpoints
    only = points.at_line("steps.py", line["y = x + 1"], condition="x == 2")
    once = points.at_function("fact", temporary=True)
    unknown = points.at_line("steps.py", line["found = fails(number)"], condition="secret > 1")
    reasons = [cursor.resume() for _ in range(3)]
    assert [arrival.breakpoints for arrival in reasons] == [(once,), (only,), ()]
    assert once.number not in points.all
    assert unknown.unsure == 3
    assert cursor.walk.names(reasons[1].step)["x"].value.value == "2"
    only.condition, only.ignore, only.hits = "", 2, 0
    cursor.step = 0
    assert cursor.walk.names(cursor.resume().step)["x"].value.value == "2"
    only.enabled = False
    assert cursor.resume().reason == "end"


def test_a_value_that_changes_stops_behind_the_line_that_changed_it(cursor: Cursor) -> None:
    one = cursor.breakpoints.at_change("total")
    changed = []
    while (arrival := cursor.resume()).reason == "breakpoint":
        walk = cursor.walk
        scope = {**walk.outer_names(arrival.step), **walk.names(arrival.step)}
        changed.append(scope["total"].value.value)
    assert changed == ["0", "6", "8", "14", "5"]
    assert one.hits == 5


def test_statements_over_several_lines_and_places_that_never_ran(cursor: Cursor, line: dict[str, int]) -> None:
    points = cursor.breakpoints
    definition = line["def around(*given):"]
    assert points.at_line("steps.py", definition).lines.start == definition - 1  # its decorator
    with pytest.raises(NoPlace, match="the nearest that was is"):
        points.at_line("steps.py", line["me = next(IDS)"] + 1)
    with pytest.raises(NoPlace, match=r"no line of other\.py"):
        points.at_line("other.py", 1)
    with pytest.raises(NoPlace, match="nowhere"):
        points.at_function("nowhere")
    with pytest.raises(NoPlace, match="binds nothing_at_all"):
        points.at_change("nothing_at_all")


def test_until_and_return(cursor: Cursor, line: dict[str, int]) -> None:
    cursor.breakpoints.at_line("steps.py", line["for index in range(rounds):"], temporary=True)
    cursor.resume()
    assert cursor.walk.location(cursor.until(line["del value"]).step).line == line["del value"]
    end = cursor.to_return()
    assert cursor.walk.location(end.step).line == line["return kept"]
    assert cursor.walk.location(cursor.to_return().step).qualname == "main"


def test_what_was_printed_is_told_once(cursor: Cursor) -> None:
    walk = cursor.walk
    whole = walk.output(0, len(walk) - 1)
    assert whole.startswith("fact 24\n")
    assert whole.count("fact 24") == 1
    assert sum(walk.printed(step).count("fact 24") for step in range(len(walk))) > 1  # each caller's line holds it too
    inside = next(step for step in range(len(walk)) if walk.location(step).qualname == "first_two")
    assert walk.output(0, inside) == "fact 24\n"
