"""Training loops are left after a few passes, whatever their shape, and nothing around them is harmed.

What trains is told by a landmark on a small library of the test, so that every Python can take part.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import TARGETS, Recording, record_target

from tracer.engines.recorder import record
from tracer.plan import Limits, RunPlan
from tracer.remedies import Situation
from tracer.remedies.jump import Jump

LANDMARKS: list[dict[str, object]] = [
    {
        "event": "optimizer_step",
        "modules": ["tiny_optim"],
        "names": ["step"],
        "owner": "Optimizer",
        "probe": "optimizer_step",
        "arguments": [],
    },
    {
        "event": "fit",
        "modules": ["tiny_optim"],
        "names": ["partial_fit"],
        "owner": "Estimator",
        "direct": True,
        "probe": "training_step",
        "arguments": [],
    },
]

# How often the body ran by the program's own count, and what it found around it. 3 passes are the plan's.
LEFT = {
    "plain_for": 3,
    "while_condition": 3,
    "while_true_with_break": 3,
    "over_enumerate": 3,  # the name that the header binds is a pass ahead
    "over_zip": 3,
    "over_generator": (3, 1),  # the generator is closed
    "header_of_many_lines": 3,
    "nested": (3, 3 + 0 + 0),
    "nested_in_a_function": [3, 3, 3],
    "with_else": 3,  # as by `break`
    "inside_with": (3, True),
    "around_with": (3, True),
    "followed_in_with": (3, False, True),
    "inside_try": (3, ["try", "finally"]),
    "try_in_body": 3,
    "in_a_generator": [1, 2, 3, "after"],
    "if_first": 3,
    # What the interpreter would get wrong if a jump went straight to these from 3.11 on.
    "before_a_with": (3, False, True),
    "before_a_with_in_a_loop": [(0, 3, False), (1, 3, False)],
    "before_a_loop_in_a_loop": [(0, "a"), (0, "b"), (1, "a"), (1, "b")],
    "before_a_long_statement": (6, [3]),
    "before_a_docstring_and_a_with": (3, True),
    "before_a_comprehension": [0, 1, 4],
    "last_statement_with_break": 3,
    # No line behind them inside the same block: what they draw from is ended, and they end by themselves.
    "last_in_with": (3, True),
    "last_in_try": (3, ["finally"]),
    "last_statement": 3,
    # From 3.11 on a jump to this `with` would do harm; what the loop draws from is ended instead.
    "before_only_a_with": [(0, False), (1, False)],
}
ENDED = {"last_in_with", "last_in_try", "last_statement", "last_statement_with_break"}
STAYED = {"not_training": 500}

Leave = Callable[..., Recording]


@pytest.fixture
def leave(place: Callable[[str], Path], python: str) -> Leave:
    """Records a program of targets/loops."""

    def run(script: str, **how: object) -> Recording:
        environment = {"PYTHONPATH": str(TARGETS / "library")}
        return record_target(place("loops"), python, script, landmarks=LANDMARKS, environment=environment, **how)

    return run


def told(recording: Recording) -> dict[str, object]:
    """What the program says of each shape."""
    return {line.partition(" ")[0]: ast.literal_eval(line.partition(" ")[2]) for line in recording.out.splitlines()}


def test_every_shape(leave: Leave) -> None:
    seen = leave("shapes.py")
    assert seen.err == ""
    counts = told(seen)
    nested = counts.pop("nested")
    assert counts == {name: count for name, count in (LEFT | STAYED).items() if name != "nested"}
    # The inner loop is left in each of the three passes of the outer one, at once when it has been left before.
    assert isinstance(nested, tuple) and nested[0] == 3 and 3 <= nested[1] <= 9
    left = {seen.trace.codes[row["code"]].qualname for row in seen.trace.left_loops}
    assert left >= {name for name in LEFT if name not in ("in_a_generator", "nested_in_a_function")}
    ended = {seen.trace.codes[row["code"]].qualname for row in seen.trace.sources_ended}
    assert ended - {"before_only_a_with", "nested"} == ENDED
    assert seen.trace.stuck == []
    assert all(row["iterations"] >= 3 and row["role"] == "training" for row in seen.trace.left_loops)


THREE = [0, 1, 2]
# What the loops of ends.py saw: no jump can leave them, so what they draw from is ended after 3 passes.
ENDS = {
    "over_range": THREE,
    "over_range_with_else": [*THREE, "else"],
    "over_list": THREE,
    "over_tuple": THREE,
    "over_text": ["a", "b", "c"],
    "over_wide_text": ["\u00e4", "b", "c"],
    "over_bytes": [0, 0, 0],
    "over_reversed": [499, 498, 497],
    "over_enumerate": [(0, 499), (1, 498), (2, 497)],
    "over_zip": [(0, 0), (1, 1), (2, 2)],
    "over_strict_zip": [(0, 0), (1, 1), (2, 2)],  # all that it draws from is ended: no complaint
    "over_map": ["0", "1", "2"],
    "over_filter": [1, 2, 3],
    "over_islice": [10, 11, 12],
    "over_chain": [0, 1, 0],
    "over_generator": [0, 10, 20, "closed"],  # when the loop is done with it, not before its last pass
    "over_generator_twice": [(1, 0), (2, 10), (3, 20), "closed"] * 2,  # the next epoch has all it needs
    "over_generator_that_complains": THREE,  # as of a loop left by `break`, the complaint is nobody's
    "growing": THREE,
    "nested": [(epoch, batch) for epoch in range(3) for batch in range(3)],
    "nested_under_a_line": ["epoch", *THREE] * 3,
    "in_with_closes": [(True, True), False, False, False],
    "in_with_exits_once": ["enter", *THREE, ("exit", (None, None, None))],
    "in_try": [*THREE, "else", "finally"],
    "in_finally": ["try", *THREE],
    "in_except": THREE,
    "in_if": THREE,
    "first_statement_is_compound": ["odd"],
    "first_statement_is_long": THREE,
    "first_statement_is_a_comprehension": [3, 3, 3],
    "first_statement_is_a_with": THREE,
    "with_continue": [0, "even", 1, 2, "even"],
    "with_cells": THREE,
    "with_a_long_body": THREE,
    "over_count_with_break": THREE,  # it never ends: left by its `break`
    "in_generator": [*THREE, THREE],
    "in_coroutine": THREE,
    "in_class_body": THREE,
}
# Nothing of the target's is called to end them: they run to their own end.
ENDLESS = {
    "over_own_iterator": list(range(1, 21)),
    "over_dict": list(range(20)),
    "over_cycle_that_raises": [*"ab" * 10, "a", "raised"],
}


def test_loops_that_no_jump_can_leave(leave: Leave) -> None:
    seen = leave("ends.py")
    assert seen.err == ""
    assert told(seen) == ENDS | ENDLESS
    assert [seen.trace.codes[row["code"]].qualname for row in seen.trace.fast_forwards] == ["over_count_with_break"]
    assert {row["iterations"] for row in seen.trace.left_loops} == {3}
    stuck = {seen.trace.codes[row["code"]].qualname for row in seen.trace.stuck}
    assert stuck == {"over_own_iterator", "over_dict", "over_cycle"}


def test_loops_that_no_jump_can_leave_run_on_without_leave(leave: Leave) -> None:
    counts = told(leave("ends.py", jumps=False, quiet=3.0))
    assert {name: counts[name] for name in ("over_range", "over_list", "over_zip")} == {
        "over_range": list(range(500)),
        "over_list": list(range(500)),
        "over_zip": [(one, one) for one in range(500)],
    }


# `while` loops have nothing to end: a jump leaves them, by a line behind them or by a `return` that does the same.
WHILES = {
    "whole_body_is_a_loop": [3],
    "whole_body_is_one_statement": [1, 1, 1, "behind"],
    "whole_body_is_a_try": [1, 1, 1, "never compiled away"],
    "guarded_and_called_on": [True, True, True, "behind"],
    "guarded_own_iterator": [*THREE, "behind"],
    "guarded_by_a_value": [True] * 40,  # its `return False` says something else than the end of the function
    "with_else": [1, 2, 3, "behind"],
    "early_and_late": [40, "early", 40, "late"],  # each way into a `finally` has a copy of its lines
}


def test_while_loops(leave: Leave) -> None:
    seen = leave("whiles.py")
    assert (seen.err, told(seen)) == ("", WHILES)
    stuck = {seen.trace.codes[row["code"]].qualname for row in seen.trace.stuck}
    assert stuck == {"guarded_by_a_value", "in_finally"}


DONE = ("exit", (None, None, None))
# [what the loop saw, which asynchronous generators were closed]
ASYNCHRONOUS = {
    "followed": [[*THREE, "behind"], [500]],
    "last_statement": [list(range(40)), [40]],  # to end what it draws from would take an `await`
    "in_async_with": [["enter", *THREE, DONE], []],
    "around_async_with": [["enter", DONE] * 3 + [3], []],
    "for_in_async_with_followed": [["enter", *THREE, "inside", DONE, "behind"], [500]],
}


def test_asynchronous_loops(leave: Leave) -> None:
    seen = leave("asynchronous.py")
    assert (seen.err, told(seen)) == ("", ASYNCHRONOUS)
    assert [seen.trace.codes[row["code"]].qualname for row in seen.trace.stuck] == ["last_statement"]


def test_what_other_frameworks_have_in_place_of_a_step(leave: Leave) -> None:
    seen = leave("estimators.py")
    assert seen.out == "3 7\n"  # a loop around whole fits is no training loop
    assert [row["role"] for row in seen.trace.left_loops] == ["training"]


def test_threads(leave: Leave) -> None:
    seen = leave("in_threads.py")
    assert (seen.out, seen.err) == ("[0, 1, 2]\nmain goes on\n", "")
    # Nothing follows the second loop in its thread; the program is not over for that.
    assert (seen.end["outcome"], [row["ended"] for row in seen.trace.stuck]) == ("finished", [False])


def test_a_program_that_will_not_end_is_ended_in_time(leave: Leave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracer.engines.recorder.GRACE", 0.5)  # the program waits for more than Ctrl-C
    seen = leave("persistent.py", seconds=3.0)
    # The library of the test calls `train` again, whatever ended it.
    assert seen.out.startswith("training\nagain\ntraining\n")
    assert seen.result.reason == "its time of 3 s was up"
    assert [row["ended"] for row in seen.trace.stuck] == [True]


def test_loops_of_the_module(leave: Leave) -> None:
    seen = leave("at_module_level.py")
    assert seen.out == "left at 3\nepoch 3\n"
    assert seen.end["outcome"] == "finished"


def test_the_number_of_passes_is_the_plan_s(leave: Leave) -> None:
    assert leave("at_module_level.py", iterations=7).out == "left at 7\nepoch 7\n"


def test_no_loop_is_left_without_leave(leave: Leave) -> None:
    seen = leave("at_module_level.py", jumps=False)
    assert seen.out == "left at 20000\nepoch 4999\n"
    assert seen.trace.fast_forwards == []


def test_a_refused_loop_stays(leave: Leave, place: Callable[[str], Path], python: str) -> None:
    root = place("loops")
    environment = {"PYTHONPATH": str(TARGETS / "library")}
    plan = RunPlan(
        root, "", "script", ("at_module_level.py",), python, environment=environment, limits=Limits(seconds=30),
        no_jump=(("at_module_level.py", 11),),
    )  # fmt: skip
    seen = Recording(root, record(plan, root.with_name("refused.trace.jsonl"), landmarks=LANDMARKS))
    assert seen.out == "left at 3\nepoch 4999\n"


def test_the_last_loop_of_a_program_ends_it(leave: Leave) -> None:
    seen = leave("endless.py", seconds=20.0)
    assert seen.result.reason == ""
    assert (seen.result.code, seen.out, seen.err) == (0, "training\n", "")
    assert seen.end["outcome"] == "ended"
    assert "the last thing the program does, was left after 3 iterations" in seen.end["detail"]
    assert [row["ended"] for row in seen.trace.stuck] == [True]


def test_late_branches_are_waited_for(leave: Leave) -> None:
    seen = leave("late.py")
    assert seen.out == "[18]\n"
    assert [row["iterations"] for row in seen.trace.fast_forwards] == [10]


def test_late_branches_are_not_waited_for_without_end(leave: Leave) -> None:
    assert leave("late.py", linger=0.0).out == "[]\n"


@pytest.mark.parametrize(
    ("way", "blamed"), [("local", "local"), ("last_of_its_function", "attribute"), ("none_before", "attribute")]
)
def test_a_run_is_repeated_without_leaving_the_loop_to_blame(
    place: Callable[[str], Path], python: str, way: str, blamed: str
) -> None:
    root = place("loops")
    environment = {"PYTHONPATH": str(TARGETS / "library")}
    plan = RunPlan(root, "", "script", ("missed_names.py", way), python, environment=environment)
    first = Recording(root, record(plan, root.with_name("first.trace.jsonl"), landmarks=LANDMARKS))
    assert first.end["outcome"] == "raised"
    repeated = Jump().adapt(Situation(plan, first.trace))
    assert repeated is not None
    assert repeated.plan.no_jump == (("missed_names.py", first.number(blamed)),)
    second = Recording(root, record(repeated.plan, root.with_name("second.trace.jsonl"), landmarks=LANDMARKS))
    # The other loop is left as before.
    assert (second.out, second.err) == ("3 MADE IN THE LAST PASS\n", "")


def test_a_name_that_nothing_would_have_bound_is_not_our_doing(place: Callable[[str], Path], python: str) -> None:
    root = place("loops")
    environment = {"PYTHONPATH": str(TARGETS / "library")}
    plan = RunPlan(root, "", "script", ("missed_names.py", "of_its_own"), python, environment=environment)
    seen = Recording(root, record(plan, root.with_name("own.trace.jsonl"), landmarks=LANDMARKS))
    assert seen.end["type"] == "NameError"
    assert Jump().adapt(Situation(plan, seen.trace)) is None


def test_a_name_that_a_jump_left_unbound_is_reported(leave: Leave) -> None:
    seen = leave("missed_name.py")
    assert seen.end["outcome"] == "raised"
    (left,) = seen.trace.fast_forwards
    version = tuple(map(int, str(seen.trace.header["python"]).split(".")[:2]))
    if version < (3, 12):
        assert seen.end["type"] == "UnboundLocalError"
    else:
        # From 3.12 on the interpreter binds what a jump skipped to None; the trace says which names.
        assert (seen.end["type"], left["made_none"]) == ("AttributeError", ["final"])
    assert seen.end["stack"][0]["line"] == seen.number("missed")
    assert "RuntimeWarning" not in seen.err
