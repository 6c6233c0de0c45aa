"""Colours of source code, found when the page is made: each line as runs of kinds, short enough to travel in the page.

A run is `SKIP KIND LENGTH` in characters, such as `4k3` for a keyword of three characters after four plain ones; a
line's runs are joined by blanks. Lengths count characters as they are shown (see `walkthroughs.visible`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from pygments.lexer import Lexer
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from walkthroughs.visible import TAB, visible

KINDS = (
    (Comment, "c"),
    (String.Doc, "q"),
    (String.Interpol, "i"),
    (String.Escape, "i"),
    (String, "s"),
    (Number, "n"),
    (Keyword.Constant, "n"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "d"),
    (Name.Builtin.Pseudo, "v"),
    (Name.Builtin, "b"),
    (Name.Exception, "b"),
)
"""Kinds of token by the letter that stands for them in the page, the most special first."""

_RUN = re.compile(r"(\d*)([a-z])(\d+)")


def shown_lines(lines: Sequence[str]) -> list[str]:
    """Source lines as the page shows them: tabs as blanks, no carriage returns at their ends, nothing invisible."""
    return [visible(line.removesuffix("\r").expandtabs(TAB)) for line in lines]


def shade(path: str, lines: Sequence[str]) -> list[str]:
    """The runs of each line; all empty for files that are not Python."""
    if not path.endswith((".py", ".pyi", ".ipynb")):
        return [""] * len(lines)
    plain = [line.removesuffix("\r").expandtabs(TAB) for line in lines]
    found = list(_runs(PythonLexer(), "\n".join(plain)))
    return found if len(found) == len(lines) else [""] * len(lines)


def shaded(text: str, runs: str) -> str:
    """A shown line with its runs, as HTML."""
    parts, at = [], 0
    for match in _RUN.finditer(runs):
        start = at + int(match.group(1) or 0)
        end = start + int(match.group(3))
        parts.append(f'{html.escape(text[at:start])}<i class="{match.group(2)}">{html.escape(text[start:end])}</i>')
        at = end
    return "".join(parts) + html.escape(text[at:])


def _runs(lexer: Lexer, text: str) -> Iterator[str]:
    """The runs of each line of a text, in order."""
    runs: list[str] = []
    skip, last = 0, ""
    # Not `get_tokens`: it strips and joins lines, and these have to stay what they are.
    for _, token, value in lexer.get_tokens_unprocessed(text):
        kind = next((letter for group, letter in KINDS if token in group), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                yield " ".join(runs)
                runs, skip, last = [], 0, ""
            length = len(visible(piece))
            if not length:
                continue
            if not kind or piece.isspace():
                skip, last = skip + length, ""
            elif kind == last:
                before = runs[-1].rpartition(kind)
                runs[-1] = f"{before[0]}{kind}{int(before[2]) + length}"
            else:
                runs.append(f"{skip or ''}{kind}{length}")
                skip, last = 0, kind
    yield " ".join(runs)
