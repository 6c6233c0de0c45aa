"""Expressions over recorded values: what they give, what they cannot say, and that nothing runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from walkthroughs.stepping import Seen
from walkthroughs.stop import Stats, Variable
from walkthroughs.timetravel.expressions import NotKnown, Scope, evaluate, is_true, written

IMAGES = Variable(
    "", "torch.Tensor", "", shape=(64, 1, 28, 28), dtype="float32", device="cpu", stats=Stats(-1.0, 2.5, 0.25, 1.0)
)
VALUES = {
    "epoch": Variable("", "int", "3"),
    "lr": Variable("", "float", "0.5"),
    "name": Variable("", "str", "'mnist'"),
    "long": Variable("", "str", "'mni'…", length=400),
    "pair": Variable("", "tuple", "(1, 2.5)", length=2),
    "flag": Variable("", "bool", "True"),
    "nothing": Variable("", "NoneType", "None"),
    "lost": Variable("", "float", "nan"),
    "images": IMAGES,
    "loss": Variable("", "torch.Tensor", "2.31", shape=(), dtype="float32", device="cpu"),
    "count": Variable("", "numpy.int64", "12"),
    "batch": Variable(
        "", "tuple", "tuple of 2", length=2, items=(replace(IMAGES, name="0"), Variable("1", "int", "7"))
    ),
    "args": Variable("", "argparse.Namespace", "<argparse.Namespace>", items=(Variable("lr", "float", "0.1"),)),
    "config": Variable("", "dict", "dict of 9", length=9, items=(Variable("depth", "int", "4"),)),
    "rows": Variable("", "list", "list of 9", length=9, items=tuple(Variable(str(n), "int", str(n)) for n in range(3))),
    "self": Variable("", "model.Net", "<model.Net>", items=(Variable("size", "int", "1"),)),
    "self.size": Variable("", "int", "2"),
}
SCOPE = Scope(
    {name: Seen(name, value, 5 if "." in name else None) for name, value in VALUES.items()},
    {"SEED": Seen("SEED", Variable("", "int", "42"))},
)

KNOWN: dict[str, Any] = {
    "epoch": 3,
    "epoch * 2 + 1": 7,
    "-lr ** 2": -0.25,
    "7 // 2, 7 % 4, 1 << 3, ~0": (3, 3, 8, -1),
    "loss + 1": 3.31,
    "loss.item() > 2": True,
    "name.upper": NotKnown,
    "name[0] + name[-2:]": "mst",
    "len(name)": 5,
    "len(long)": 400,
    "pair[1]": 2.5,
    "pair + (1,)": (1, 2.5, 1),
    "images.shape": (64, 1, 28, 28),
    "images.shape[0] * images.shape[-1]": 1792,
    "images.size(0), images.dim(), images.numel()": (64, 4, 50176),
    "len(images)": 64,
    "images.mean()": 0.25,
    "args.lr * 10": 1.0,
    "config['depth']": 4,
    "rows[2] + rows[0]": 2,
    "rows[-9]": 0,
    "batch[1]": 7,
    "len(config)": 9,
    "self.size": 2,
    "SEED": 42,
    "count / 4": 3.0,
    "flag and not nothing": True,
    "nothing is None": True,
    "images is not None": True,
    "1 < epoch <= 3 != 4": True,
    "'a' if epoch == 3 else images": "a",
    "f'{epoch:>4}|{lr!r}'": "   3|0.5",
    "max(epoch, 9), abs(-1), round(2.567, 1), str(epoch)": (9, 1, 2.6, "3"),
    "[epoch, {1: lr}, {2}]": [3, {1: 0.5}, {2}],
    "epoch in (1, 3)": True,
}


@pytest.mark.parametrize("text", [text for text, wanted in KNOWN.items() if wanted is not NotKnown])
def test_what_is_known(text: str) -> None:
    assert evaluate(text, SCOPE) == pytest.approx(KNOWN[text]) if isinstance(KNOWN[text], float) else True
    if not isinstance(KNOWN[text], float):
        assert evaluate(text, SCOPE) == KNOWN[text]


def test_what_was_seen_is_told_as_it_was_seen() -> None:
    assert evaluate("images", SCOPE) == IMAGES
    shown = "torch.Tensor, shape (64, 1, 28, 28), float32, cpu, min -1, max 2.5, mean 0.25, std 1"
    assert written(evaluate("batch[0]", SCOPE)) == shown
    assert written(evaluate("images.dtype", SCOPE)) == "float32"
    assert written(evaluate("lost", SCOPE)) == "nan"
    assert written(evaluate("config", SCOPE)) == "dict of 9"
    assert written(evaluate("type(images)", SCOPE)) == "class torch.Tensor"


UNKNOWN = {
    "nope": "nope was not recorded up to here.",
    "images + 1": "of images only this was recorded: torch.Tensor, shape",
    "images[0]": "images[0] was not recorded",
    "rows[5]": "of list the first 3 items were",
    "long + 'x'": "only this was recorded",
    "args.depth": "args.depth was not recorded",
    "images.foo": "images.foo was not recorded",
    "model(images)": "nothing runs here",
    "name.upper()": "nothing runs here",
    "__import__('os').system('true')": "nothing runs here",
    "(lambda: 1)()": "nothing runs here",
    "[x for x in rows]": "nothing runs here",
    "epoch := 4": "this is no expression",
    "import os": "this is no expression",
    "": "this is no expression",
    "1 / 0": "ZeroDivisionError",
    "name + 1": "TypeError",
    "2 ** 99999": "too large",
    "'x' * 10 ** 6": "too large",
    "([0] * 9000,) * 9000": "too large",
    "1 << 999999": "too large",
    "'%999999999d' % 1": "not formatted",
    "f'{1:999999999}'": "too long",
    "x" * 3000: "too long",
    "(" * 500 + ")" * 500: "this is no expression",
    "images if images else 1": "only this was recorded",
}


@pytest.mark.parametrize("text", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_cannot_be_told_is_said(text: str) -> None:
    with pytest.raises(NotKnown) as error:
        evaluate(text, SCOPE)
    assert UNKNOWN[text] in str(error.value)


def test_conditions() -> None:
    assert is_true("epoch == 3 and lr < 1", SCOPE)
    assert not is_true("epoch > 3", SCOPE)
    with pytest.raises(NotKnown):
        is_true("images", SCOPE)
