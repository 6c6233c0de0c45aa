"""Takes the places and names of this machine out of texts: home, scratch folder, interpreter, user, host. Host."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_WORDS = frozenset(
    "root user users admin administrator runner ubuntu debian pi guest nobody docker vagrant jovyan builder build ci "
    "test tests tester worker node vm host localhost localdomain local server machine computer laptop desktop data "
    "model train python torch main dev home work default cluster gpu cpu box sandbox container".split()
)
"""Names that say nothing of anybody, and stand in many a text."""

_START = r"(?<![\w.\-/])"
_AFTER_OTHERS = r"(?:(?<=file://)|(?<=file:)|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm))"
"""What may stand right before a path though it looks like a part of it: a scheme, a colour of a terminal."""
_END = r"(?![\w\-]|\.\w)"


@dataclass(frozen=True)
class Privacy:
    """What to look for and what to put in its place, the longest first."""

    pattern: re.Pattern[str]
    shown: tuple[str, ...]

    @classmethod
    def of(cls, places: Iterable[tuple[Path, str]], names: Iterable[tuple[str, str]] = ()) -> Privacy:
        """`places` are folders and what is shown for them: "" for the repository itself, whose files are shown by their
        path in it. `names` are words, such as a user's."""
        found: dict[str, str] = {}
        for path, shown in places:
            for text in {str(path), os.path.realpath(path) if path.is_absolute() else ""}:
                if text not in ("", os.sep, "."):
                    found.setdefault(text, shown)
        ordered = sorted(found.items(), key=lambda item: -len(item[0]))
        parts, shows = [], []
        for text, shown in ordered:
            start = f"(?:{_START}|{_AFTER_OTHERS})"
            if not shown:
                parts.append(f"({start}{re.escape(text + os.sep)})")
                shows.append("")
            parts.append(f"({start}{re.escape(text)}{_END})")
            shows.append(shown or ".")
        for name, shown in names:
            parts.append(rf"((?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_]))")
            shows.append(shown)
        return cls(re.compile("|".join(parts) or r"(?!)"), tuple(shows))

    def touches(self, text: str) -> bool:
        """Whether a text has something of this machine."""
        return self.pattern.search(text) is not None

    def scrub(self, text: str) -> str:
        """A text without the places and names of this machine."""
        return self.pattern.sub(lambda match: self.shown[(match.lastindex or 1) - 1], text)


def private_names() -> list[tuple[str, str]]:
    """The user's and the machine's name, where they tell anything."""
    found = []
    for name, shown in ((_user(), "user"), *((host, "host") for host in _hosts())):
        if len(name) > 2 and name.lower() not in _WORDS and not name.isdecimal():
            found.append((name, shown))
    return found


def of_run(root: Path, shell: Path | None, checkout: Path | None, python: str) -> Privacy:
    """What a run could let out. `root` is the copy of the repository, `shell` the scratch folder that it lies in,
    `checkout` the original."""
    return _of_run(root, shell, checkout, python, os.environ.get("HOME", ""))


@lru_cache(maxsize=8)
def _of_run(root: Path, shell: Path | None, checkout: Path | None, python: str, home: str) -> Privacy:
    places = [(root, "")]
    if shell is not None:
        # The second of each is what the recorder already made of it.
        for seen in (shell, Path("<workspace>")):
            places += [(seen / ".home", "~"), (seen / ".t", "<tmp>")]
        places.append((shell, "<workspace>"))
    if checkout is not None:
        places.append((checkout, ""))
    environment = Path(python).parent.parent
    if python and len(environment.parts) > 2:
        places.append((environment, "<python>"))
    places += [(Path(home), "~")] if home else []
    places.append((Path.home(), "~"))
    return Privacy.of(places, private_names())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _hosts() -> list[str]:
    name = socket.gethostname()
    return list(dict.fromkeys(filter(None, [name, name.partition(".")[0]])))
