"""The text of a generated program, as it grows. Programs are valid, deterministic, soon over, and tell what they do.

After an assignment on line 12 to `a3` a program prints `12:a3 VALUE` on the line behind it: what the trace says of
line 12 must be that. Nothing depends on hashes, addresses or times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

SIBLING = '''"""A module beside the program."""
from dataclasses import dataclass

loaded = "sibling"


def scaled(value, by=2):
    result = value * by
    return result


class Log:
    entries = []

    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        self.entries.append("+" + self.name)
        return len(self.entries)

    def __exit__(self, kind, error, traceback):
        self.entries.append("-" + self.name)
        print("left", self.name, kind.__name__ if kind else None)
        return self.swallow

    async def __aenter__(self):
        return self.__enter__()

    async def __aexit__(self, *error):
        return self.__exit__(*error)


@dataclass
class Point:
    x: int
    y: int = 1

    @property
    def area(self):
        area = self.x * self.y
        return area


class Meta(type):
    def __new__(mcls, name, bases, space):
        made = super().__new__(mcls, name, bases, space)
        made.tag = name.lower()
        return made


class Slotted(metaclass=Meta):
    __slots__ = ("x", "_y")

    def __init__(self, x):
        self.x = x
        self._y = x

    @property
    def y(self):
        return self._y

    @y.setter
    def y(self, value):
        self._y = value + 1


def twice(function):
    def wrapper(*args, **named):
        function(*args, **named)
        return function(*args, **named)

    return wrapper


def named(name):
    def decorate(function):
        function.label = name
        return function

    return decorate
'''


@dataclass
class Scope:
    """What may be used at a place of a program."""

    numbers: list[str] = field(default_factory=list)
    loops: int = 0
    inside: str = "module"
    """module, function, generator or coroutine."""


@dataclass(frozen=True)
class Program:
    """The files of a program, `main.py` first, and whether it may meddle with tracing."""

    text: str
    meddles: bool

    @property
    def files(self) -> dict[str, str]:
        return {"main.py": self.text, "sibling.py": SIBLING}

    def __repr__(self) -> str:
        rows = enumerate(self.text.splitlines(), start=1)
        return "\n" + "\n".join(f"{number:4} {row}" for number, row in rows) + "\n"


class Source:
    """The text of a program as it grows, and the choices that are left to hypothesis."""

    def __init__(self, draw: Callable[[Any], Any], version: tuple[int, int]) -> None:
        self.draw = draw
        self.version = version
        self.lines: list[str] = []
        self.indent = 0
        self.counter = 0
        self.scope = Scope()
        self.functions: list[str] = []
        self.leaves: list[str] = []
        self.generators: list[str] = []
        self.calls = 0
        self.meddles = False

    # -- choices and text --------------------------------------------------------------------------------------------

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def pick(self, choices: list[Any]) -> Any:
        return choices[self.number(0, len(choices) - 1)]

    def emit(self, text: str) -> int:
        """Write a line; gives its number."""
        self.lines.append("    " * self.indent + text)
        return len(self.lines)

    def fresh(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    @contextmanager
    def block(self, header: str) -> Iterator[int]:
        """The indented lines under a header."""
        line = self.emit(header)
        self.indent += 1
        known = list(self.scope.numbers)
        yield line
        self.scope.numbers = known
        self.indent -= 1

    @contextmanager
    def body_of(self, inside: str, numbers: list[str]) -> Iterator[None]:
        """The body of a function, with names of its own."""
        outer, calls = self.scope, self.calls
        self.scope, self.calls = Scope(numbers, 0, inside), 0
        yield
        self.scope, self.calls = outer, calls

    def value(self) -> str:
        """An expression that is a small number."""
        known = self.scope.numbers
        kind = self.number(0, 7) if known else 0
        if kind == 0:
            return str(self.number(0, 9))
        name = self.pick(known)
        other = self.pick(known)
        return {
            1: name,
            2: f"{name} + {self.number(1, 5)}",
            3: f"{name} - {other}",
            4: f"({name} if {other} > {self.number(0, 5)} else {self.number(0, 9)})",
            5: f"({name} or {other})",
            6: f"{name} % 7 + len('ab')",
            7: f"max({name} % 100, {other} % 10)",
        }[kind]

    def condition(self) -> str:
        if not self.scope.numbers:
            return "True"
        return (
            f"{self.pick(self.scope.numbers)} % {self.number(2, 4)} {self.pick(['==', '>', '!='])} {self.number(0, 2)}"
        )

    def bind(self, text: str, *names: str) -> None:
        """Write a statement that binds names, and a line that prints them."""
        line = self.emit(text)
        self.show(line, *names)

    def bind_quietly(self, text: str) -> None:
        """Write a statement that binds a name, in a place that runs too often to print."""
        self.emit(text)
        self.scope.numbers.append(text.split(" ", 1)[0])

    def show(self, line: int, *names: str) -> None:
        """Print what was bound on a line."""
        self.emit("; ".join(f'print("{line}:{name}", repr({name}))' for name in names))
        self.scope.numbers.extend(name for name in names if name not in self.scope.numbers)
