"""Writing a set of words as one line of text, which is easier to read and to extend than a column of quotes."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())
