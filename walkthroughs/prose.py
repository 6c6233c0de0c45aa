"""Notes as data: the small Markdown that notes are written in, parsed once for every face.

A note is paragraphs, bullet lists and fenced code, with `code`, **strong** and *emphasis* inside. Anything else is
plain text, so that a `<module>` or a `[link](x)` in a note is shown and never interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])", re.DOTALL)
_BULLET = re.compile(r"\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})[^`]*$")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one kind: `text`, `code`, `strong` or `emphasis`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A `paragraph`, an `item` of a list, or a `fence`, whose one span holds its lines as they are."""

    kind: str
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words without their markup."""
        return "".join(span.text for span in self.spans)


def parse(note: str) -> tuple[Block, ...]:
    """The blocks of a note, in order."""
    return tuple(_blocks(note.replace("\r\n", "\n").split("\n")))


def spans(text: str) -> tuple[Span, ...]:
    """The spans of one paragraph."""
    return tuple(_merge(_code_spans(text)))


def bare(text: str) -> str:
    """One line of prose without its markup."""
    return "".join(span.text for span in spans(" ".join(text.split())))


def _blocks(lines: list[str]) -> Iterator[Block]:
    gathered: list[str] = []
    kind = "paragraph"
    index = 0
    while index < len(lines):
        line = lines[index]
        fence, bullet = _FENCE.match(line), _BULLET.match(line)
        if (fence or bullet or not line.strip()) and gathered:
            yield Block(kind, spans(" ".join(gathered)))
            gathered, kind = [], "paragraph"
        if fence:
            end = _fence_end(lines, index + 1, fence.group(1))
            yield Block("fence", (Span("code", "\n".join(lines[index + 1 : end])),))
            index = end
        elif bullet:
            gathered, kind = [bullet.group(1)], "item"
        elif line.strip():
            gathered.append(line.strip())
        index += 1
    if gathered:
        yield Block(kind, spans(" ".join(gathered)))


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    """The index of the line that closes a fence, or the number of lines when none does."""
    for index in range(start, len(lines)):
        text = lines[index].strip()
        if len(text) >= len(fence) and set(text) == {fence[0]}:
            return index
    return len(lines)


def _code_spans(text: str) -> Iterator[Span]:
    position = 0
    for match in _CODE.finditer(text):
        yield from _styled(text[position : match.start()], _STRONG, "strong")
        inner = match.group(2)
        if inner.startswith(" ") and inner.endswith(" ") and inner.strip():
            inner = inner[1:-1]
        yield Span("code", inner)
        position = match.end()
    yield from _styled(text[position:], _STRONG, "strong")


def _styled(text: str, pattern: re.Pattern[str], kind: str) -> Iterator[Span]:
    position = 0
    for match in pattern.finditer(text):
        yield from _rest(text[position : match.start()], kind)
        yield Span(kind, _ESCAPED.sub(r"\1", match.group(1)))
        position = match.end()
    yield from _rest(text[position:], kind)


def _rest(text: str, kind: str) -> Iterator[Span]:
    if kind == "strong":
        yield from _styled(text, _EMPHASIS, "emphasis")
    elif text:
        yield Span("text", _ESCAPED.sub(r"\1", text))


def _merge(parts: Iterator[Span]) -> Iterator[Span]:
    """Neighbouring spans of plain text as one."""
    waiting: Span | None = None
    for part in parts:
        if waiting and waiting.kind == part.kind == "text":
            waiting = Span("text", waiting.text + part.text)
            continue
        if waiting:
            yield waiting
        waiting = part
    if waiting:
        yield waiting
