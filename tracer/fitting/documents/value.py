"""One value of a configuration file, and how another one is written in its place. Host side, pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

TRUTHS = ("true", "false", "yes", "no", "on", "off")


@dataclass(frozen=True, slots=True)
class Value:
    """A number, text or truth value: its dotted name, its text as it stands there, and where (characters, line)."""

    name: str
    text: str
    start: int
    stop: int
    line: int


def spelled(old: Value, new: str, path: str) -> str:
    """Another value in the way in which the old one is written: quotes, and how truth values are spelled."""
    if old.text[:1] in "\"'" and len(old.text) > 1:
        quote = old.text[0]
        return json.dumps(new) if quote == '"' else quote + new.replace(quote, "") + quote
    if new.lower() in ("true", "false") and old.text.lower() in TRUTHS:
        word = new.lower() == "true"
        pair = next(pair for pair in (("true", "false"), ("yes", "no"), ("on", "off")) if old.text.lower() in pair)
        chosen = pair[0] if word else pair[1]
        return chosen.capitalize() if old.text[:1].isupper() else chosen
    if path.lower().endswith((".py", ".json", ".toml")) and not _is_plain(new):
        return json.dumps(new)
    return new


def _is_plain(text: str) -> bool:
    """Whether a word stands for itself, without quotes: a number, a truth value."""
    try:
        float(text)
    except ValueError:
        return text in ("True", "False", "None", "true", "false", "null")
    return True
