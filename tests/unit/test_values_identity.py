"""Serial numbers of objects: the same while the object lives, never given twice, holding nothing alive."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from tracer.inprocess.identity import Serials
from tracer.inprocess.values import Summarizer


class Thing:
    pass


@pytest.fixture
def summarizer() -> Summarizer:
    return Summarizer()


@pytest.mark.parametrize("value", [1, 1.5, True, None, "text", b"bytes", 2j, ..., range(3), object()])
def test_what_cannot_be_told_apart_has_no_serial(summarizer: Summarizer, value: Any) -> None:
    assert summarizer.serial(value) is None
    assert "id" not in summarizer.summary(value)


def test_an_object_keeps_its_serial(summarizer: Summarizer) -> None:
    first, second = Thing(), Thing()
    serial = summarizer.serial(first)
    assert serial is not None
    assert summarizer.serial(second) != serial
    assert summarizer.serial(first) == serial
    assert summarizer.summary(first)["id"] == serial


def test_a_reused_id_is_not_taken_for_the_same_object(summarizer: Summarizer) -> None:
    serials, ids = [], []
    for _ in range(100):
        thing = Thing()
        serials.append(summarizer.serial(thing))
        ids.append(id(thing))
        del thing
    assert len(set(ids)) < 100, "Python reused no id, so that this test shows nothing"
    assert len(set(serials)) == 100


def test_nothing_is_kept_alive(summarizer: Summarizer) -> None:
    thing = Thing()
    thing.held = Thing()  # type: ignore[attr-defined]
    outer, inner = weakref.ref(thing), weakref.ref(thing.held)  # type: ignore[attr-defined]
    for value in (thing, [thing], {"k": thing}, (thing,), {"deep": [thing]}):
        summarizer.summary(value, stats=True)
        summarizer.serial(value)
    del thing, value
    assert outer() is None, "alive without waiting for the garbage collector"
    assert inner() is None


def test_a_class_is_not_kept_alive(summarizer: Summarizer) -> None:
    cls = type("Short", (), {"__slots__": ("a", "__weakref__")})
    summarizer.summary(cls())
    summarizer.summary(cls)
    dead = weakref.ref(cls)
    del cls
    gc.collect()
    assert dead() is None


@pytest.mark.parametrize("make", [list, tuple, set, frozenset, lambda held: dict(enumerate(held))])
def test_a_container_keeps_its_serial_until_it_looks_otherwise(summarizer: Summarizer, make: Any) -> None:
    held = [object(), object(), object(), object()]
    container = make(held)
    serial = summarizer.serial(container)
    assert summarizer.serial(container) == serial
    assert summarizer.serial(make(held[:2])) != serial
    if type(container) is list:
        container.append(1)
        assert summarizer.serial(container) != serial


def test_a_container_subclass_keeps_its_serial_while_it_grows(summarizer: Summarizer) -> None:
    class Rows(list):  # type: ignore[type-arg]
        pass

    rows = Rows([1])
    serial = summarizer.serial(rows)
    rows.append(2)
    assert summarizer.serial(rows) == serial


def test_the_dead_are_forgotten() -> None:
    serials = Serials(lambda value: True, capacity=10)
    alive = [Thing() for _ in range(15)]
    known = [serials.of(thing) for thing in alive]
    for _ in range(200):
        serials.of(Thing())
        serials.of([Thing()])
    assert len(serials._objects) <= 40
    assert len(serials._containers) <= 10
    assert [serials.of(thing) for thing in alive] == known


def test_a_summarizer_with_other_limits_gives_the_same_serials(summarizer: Summarizer) -> None:
    wide, thing = Summarizer({"items": 80}, like=summarizer), Thing()
    assert wide.serial(thing) == summarizer.serial(thing)
    assert wide.serial(Thing()) != summarizer.serial(thing)
