"""The text of a file in the form that the code expects of it, where that code says enough. Runs on the host."""

from __future__ import annotations

import ast
import random
import re
from pathlib import Path

from tracer.expected import Form
from tracer.notebooks import source_text

ROWS = 400
WORDS = 4000
SEED = 20
LABELS = frozenset("label labels target targets class classes y category outcome survived species".split())
DATES = frozenset("date dates datetime time timestamp day ds".split())
TEXTS = frozenset(
    "text texts sentence review reviews comment content question body title tweet message summary".split()
)
NUMBERS = frozenset("id index idx no number".split())
VOCABULARY = (
    "the sea was calm and a small boat went out in the morning light to look for fish while birds flew over it "
    "they came home late with empty nets but nobody minded because the evening was warm and there was bread".split()
)
SEPARATORS = {"tabs": "\t", "commas": ",", "spaces": " ", "white space": " "}


def invented(form: Form, root: Path) -> tuple[str, str] | None:
    """(text of the file, what it is in words); None where the code does not say what would have to stand in it."""
    if form.kind in ("a CSV file", "a text table") and form.columns and not form.positions:
        return _table(form)
    if form.kind == "a text file" and _reads_words(root, form):
        return _prose(), f"{WORDS:,} words of no meaning"
    return None


def _table(form: Form) -> tuple[str, str]:
    """A table with the columns that are asked for: numbers, and dates, words or classes where the name says so."""
    drawn = random.Random(SEED)
    said = next(
        (fact.removeprefix("separated by ") for fact in form.facts if fact.startswith("separated by ")), "commas"
    )
    separator = SEPARATORS.get(said, said.strip("'\""))
    columns = _whole(form.columns)
    lines = [] if "without a header" in form.facts else [separator.join(columns)]
    for row in range(ROWS):
        lines.append(separator.join(_cell(name, row, drawn) for name in columns))
    return "\n".join(lines) + "\n", f"{ROWS} rows with the columns {', '.join(columns)}"


def _whole(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns, and one more number where there would be none beside dates, words and classes."""
    plain = [name for name in columns if _sort(name) == "number"]
    return columns if len(plain) > 1 else (*columns, "value")


def _sort(name: str) -> str:
    words = set(re.findall(r"[a-z]+", name.lower()))
    for sort, known in (("date", DATES), ("label", LABELS), ("text", TEXTS), ("count", NUMBERS)):
        if words & known:
            return sort
    return "number"


def _cell(name: str, row: int, drawn: random.Random) -> str:
    sort = _sort(name)
    if sort == "date":
        return f"20{16 + row // 336:02d}-{1 + row // 28 % 12:02d}-{1 + row % 28:02d}"
    if sort == "label":
        return str(row % 2)
    if sort == "text":
        return " ".join(drawn.choice(VOCABULARY) for _ in range(12))
    return str(row) if sort == "count" else f"{drawn.gauss(row % 2, 1.0):.4f}"


def _prose() -> str:
    drawn = random.Random(SEED)
    words = [drawn.choice(VOCABULARY) for _ in range(WORDS)]
    return "\n".join(" ".join(words[start : start + 12]) + "." for start in range(0, WORDS, 12)) + "\n"


def _reads_words(root: Path, form: Form) -> bool:
    """Whether what is read is taken as text alone: lines are not taken apart into fields or numbers."""
    try:
        tree = ast.parse(source_text(root / form.file))
    except (OSError, SyntaxError, ValueError):
        return False
    scopes = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    around: ast.AST = min(
        (one for one in scopes if one.lineno <= form.line <= (one.end_lineno or 0)),
        key=lambda one: (one.end_lineno or 0) - one.lineno,
        default=tree,
    )
    reads = False
    for node in ast.walk(around):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        near = abs(node.lineno - form.line) <= 12
        if near and (name in ("loads", "literal_eval", "reader", "DictReader") or (name == "split" and node.args)):
            return False
        if near and name in ("float", "int") and node.args and isinstance(node.args[0], (ast.Name, ast.Subscript)):
            return False
        reads = reads or name in ("read", "readlines", "read_text", "splitlines")
    return reads or _iterates(around, form.line)


def _iterates(around: ast.AST, line: int) -> bool:
    """Whether lines are gone through right behind where the file is opened."""
    return any(isinstance(node, (ast.For, ast.comprehension)) for node in ast.walk(around)) and line > 0
