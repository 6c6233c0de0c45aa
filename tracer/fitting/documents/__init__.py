"""Configuration files as people write them: their values with the place of each, and the text with another value.

One module per form. A change replaces the characters of one value and nothing else: comments and layout stay.
Host side, pure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from tracer.fitting.documents import lined, python, yaml_json
from tracer.fitting.documents.value import Value, spelled

__all__ = ["SUFFIXES", "Value", "changed", "spelled", "values_of"]

SUFFIXES = (*yaml_json.SUFFIXES, *lined.SUFFIXES, *python.SUFFIXES)
MOST = 400
"""Values of one file that are looked at."""
_FORMS: tuple[tuple[tuple[str, ...], Callable[[str], list[Value]]], ...] = (
    (yaml_json.SUFFIXES, yaml_json.values_of),
    (lined.SUFFIXES, lined.values_of),
    (python.SUFFIXES, python.values_of),
)


@lru_cache(maxsize=64)
def values_of(path: str, text: str) -> tuple[Value, ...]:
    """The single values of a file in reading order, by the form that its name promises; none for another form."""
    lower = path.lower()
    for suffixes, read in _FORMS:
        if lower.endswith(suffixes):
            return tuple(read(text)[:MOST])
    return ()


def changed(path: str, text: str, name: str, line: int, value: str) -> str | None:
    """The text with another value under a dotted name, which stands on that line; None where no such value stands."""
    for item in values_of(path, text):
        if item.name == name and item.line == line:
            return text[: item.start] + spelled(item, value, path) + text[item.stop :]
    return None
