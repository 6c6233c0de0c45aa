"""Lines that could be shell commands, in READMEs, docs, CI workflows, Makefiles, shell scripts, dvc.yaml. Host side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.survey.wordlist import words

_FENCE = re.compile(r"^\s*(?:>\s?)*(`{3,}|~{3,})\s*([\w+-]*)[^`]*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_INLINE = re.compile(r"`{1,3}([^`\n]+)`{1,3}|<code>([^<\n]+)</code>")
_COMMANDLIKE = re.compile(
    r"(?:^|[\s;&|(/`])(?:python[\d.]*|torchrun|accelerate\s+launch|deepspeed|bash|sh|uv\s+run|poetry\s+run|cd)\s+\S|^\s*\$\s+\S|\.py\b"
)
_OTHER_LANGUAGES = words(
    """
    python py python3 json yaml yml c cpp java r julia javascript js html xml toml ini latex bibtex diff sql
    pycon
    """
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may be a command: joined over its continuations, with the number of its first line."""

    text: str
    number: int
    section: str = ""
    block: int = 0
    """Lines of one code block (or recipe, or job step) share a number; the working folder lives as long as it."""


def sort_of(path: str) -> str:
    """Which sort of document a path is: readme, docs, ci, makefile, shell, dvc or "" (not searched for commands)."""
    lower = path.lower()
    name = lower.rsplit("/", 1)[-1]
    if name.startswith("readme"):
        return "readme"
    if lower.startswith((".github/workflows/", ".circleci/")) or name in (".travis.yml", ".gitlab-ci.yml"):
        return "ci"
    if name in ("makefile", "justfile") or name.endswith(".mk"):
        return "makefile"
    if name.endswith((".sh", ".bash")):
        return "shell"
    if name in ("dvc.yaml", "mlproject"):
        return "dvc"
    if name.endswith((".md", ".rst")) and (
        lower.startswith(("docs/", "doc/")) or "/docs/" in lower or "/" not in lower
    ):
        return "docs"
    if name in ("install.txt", "usage.txt"):
        return "docs"
    return ""


def candidate_lines(path: str, text: str) -> Iterator[Line]:
    """All lines of a document that may be commands, in reading order."""
    sort = sort_of(path)
    if sort in ("readme", "docs"):
        yield from _rst_lines(text) if path.lower().endswith(".rst") else _markdown_lines(text)
    elif sort == "ci":
        yield from _keyed_lines(text, ("run", "script", "command", "args"))
    elif sort == "dvc":
        yield from _keyed_lines(text, ("cmd", "command"))
    elif sort == "makefile":
        yield from _makefile_lines(text)
    elif sort == "shell":
        yield from _joined(enumerate(text.split("\n"), 1), "", 1)


def _joined(lines: Iterator[tuple[int, str]] | enumerate[str], section: str, block: int) -> Iterator[Line]:
    """Join lines that end in a backslash (or in `^` or a backtick, as other shells continue)."""
    pending = ""
    first = 0
    for number, line in lines:
        stripped = line.rstrip()
        if not pending:
            first = number
        if stripped.endswith("\\"):
            pending += stripped[:-1].rstrip() + " "
            continue
        text = (pending + stripped.strip()) if pending else stripped
        pending = ""
        if text.strip():
            yield Line(text, first, section, block)
    if pending.strip():
        yield Line(pending, first, section, block)


def _markdown_lines(text: str) -> Iterator[Line]:
    section = ""
    block = 0
    fence = ""
    language = ""
    body: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            if fence:
                if language not in _OTHER_LANGUAGES:
                    yield from _joined(iter(body), section, block)
                fence = ""
            else:
                fence, language, body = mark.group(1)[:3], mark.group(2).lower(), []
                block += 1
            continue
        if fence:
            body.append((number, line))
            continue
        heading = _HEADING.match(line)
        if heading:
            section = heading.group(2) if len(heading.group(1)) <= 2 or not section else section
            continue
        block += 1
        if line.startswith(("    ", "\t")) and _COMMANDLIKE.search(line):
            yield Line(line.strip().rstrip("\\"), number, section, block)
            continue
        yield from _inline(line, number, section, block)
    if fence and language not in _OTHER_LANGUAGES:
        yield from _joined(iter(body), section, block)


def _inline(line: str, number: int, section: str, block: int) -> Iterator[Line]:
    """Commands in running text: in backticks, or a line that is one by its first word."""
    for match in _INLINE.finditer(line):
        code = match.group(1) or match.group(2)
        if _COMMANDLIKE.search(code) and " " in code.strip():
            yield Line(code, number, section, block)
    if (
        re.match(r"^\s*(?:[-*]\s+)?(?:\$\s+|(?:[A-Z_]+=\S+\s+)*python3?\s+[\w./-]+\.py|python3?\s+-m\s+\w)", line)
        and "`" not in line
    ):
        yield Line(re.sub(r"^\s*[-*]\s+", "", line), number, section, block)


def _rst_lines(text: str) -> Iterator[Line]:
    lines = text.split("\n")
    section = ""
    block = 0
    body: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        following = lines[number] if number < len(lines) else ""
        if (
            line.strip()
            and len(following.strip()) >= 3
            and len(set(following.strip())) == 1
            and following.strip()[0] in "=-~^#*"
        ):
            section = line.strip()
        if line.startswith((" ", "\t")) or not line.strip():
            if _COMMANDLIKE.search(line) or body:
                body.append((number, line.strip()))
            continue
        yield from _joined(iter(body), section, block)
        body = []
        block += 1
        yield from _inline(line, number, section, block)
    yield from _joined(iter(body), section, block)


def _makefile_lines(text: str) -> Iterator[Line]:
    target = ""
    block = 0
    body: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("\t", "    ")):
            body.append((number, line.strip().lstrip("@-")))
            continue
        yield from _joined(iter(body), target, block)
        body = []
        block += 1
        match = re.match(r"^([\w./-]+)\s*:(?!=)", line)
        if match:
            target = match.group(1)
    yield from _joined(iter(body), target, block)


def _keyed_lines(text: str, keys: tuple[str, ...]) -> Iterator[Line]:
    """Values of `key:` in YAML: on the line, as a `|` block, folded with `>`, or as a list."""
    pattern = re.compile(r"^(\s*(?:-\s+)?)(?:" + "|".join(keys) + r")\s*:\s*(.*)$")
    lines = text.split("\n")
    index = 0
    block = 0
    stage = ""
    while index < len(lines):
        line = lines[index]
        name = re.match(r"^ {2}([\w-]+):\s*$", line)
        stage = name.group(1) if name else stage
        match = pattern.match(line)
        index += 1
        if not match:
            continue
        block += 1
        indent = len(match.group(1))
        value = match.group(2).strip()
        if value and value[0] not in "|>":
            yield Line(value.strip("\"'"), index, stage, block)
            continue
        body: list[tuple[int, str]] = []
        while index < len(lines) and (
            not lines[index].strip()
            or len(lines[index]) - len(lines[index].lstrip())
            >= indent + (0 if lines[index].lstrip().startswith("- ") else 1)
        ):
            body.append((index + 1, re.sub(r"^\s*-\s+", "", lines[index]).strip()))
            index += 1
        if value.startswith(">"):
            body = [(number, part + " \\") for number, part in body if part]
        yield from _joined(iter(body), stage, block)
