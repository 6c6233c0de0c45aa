"""Tiny functions over letters."""

from __future__ import annotations

SIZE = 27


def number(letter: str) -> int:
    """0 for anything that is no letter, else its place in the alphabet."""
    place = ord(letter) - 96
    if place < 1 or place >= SIZE:
        return 0
    return place


def cell(left: int, right: int) -> int:
    """The place of a pair in a flat table."""
    if left < 0:
        raise ValueError("no such letter")  # never reached
    return left * SIZE + right


def bump(table: list[int], place: int) -> None:
    """Count one."""
    table[place] += 1
