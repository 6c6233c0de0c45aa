"""Frozen dataclasses to plain JSON values and back, checked against their annotations. Runs on the host.

Reading is tolerant where files of other versions differ (unknown keys are passed over, missing optional ones take their
default, null counts as missing) and strict where content is malformed: a text where a list belongs is a `RecordError`
that names the place, never a traceback further on.
"""

from __future__ import annotations

import json
import math
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from tracer.location import Location

T = TypeVar("T")

ONE_LINE = 100
"""Containers of scalars whose text is at most this many characters long are written on one line."""

_LAYOUTS: dict[type[Any], tuple[tuple[str, Any, bool], ...]] = {}
_ALWAYS = {(Location, "qualname")}
_HUGE = 1e308
_NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class RecordError(ValueError):
    """A JSON value that does not fit the record it should become; the text says where and what was expected."""


def significant(number: float) -> float | str:
    """The number at 6 significant digits; what JSON has no word for becomes the text `nan`, `inf` or `-inf`."""
    if math.isnan(number):
        return "nan"
    if math.isinf(number):
        return "inf" if number > 0 else "-inf"
    return float(f"{number:.6g}")


def encode(value: Any) -> Any:
    """Plain JSON values of a record: keys in declaration order, fields that hold their default left out.

    A field whose metadata has `always` is written even when empty, since readers of the file may rely on it.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            entry.name: encode(getattr(value, entry.name))
            for entry in fields(value)
            if entry.metadata.get("always")
            or (type(value), entry.name) in _ALWAYS
            or not _holds_default(entry, getattr(value, entry.name))
        }
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, float):
        return significant(value)
    return value


def decode(kind: type[T], value: Any, where: str = "") -> T:
    """A record of class `kind` from plain JSON values; `where` is the path to the value, for messages."""
    if not isinstance(value, dict):
        raise _mismatch(where, "an object", value)
    given: dict[str, Any] = {}
    for name, annotation, required in _layout(kind):
        item = value.get(name)
        if item is None:
            if required:
                raise RecordError(f"{_join(where, name)} is missing")
            continue
        given[name] = _convert(annotation, item, _join(where, name))
    return kind(**given)


def to_text(value: Any, indent: int = 0) -> str:
    """Indented JSON in which short containers of scalars stay on one line, so that files are readable and diff well."""
    if not isinstance(value, (dict, list)) or not value:
        return _compact(value)
    if _is_leaf(value):
        short = _compact(value)
        if len(short) + indent <= ONE_LINE:
            return short
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{pad}{_compact(key)}: {to_text(item, indent + 1)}" for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        rows = [pad + to_text(item, indent + 1) for item in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(rows) + "\n" + " " * indent + closing


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _is_leaf(value: dict[str, Any] | list[Any]) -> bool:
    """Whether the container holds scalars only, or lists of scalars such as a shape."""
    items = value.values() if isinstance(value, dict) else value
    return all(
        not isinstance(item, (dict, list))
        or (isinstance(item, list) and not any(isinstance(inner, (dict, list)) for inner in item))
        for item in items
    )


def _holds_default(entry: Field[Any], value: Any) -> bool:
    if entry.default_factory is not MISSING:
        return bool(value == entry.default_factory())
    if entry.default is not MISSING:
        # 0 and False are equal in Python, and a shape of () is not the absence of a shape.
        return type(value) is type(entry.default) and bool(value == entry.default)
    return False


def _layout(kind: type[Any]) -> tuple[tuple[str, Any, bool], ...]:
    """Name, annotation and whether it is required, of each field of a record class."""
    if kind not in _LAYOUTS:
        hints = get_type_hints(kind)
        _LAYOUTS[kind] = tuple(
            (
                entry.name,
                hints[entry.name],
                entry.default is MISSING and entry.default_factory is MISSING,
            )
            for entry in fields(kind)
        )
    return _LAYOUTS[kind]


def _convert(annotation: Any, value: Any, where: str) -> Any:
    """The value as its annotation wants it."""
    if annotation is Any:
        return value
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        return _convert_union(get_args(annotation), value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise _mismatch(where, "a list", value)
        inner = get_args(annotation)[0]
        return tuple(_convert(inner, item, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise _mismatch(where, "an object", value)
        return dict(value)
    if is_dataclass(annotation) and isinstance(annotation, type):
        return decode(annotation, value, where)
    return _convert_scalar(annotation, value, where)


def _convert_union(members: tuple[Any, ...], value: Any, where: str) -> Any:
    """The first member that takes the value; what fails says what the first one expected."""
    failure: RecordError | None = None
    for member in members:
        if member is type(None):
            continue
        try:
            return _convert(member, value, where)
        except RecordError as error:
            failure = failure or error
    raise failure or _mismatch(where, "nothing", value)


def _convert_scalar(annotation: Any, value: Any, where: str) -> Any:
    if annotation is str and isinstance(value, str):
        return value
    if annotation is bool and isinstance(value, bool):
        return value
    if annotation is float and isinstance(value, str) and value in _NON_FINITE:
        return _NON_FINITE[value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if annotation is float and abs(value) < _HUGE:
            return float(value)
        if annotation is int and (isinstance(value, int) or value.is_integer()):
            return int(value)
    words = {
        str: "a text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
    }
    raise _mismatch(where, words.get(annotation, str(annotation)), value)


def _mismatch(where: str, wanted: str, value: Any) -> RecordError:
    found = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return RecordError(f"{where or 'the file'} should be {wanted}, but is {found.get(type(value), 'null')}")


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
