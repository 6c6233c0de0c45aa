"""Foreign text made safe to show: control characters become visible, none reaches a terminal or a page raw."""

from __future__ import annotations

import unicodedata

TAB = 4
"""Columns that a tab in shown source advances to."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_HARMLESS = frozenset({"\u00ad", "\u200d"})


def visible(text: str) -> str:
    """One line of text in which every control, direction or surrogate character is an escape such as `\\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) for character in text.expandtabs(TAB))


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each made visible; a carriage return before the line end is dropped."""
    return [visible(line.removesuffix("\r")) for line in text.split("\n")]


def _escape(character: str) -> str:
    if character.isprintable() or character in _HARMLESS or unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if character in "\n\r":
        return "\\n" if character == "\n" else "\\r"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
