"""The cursor: every move lands where a reader expects it, and says when there is nowhere to go."""

from __future__ import annotations

import pytest

from tests.build import MODULE, a_realistic_tour, a_stop, a_tour
from tracer.errors import RepoTourError
from walkthroughs.player import Player
from walkthroughs.tour import Location


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


def test_chapters_are_gone_back_to_by_their_first_stops() -> None:
    player = player_at("evaluation-main-1")
    assert player.next() and player.previous_chapter()
    assert player.stop.id == "evaluation-main-1"
    assert player.previous_chapter() and player.stop.part == "Training"
    assert player.stop.id == "train_loop-train-1"
    assert player.goto_chapter(1) and not player.previous_chapter()
    assert not player.goto_chapter(0) and not player.goto_chapter(7)


def test_chapters_are_passed_by_their_first_stops() -> None:
    player = Player(a_realistic_tour())
    firsts = []
    while player.next_chapter():
        firsts.append((player.chapter_number, player.stop.part, player.stop.id))
    assert firsts == [
        (2, "Data", "data-spirals-1"),
        (3, "Model", "model-net-1"),
        (4, "Training", "train_loop-train-1"),
        (5, "Evaluation", "evaluation-main-1"),
        (6, "Results", "checkpoint-main-1"),
    ]


@pytest.mark.parametrize(("target", "found"), [("loss-train-1", 12), (3, 3), ("17", 17), ("18", 0), (0, 0), ("x", 0)])
def test_goto_takes_ids_and_numbers(target: str | int, found: int) -> None:
    player = Player(a_realistic_tour())
    assert player.goto(target) is bool(found)
    assert player.number == (found or 1)


def test_an_id_that_looks_like_a_number_wins() -> None:
    player = Player(a_tour(a_stop("2"), a_stop("1")))
    player.goto("1")
    assert player.number == 2


def test_a_tour_without_stops_is_refused_with_a_word() -> None:
    with pytest.raises(RepoTourError) as caught:
        Player(a_tour(stops=()))
    assert (caught.value.slug, caught.value.exit_code) == ("tour-no-stops", 3)
