"""Moving through recordings written by hand: what a debugger would do, forward and backward."""

from __future__ import annotations

from dataclasses import replace

from tracer.location import Location
from walkthroughs.recording import (
    Bound,
    BoundAt,
    LoopLeft,
    MissedCall,
    PrintedAt,
    RaisedAt,
    RecordedFrame,
    Recording,
    ResumedAt,
    Unbound,
)
from walkthroughs.stepping import Level, Walk
from walkthroughs.stop import Variable


def frame(name: str, line: int, **more: object) -> RecordedFrame:
    """A visit of a function of main.py."""
    kind = "module" if name == "<module>" else "function"
    return RecordedFrame(Location("main.py", line, line + 3, name), **{"kind": kind, **more})  # type: ignore[arg-type]


def recording(frames: list[RecordedFrame], steps: list[tuple[int, int]], **more: object) -> Recording:
    """Frames, and (frame, line) of each step."""
    order, lines = zip(*steps, strict=True)
    return Recording(frames=tuple(frames), order=order, lines=lines, **more)  # type: ignore[arg-type]


def values(*texts: str) -> tuple[Variable, ...]:
    return tuple(Variable("", "int", text) for text in texts)


# fact(2) called on line 9 of the module calls itself on line 3.
RECURSION = recording(
    [
        frame("<module>", 1),
        frame("fact", 1, parent=0, called_from=9, args=(Bound("n", 0),), returned=0),
        frame("fact", 1, parent=1, called_from=3, visit=1, args=(Bound("n", 1),), returned=1),
    ],
    [(0, 8), (0, 9), (1, 2), (1, 3), (2, 2), (2, 4), (1, 5), (0, 10)],
    values=values("2", "1"),
    bound=(BoundAt(3, "below", 1), BoundAt(1, "result", 0)),
)


def test_recursion_is_stepped_by_visits() -> None:
    walk = Walk(RECURSION)
    assert [walk.into(step) for step in (0, 6, 7)] == [1, 7, None]
    assert [walk.over(step) for step in range(8)] == [1, 7, 3, 6, 5, 6, 7, None]
    assert [walk.out(step) for step in (2, 4, 5, 6)] == [7, 6, 6, 7]
    assert [walk.back_over(step) for step in range(8)] == [None, 0, 1, 2, 3, 4, 3, 1]
    assert [walk.back_out(step) for step in (2, 4, 5, 6)] == [1, 3, 3, 1]
    assert walk.stack(5) == [Level(2, 5, 4), Level(1, 3, 3), Level(0, 1, 9)]
    assert [str(place) for place in walk.places(4)] == ["main.py:2", "main.py:3", "main.py:9"]


def test_a_line_that_is_not_done_has_bound_nothing() -> None:
    walk = Walk(RECURSION)
    assert {name: seen.value.value for name, seen in walk.names(5).items()} == {"n": "1"}
    assert set(walk.names(5, 1)) == {"n"}  # `below` is what the call that is still running will give
    assert walk.names(6)["below"].changed
    assert walk.names(7)["result"].since == 1
    assert set(walk.names(6, 1)) == set()
    assert [seen.name for seen in walk.binds(3)] == ["below"]
    assert walk.returns(5) == Variable("", "int", "1")
    assert walk.returns(4) is None


# A generator is begun on line 5 of the module, goes on from line 6 of `use`, then again from the module's line 8.
GENERATOR = recording(
    [
        frame("<module>", 1),
        frame("items", 20, kind="generator", parent=0, called_from=5),
        frame("use", 30, parent=0, called_from=7),
    ],
    [(0, 5), (1, 21), (0, 7), (2, 31), (1, 22), (2, 32), (0, 8), (1, 23), (0, 9)],
    resumed=(ResumedAt(4, 2, 31), ResumedAt(7, 0, 8)),
)


def test_a_generator_runs_for_whoever_asks_it() -> None:
    walk = Walk(GENERATOR)
    assert [level.frame for level in walk.stack(1)] == [1, 0]
    assert walk.stack(4) == [Level(1, 4, 22), Level(2, 3, 31), Level(0, 2, 7)]
    assert walk.stack(7) == [Level(1, 7, 23), Level(0, 6, 8)]
    assert [walk.over(step) for step in (3, 6)] == [5, 8]
    assert [walk.back_over(step) for step in (5, 8)] == [3, 6]
    assert walk.back_out(4) == 3


def test_a_generator_that_goes_on_for_somebody_unknown_has_no_caller() -> None:
    known = GENERATOR
    walk = Walk(
        recording(list(known.frames), list(zip(known.order, known.lines, strict=True)), resumed=(ResumedAt(4),))
    )
    assert walk.stack(4) == [Level(1, 4, 22)]
    assert walk.above(4) == ()
    assert walk.caller(7) is None


def test_a_caller_whose_line_ran_unrecorded_stands_there_all_the_same() -> None:
    frames = [frame("<module>", 1), frame("f", 20, parent=0, called_from=6)]
    walk = Walk(
        recording(frames, [(0, 5), (1, 21), (0, 9)], bound=(BoundAt(0, "x", 0),), values=values("1"), gaps=(2,))
    )
    assert walk.stack(1)[1] == Level(0, 0, 6)
    assert set(walk.names(1, 1)) == {"x"}  # line 5 is done
    assert [walk.after_gap(step) for step in range(3)] == [False, False, True]
    assert walk.back_out(1) == 0


