"""Numbers and arrows that would say more than the recording shows."""

from __future__ import annotations

import ast

import pytest

from tests.build import a_stop, a_tour
from tracer.location import Location
from tracer.stages import Stage
from walkthroughs.captions import variable_text, visits_text
from walkthroughs.markup import Links
from walkthroughs.renderers.map_flow import data_flow
from walkthroughs.renderers.map_run import what_it_is
from walkthroughs.renderers.map_values import metrics, model
from walkthroughs.stops import _runs
from walkthroughs.story import Finding
from walkthroughs.tour import LineageStep, Metric, Module, Provenance, Variable


def runs(text: str, hits: dict[int, int]) -> int:
    node = ast.parse(text).body[0]
    place = Location("a.py", 1, int(node.end_lineno or 1), "f")
    return _runs(node, Finding(Stage.MODEL, place, "", role="construction", trace=0, seq=1), hits)


@pytest.mark.parametrize(
    ("text", "hits", "times"),
    [
        ("made = build(\n    one,\n    two)", {1: 2, 2: 1, 3: 1}, 1),
        ("with open(path) as f:\n    text = f.read()", {1: 2, 2: 1}, 1),
        ("with open(path) as f:\n    for row in f:\n        use(row)", {1: 6, 2: 300, 3: 297}, 3),
        ("made = (one or\n    two)", {1: 5, 2: 1}, 5),
    ],
)
def test_a_statement_over_several_lines_is_counted_once_a_run(text: str, hits: dict[int, int], times: int) -> None:
    assert runs(text, hits) == times


def test_visits_that_were_not_all_followed_are_a_lower_bound() -> None:
    assert visits_text(a_stop(visits=3, visits_at_least=True)) == "at least 3 visits"
    assert visits_text(a_stop(visits=3)) == "3 visits"
    assert visits_text(a_stop(visits=1)) == ""


def test_an_arrow_stands_only_where_one_step_was_found_to_feed_another() -> None:
    steps = (LineageStep("x", into=(2,)), LineageStep("y", into=(2,)), LineageStep("into the model"))
    page = data_flow(a_tour(a_stop(), data_lineage=steps), links())
    assert "data0 --> data2" in page
    assert "data1 --> data2" in page
    assert "data0 --> data1" not in page


def test_a_number_that_was_not_printed_is_not_called_reported() -> None:
    place = Location("train.py", 4)
    found = (Metric("acc", "0.9", "accuracy 0.9", place), Metric("loss", "2.3", "", place))
    tour = a_tour(a_stop(), metrics=found)
    assert "it reported `acc` = `0.9`." in what_it_is(tour, links())
    assert "| **loss** | `2.3` | not seen printed; as it was first computed |" in metrics(tour, links())


def test_a_value_that_only_repeats_its_type_is_left_out() -> None:
    assert variable_text(Variable("data", "a.Set", "<a.Set>")) == "data: a.Set"
    assert variable_text(Variable("rows", "list", "list of 9", length=9)) == "rows: list of 9"


def test_two_models_of_one_structure_are_one_table() -> None:
    tree = (Module("", "Net", 8), Module("fc", "Linear", 8, depth=1))
    page = model(a_tour(a_stop(), model_tree=(*tree, *tree)), links())
    assert page.count("`Linear`") == 1
    assert "1 more object of class `Net` with the same parts took part." in page


def links() -> Links:
    return Links(Provenance())
