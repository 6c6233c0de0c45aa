"""Summaries of Python's own values: numbers, texts, containers, functions, classes, modules. Runs in the target.

Containers are read through the unbound methods of the builtin types (`dict.items(value)`), which no subclass overrides.
"""

from __future__ import annotations

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .values import Summarizer

    Summary = dict[str, Any]

_LONG = 1 << 64  # beyond this an integer is told by its size: writing it out costs more than its square


def _integer(value: int) -> str:
    if -_LONG < value < _LONG:
        return int.__repr__(value)
    return f"int of {int.bit_length(value)} bits"


def scalar_text(value: Any, limit: int) -> str | None:
    """A plain value as Python would write it, cut at `limit`; None for everything that is not one."""
    writer = _WRITERS.get(id(type(value)))
    return None if writer is None else writer(value, limit)


def _string(value: str, limit: int) -> str:
    return repr(value) if str.__len__(value) <= limit else reading.quoted(value, limit)


def _bytes(value: bytes, limit: int) -> str:
    return repr(value) if bytes.__len__(value) <= limit else repr(value[: limit - 1]) + "…"


_WRITERS = {
    id(int): lambda value, limit: _integer(value),
    id(float): lambda value, limit: repr(value),
    id(bool): lambda value, limit: repr(value),
    id(type(None)): lambda value, limit: "None",
    id(complex): lambda value, limit: repr(value),
    id(type(...)): lambda value, limit: "...",
    id(str): _string,
    id(bytes): _bytes,
}


def integer(summarizer: Summarizer, value: int, name: str, depth: int, stats: bool) -> Summary:
    """An int, or an instance of a subclass of int that may print itself otherwise."""
    if -_LONG < value < _LONG if type(value) is int else int.bit_length(value) <= 64:
        number = int.__int__(value)
        return {"type": name, "value": int.__repr__(number), "scalar": number}
    return {"type": name, "value": f"int of {int.bit_length(value)} bits"}


def floating(summarizer: Summarizer, value: float, name: str, depth: int, stats: bool) -> Summary:
    """A float, or an instance of a subclass of it."""
    number = value if type(value) is float else float.__float__(value)
    return {"type": name, "value": repr(number), "scalar": reading.number(number)}


