"""Which lines of a cell begin a statement, so that a `!` or `%` inside a text is not taken for a command. Pure."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([{", ")]}"
_QUOTE = re.compile(r"'''|\"\"\"|'|\"")


class Lines:
    """Goes through the lines of a cell one by one; knows whether the next one begins a statement."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._continued = False

    @property
    def begins(self) -> bool:
        """Whether the next line begins a statement: no bracket, no text and no backslash reaches into it."""
        return not self._depth and not self._quote and not self._continued

    def take(self, line: str) -> None:
        """Read one line of Python."""
        position, self._continued = 0, False
        while position < len(line):
            if self._quote:
                position = self._inside(line, position)
                continue
            character = line[position]
            if character == "#":
                break
            if character in "'\"":
                match = _QUOTE.match(line, position)
                self._quote = match.group() if match else ""
                position = match.end() if match else position + 1
                continue
            if character in _OPEN:
                self._depth += 1
            elif character in _CLOSE:
                self._depth = max(0, self._depth - 1)
            elif character == "\\" and position == len(line.rstrip()) - 1:
                self._continued = True
            position += 1
        if len(self._quote) == 1 and not line.endswith("\\"):
            self._quote = ""  # a text in single quotes does not reach beyond its line

    def _inside(self, line: str, position: int) -> int:
        """Skip to the end of a text, or of the line."""
        while position < len(line):
            if line[position] == "\\":
                position += 2
                continue
            if line.startswith(self._quote, position):
                position += len(self._quote)
                self._quote = ""
                return position
            position += 1
        return position
