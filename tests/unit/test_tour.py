"""The tour file: what is written is read back, and nothing that is not a tour gets past the door."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.build import a_realistic_tour, a_stop, a_tour
from tracer.errors import RepoTourError
from tracer.stages import Stage
from walkthroughs.tour import TOUR_FORMAT, Excerpt, Location, Metric, Point, Stop, Tour, Variable

REQUIRED = (
    "format", "title", "provenance", "entry", "command", "attempts", "outcome", "fast_forwards", "stops", "not_seen",
)  # fmt: skip
STOP_FIELDS = (
    "id", "stage", "title", "basis", "because", "location", "call_stack", "excerpt", "variables", "note", "visits",
    "first_seen",
)  # fmt: skip


def failure(path: Path) -> RepoTourError:
    with pytest.raises(RepoTourError) as caught:
        Tour.load(path)
    return caught.value


def test_what_is_saved_is_read_back_whole(tmp_path: Path) -> None:
    tour = a_realistic_tour()
    tour.save(tmp_path / "a.tour.json")
    assert Tour.load(tmp_path / "a.tour.json") == tour
    assert [path.name for path in tmp_path.iterdir()] == ["a.tour.json"], "a draft was left behind"


def test_the_fields_that_others_rely_on_stand_in_the_file_even_when_empty() -> None:
    bare = Tour(stops=(Stop(id="a", stage="loss", location=Location("a.py", 4)),)).to_dict()
    assert tuple(bare) == REQUIRED
    assert tuple(bare["stops"][0]) == STOP_FIELDS
    assert bare["stops"][0]["location"] == {"file": "a.py", "line": 4, "end_line": 4, "qualname": "<module>"}
    assert bare["format"] == TOUR_FORMAT == 1


def test_a_scalar_keeps_its_empty_shape_and_other_values_have_none() -> None:
    stop = a_stop(variables=(Variable("a", shape=()), Variable("b")))
    written = a_tour(stop).to_dict()["stops"][0]["variables"]
    assert written[0]["shape"] == []
    assert "shape" not in written[1]
    assert Tour.from_dict(a_tour(stop).to_dict()).stops[0].variables == stop.variables


def test_numbers_are_rounded_and_those_without_a_json_word_survive(tmp_path: Path) -> None:
    points = (Point(0, 1 / 3), Point(1, math.nan), Point(2, -math.inf), Point(3, "OOM"))
    a_tour(a_stop(history=points)).save(tmp_path / "n.tour.json")
    text = (tmp_path / "n.tour.json").read_text()
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    first, second, third, fourth = Tour.load(tmp_path / "n.tour.json").stops[0].history
    assert first.value == 0.333333
    assert isinstance(second.value, float) and math.isnan(second.value)
    assert third.value == -math.inf
    assert fourth.value == "OOM"


def test_a_small_change_is_a_small_difference() -> None:
    before, after = a_tour(a_stop(visits=6)).to_text(), a_tour(a_stop(visits=7)).to_text()
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [('   "visits": 6,', '   "visits": 7,')]


def test_stages_are_plain_ids_also_when_given_as_stages() -> None:
    stop = Stop(id="a", stage=Stage.TRAIN_LOOP, location=Location("a.py", 1))
    assert f"{stop.stage}" == "train_loop"
    assert (stop.stage_title, stop.part) == ("Training loop", "Training")
    assert Stop(id="a", stage="new_thing", location=Location("a.py", 1)).stage_title == "New thing"


def test_chapters_follow_the_order_of_telling_and_name_the_program() -> None:
    tour = a_tour(
        a_stop("p", "data", chapter="before-1"),
        a_stop("a", "config"),
        a_stop("b", "loss"),
        a_stop("c", "backward"),
        a_stop("d", "evaluation"),
        a_stop("e", "loss"),
        a_stop("f", "evaluation", chapter="after-2"),
    )
    titles = [(chapter.title, [stop.id for stop in chapter.stops]) for chapter in tour.chapters]
    assert titles == [
        ("Preparation · Data", ["p"]),
        ("Setup", ["a"]),
        ("Training", ["b", "c"]),
        ("Evaluation", ["d"]),
        ("Training", ["e"]),
        ("Afterwards 2 · Evaluation", ["f"]),
    ]


def test_unknown_fields_are_passed_over_and_missing_optional_ones_take_their_default() -> None:
    values = a_tour().to_dict()
    values["invented"] = {"deep": [1]}
    values["stops"][0]["invented"] = 3
    del values["outcome"], values["stops"][0]["variables"]
    values["call_path"] = None
    tour = Tour.from_dict(values)
    assert tour.outcome.kind == ""
    assert tour.stops[0].variables == ()
    assert tour.call_path is None


def test_every_prefix_of_a_tour_is_a_broken_tour(tmp_path: Path) -> None:
    content = a_tour(a_stop(title="Größe")).to_text().rstrip().encode()
    path = tmp_path / "cut.tour.json"
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert failure(path).slug == "tour-broken", content[:length]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"\x89PNG\r\n\x1a\n", "tour-not-a-tour"),
        (b"import torch\n", "tour-not-a-tour"),
        (b"[1, 2]", "tour-not-a-tour"),
        (b'{"steps": []}', "tour-not-a-tour"),
        (b'{"format": "1", "stops": []}', "tour-not-a-tour"),
        (b'{"format": true, "stops": []}', "tour-not-a-tour"),
        (b'{"kind": "header", "format": 1}\n{"kind": "call"}\n', "tour-not-a-tour"),
        (b'{"format": 2, "stops": []}', "tour-newer-format"),
        (b'{"format": 1, "stops": "none"}', "tour-broken"),
        (b'{"format": 1, "stops": [null]}', "tour-broken"),
        (b'{"format": 1, "stops": [{"id": "a", "stage": "loss"}]}', "tour-broken"),
        (b'{"format": 1, "stops": [{"id": "a", "stage": "loss", "location": {"file": "a.py", "line": "3"}}]}',
         "tour-broken"),
        (b'{"format": 1, "stops": [{"id": "a", "stage": "loss", "location": {"file": "a.py", "line": Infinity}}]}',
         "tour-broken"),
        (b'{"format": 1, "stops": [], "command": "python train.py"}', "tour-broken"),
        (b'{"format": 1, "stops": [], "model_tree": [{"path": "", "inputs": [["a"]]}]}', "tour-broken"),
        (b'{"format": 1, "stops": [], "outcome": {"seconds": 1' + b"0" * 5000 + b"}}", "tour-broken"),
        (b'{"format": 1, "stops": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "tour-broken"),
    ],
)  # fmt: skip
def test_what_is_no_readable_tour_is_named(tmp_path: Path, content: bytes, slug: str) -> None:
    path = tmp_path / "odd.tour.json"
    path.write_bytes(content)
    error = failure(path)
    assert error.slug == slug
    assert "odd.tour.json" in error.message
    assert error.hint
    assert "\n" not in str(error)


def test_the_message_about_a_broken_tour_says_where(tmp_path: Path) -> None:
    values: dict[str, Any] = a_tour(a_stop(), a_stop("b")).to_dict()
    values["stops"][1]["excerpt"]["lines"] = "one text"
    (tmp_path / "b.tour.json").write_text(json.dumps(values))
    message = failure(tmp_path / "b.tour.json").message
    assert "stops[1].excerpt.lines should be a list, but is a text" in message


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    assert failure(tmp_path / "none.tour.json").slug == "tour-missing"
    assert failure(tmp_path).slug == "tour-not-a-tour"


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(RepoTourError) as caught:
        a_tour().save(tmp_path / "no folder" / "a.tour.json")
    assert caught.value.slug == "cannot-write"
    blocked = tmp_path / "a.tour.json"
    blocked.mkdir()
    with pytest.raises(RepoTourError):
        a_tour().save(blocked)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tour.json"]


def test_lone_surrogates_from_a_target_can_be_saved(tmp_path: Path) -> None:
    stop = a_stop(excerpt=Excerpt(1, ("path = '\udcff'",)), variables=(Variable("p", "str", "\ud800"),))
    tour = a_tour(stop, metrics=(Metric("m\udc00"),))
    tour.save(tmp_path / "s.tour.json")
    assert Tour.load(tmp_path / "s.tour.json") == tour
