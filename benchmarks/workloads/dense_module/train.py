"""Counts pairs of letters as `dense` does, but the hot loop stands in one frame that lives as long as the program."""

from __future__ import annotations

import random
import sys

from letters import SIZE, bump, cell, number
from step_meter import report, start, stop

if __name__ == "__main__":
    steps = int(sys.argv[1])
    text = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz ", k=20_000))
    table = [1] * (SIZE * SIZE)
    for count in range(steps):
        begin = count % 10 * 1000
        last = 0
        start()
        for letter in text[begin : begin + 10_000]:
            this = number(letter)
            bump(table, cell(last, this))
            last = this
        stop()
    print(max(table), sum(table))
    report()
