"""Loops in which an optimizer steps, of every shape and in every place, that write down what they enter and leave.

Left by a jump or in any other way, each `with` that was entered is left and each `finally` has run, in the right order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

LANDMARKS: list[dict[str, object]] = [
    {
        "event": "optimizer_step",
        "modules": ["tiny_optim"],
        "names": ["step"],
        "owner": "Optimizer",
        "probe": "optimizer_step",
        "arguments": [],
    }
]

START = '''"""Loops that train."""
import tiny_optim

log = []
optimizer = tiny_optim.Optimizer()


class Within:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        log.append("+" + self.name)
        return self

    def __exit__(self, *error):
        log.append("-" + self.name)


def drawn(count):
    log.append("+drawn")
    try:
        for one in range(count):
            yield one
    finally:
        log.append("-drawn")


'''
END = """
    log.append("behind")


train()
open_ones = []
for entry in log:
    if entry[0] == "+":
        open_ones.append(entry[1:])
    elif entry[0] == "-":
        assert open_ones.pop() == entry[1:], log
assert open_ones == [], log
print("balanced", log[-1] == "behind")
"""


class Training:
    """The text of such a program, as it grows."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.lines: list[str] = []

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def emit(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def around(self, depth: int, inner: Callable[[int], None]) -> None:
        """Something in a `with`, in a `try`, in an `if`, or as it is."""
        name = f"n{len(self.lines)}"
        kind = self.number(0, 4) if depth < 6 else 0
        if kind == 1:
            self.emit(depth, f"with Within('{name}'):")
        elif kind == 2:
            self.emit(depth, f"log.append('+{name}')")
            self.emit(depth, "try:")
        elif kind == 3:
            self.emit(depth, "if optimizer:")
        inner(depth + (1 if 0 < kind < 4 else 0))
        if kind == 2:
            self.emit(depth, "finally:")
            self.emit(depth + 1, f"log.append('-{name}')")
        if self.number(0, 1):
            self.emit(depth, f"log.append('after {name}')")

    def loop(self, depth: int) -> None:
        """A loop; another may be inside it."""
        name = f"i{len(self.lines)}"
        kind = self.number(0, 3)
        if kind == 3:
            self.emit(depth, f"{name} = 0")
            self.emit(depth, f"while {name} < 12:")
            self.emit(depth + 1, f"{name} += 1")
        else:
            over = [f"{name} in range(12)", f"{name}, _ in enumerate(range(12))", f"{name} in drawn(12)"]
            self.emit(depth, f"for {over[kind]}:")
        if self.number(0, 2):
            self.emit(depth + 1, f"log.append('pass {name}')")
        nested = depth < 5 and self.number(0, 2) == 0
        self.around(depth + 1, self.loop if nested else self.step)
        if self.number(0, 3) == 0:
            self.emit(depth, "else:")
            self.emit(depth + 1, "log.append('else')")

    def step(self, depth: int) -> None:
        self.emit(depth, "optimizer.step()")


@st.composite
def trainings(draw: Callable[[Any], Any]) -> str:
    """Programs with one function `train` that holds loops around `optimizer.step()`."""
    training = Training(draw)
    training.emit(0, "def train():")
    for _ in range(training.number(1, 3)):
        training.around(1, training.loop)
    return START + "\n".join(training.lines) + END
