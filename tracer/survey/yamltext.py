"""The values of a YAML file with their lines: the subset that configuration files use. Host side.

No YAML library is needed on the host for this, and none would give the line of each value. Anchors, multi-line flow
collections and tags are left as text; nothing here ever raises on odd input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIR = re.compile(r"""^(?P<key>"[^"]*"|'[^']*'|[^\s#:'"{}\[\],&*!|>%@-][^:#]*?|[^\s#:]+?)\s*:(?:\s+(?P<value>.*))?$""")


@dataclass(frozen=True, slots=True)
class YamlValue:
    """A scalar (or inline list or mapping, as text) with the keys that lead to it; list positions are "0", "1", ..."""

    key: tuple[str, ...]
    value: str
    line: int


def yaml_values(text: str) -> tuple[YamlValue, ...]:
    """All values of a YAML document, in reading order. A key without a value that holds nothing is "null"."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line.rstrip(), number)
    return reader.finish()


class _Reader:
    """Keeps the open mappings and lists by their indentation."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self._counts: dict[tuple[str, ...], int] = {}
        self._values: list[YamlValue] = []
        self._waiting: YamlValue | None = None
        self._block_indent: int | None = None

    def take(self, line: str, number: int) -> None:
        """One line."""
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if self._block_indent is not None:
            if not stripped or indent > self._block_indent:
                return
            self._block_indent = None
        if not stripped or stripped.startswith(("#", "---", "...", "%")):
            return
        if stripped == "-" or stripped.startswith("- "):
            self._item(indent, stripped[1:].strip(), stripped, number)
        else:
            self._pair(indent, stripped, number)

    def _item(self, indent: int, rest: str, stripped: str, number: int) -> None:
        while self._open and (
            self._open[-1][0] > indent or (self._open[-1][0] == indent and self._open[-1][1].isdigit())
        ):
            self._open.pop()
        parent = tuple(key for _, key in self._open)
        position = self._counts.get(parent, 0)
        self._counts[parent] = position + 1
        self._waiting = None
        self._open.append((indent, str(position)))
        if not rest:
            return
        inner = indent + (len(stripped) - len(stripped[1:].lstrip()))
        if _PAIR.match(rest) and rest[0] not in "{[\"'":
            self._pair(inner, rest, number)
        else:
            self._add((*parent, str(position)), rest, number)

    def _pair(self, indent: int, stripped: str, number: int) -> None:
        match = _PAIR.match(stripped)
        if match is None:
            return
        while self._open and self._open[-1][0] >= indent:
            self._open.pop()
        self._flush()
        key = match.group("key").strip("\"'")
        path = (*(part for _, part in self._open), key)
        value = _without_comment(match.group("value") or "")
        self._open.append((indent, key))
        if value[:1] in ("|", ">"):
            self._block_indent = indent
            self._add(path, value, number)
        elif value:
            self._add(path, value, number)
        else:
            self._waiting = YamlValue(path, "null", number)

    def _flush(self) -> None:
        """A key that turned out to hold nothing."""
        if self._waiting is not None:
            path = tuple(part for _, part in self._open)
            if path[: len(self._waiting.key)] != self._waiting.key:
                self._values.append(self._waiting)
            self._waiting = None

    def _add(self, path: tuple[str, ...], value: str, number: int) -> None:
        self._waiting = None
        self._values.append(YamlValue(path, _without_comment(value), number))

    def finish(self) -> tuple[YamlValue, ...]:
        """The values read."""
        if self._waiting is not None:
            self._values.append(self._waiting)
        return tuple(self._values)


def _without_comment(value: str) -> str:
    """A value without its comment; a `#` within quotes stays."""
    value = value.strip()
    if value[:1] in ("'", '"'):
        end = value.find(value[0], 1)
        return value[: end + 1] if end > 0 else value
    return re.split(r"\s+#", value, maxsplit=1)[0].strip() if not value.startswith("#") else ""
