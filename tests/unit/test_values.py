"""Value summaries of Python's own values, and of objects that do not want to be looked at."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import gc
import json
import os
import pathlib
import re
import sys
import threading
import types
from typing import Any, NamedTuple

import pytest

from tracer.inprocess import reading
from tracer.inprocess.values import Summarizer


@pytest.fixture
def summarizer() -> Summarizer:
    return Summarizer()


def items(summary: dict[str, Any]) -> dict[str, Any]:
    return dict(summary["items"])


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Point(NamedTuple):
    x: float
    y: object


@dataclasses.dataclass
class Options:
    rate: float
    extra: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Slotted:
    __slots__ = ("first", "second")
    first: int
    second: int


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (3, "int", "3"),
        (-0.1, "float", "-0.1"),
        (True, "bool", "True"),
        (None, "NoneType", "None"),
        (2j, "complex", "2j"),
        (..., "ellipsis", "Ellipsis"),
        ("a\nb'c", "str", '"a\\nb\'c"'),
        (b"\x00q", "bytes", "b'\\x00q'"),
        (bytearray(b"q"), "bytearray", "b'q'"),
        pytest.param(10**5000, "int", "int of 16610 bits", id="huge"),
        (range(2, 9), "range", "range(2, 9)"),
        (slice(1, None), "slice", "slice(1, None, None)"),
        ([1, "a", None], "list", "[1, 'a', None]"),
        ((1,), "tuple", "(1,)"),
        ((), "tuple", "()"),
        ({"b", "a"}, "set", "{'a', 'b'}"),
        ({"lr": 0.1}, "dict", "{'lr': 0.1}"),
        (list(range(100)), "list", "list of 100"),
        (collections.OrderedDict(a=[]), "collections.OrderedDict", "collections.OrderedDict of 1"),
        (collections.deque([1, 2]), "collections.deque", "collections.deque of 2"),
        (Color.RED, f"{__name__}.Color", "Color.RED"),
        (Level.HIGH, f"{__name__}.Level", "Level.HIGH"),
        (Color, "enum.EnumMeta" if sys.version_info < (3, 11) else "enum.EnumType", f"class {__name__}.Color"),
        (Point, "type", f"class {__name__}.Point"),
        (items, "function", "function items"),
        (len, "builtin_function_or_method", "function len"),
        (Summarizer().summary, "method", "method Summarizer.summary"),
        (json, "module", "module json"),
        ((i for i in ()), "generator", "generator <genexpr>"),
        (iter([]), "list_iterator", "<list_iterator>"),
        (threading.Lock(), None, None),
        (ValueError("no such file"), "ValueError", "'no such file'"),
        (KeyError(object()), "KeyError", "<KeyError>"),
        (datetime.datetime(2020, 1, 2, 3, 4), "datetime.datetime", "2020-01-02 03:04:00"),
        (datetime.timedelta(seconds=90), "datetime.timedelta", "0:01:30"),
        (decimal.Decimal("1.50"), "decimal.Decimal", "1.50"),
        (fractions.Fraction(2, 6), "fractions.Fraction", "1/3"),
        (pathlib.PurePosixPath("data/x.csv"), None, "data/x.csv"),
        (functools.partial(items, 1), "functools.partial", "partial of function items"),
        (re.compile("a+"), "re.Pattern", "'a+'"),
    ],
)
def test_plain_values_say_what_they_are(summarizer: Summarizer, value: Any, kind: str | None, text: str | None) -> None:
    summary = summarizer.summary(value)
    json.dumps(summary, allow_nan=False)
    assert summary["value"] != "<not readable>"
    if kind is not None:
        assert summary["type"] == kind
    if text is not None:
        assert summary["value"] == text


def test_numbers_come_as_json_numbers(summarizer: Summarizer) -> None:
    assert summarizer.summary(7)["scalar"] == 7
    assert summarizer.summary(0.1)["scalar"] == 0.1
    assert summarizer.summary(float("nan"))["scalar"] == "nan"
    assert summarizer.summary(float("-inf"))["scalar"] == "-inf"
    assert summarizer.summary(Level.HIGH)["scalar"] == 3
    assert "scalar" not in summarizer.summary(True)
    assert "scalar" not in summarizer.summary(1 << 70)


def test_long_texts_are_cut_and_say_how_long_they_were(summarizer: Summarizer) -> None:
    summary = summarizer.summary("x" * 100_000)
    assert summary["len"] == 100_000
    assert summary["value"].endswith("…")
    assert len(summary["value"]) < 130
    assert len(json.dumps(summarizer.summary(["y" * 1000] * 1000))) < 2000


def test_containers_show_their_first_items_two_levels_deep(summarizer: Summarizer) -> None:
    summary = summarizer.summary([{"a": [object(), {"b": object()}]}] * 9)
    assert summary["len"] == 9
    assert len(summary["items"]) == 6
    inner = items(summary)["0"]
    assert items(inner)["a"]["value"] == "list of 2"
    assert "items" not in items(inner)["a"]


def test_a_container_that_holds_itself_ends(summarizer: Summarizer) -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert len(json.dumps(summarizer.summary(loop))) < 500


def test_fields_are_called_by_their_names(summarizer: Summarizer) -> None:
    assert [name for name, _ in summarizer.summary(Point(0.5, object()))["items"]] == ["x", "y"]
    options = summarizer.summary([Options(0.1, {"deep": object()})])
    assert items(items(options)["0"])["rate"]["scalar"] == 0.1
    assert items(summarizer.summary(argparse.Namespace(epochs=3)))["epochs"]["scalar"] == 3
    assert items(summarizer.summary(types.SimpleNamespace(epochs=3)))["epochs"]["scalar"] == 3
    assert items(summarizer.summary({1: object(), (1, 2): object(), "k": 2})).keys() == {"1", "(1, 2)", "k"}
    assert items(summarizer.summary(Slotted(1, 2)))["second"]["scalar"] == 2


def test_an_instance_shows_its_attributes_only_when_it_is_asked_for_itself(summarizer: Summarizer) -> None:
    class Config:
        def __init__(self) -> None:
            self.rate = 0.5

    assert items(summarizer.summary(Config()))["rate"]["scalar"] == 0.5
    inner = summarizer.summary([Config()])["items"][0][1]
    assert "items" not in inner
    assert inner["value"].endswith("Config>")


def test_limits_are_respected() -> None:
    small = Summarizer({"text_chars": 10, "items": 2, "depth": 1})
    assert len(small.summary("x" * 50)["value"]) <= 13
    summary = small.summary([[object()]] * 5)
    assert len(summary["items"]) == 2
    assert "items" not in summary["items"][0][1]


class Touched(BaseException):
    """Not an Exception, so that nothing swallows it."""


def _explode(*args: object, **kwargs: object) -> Any:
    raise Touched


_EVERY = (
    "__repr__ __str__ __len__ __iter__ __eq__ __hash__ __getattribute__ __getattr__ __bool__ __int__ __float__ "
    "__index__ __getitem__ __contains__ __format__ __dir__ __sizeof__ __reduce_ex__ __call__ __lt__ __ne__ __setattr__ "
    "__delattr__ __array__ __fspath__ __next__ __enter__ __instancecheck__ __subclasscheck__ __missing__ __reversed__ "
    "keys items get"
)
_MINES: dict[str, Any] = dict.fromkeys(_EVERY.split(), _explode)


class MineMeta(type):
    """A metaclass whose every answer is a mine."""

    armed = False

    def __getattribute__(cls, name: str) -> Any:
        if type.__getattribute__(MineMeta, "armed"):
            raise Touched
        return type.__getattribute__(cls, name)

    def __hash__(cls) -> int:
        raise Touched

    def __eq__(cls, other: object) -> bool:
        raise Touched

    def __instancecheck__(cls, instance: object) -> bool:
        raise Touched

    def __subclasscheck__(cls, subclass: type) -> bool:
        raise Touched

    def __repr__(cls) -> str:
        raise Touched

    def __len__(cls) -> int:
        raise Touched


@pytest.fixture
def armed() -> Any:
    MineMeta.armed = True
    yield
    MineMeta.armed = False


def test_a_class_and_its_instances_full_of_mines_are_never_touched(summarizer: Summarizer, armed: None) -> None:
    mine = type.__call__(
        MineMeta, "Mine", (), {**_MINES, "__class__": property(_explode), "__slots__": ("__weakref__", "a")}
    )
    value = object.__new__(mine)
    for each in (value, [value], {"k": value}, (value,), mine, [mine], {"k": [value]}):
        json.dumps(summarizer.summary(each, stats=True))
        summarizer.serial(each)
    assert summarizer.summary(value)["type"].endswith(".Mine")


@pytest.mark.parametrize("base", [list, tuple, dict, set, frozenset, str, int, float, bytes, collections.deque])
def test_subclasses_of_builtins_are_read_past_their_overrides(summarizer: Summarizer, base: Any) -> None:
    full = {dict: {1: 2}, int: 5, float: 5.5, str: "five", bytes: b"five"}.get(base, [1, 2, object()])
    hostile = type(
        "Hostile", (base,), {k: v for k, v in _MINES.items() if k not in ("__hash__", "__eq__", "__setattr__")}
    )
    value = base.__new__(hostile, full) if base in (tuple, frozenset, str, int, float, bytes) else base.__new__(hostile)
    if base in (list, set, dict, collections.deque):
        base.__init__(value, full)
    summary = summarizer.summary(value)
    summarizer.serial(value)
    assert summary["type"].endswith(".Hostile")
    if base in (int, float):
        assert summary["scalar"] == full
    elif base in (str, bytes):
        assert summary["value"] == repr(full)
    else:
        assert summary["len"] == len(full)


def test_a_lying_class_attribute_is_not_believed(summarizer: Summarizer) -> None:
    class Liar:
        __class__ = dict  # type: ignore[assignment]

    assert summarizer.summary(Liar())["type"].endswith("Liar")


def test_a_borrowed_name_is_not_believed(summarizer: Summarizer) -> None:
    fake = type("datetime", (), {"__module__": "datetime", "tzinfo": property(_explode), "__str__": _explode})
    fake_size = type("Size", (tuple,), {"__module__": "torch", "__str__": _explode, "__repr__": _explode})
    assert summarizer.summary(fake())["value"] == "<datetime.datetime>"
    assert summarizer.summary(fake_size((1, 2)))["len"] == 2


def test_names_of_the_wrong_kind_do_not_matter(summarizer: Summarizer) -> None:
    odd = type("Odd", (), {"__module__": property(_explode), "_fields": 3, "__slots__": ()})
    assert summarizer.summary(odd())["type"] == "Odd"


def test_a_dict_property_is_not_asked(summarizer: Summarizer) -> None:
    class Proxy:
        __slots__ = ()

        @property
        def __dict__(self) -> Any:  # type: ignore[override]
            raise Touched

    assert "items" not in summarizer.summary(Proxy())
    assert not reading.has_plain_dict(Proxy)
    assert not reading.has_plain_dict(functools.partial), "its getter is written in C and might do anything"
    assert reading.has_plain_dict(type("Child", (Options,), {}))


def test_lazy_objects_stay_asleep(summarizer: Summarizer) -> None:
    woken: list[str] = []

    class Lazy:
        def __getattribute__(self, name: str) -> Any:
            woken.append(name)
            return object.__getattribute__(self, name)

        @property
        def shape(self) -> Any:
            woken.append("shape")

        def __repr__(self) -> str:
            woken.append("repr")
            os._exit(3)

        @functools.cached_property
        def heavy(self) -> int:
            woken.append("heavy")
            return 1

    value = Lazy()
    value_dict = object.__getattribute__(value, "__dict__")
    value_dict["rate"] = 1
    for _ in range(3):
        assert items(summarizer.summary(value))["rate"]["scalar"] == 1
        summarizer.summary({"a": [value]})
    assert woken == []
    assert value_dict == {"rate": 1}


def test_a_lazy_module_stays_asleep(summarizer: Summarizer, monkeypatch: pytest.MonkeyPatch) -> None:
    class LazyModule(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            raise Touched

    for name in ("torch", "numpy", "pandas"):
        monkeypatch.setitem(sys.modules, name, LazyModule(name))
    borrowed = type("Tensor", (), {"__module__": "torch"})
    assert summarizer.summary(borrowed())["value"] == "<torch.Tensor>"
    assert summarizer.summary(sys.modules["torch"])["value"] == "module torch"


def test_a_time_zone_of_the_targets_own_is_not_asked(summarizer: Summarizer) -> None:
    class Zone(datetime.tzinfo):
        utcoffset = tzname = dst = _explode

    value = datetime.datetime(2020, 1, 1, tzinfo=Zone())
    assert summarizer.summary(value)["value"] == "2020-01-01 00:00:00"


def test_what_cannot_be_read_says_so_and_does_not_raise(
    summarizer: Summarizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain:
        pass

    def broken(*args: object) -> Any:
        raise ValueError

    summarizer.summary(Plain())
    monkeypatch.setattr(reading, "slots", broken)
    assert summarizer.summary(Plain())["value"] == "<not readable>"


def test_a_class_may_die_and_its_id_come_back(summarizer: Summarizer) -> None:
    names, ids = set(), set()
    for index in range(20):
        cls = type(f"Short{index}", (), {})
        ids.add(id(cls))
        names.add(summarizer.summary(cls())["type"])
        del cls
        gc.collect(0)  # the youngest only: the classes are, and the rest of this process is large
    assert len(ids) < 20, "Python reused no id, so that this test shows nothing"
    assert len(names) == 20


def test_class_names_are_those_they_are_imported_by() -> None:
    assert reading.class_name(float) == "float"
    assert reading.class_name(collections.OrderedDict) == "collections.OrderedDict"
    assert reading.class_name(Color) == f"{__name__}.Color"
