"""Markdown written safely: foreign text goes in as text, whatever characters it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

from walkthroughs.prose import Block, Span, parse, spans
from walkthroughs.tour import Location, Provenance
from walkthroughs.visible import visible, visible_lines

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$])|(?<=!)(?=\[)|&(?=#?\w+;)")
_LEADING = re.compile(r"^(\s*)([-+=>]|\d+(?=[.)]))")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_SCP = re.compile(r"^[\w.-]+@([\w.-]+):(?!//)(.+)$")


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    line = " ".join(visible_lines(text))
    escaped = _SPECIAL.sub(lambda match: "&amp;" if match.group() == "&" else "\\" + match.group(), line)
    return _LEADING.sub(lambda match: match.group(1) + _lead(match.group(2)), escaped)


def sentence(text: str) -> str:
    """One line of prose in the Markdown of notes: its code and emphasis kept, everything else as plain text."""
    return _LEADING.sub(
        lambda match: match.group(1) + _lead(match.group(2)),
        "".join(span(part) for part in spans(" ".join(text.split()))),
    )


def code(text: str) -> str:
    """Inline code on one line, with a run of backticks longer than any inside it."""
    line = visible(text.replace("\n", " ")).strip()
    if not line:
        return ""
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A block of code with a fence longer than any run of backticks inside it."""
    lines = visible_lines(text.rstrip("\n"))
    ticks = "`" * max(3, max((_longest_run(line) for line in lines), default=0) + 1)
    return "\n".join((ticks + language, *lines, ticks))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; a pipe inside a cell is escaped, also inside code."""
    lines = ["| " + " | ".join(headings) + " |", "| " + " | ".join("---" for _ in headings) + " |"]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def paragraphs(note: str) -> str:
    """A note as safe Markdown: its paragraphs, lists, code and emphasis, everything else as plain text."""
    written: list[str] = []
    previous = ""
    for block in parse(note):
        joined = block.kind == previous == "item"
        written.append(("\n" if joined else "\n\n") + _block(block))
        previous = block.kind
    return "".join(written).strip()


def span(part: Span) -> str:
    """One run of a note as safe Markdown."""
    if part.kind == "code":
        return code(part.text)
    marks = {"strong": "**", "emphasis": "*"}.get(part.kind, "")
    return marks + inline(part.text) + marks


def inline(text: str) -> str:
    """Text inside a line; unlike `plain` it keeps the blanks at its ends and has no line start to mind."""
    return _SPECIAL.sub(lambda match: "&amp;" if match.group() == "&" else "\\" + match.group(), visible(text))


class Links:
    """Links to the code of a tour: to GitHub at its commit where it is there, plain `file:line` elsewhere."""

    def __init__(self, source: Provenance) -> None:
        base = github_base(source.url)
        # Lines of a work tree with changes need not be those of its commit.
        there = base and _COMMIT.fullmatch(source.commit) and not source.dirty
        self.base = f"{base}/blob/{source.commit}" if there else ""

    def address(self, location: Location | None) -> str:
        """Where a place is to be seen on the net; empty where it is not."""
        if location is None or not location.file:
            return ""
        return self._address(location.file, _anchor(location) if location.line else "")

    def commit(self) -> str:
        """The commit's own page; empty where there is none."""
        return self.base.replace("/blob/", "/commit/") if self.base else ""

    def place(self, location: Location | None) -> str:
        """A place as a link or as code; empty for none."""
        if location is None or not location.file:
            return ""
        if not location.line:
            return self.file(location.file)
        return self._link(str(location), location.file, _anchor(location))

    def file(self, path: str) -> str:
        """A file as a link or as code."""
        return self._link(path, path, "")

    def _link(self, label: str, path: str, anchor: str) -> str:
        address = self._address(path, anchor)
        return f"[{code(label)}]({address})" if address else code(label)

    def _address(self, path: str, anchor: str) -> str:
        # Files of installed packages are written as site-packages/... or <stdlib>/...: they are not in the repository.
        if not self.base or path.startswith(("site-packages/", "<", "/", "../")):
            return ""
        # A notebook is shown as a page without lines, unless its text is asked for.
        text = "?plain=1" if anchor and path.endswith(".ipynb") else ""
        return f"{self.base}/{quote(path)}{text}{anchor}"


def github_base(url: str) -> str:
    """`https://github.com/owner/name` for any of the forms that GitHub's addresses have, or nothing."""
    match = _SCP.match(url)
    host, path = (match.group(1), match.group(2)) if match else _host_and_path(url)
    words = [word for word in path.removesuffix("/").removesuffix(".git").split("/") if word]
    if host.lower() not in ("github.com", "www.github.com", "ssh.github.com") or len(words) < 2:
        return ""
    return f"https://github.com/{quote(words[0])}/{quote(words[1].removesuffix('.git'))}"


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


def _anchor(location: Location) -> str:
    last = f"-L{location.end_line}" if location.end_line > location.line else ""
    return f"#L{location.line}{last}"


def _block(block: Block) -> str:
    if block.kind == "fence":
        return fence(block.spans[0].text)
    text = "".join(span(part) for part in block.spans)
    if block.kind == "item":
        return f"- {text}"
    return _LEADING.sub(lambda match: match.group(1) + _lead(match.group(2)), text)


def _lead(mark: str) -> str:
    """The start of a line that would otherwise begin a list, a quote or a rule."""
    return mark if mark.isdecimal() else "\\" + mark


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text.replace("\n", " ")).strip()
