"""Which lines of a source file belong to one statement, or to one statement's header. Runs in the target.

Read from the text, not parsed: parsing again could show the target's syntax warnings a second time. And read without
`re`, which would cost a small target more than the rest of the recorder's start.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Folds = dict[int, int]

LONGEST = 2_000_000  # bytes of a source file that is looked at
_QUOTES, _OPENING, _CLOSING, _COMMENT, _BACKSLASH = b"\"'", b"([{", b")]}", ord("#"), ord("\\")
_BLANKS = b" \t\f"
_MARKS = b"\n\\#" + _QUOTES + _OPENING + _CLOSING
_ONLY_MARKS = bytes(code if code in _MARKS else ord(" ") for code in range(256))


def first_lines(text: str) -> Folds:
    """{line: first line of its statement} of the lines that go on with a statement that began on a line above.

    A decorated definition begins with its first decorator. {} when the text does not fit together.
    """
    source = text.encode("utf-8", "replace").replace(b"\r\n", b"\n")
    reading = _Reading()
    for number, line in enumerate(_marks(source).split(b"\n"), start=1):
        if not reading.read(number, line):
            return {}
    if reading.depth or reading.quote:
        return {}
    if b"@" in source:
        _fold_decorators(reading.folds, source)
    return reading.folds


def _marks(source: bytes) -> bytes:
    """The source with nothing left but what texts, comments, brackets and lines begin and end with."""
    for escaped in (b"\\\\", b'\\"', b"\\'"):
        source = source.replace(escaped, b" ")
    source = source.translate(_ONLY_MARKS)
    while b"  " in source:
        source = source.replace(b"  ", b" ")
    return source


class _Reading:
    """How far a source has been read: `depth` brackets are open since line `begun`, a text until `quote` comes."""

    def __init__(self) -> None:
        self.folds: Folds = {}
        self.depth = 0
        self.begun = 0
        self.quote = b""
        self.opened = 0

    def read(self, number: int, line: bytes) -> bool:
        """Read one line of marks; False when a bracket is closed that was never opened."""
        at = self.leave_text(number, line, 0) if self.quote else 0
        while at < len(line):
            mark = line[at]
            if mark == _COMMENT:
                break
            if mark in _QUOTES:
                at = self.enter_text(number, line, at)
                continue
            at += 1
            if mark in _OPENING:
                if not self.depth:
                    self.begun = number
                self.depth += 1
            elif mark in _CLOSING:
                self.depth -= 1
                if self.depth < 0:
                    return False
                self.fold(self.begun, number)
            elif mark == _BACKSLASH and at == len(line):
                self.fold(number, number + 1)
        return True

    def enter_text(self, number: int, line: bytes, at: int) -> int:
        """A quote stands here: go behind the text that it begins, as far as that ends on this line."""
        self.quote = line[at : at + 1]
        if line.startswith(self.quote * 3, at):
            self.quote *= 3
        self.opened = number
        return self.leave_text(number, line, at + len(self.quote))

    def leave_text(self, number: int, line: bytes, at: int) -> int:
        """Go behind the end of a text, or to the end of the line where it goes on with the next."""
        end = line.find(self.quote, at)
        if end >= 0:
            at = end + len(self.quote)
            self.fold(self.opened, number)
        elif len(self.quote) > 1 or line.endswith(b"\\"):
            return len(line)
        self.quote = b""
        return at

    def fold(self, first: int, last: int) -> None:
        """Lay the lines from one to another together, and with what they go on with; brackets are done as a whole."""
        if last > first and not self.depth:
            first = self.folds.get(first, first)
            for line in range(first + 1, last + 1):
                self.folds[line] = first


def _fold_decorators(folds: Folds, source: bytes) -> None:
    """Lay decorators and the definition under them together."""
    held: list[int] = []
    begins: Folds = {}
    for number, line in enumerate(source.split(b"\n"), start=1):
        text = line.lstrip(_BLANKS)
        if number in folds or not text or text[0] == _COMMENT:
            continue
        if text[:1] == b"@":
            held.append(number)
        elif held:
            words = text.split(None, 2)
            if words[0] in (b"def", b"class") or words[:2] == [b"async", b"def"]:
                begins.update((one, held[0]) for one in [*held[1:], number])
            held = []
    if begins:
        folds.update((line, begins[first]) for line, first in folds.items() if first in begins)
        folds.update(begins)