def constant(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """None, True, False, a complex number, an ellipsis."""
    return {"type": name, "value": repr(value)}


def string(summarizer: Summarizer, value: str, name: str, depth: int, stats: bool) -> Summary:
    """A text, quoted; cut when it is long."""
    limit = summarizer.text_chars
    length = str.__len__(value)
    facts = {"type": name, "value": _string(str.__getitem__(value, slice(0, limit + 1)), limit)}
    if length > limit:
        facts["len"] = length  # type: ignore[assignment]
    return facts


def binary(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """bytes or bytearray, or a subclass."""
    base: Any = bytes if reading.derives(type(value), bytes) else bytearray
    length = base.__len__(value)
    head = bytes(base.__getitem__(value, slice(0, summarizer.text_chars + 1)))
    return {"type": name, "value": _bytes(head, summarizer.text_chars), "len": length}


def _literal(values: Iterable[Any], limit: int) -> list[str] | None:
    """Every value as text, when all are plain and short together."""
    parts = []
    room = limit
    for one in values:
        text = scalar_text(one, limit)
        if text is None:
            return None
        room -= len(text) + 2
        if room < 0:
            return None
        parts.append(text)
    return parts


def sequence(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A list or tuple, or a subclass; the fields of a named tuple by their names."""
    base: Any = list if reading.derives(type(value), list) else tuple
    length = base.__len__(value)
    facts: Summary = {"type": name, "id": summarizer.serial(value), "len": length}
    if length <= 2 * summarizer.items:
        texts = _literal(base.__iter__(value), summarizer.text_chars)
        if texts is not None:
            inside = ", ".join(texts)
            if base is list:
                facts["value"] = f"[{inside}]"
            else:
                facts["value"] = f"({inside},)" if length == 1 else f"({inside})"
            return facts
    facts["value"] = f"{name} of {length}"
    if depth < summarizer.depth:
        fields = _field_names(type(value)) if base is tuple and name != "tuple" else ()
        first = base.__getitem__(value, slice(0, summarizer.items))
        facts["items"] = [
            [fields[index] if index < len(fields) else str(index), summarizer.nested(one, depth, stats)]
            for index, one in enumerate(first)
        ]
    return facts


def _field_names(cls: type) -> tuple[str, ...]:
    for one in reading.mro_of(cls):
        names = reading.namespace_of(one).get("_fields")
        if type(names) is tuple and all(type(each) is str for each in names):
            return names
    return ()


def mapping(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A dict or a subclass of dict."""
    length = dict.__len__(value)
    limit = summarizer.text_chars
    facts: Summary = {"type": name, "id": summarizer.serial(value), "len": length, "value": f"{name} of {length}"}
    if length <= summarizer.items:
        keys = _literal(dict.keys(value), limit)
        held = None if keys is None else _literal(dict.values(value), limit)
        if keys is not None and held is not None:
            text = "{" + ", ".join([f"{key}: {one}" for key, one in zip(keys, held)]) + "}"
            if len(text) <= limit:
                facts["value"] = text
    if depth < summarizer.depth and length:
        facts["items"] = pairs(summarizer, dict.items(value), depth, stats)
    return facts


def pairs(summarizer: Summarizer, entries: Iterable[tuple[Any, Any]], depth: int, stats: bool) -> list[list[Any]]:
    """The first entries as [name, summary]."""
    found: list[list[Any]] = []
    for key, held in entries:
        found.append([key_text(summarizer, key), summarizer.nested(held, depth, stats)])
        if len(found) >= summarizer.items:
            break
    return found


def key_text(summarizer: Summarizer, key: Any) -> str:
    """A key of a dict as text: a text itself without quotes, other plain values as Python writes them."""
    if type(key) is str:
        return reading.cut(key, summarizer.text_chars)
    text = scalar_text(key, summarizer.text_chars)
    if text is None:
        text = summarizer.nested(key, summarizer.depth, False).get("value", "")
    return str(text)


def group(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A set or frozenset, or a subclass; texts in alphabetical order, as its own order changes from run to run."""
    base: Any = set if reading.derives(type(value), set) else frozenset
    length = base.__len__(value)
    facts: Summary = {"type": name, "id": summarizer.serial(value), "len": length, "value": f"{name} of {length}"}
    if length <= 2 * summarizer.items:
        texts = _literal(base.__iter__(value), summarizer.text_chars)
        if texts:
            facts["value"] = "{" + ", ".join(sorted(texts)) + "}"
            return facts
    if depth < summarizer.depth and length:
        members: list[list[Any]] = []
        for one in base.__iter__(value):
            members.append([str(len(members)), summarizer.nested(one, depth, stats)])
            if len(members) >= summarizer.items:
                break
        facts["items"] = members
    return facts


def interval(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A range."""
    return {"type": name, "value": repr(value), "len": len(value)}


def section(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A slice; its ends may be anything."""
    limit = summarizer.text_chars
    texts = [scalar_text(one, limit) or "…" for one in (value.start, value.stop, value.step)]
    return {"type": name, "value": f"slice({', '.join(texts)})"}


def function(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A function written in Python."""
    called = value.__qualname__
    return {"type": name, "value": f"function {called}" if type(called) is str else f"<{name}>"}


def builtin(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A function written in C. Its short name only: for the qualified one Python asks the class it belongs to."""
    return {"type": name, "value": f"function {value.__name__}"}


def method(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A method bound to its object."""
    held = value.__func__
    if type(held) is _FUNCTION and type(held.__qualname__) is str:
        return {"type": name, "value": f"method {held.__qualname__}"}
    return opaque(summarizer, value, name, depth, stats)


def running(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A generator or coroutine, by the name of its function."""
    called = value.__qualname__
    return {
        "type": name,
        "id": summarizer.serial(value),
        "value": f"{name} {called}" if type(called) is str else f"<{name}>",
    }


def kind(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A class."""
    return {"type": "type" if name == "type" else name, "value": f"class {reading.class_name(value)}"}


def module(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """A module."""
    called = reading.attribute(value, "__name__")
    return {"type": "module", "value": f"module {called}" if type(called) is str else "<module>"}


def failure(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """An exception, by its first argument."""
    arguments = BaseException.__dict__["args"].__get__(value)
    facts: Summary = {"type": name, "id": summarizer.serial(value), "value": f"<{name}>"}
    if type(arguments) is tuple and arguments:
        text = scalar_text(arguments[0], summarizer.text_chars)
        if text is not None:
            facts["value"] = text
    return facts


def opaque(summarizer: Summarizer, value: Any, name: str, depth: int, stats: bool) -> Summary:
    """Anything whose class is all that may be known."""
    return {"type": name, "value": f"<{name}>"}


def _generator() -> Iterable[None]:
    yield None


class _Bound:
    def method(self) -> None:
        """Exists only so that the type of a bound method can be told."""


_FUNCTION = type(_generator)
# By the id of the exact class; none of these can be replaced or subclassed into something else.
BY_EXACT_TYPE = {
    id(cls): handler
    for handler, classes in (
        (integer, (int,)),
        (floating, (float,)),
        (constant, (bool, complex, type(None), type(...), type(NotImplemented))),
        (string, (str,)),
        (binary, (bytes, bytearray)),
        (sequence, (list, tuple)),
        (mapping, (dict,)),
        (group, (set, frozenset)),
        (interval, (range,)),
        (section, (slice,)),
        (function, (_FUNCTION,)),
        (builtin, (type(len), type(str.upper), type(str.__len__))),
        (method, (type(_Bound().method),)),
        (running, (type(_generator()),)),
    )
    for cls in classes
}
# By a class in the method resolution order, for subclasses.
BY_BASE = (
    (list, sequence),
    (tuple, sequence),
    (dict, mapping),
    (set, group),
    (frozenset, group),
    (str, string),
    (int, integer),
    (float, floating),
    (bytes, binary),
    (bytearray, binary),
    (BaseException, failure),
    (type, kind),
    (type(reading), module),
)
