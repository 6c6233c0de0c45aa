"""Which lines of a source file belong to one statement, or to one statement's header. Runs in the target.

Read from the text, not parsed: parsing again could show the target's syntax warnings a second time.
"""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    Folds = dict[int, int]

LONGEST = 2_000_000  # bytes of a source file that is looked at
# Strings with their quotes, comments, brackets, and line ends that a backslash takes back.
_TOKEN = re.compile(
    r"""(?s)\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|\#[^\n]*|[\[({]|[\])}]|\\\r?\n"""
)
_DECORATOR = re.compile(r"[ \t\f]*@")
_EMPTY = re.compile(r"[ \t\f]*(?:#|\r?\n|$)")
_DEFINITION = re.compile(r"[ \t\f]*(?:async[ \t]+def|def|class)\b")


def first_lines(text: str) -> Folds:
    """{line: first line of its statement} of the lines that go on with a statement that began on a line above.

    A decorated definition begins with its first decorator. {} when the text does not fit together.
    """
    starts = [0]
    starts.extend(found.end() for found in re.finditer("\n", text))
    folds: Folds = {}
    depth = begun = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "([{":
            if not depth:
                begun = token.start()
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth < 0:
                return {}
            if not depth:
                _fold(folds, starts, begun, token.end() - 1)
        elif not depth and mark != "#":
            # The line end that a backslash takes back belongs to the line it ends: what goes on is behind it.
            _fold(folds, starts, token.start(), token.end() - (mark != "\\"))
    if depth:
        return {}
    _fold_decorators(folds, starts, text)
    return folds


def _fold(folds: Folds, starts: list[int], begin: int, end: int) -> None:
    """Lay the lines from one position to another together, and with what they go on with."""
    first = bisect_right(starts, begin)
    last = bisect_right(starts, end)
    if last > first:
        first = folds.get(first, first)
        for line in range(first + 1, last + 1):
            folds[line] = first


def _fold_decorators(folds: Folds, starts: list[int], text: str) -> None:
    """Lay decorators and the definition under them together."""
    held: list[int] = []
    begins: Folds = {}
    for line, begin in enumerate(starts, start=1):
        if line in folds or _EMPTY.match(text, begin):
            continue
        if _DECORATOR.match(text, begin):
            held.append(line)
        else:
            if held and _DEFINITION.match(text, begin):
                begins.update((one, held[0]) for one in [*held[1:], line])
            held = []
    if begins:
        folds.update((line, begins[first]) for line, first in folds.items() if first in begins)
        folds.update(begins)
