"""Counts pairs of letters with tiny functions: nothing but short lines, the worst case for any tracer."""

from __future__ import annotations

import random
import sys

from letters import SIZE, bump, cell, number
from step_meter import report, start, stop


def make_text(length: int) -> str:
    """Letters and spaces, the same each time."""
    source = random.Random(3)
    return "".join(source.choices("abcdefghijklmnopqrstuvwxyz ", k=length))


def step(table: list[int], text: str) -> None:
    """Count the pairs of one piece of text."""
    last = 0
    for letter in text:
        this = number(letter)
        bump(table, cell(last, this))
        last = this


def main(steps: int) -> None:
    """Count 10,000 letters a step."""
    text = make_text(20_000)
    table = [1] * (SIZE * SIZE)
    for count in range(steps):
        begin = count % 10 * 1000
        start()
        step(table, text[begin : begin + 10_000])
        stop()
    print(max(table), sum(table))
    report()


if __name__ == "__main__":
    main(int(sys.argv[1]))
