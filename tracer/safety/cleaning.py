"""Makes what is kept of a run fit to be shared: no secrets, nothing of this machine. Host.

Works on plain values as JSON has them, traces and tours alike, so that whatever is added to either is covered: every
string is looked at, with the name of what it is the value of where there is one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tracer.safety import secrets
from tracer.safety.privacy import Privacy

_NAMES = ("name", "key", "option", "target")
_COMMANDS = ("command", "argv")


@dataclass(frozen=True)
class Cleaner:
    """Cleans texts and values; `known` are secrets of the user's own that were seen in the environment."""

    privacy: Privacy
    known: tuple[str, ...] = ()
    learned: set[str] = field(default_factory=set)
    """What was found by the name of what held it, and is telling enough to be looked for elsewhere too."""

    def wiser(self) -> Cleaner | None:
        """One that knows what this one has learned; None when it learned nothing."""
        more = self.learned - set(self.known)
        return Cleaner(self.privacy, (*self.known, *sorted(more, key=len, reverse=True))) if more else None

    def touches(self, text: str) -> bool:
        """Whether there could be anything to clean; `text` may be a whole file."""
        return self.privacy.touches(text) or any(map(text.__contains__, self.known)) or secrets.may_have(text)

    def touches_json(self, text: str) -> bool:
        """The same of a text in JSON, whose strings say line ends, quotes and foreign letters in other words."""
        if "\\u" in text and not self.privacy.pattern.pattern.isascii():
            return True
        for word, meant in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\u001b", "\x1b")):
            text = text.replace(word, meant)
        return self.touches(text)

    def text(self, text: str) -> str:
        """A clean text."""
        self.learned.update(secrets.telling(text))
        return self.privacy.scrub(secrets.mask(secrets.mask_known(text, self.known)))

    def named(self, name: str, text: str) -> str:
        """The clean value, as Python writes it, of something that has a name."""
        self.learned.update(secrets.telling(text, name))
        return self.privacy.scrub(secrets.mask_named(name, secrets.mask_known(text, self.known)))

    def values(self, value: Any, name: str = "") -> Any:
        """Clean plain values; `name` is what they are the value of."""
        if isinstance(value, str):
            return self.named(name, value) if name else self.text(value)
        if isinstance(value, dict):
            return self._dictionary(value, name)
        if isinstance(value, list):
            return self._list(value, name)
        return value

    def _dictionary(self, values: dict[str, Any], name: str) -> dict[str, Any]:
        own = next((values[key] for key in _NAMES if isinstance(values.get(key), str)), name)
        found = {}
        for key, value in values.items():
            if key == "lines" and _is_texts(value):
                found[key] = self.text("\n".join(value)).split("\n")
            elif key in _COMMANDS and _is_texts(value):
                found[key] = self._words(value)
            elif key in _NAMES:
                found[key] = self.values(value)
            else:
                found[key] = self.values(value, own if key in ("value", "values", "default", "text", "items") else key)
        return found

    def _list(self, values: list[Any], name: str) -> list[Any]:
        if _is_texts(values) and any(word.startswith("-") for word in values):
            return self._words(values)
        if len(values) > 1 and isinstance(values[0], str) and isinstance(values[1], dict):
            # A binding of a trace: a name and the summary of its value.
            return [self.text(values[0]), *[self.values(value, values[0]) for value in values[1:]]]
        return [self.values(value, name) for value in values]

    def _words(self, words: list[str]) -> list[str]:
        self.learned.update(secrets.telling_words(words))
        masked = secrets.mask_words([secrets.mask_known(word, self.known) for word in words])
        return [self.privacy.scrub(word) for word in masked]

    def line(self, line: str) -> str:
        """A line of a trace, clean; one that is no JSON (of a process that was killed) as a text."""
        try:
            values = json.loads(line)
        except ValueError:
            return self.text(line)
        cleaned = self.values(values)
        return line if cleaned == values else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
