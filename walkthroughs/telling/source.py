"""The repository's own words: docstrings and comments, quoted and attributed."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize

from walkthroughs.telling.claims import Args, rule, statement
from walkthroughs.telling.witness import Scene
from walkthroughs.telling.words import code, quote

_NOT_PROSE = re.compile(r"^(type:|noqa|pylint|fmt:|T[O]DO|FIX[M]E|X{3}|-{3,}|={3,}|\*{3,}|#+$|!)", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z]{2,}")


def first_sentence(text: str) -> str:
    """The first paragraph of a docstring, without its parameter lists."""
    paragraph = re.split(
        r"\n\s*\n|(?:^|\n)\s*(?::param|Args:|Arguments:|Parameters|Returns:|@|-{3,}|={3,})", text.strip()
    )[0]
    return " ".join(paragraph.split())


@rule("source.docstring")
def docstring(scene: Scene, args: Args) -> str | None:
    """The docstring of a function or class, first paragraph, verbatim."""
    del scene
    node = statement(args)
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    text = first_sentence(ast.get_docstring(node) or "")
    if len(_WORDS.findall(text)) < 2:
        return None
    return f"The repository describes {code(node.name)} as {quote(text)}."


def comment_text(text: str) -> str:
    """The words of one or more comment lines, or of the comment behind a statement; "" when it is no prose."""
    lines = []
    for row in comments(text):
        words = row.strip("#").strip()
        if words and not _NOT_PROSE.match(words) and not _is_code(words):
            lines.append(words)
    joined = " ".join(lines)
    return joined if len(_WORDS.findall(joined)) >= 2 and not _is_code(joined) else ""


def comments(text: str) -> list[str]:
    """The comments in some lines of source, with their `#`; a `#` inside a string is none."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(textwrap.dedent(text) + "\n").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # a statement that goes on behind the text: what was read until there holds
    return found


def _is_code(text: str) -> bool:
    """Whether a comment is code that was commented out."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    return bool(body) and not all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) for node in body)


@rule("source.comment")
def comment(scene: Scene, args: Args) -> str | None:
    """The comment above or behind a statement, verbatim."""
    del scene
    words = comment_text(str((args.get("source") or {}).get("text", "")))
    if not words:
        return None
    place = "above" if args.get("place") == "above" else "behind"
    return f"The repository's comment {place} it says {quote(words)}."
