"""Exact versions: what a resolution ends in. Host."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:==\s*(?P<version>\S+)|@\s*(?P<url>\S+))")


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution in one version, or at an address; `name` is normalized."""

    name: str
    version: str
    url: str = ""

    @property
    def text(self) -> str:
        """As a line of a requirements file."""
        return f"{self.name} @ {self.url}" if self.url else f"{self.name}=={self.version}"


def read_pins(text: str) -> list[Pin]:
    """The pins of a requirements file that uv wrote."""
    from packaging.utils import canonicalize_name

    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            found.append(Pin(canonicalize_name(match["name"]), match["version"] or "", match["url"] or ""))
    return found
