"""TOML and INI files: sections, and one `key = value` a line. Host side, pure."""

from __future__ import annotations

import re

from tracer.fitting.documents.value import Value

SUFFIXES = (".toml", ".ini", ".cfg", ".conf")
_SECTION = re.compile(r"^\s*\[+\s*([^\]\[]+?)\s*\]+\s*(?:[#;].*)?$")
_PAIR = re.compile(
    r"""^[ \t]*(?P<key>[\w.-]+|"[^"\n]*")[ \t]*[=:][ \t]*(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s#;\[{"'][^#;\n]*?)"""
    r"[ \t]*(?:[#;].*)?$"
)


def values_of(text: str) -> list[Value]:
    """The values that stand on one line of their own; lists and tables in a line are left out."""
    found: list[Value] = []
    section, position = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        header, pair = _SECTION.match(line), _PAIR.match(line)
        if header is not None:
            section = header.group(1).strip("\"'")
        elif pair is not None:
            key = pair["key"].strip('"')
            name = f"{section}.{key}" if section else key
            start = position + pair.start("value")
            found.append(Value(name, pair["value"], start, position + pair.end("value"), number))
        position += len(line) + 1
    return found