def test_a_visit_whose_caller_is_not_carried_does_not_end_the_walk() -> None:
    outer = (Location("main.py", 40, 40, "train"), Location("main.py", 50, 50))
    frames = [frame("<module>", 1), frame("f", 20, outer=outer), frame("g", 30, parent=1, called_from=22)]
    walk = Walk(recording(frames, [(0, 5), (1, 21), (1, 22), (2, 31), (0, 9)]))
    assert [place.line for place in walk.places(3)] == [31, 22, 40, 50]
    assert [walk.over(step) for step in range(5)] == [4, 2, 4, 4, None]
    assert [walk.out(step) for step in (1, 2, 3)] == [4, 4, 4]
    assert [walk.back_over(step) for step in (1, 4)] == [0, 0]
    assert walk.back_out(2) == 0


def test_an_exception_is_told_on_each_line_that_it_passes() -> None:
    frames = [frame("<module>", 1), frame("f", 20, parent=0, called_from=5, raised=True)]
    raised = (RaisedAt(1, "KeyError", "'x'"),)
    walk = Walk(recording(frames, [(0, 5), (1, 21), (0, 7)], raised=raised, printed=(PrintedAt(2, "no x\n"),)))
    assert walk.raises(1) == raised[0]
    assert walk.raises(0) is None
    assert walk.over(1) == 2
    assert walk.returns(1) is None
    assert walk.printed(2) == "no x\n"


def test_names_that_are_taken_away_or_are_the_modules() -> None:
    frames = [frame("<module>", 1), frame("f", 20, parent=0, called_from=5)]
    rows = (BoundAt(0, "total", 0), BoundAt(2, "total", 1, frame=0), BoundAt(2, "own", 0))
    walk = Walk(
        recording(
            frames, [(0, 4), (0, 5), (1, 21), (1, 22), (0, 6), (0, 7)], bound=rows, values=values("1", "2"),
            unbound=(Unbound(4, "total"),),
        )
    )  # fmt: skip
    assert walk.outer_names(2)["total"].value.value == "1"
    assert walk.outer_names(3)["total"].value.value == "2"
    assert set(walk.names(3)) == {"own"}
    assert walk.names(4)["total"].since == 2
    assert walk.names(5) == {}
    assert walk.outer_names(5) == {}


def test_what_cannot_be_stepped_into_is_told() -> None:
    missed = MissedCall(0, Location("main.py", 20, 23, "f"), 7, 2)
    left = LoopLeft(1, 4, 3)
    walk = Walk(
        recording([frame("<module>", 1, cut=True, returned=0)], [(0, 5), (0, 6)], missed=(missed,), left=(left,))
    )
    assert [walk.missed(step) for step in (0, 1)] == [[missed], []]
    assert walk.after_loop(1) == left
    assert walk.after_loop(0) is None
    assert walk.returns(1) is None  # later lines are not carried


def test_lines_are_found_in_both_directions() -> None:
    walk = Walk(RECURSION)
    assert walk.runs_of("main.py", 2) == [2, 4]
    assert walk.next_at(2, "main.py", range(2, 4)) == 3
    assert walk.next_at(4, "main.py", range(2, 4)) is None
    assert walk.previous_at(7, "main.py", range(2, 3)) == 4
    assert walk.next_at(0, "other.py", range(1, 9)) is None


def test_one_program_follows_the_other() -> None:
    frames = [
        frame("<module>", 1, chapter="before-1"),
        frame("prepare", 20, chapter="before-1", parent=0, called_from=5),
        frame("<module>", 1, chapter="main"),
    ]
    walk = Walk(recording(frames, [(0, 5), (1, 21), (2, 3), (2, 4)], bound=(BoundAt(0, "x", 0),), values=values("1")))
    assert [walk.over(step) for step in range(4)] == [2, 2, 3, None]
    assert [walk.back_over(step) for step in range(4)] == [None, 0, 0, 2]
    assert walk.outer_names(3) == {}
    assert walk.names(2) == {}


def test_what_was_printed_between_two_steps_is_told_once() -> None:
    rows = (PrintedAt(0, "a\n"), PrintedAt(1, "b\nc\n"), PrintedAt(3, "c\n"))
    walk = Walk(replace(RECURSION, printed=rows))  # line 3 of the first visit printed "b" and calls what prints "c"
    assert walk.output(0, 7) == "a\nb\nc\n"
    assert walk.output(1, 4) == ""  # neither line is done by then
    assert walk.output(1, 6) == "c\n"
    assert walk.output(2, 7) == "c\n"
    assert walk.output(5, 5) == ""


def test_an_exception_that_comes_out_of_a_call() -> None:
    frames = [frame("<module>", 1), frame("f", 20, parent=0, called_from=5, raised=True)]
    frames.append(frame("g", 30, parent=1, called_from=21, raised=True))
    raised = RaisedAt(2, "KeyError", "'x'")
    walk = Walk(recording(frames, [(0, 5), (1, 21), (2, 31), (0, 7)], raised=(raised,)))
    assert walk.lets_through(0, 3) == raised
    assert walk.lets_through(1, 3) == raised
    assert walk.lets_through(2, 3) is None
    caught = Walk(
        recording(
            [frames[0], frame("f", 20, parent=0, called_from=5), frames[2]],
            [(0, 5), (1, 21), (2, 31), (0, 7)],
            raised=(raised,),
        )
    )
    assert caught.lets_through(0, 3) is None
