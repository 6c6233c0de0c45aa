"""The cursor: every move lands where a reader expects it, and says when there is nowhere to go."""

from __future__ import annotations

import pytest

from tests.build import MODULE, a_realistic_tour, a_stop, a_tour
from tracer.errors import RepoTourError
from walkthroughs.player import Player
from walkthroughs.tour import Location, Variable


def player_at(id: str) -> Player:
    player = Player(a_realistic_tour())
    assert player.goto(id)
    return player


def test_next_and_back_pass_every_stop_once_and_end() -> None:
    player = Player(a_realistic_tour())
    seen = [player.stop.id]
    assert player.at_start and not player.back()
    while player.next():
        seen.append(player.stop.id)
    assert seen == [stop.id for stop in player.tour.stops]
    assert player.at_end and not player.next()
    assert player.progress == 1.0
    while player.back():
        seen.pop()
    assert (player.number, len(seen)) == (1, 1)


def test_into_goes_to_the_call_made_on_this_very_line() -> None:
    player = player_at("evaluation-main-1")
    assert player.into()
    assert player.stop.id == "evaluation-evaluate-1"
    assert player.out()
    assert player.stop.id == "evaluation-main-1"


def test_into_skips_stops_of_the_same_function_and_out_returns_to_where_it_came_from() -> None:
    player = player_at("train_loop-train-1")
    assert player.into()
    assert player.stop.id == "forward-net-1"
    assert player.out()
    assert player.stop.id == "train_loop-train-1"


def test_into_without_a_call_stays() -> None:
    player = player_at("backward-train-1")
    assert not player.into()
    assert player.stop.id == "backward-train-1"


def test_out_without_an_into_goes_to_the_nearest_stop_of_the_calling_function() -> None:
    player = player_at("forward-net-1")
    assert player.out()
    assert player.stop.id == "forward-train-1"
    assert player.out()
    assert player.stop.id == "optimizer-main-1"
    assert not player.out(), "no stop lies at module level"


def test_out_finds_a_caller_that_is_told_later() -> None:
    inner = a_stop("inner", location=Location("a.py", 3, 3, "inner"), call_stack=(Location("a.py", 9, 9, "outer"),))
    player = Player(a_tour(inner, a_stop("outer", location=Location("a.py", 9, 9, "outer"), call_stack=(MODULE,))))
    assert player.out()
    assert player.stop.id == "outer"


def test_chapters_are_passed_by_their_first_stops() -> None:
    player = Player(a_realistic_tour())
    firsts = []
    while player.next_chapter():
        firsts.append((player.chapter.title, player.stop.id))
    assert firsts == [
        ("Data", "data-spirals-1"),
        ("Model", "model-net-1"),
        ("Training", "train_loop-train-1"),
        ("Evaluation", "evaluation-main-1"),
        ("Results", "checkpoint-main-1"),
    ]


def test_a_stage_is_reached_and_then_its_next_stop_and_round_again() -> None:
    player = Player(a_realistic_tour())
    reached = []
    for _ in range(4):
        assert player.goto_stage("data")
        reached.append(player.number)
    assert reached == [2, 3, 4, 2]
    assert not player.goto_stage("rollout")
    assert [(stage.stage, len(stage.positions)) for stage in player.stages()][:3] == [
        ("config", 1), ("data", 3), ("model", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("target", "found"), [("loss-train-1", 12), (3, 3), ("17", 17), ("18", 0), (0, 0), ("x", 0)])
def test_goto_takes_ids_and_numbers(target: str | int, found: int) -> None:
    player = Player(a_realistic_tour())
    assert player.goto(target) is bool(found)
    assert player.number == (found or 1)


def test_an_id_that_looks_like_a_number_wins() -> None:
    player = Player(a_tour(a_stop("2"), a_stop("1")))
    player.goto("1")
    assert player.number == 2


def test_search_finds_titles_notes_values_and_the_statement_in_both_directions() -> None:
    player = Player(a_realistic_tour())
    for wanted, stop in (
        ("CROSS_ENTROPY", "loss-train-1"),
        ("loader", "evaluation-main-1"),
        ("spiral.pt", "checkpoint-main-1"),
    ):
        assert player.search(wanted)
        assert player.stop.id == stop
    assert player.search("217", backward=True)
    assert player.stop.id == "data-item-1"
    assert not player.search("no such words anywhere")
    assert not player.search("   ")


def test_search_goes_around_the_end_and_finds_the_only_hit_again() -> None:
    player = player_at("checkpoint-main-1")
    assert player.search("options take")
    assert player.number == 1
    assert player.search("options take")
    assert player.number == 1


def test_search_sees_no_code_that_the_reader_does_not_see() -> None:
    player = Player(a_tour(a_stop("a"), a_stop("b", variables=(Variable("criterion"),))))
    assert player.search("def train") is False


def test_a_tour_without_stops_is_refused_with_a_word() -> None:
    with pytest.raises(RepoTourError) as caught:
        Player(a_tour(stops=()))
    assert (caught.value.slug, caught.value.exit_code) == ("tour-no-stops", 3)
