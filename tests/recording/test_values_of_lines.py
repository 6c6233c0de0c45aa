"""What each line bound or changed, and what it printed: the same on every Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from recordings import Recording

BOUND = {
    "plain": {"limit": "3"},
    "tuple": {"one": "1", "two": "2", "rest": "[3, 4]"},
    "annotated": {"annotated": "5"},
    "swap": {"swapped": "3", "limit": "7"},
    "chained": {"chained": "[0]", "other": "[0]"},
    "attribute": {"self.value": "1"},
    "two_attributes": {"self.value": "3", "self.inner": "<__main__.Box>"},
    "slot": {"self.x": "10"},
    "object": {"a": "<__main__.Box>"},
    "deep": {"a.inner.inner.value": "9"},
    "subscript": {"~a.table": "{'key': 1}"},
    "nested_subscript": {"~rows": "list of 2"},
    "slice": {"~rows": "list of 2"},
    "augmented_attribute": {"a.value": "3"},
    "augmented_subscript": {"~a.table": "{'key': 3}"},
    "augmented": {"count": "5"},
    "walrus": {"half": "4"},
    "in_for": {"pair": "(0, 'a')"},
    "delete": {},
    "global": {"total": "1"},
    "nonlocal": {"local": "4"},
    "cell": {"cell": "4"},
    "append": {"~items": "[3, 1, 2]"},
    "sort": {"~items": "[1, 2, 3]"},
    "update": {"~names": "{'a': 1, 'b': 2}"},
    "append_deep": {"~box.items": "[1]"},
    "method": {"~box": "<__main__.Box>"},
    "length": {"length": "3"},
    "raises": {},
    "kept": {"kept": "'division by zero'"},
    "chosen": {"chosen": "'yes'"},
    "both": {"both": "'yes'"},
    "globals": {},
    "exec": {"made": "6", "limit": "6"},
}

Run = Callable[..., Recording]


@pytest.fixture
def seen(run_target: Run) -> Recording:
    """The recording of targets/bindings.py."""
    return run_target("bindings.py")


def test_lines_tell_what_they_bound(seen: Recording) -> None:
    assert seen.end["outcome"] == "finished"
    assert {marker: seen.bound(marker) for marker in BOUND} == BOUND
    assert seen.bound("imports").keys() == {"joined", "sep"}
    # A header binds its names once for each pass.
    assert [seen.bound("for", visit) for visit in (0, 1)] == [
        {"index": "0", "letter": "'a'"}, {"index": "1", "letter": "'b'"}
    ]  # fmt: skip
    assert seen.bound("with")["handle"].startswith("<_io.TextIOWrapper")
    assert "ZeroDivisionError" in seen.seen("except")[0][1].bound[0].value["type"] or seen.seen("except")[0][1].bound


def test_a_call_changes_what_it_is_made_of_and_nothing_that_it_is_given(run_target: Run) -> None:
    seen = run_target("receivers.py")
    touched = {
        "given": [],
        "method": ["~shelf"],
        "chain": ["~shelf"],
        "spread": ["~shelf"],
        "keyword": ["~shelf"],
        "nested": ["~shelf"],
        "element": ["~lists"],
        "deep": ["~shelf.rows"],
        "choice": ["~shelf"],
        "either": ["found"],
        "entered": [],
        "awaited": ["~shelf"],
        "got": ["got"],
    }
    assert {marker: list(seen.bound(marker)) for marker in touched} == touched


def test_text_is_told_of_the_line_of_the_thread_that_printed_it(run_target: Run) -> None:
    seen = run_target("prints_in_threads.py")
    printed = {
        "loud": "from the thread\n",
        "waits": "",
        "main": "from the main thread\n",
        "holds": "",
        "late": "from a thread that this line began\n",
        "alone": "alone\n",
        "slowly": "slowly and well\n",
    }
    assert {marker: seen.seen(marker)[0][1].out for marker in printed} == printed


def test_statements_of_several_lines_bind_once(seen: Recording) -> None:
    (frame,) = seen.frames("names")
    longer = [one for line in frame.lines for one in line.bound if one.name == "longer"]
    assert [one.value["value"] for one in longer] == ["{'a': 4, 'b': 8}"]


def test_arguments(seen: Recording) -> None:
    (frame,) = seen.frames("names")
    assert {one.name: one.value["value"] for one in frame.args} == {
        "given": "8", "key": "'k'", "more": "(9,)", "others": "{'other': 1}"
    }  # fmt: skip


def test_visits_of_one_line_have_their_own_values(seen: Recording) -> None:
    assert [seen.bound("square", visit) for visit in range(3)] == [{"square": "1"}, {"square": "4"}, {"square": "9"}]
    assert len(seen.seen("square")) == 3
    code = next(code for code in seen.trace.codes.values() if code.name == "conditional")
    assert dict(seen.trace.counts[code.id]["hits"])[seen.number("square")] == 5


def test_owners_of_attributes_are_told_apart(seen: Recording) -> None:
    bound = seen.seen("deep")[0][1].bound[0]
    made = {one.owner for _, line in seen.seen("attribute") for one in line.bound}
    assert bound.owner in made and None not in made
    assert len(made) == len(seen.seen("attribute"))


def test_printed_text_belongs_to_the_line_that_printed_it(seen: Recording) -> None:
    texts = {
        marker: seen.seen(marker)[0][1].out for marker in ("print_one", "print_two", "print_through", "say", "length")
    }
    assert texts == {
        "print_one": "one\n",
        "print_two": "two\nthree\n",
        "print_through": "four\n",
        "say": "four\n",
        "length": "",
    }
    assert seen.seen("print_err")[0][1].err == "trouble"


def test_a_line_that_failed_says_so(seen: Recording) -> None:
    assert [line.raised for _, line in seen.seen("raises")] == [True]
    assert not any(line.raised for _, line in seen.seen("kept"))
    told = [(event.name, event.place.line) for event in seen.trace.events if event.kind == "exception"]
    assert told == [("ZeroDivisionError", seen.number("raises"))]
