"""Where the reader is: every move from line to line, from stop to stop and along the stack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.build import a_realistic_tour, a_tour
from tests.screens import MAIN, a_recorded_tour
from walkthroughs.recording import BoundAt, LoopLeft, MissedCall, RaisedAt, Recording, SourceText
from walkthroughs.screen.colours import coloured
from walkthroughs.screen.listing import Listing, short_count
from walkthroughs.screen.notes import note_lines
from walkthroughs.screen.pictures import picture
from walkthroughs.screen.reading import NO_LINES, Reading
from walkthroughs.screen.values import briefest
from walkthroughs.tour import Excerpt, Location, Variable


def at(stop: int, *moves: str) -> Reading:
    reading = Reading(a_recorded_tour())
    assert reading.goto_stop(stop) == ""
    for move in moves:
        assert getattr(reading, move)() == "", move
    return reading


def line(reading: Reading) -> tuple[str, int, int | None]:
    return reading.place.qualname, reading.place.line, reading.at_step


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        ((), ("<module>", 6, 1)),
        (("over",), ("<module>", 7, 2)),
        (("over", "over", "over"), ("<module>", 7, 6)),
        (("over", "over", "into"), ("double", 3, 4)),
        (("over", "over", "into", "over"), ("double", 4, 5)),
        (("over", "over", "into", "out"), ("<module>", 7, 6)),
        (("over", "over", "into", "back"), ("<module>", 8, 3)),
        (("over", "over", "over", "back"), ("<module>", 8, 3)),
        (("over", "over", "over", "back_into"), ("double", 4, 5)),
        (("over", "over", "into", "over", "back_out"), ("<module>", 8, 3)),
        (("over", "over", "next_run"), ("<module>", 8, 7)),
        (("over", "over", "next_run", "previous_run"), ("<module>", 8, 3)),
        (("over", "over", "into", "up"), ("<module>", 8, 4)),
        (("over", "over", "into", "up", "down"), ("double", 3, 4)),
    ],
)  # fmt: skip
def test_lines_are_walked_as_in_a_debugger(moves: tuple[str, ...], found: tuple[str, int, int]) -> None:
    assert line(at(1, *moves)) == found


def test_a_step_on_a_stop_is_that_stop_and_others_are_between() -> None:
    reading = at(1, "over")
    assert (reading.away, reading.stop.id) == (True, "config-1")
    reading.over()
    reading.into()
    assert (reading.away, reading.stop.id) == (False, "data-1")


def test_back_to_the_stop_comes_before_back_to_the_one_before() -> None:
    reading = at(4, "over")
    assert reading.away
    assert reading.previous_stop() == "" and reading.stop.id == "loop-1" and not reading.away
    assert reading.previous_stop() == "" and reading.stop.id == "data-2"


def test_a_stop_that_was_not_recorded_goes_on_from_the_one_before() -> None:
    reading = at(3)
    assert reading.at_step is None
    assert line(at(3, "over")) == ("double", 4, 5)


def test_every_move_that_cannot_be_made_says_why() -> None:
    assert "first stop" in at(1).previous_stop()
    assert "last stop" in at(5).next_stop()
    assert "begins here" in at(1, "back").back()
    assert "ends here" in at(5, "over").over()
    assert "outermost" in at(1).up()
    assert "innermost" in at(1).down()
    assert "after this function returned" in at(5).out()
    assert "first chapter" in at(1).previous_chapter()
    assert "last chapter" in at(5).next_chapter()
    assert "No later run" in at(5).next_run()
    assert "4 chapters" in at(1).goto_chapter(9)
    assert "No recorded run of line 11" in at(1).run_at("main.py", 11)


def test_values_tell_what_is_made_what_changed_and_the_rest() -> None:
    groups = {group.heading: [row.name for row in group.values] for group in at(2).values()}
    assert groups == {"changed by this line": ["y"], "named on this line": ["x"], "other names": ["options"]}
    groups = {group.heading: [row.name for row in group.values] for group in at(2, "over").values()}
    assert groups == {
        "given back": ["return"], "changed by the line before": ["y"], "other names": ["options", "x"],
    }  # fmt: skip
    groups = {group.heading: [row.name for row in group.values] for group in at(2, "up").values()}
    assert groups == {"named on this line": ["n", "total", "double"]}
    reading = at(1, "over", "over")
    changed = reading.values()[0]
    assert [(row.name, row.value.value) for row in changed.values] == [("total", "2")]
    assert {name: value.value for name, value in changed.was.items()} == {"total": "0"}
    tour = a_recorded_tour()
    assert tour.recording is not None
    for value, was in ((0, {}), (1, {"total": "0"})):
        rows = (BoundAt(1, "total", 0), BoundAt(3, "total", value))
        again = Reading(replace(tour, recording=replace(tour.recording, bound=rows)))
        again.goto_step(3)
        told = {name: old.value for name, old in again.values()[0].was.items()}
        assert told == was, "what reads as before is not said twice"


def test_lines_of_this_visit_say_what_they_bound() -> None:
    assert {line: [row.name for row in rows] for line, rows in at(2, "over").said().items()} == {3: ["y"]}
    assert at(2).said() == {}
    assert {line: rows[0].value.value for line, rows in at(2, "up").said().items()} == {6: "0", 7: "1"}
    assert {line: rows[0].value.value for line, rows in at(4).said().items()} == {6: "0", 7: "1", 8: "2"}


def test_the_lines_of_this_visit_are_known() -> None:
    assert at(2).ran_in_visit() == {3, 4}
    assert at(2, "up").ran_in_visit() == {1, 6, 7, 8, 9, 10}
    assert at(3).ran_in_visit() == frozenset()


def test_a_tour_without_recording_goes_into_calls_from_stop_to_stop() -> None:
    reading = Reading(a_realistic_tour())
    assert reading.over() == reading.back() == reading.back_out() == NO_LINES
    reading.goto_stop("evaluation-main-1")
    assert reading.into() == "" and reading.stop.id == "evaluation-evaluate-1"
    assert reading.out() == "" and reading.stop.id == "evaluation-main-1" and reading.into() == ""
    assert reading.up() == "" and reading.place.qualname == "main"
    assert reading.values() == []


def test_a_place_that_was_kept_is_found_again() -> None:
    reading = Reading(a_recorded_tour())
    assert reading.resume("loop-1", 7) and line(reading) == ("<module>", 8, 7)
    assert not Reading(a_recorded_tour()).resume("config-1")
    assert not Reading(a_recorded_tour()).resume("no such stop", 3)
    assert Reading(a_recorded_tour()).resume("data-1", 10**9)


def test_counts_are_short() -> None:
    counts = (0, 7, 9999, 10_000, 12_345, 999_999, 1_234_567, 45_000_000, 2_000_000_000)
    assert [short_count(count) for count in counts] == ["0", "7", "9999", "10k", "12k", "999k", "1.2M", "45M", "2.0G"]
    assert max(len(short_count(10**power - 1)) for power in range(13)) == 4


def test_a_listing_says_which_lines_are_missing() -> None:
    tour = a_recorded_tour()
    assert tour.recording is not None
    source = tour.recording.sources[0]
    part = replace(source.parts[0], first_line=5, lines=source.parts[0].lines[4:6])
    recording = replace(tour.recording, sources=(replace(source, parts=(part,), at_least=True),))
    bare = replace(tour, recording=recording, stops=())
    rows = Listing(bare, "main.py").rows
    assert [(row.number, row.text) for row in rows] == [
        (0, "· · · lines 1 to 4 are not in the tour"), (5, ""), (6, "total = 0"),
        (0, "· · · lines 7 to 11 are not in the tour"),
    ]  # fmt: skip
    assert rows[2].count == "1+"
    assert "does not carry" in Listing(bare, "other.py").rows[0].text


def test_what_a_reader_has_to_know_about_a_line_is_said() -> None:
    tour = a_recorded_tour()
    assert tour.recording is not None
    frames = list(tour.recording.frames)
    frames[1] = replace(frames[1], cut=True)
    recording = replace(
        tour.recording,
        frames=tuple(frames),
        gaps=(3, 12),
        raised=(RaisedAt(5, "ValueError", "too [bold]large"),),
        left=(LoopLeft(12, 7, 2),),
        missed=(
            MissedCall(3, Location("other.py", 3, 5, "helper"), 1, 2),
            MissedCall(3, Location("other.py", 9, 9, "left_out"), recorded=True),
        ),
    )
    reading = Reading(replace(tour, recording=recording))
    told = {}
    for step in (3, 5, 12):
        reading.goto_step(step)
        told[step] = "\n".join(row.plain for row in note_lines(reading, 100))
    assert "ran, or may have, unrecorded before this one" in told[3]
    assert "• helper, 2 times: not recorded" in told[3]
    assert "• left_out: recorded, but left out to keep the tour small" in told[3]
    assert "ValueError is raised here, or comes out of a call: too [bold]large" in told[5]
    assert "Later lines of this visit are not in the recording." in told[5]
    assert "RepoTour left the loop on line 7 here, after 2 iterations." in told[12]
    assert "unrecorded" not in told[12]


def test_a_stack_goes_on_above_what_was_recorded() -> None:
    tour = a_recorded_tour()
    assert tour.recording is not None
    outer = Location("start.py", 5, 5, "<module>")
    frames = (replace(tour.recording.frames[0], outer=(outer,), via="runpy.run_path"), *tour.recording.frames[1:])
    reading = Reading(replace(tour, recording=replace(tour.recording, frames=frames)))
    reading.goto_stop(2)
    assert [(str(called.place), called.via) for called in reading.stack()] == [
        ("main.py:3", ""), ("main.py:8", "runpy.run_path"), ("start.py:5", ""),
    ]  # fmt: skip
    assert reading.goto_level(2) == "" and reading.values() == [] and reading.said() == {}


def test_a_statement_over_several_lines_ran_as_a_whole_and_idle_is_only_what_did_not() -> None:
    lines = ("total = sum(", "    [1],", ")", "# a comment", "if total > 9:", "    total = 0", '"""Text."""')
    source = SourceText("long.py", 7, (Excerpt(1, lines),), (1, 5, 7), (4, 4, 1))
    listing = Listing(a_tour(recording=Recording(sources=(source,))), "long.py")
    assert [(row.number, row.count) for row in listing.rows if row.runs is not None] == [
        (1, "4"), (2, ""), (3, ""), (5, "4"), (7, "1"),
    ]  # fmt: skip
    assert [row.number for row in listing.rows if row.idle] == [6]
    assert listing.end_of(1) == 3


def test_a_stop_that_is_a_whole_function_does_not_claim_its_first_line() -> None:
    tour = a_recorded_tour()
    result = Variable("return", "torch.Tensor", shape=(2, 3), changed=True)
    place = Location("main.py", 1, 4, "double")
    stop = replace(tour.stops[1], location=place, variables=(Variable("x", "int", "1"), result))
    reading = Reading(replace(tour, stops=(stop,)))
    assert {group.heading: [row.name for row in group.values] for group in reading.values()} == {
        "changed here": ["return"], "seen here": ["x"], "of its module, named here": ["double"],
        "other names": ["options"],
    }  # fmt: skip


def test_an_attribute_is_named_only_where_it_stands() -> None:
    tour = a_recorded_tour()
    assert tour.recording is not None
    lines = [*MAIN]
    lines[8] = "print(self.size, total)"
    rows = tuple(BoundAt(1, name, 1) for name in ("self", "self.size", "self.other", "size", "total"))
    source = replace(tour.recording.sources[0], parts=(Excerpt(1, tuple(lines)),))
    reading = Reading(replace(tour, recording=replace(tour.recording, sources=(source,), bound=rows), stops=tour.stops))
    reading.goto_step(11)
    reading.away = True
    named = {group.heading: {row.name for row in group.values} for group in reading.values()}
    assert named["named on this line"] == {"self", "self.size", "total"}


@pytest.mark.parametrize("colour", [True, False])
def test_arrays_are_pictures(colour: bool) -> None:
    heat = Variable("w", "numpy.ndarray", shape=(3, 4), grid=((-1.0, 0.0, 1.0, 2.0),) * 2 + ((float("nan"),) * 4,))
    drawn = list(picture(heat, 40, colour=colour))
    assert drawn[0].plain == "heat map, 3 by 4 elements, -1 to 2"
    assert [line.plain for line in drawn[1:]] == (["▀▀▀▀", "▀▀▀▀"] if colour else [" ░▓█", "????"])
    grey = replace(heat, channels=1, part="[0]", grid=((0.0, 255.0), (255.0, 0.0)))
    drawn = list(picture(grey, 60, colour=colour))
    assert drawn[0].plain.startswith("image of item [0], 2 by 2 elements")
    if colour:
        assert [str(span.style) for span in drawn[1].spans] == ["#000000 on #ffffff", "#ffffff on #000000"]
    red = replace(heat, channels=3, grid=((1.0, 0.0, 0.0, 0.0, 0.0, 1.0),))
    if colour:
        assert [str(span.style) for span in list(picture(red, 40, colour=True))[1].spans] == ["#ff0000", "#0000ff"]
    assert list(picture(heat, 3, colour=colour)) == [], "too narrow"
    assert list(picture(replace(heat, grid=((float("nan"),),)), 40, colour=colour)) == []
    assert list(picture(replace(heat, grid=((1.0, 2.0), (3.0,))), 40, colour=colour)) == []


def test_a_value_in_a_few_words_is_no_claim_about_its_contents() -> None:
    assert briefest("x", Variable("", "torch.Tensor", shape=(12, 40), dtype="torch.int64")) == "x: (12, 40) int64"
    assert briefest("loss", Variable("", "torch.Tensor", "2.3", shape=(), dtype="float32")) == "loss = 2.3"
    assert briefest("net", Variable("", "model.Net", "<model.Net>")) == "net: Net"
    assert briefest("text", Variable("", "str", "'" + "a" * 60 + "'")) == "text: str"


def test_a_long_file_is_coloured_in_parts_that_cut_no_text() -> None:
    text = ['words = """', *("def not_code(:" for _ in range(400)), '"""']
    lines = ("import os", *text, *(f"x{number} = {number}" for number in range(900)))
    source = SourceText("long.py", len(lines), (Excerpt(1, lines),), (1, 2, 404), (1, 1, 1))
    listing = Listing(a_tour(recording=Recording(sources=(source,))), "long.py")
    assert listing.parts == [0, 403, 703, 1003]
    assert [listing.part_of(at) for at in (0, 402, 403, len(lines) - 1)] == [
        range(403), range(403), range(403, 703), range(1003, len(lines)),
    ]  # fmt: skip
    for theme in ("repotour-dark", "repotour-light"):
        drawn = coloured(lines, theme)
        assert ["".join(segment.text for segment in line) for line in drawn] == list(lines)
        assert len({str(segment.style) for line in drawn for segment in line}) > 3
        assert all(segment.style and segment.style.bgcolor is None for line in drawn for segment in line)
    for strange in ("'''never ends", "\x1b[2J \u202e [bold]", "", "\tx = (", "x = 1\n\n"):
        rows = strange.split("\n")
        assert ["".join(segment.text for segment in line) for line in coloured(rows, "repotour-dark")] == rows
