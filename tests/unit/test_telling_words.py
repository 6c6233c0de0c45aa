"""The grammar of the words: numbers, plurals, articles, lists, values."""

from __future__ import annotations

import pytest
from telling_traces import array, plain, scalar

from walkthroughs.telling import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (1.0, "1.0"),
        (2.322716, "2.323"),
        (1e-08, "1e-08"),
        (float("nan"), "NaN"),
        (float("-inf"), "minus infinity"),
        ("nan", "NaN"),
        ("inf", "infinity"),
        (True, "True"),
        (123456789.0, "1.235e+08"),
        (0.0, "0.0"),
        (-0.5, "-0.5"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("amount", "noun", "text"),
    [
        (1, "iteration", "1 iteration"),
        (2, "iteration", "2 iterations"),
        (0, "batch", "0 batches"),
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (1199882, "parameter", "1,199,882 parameters"),
        (2, "pass", "2 passes"),
        (3, "key", "3 keys"),
    ],
)
def test_counts(amount: int, noun: str, text: str) -> None:
    assert words.count(amount, noun) == text


def test_once_twice_and_ordinals() -> None:
    assert [words.times(amount) for amount in (1, 2, 3, 1000)] == ["once", "twice", "3 times", "1,000 times"]
    wanted = ["first", "fourth", "tenth", "11th", "12th", "21st", "22nd", "23rd", "111th"]
    assert [words.ordinal(place) for place in (1, 4, 10, 11, 12, 21, 22, 23, 111)] == wanted


def test_lists() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a", "b"], 3) == "a, b and 3 more"


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("int64 tensor", "an"),
        ("uint8 array", "a"),
        ("float32 tensor", "a"),
        ("LSTM", "an"),
        ("Linear", "a"),
        ("MLP", "an"),
        ("Adam", "an"),
        ("UNet", "a"),
        ("`Embedding`", "an"),
        ("ReLU", "a"),
        ("one", "a"),
        ("8-bit", "an"),
        ("ordered dict", "an"),
        ("SGD", "an"),
        ("GCNConv", "a"),
        ("unusual", "an"),
        ("bool", "a"),
    ],
)
def test_articles(word: str, wanted: str) -> None:
    assert words.article(word) == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (array(64, 1, 28, 28), "a float32 tensor of shape (64, 1, 28, 28)"),
        (array(8, low=-1.0, high=2.5), "a float32 tensor of shape (8,) with values from -1.0 to 2.5"),
        (array(8, low=0.0, high=0.0), "a float32 tensor of shape (8,) with 0.0 everywhere"),
        (scalar(2.5), "2.5 (a float32 tensor of one element)"),
        (scalar("nan"), "NaN (a float32 tensor of one element)"),
        (array(8, device="cuda:0"), "a float32 tensor of shape (8,) on cuda:0"),
        (plain(64), "64"),
        ({"type": "str", "value": "'Once upon a…", "len": 5000}, "a text of 5,000 characters beginning `Once upon a`"),
        (plain(1.0), "1.0"),
        (plain(True), "`True`"),
        (plain(None), "`None`"),
        (plain("a`b"), "`'a'b'`"),
        ({"type": "list", "len": 0, "value": "[]"}, "`[]`"),
        ({"type": "list", "len": 1, "value": "list of 1"}, "a list of 1 item"),
        ({"type": "dict", "len": 9, "value": "dict of 9"}, "a dict of 9 entries"),
        (
            {"type": "dict", "len": 1, "value": "dict of 1", "items": [["loss", scalar(1.0)]]},
            "a dict with the key `loss`",
        ),
        (
            {"type": "tuple", "len": 2, "items": [["0", array(3)], ["1", plain(2)]]},
            "a tuple of a float32 tensor of shape (3,) and 2",
        ),
        ({"type": "__main__.Net", "parameters": 1}, "an object of class `Net` with 1 parameter"),
        ({"type": "torch.optim.Adam"}, "an object of class `torch.optim.Adam`"),
        ({"type": "pandas.DataFrame", "shape": [1, 2]}, "a `pandas.DataFrame` of 1 row and 2 columns"),
        ({"type": "?", "value": "<not readable>"}, ""),
        ({}, ""),
    ],
)
def test_values(value: dict[str, object], text: str) -> None:
    assert words.describe(value) == text


def test_ranges_of_whole_numbers_truth_values_samples_and_nan() -> None:
    stats = {"min": 0.0, "max": 9.0, "nan": 0}
    assert words.describe(array(4, dtype="int64", stats=stats)).endswith("with values from 0 to 9")
    assert words.describe(array(4, dtype="bool", stats={"min": 0.0, "max": 1.0})).endswith(
        "with both truth values in it"
    )
    assert words.describe(array(4, dtype="bool", stats={"min": 0.0, "max": 0.0})).endswith("with `False` everywhere")
    assert words.describe(array(4, stats={**stats, "sampled": True})).endswith(
        "with values from 0.0 to 9.0 in a sample of it"
    )
    assert words.describe(array(4, stats={**stats, "nan": 2})).endswith("with values from 0.0 to 9.0 and 2 NaN")
    assert words.describe(array(4, stats={"nan": 4, "zeros": 0.0})).endswith("with nothing but NaN in it")
    assert words.describe(array(4, stats={"min": "-inf", "max": 1.0})).endswith(
        "with values from minus infinity to 1.0"
    )


def test_code_and_quotes_cannot_break_the_markup() -> None:
    assert words.code("a `b`\nc") == "`a 'b' c`"
    assert words.code("x" * 20, 10) == "`" + "x" * 9 + "…`"
    assert words.quote("See *this* `Net`.") == "“See \\*this\\* \\`Net\\`”"
    assert words.quote("y_true and _x_") == "“y_true and \\_x\\_”"
    assert words.quote("one two three", 8) == "“one two …”"


def test_absolute_paths_are_hidden() -> None:
    assert words.hide_paths("'/srv/data/mnist/train.bin'") == "'…/train.bin'"
    assert (
        words.hide_paths("./out/model.pt and a/b/c and http://host/path/x")
        == "./out/model.pt and a/b/c and http://host/path/x"
    )
    assert words.hide_paths(r"C:\\Users\\me\\x.pt").startswith("…/")
