"""Small pictures of arrays: which elements they show, and how many of them a tour carries."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from tracer.inprocess.values import Summarizer
from tracer.location import Location
from walkthroughs import pictures
from walkthroughs.pictures import grid_of, sparing
from walkthroughs.stop import Stop, Variable
from walkthroughs.telling.verifying_recording import pictures_fit
from walkthroughs.values import variable

numpy = pytest.importorskip("numpy")


def picture(value: Any) -> dict[str, Any]:
    return Summarizer().summary(value, stats=True, picture=True)


def test_a_table_is_shown_whole_while_it_is_small() -> None:
    found = picture(numpy.arange(6).reshape(2, 3) / 2)
    assert found["grid"] == [[0.0, 0.5, 1.0], [1.5, 2.0, 2.5]]
    assert "channels" not in found
    assert "part" not in found


def test_a_large_table_is_shown_by_evenly_spread_elements() -> None:
    table = numpy.arange(100 * 50).reshape(100, 50)
    rows = picture(table)["grid"]
    assert (len(rows), len(rows[0])) == (16, 16)
    assert rows == table[:91:6, :46:3].tolist()
    assert picture(table.T)["grid"] == table.T[:46:3, :91:6].tolist()


@pytest.mark.parametrize(
    ("shape", "channels", "part", "size"),
    [
        ((28, 28, 1), 1, None, (24, 24)),
        ((1, 28, 28), 1, None, (24, 24)),
        ((5, 1, 12, 8), 1, [0], (12, 8)),
        ((8, 32, 20, 3), 3, [0], (16, 48)),
        ((4, 20, 10), 4, None, (16, 40)),
        ((2, 5, 7, 9), None, [0, 0], (7, 9)),
        ((3, 4, 5), None, [0], (4, 5)),
        ((9,), None, None, (1, 9)),
    ],
)
def test_shapes(shape: tuple[int, ...], channels: int | None, part: list[int] | None, size: tuple[int, int]) -> None:
    value = numpy.arange(math.prod(shape)).reshape(shape)
    found = picture(value)
    assert (found.get("channels"), found.get("part")) == (channels, part)
    assert (len(found["grid"]), len(found["grid"][0])) == size
    torch = pytest.importorskip("torch")
    same = picture(torch.from_numpy(value.astype("float32")).float())
    assert same["grid"] == [[float(one) for one in row] for row in found["grid"]]


def test_an_image_keeps_its_colours_in_either_order() -> None:
    image = numpy.arange(6 * 7 * 3).reshape(6, 7, 3)
    rows = [[one for pixel in row for one in pixel] for row in image.tolist()]
    assert picture(image)["grid"] == rows
    assert picture(numpy.ascontiguousarray(image.transpose(2, 0, 1)))["grid"] == rows


def test_what_has_no_picture() -> None:
    for value in (numpy.zeros(2), numpy.zeros(()), numpy.zeros((3, 0)), numpy.array(["a", "b", "c"]), [1.0, 2.0, 3.0]):
        assert "grid" not in picture(value)
    assert "grid" not in Summarizer().summary(numpy.zeros((4, 4)), stats=True)
    none_left = Summarizer({"pictures": 1})
    found = [none_left.summary(numpy.zeros((4, 4)), stats=True, picture=True) for _ in range(2)]
    assert ["grid" in row for row in found] == [True, False]


def test_what_is_no_number_is_told_as_such() -> None:
    assert picture(numpy.array([numpy.nan, numpy.inf, -1.0]))["grid"] == [["nan", "inf", -1.0]]
    row = grid_of({"grid": [["nan", "inf", -1.0, 1.0]]})[0]
    assert math.isnan(row[0])
    assert row[1:] == (math.inf, -1.0, 1.0)


def test_numbers_are_as_short_as_their_range_allows() -> None:
    assert grid_of({"grid": [[0.12345, 1.0]]}) == ((0.123, 1.0),)
    assert grid_of({"grid": [[1000.12, 1000.13]]}) == ((1000.12, 1000.13),)
    assert grid_of({"grid": [[7, 255]]}) == ((7.0, 255.0),)


def test_a_tour_carries_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "IN_STOPS", 400)
    made = variable("x", picture(numpy.eye(4)))
    assert made.grid
    stop = Stop(id="a", stage="data", location=Location("a.py", 1), variables=(Variable("n"), made, made, made))
    first, second, third = sparing([stop] * 3)
    assert [bool(row.grid) for row in first.variables] == [False, True, True, False]
    assert [bool(row.grid) for row in second.variables] == [False, True, True, False]
    assert not any(row.grid for row in third.variables)


def test_a_false_picture_is_noticed() -> None:
    made = variable("x", picture(numpy.array([[numpy.nan, 1.0], [2.0, 3.0]])))
    assert pictures_fit(made, variable("x", picture(numpy.array([[numpy.nan, 1.0], [2.0, 3.0]]))))
    assert pictures_fit(replace(made, grid=()), made)
    assert not pictures_fit(made, variable("x", picture(numpy.array([[numpy.nan, 1.0], [2.0, 4.0]]))))
    assert not pictures_fit(replace(made, part="[1]"), made)
