"""The files of a recording as an editor knows them: by their path in a checkout, or by a number. Runs on the host.

An editor is shown the file of a checkout only where its text is that of the run; else the text that the tour carries.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from walkthroughs.recording import Recording, SourceText

MISSING = "# (this part of the file is not in the tour)"


class Places:
    """The files of one recording; `root` is a checkout, where there is one."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.root: Path | None = None
        self.as_uri = False
        self._numbers = {source.path: number for number, source in enumerate(recording.sources, start=1)}
        self._local: dict[str, Path | None] = {}

    def set_root(self, root: str) -> None:
        """Show the files of this checkout where they are those of the run."""
        self.root = Path(root) if root else None
        self._local.clear()

    def source(self, path: str) -> dict[str, Any]:
        """A file as a `Source` of the protocol."""
        name = path.rpartition("/")[2]
        local = self.local(path)
        if local is not None:
            return {"name": name, "path": local.as_uri() if self.as_uri else str(local)}
        if path in self._numbers:
            return {"name": name, "path": path, "sourceReference": self._numbers[path], "origin": "the tour"}
        return {"name": name, "path": path, "presentationHint": "deemphasize", "origin": "not in the tour"}

    def local(self, path: str) -> Path | None:
        """The file in the checkout, when it is there and its text is that of the run."""
        if self.root is None:
            return None
        if path not in self._local:
            self._local[path] = self._find(self.root / path, path)
        return self._local[path]

    def _find(self, file: Path, path: str) -> Path | None:
        source = self.recording.source(path)
        try:
            lines = file.read_text("utf-8", "replace").splitlines()
        except (OSError, ValueError):
            return None
        if source is None or len(lines) != source.length:
            return None
        same = all(
            lines[part.first_line - 1 : part.first_line - 1 + len(part.lines)] == list(part.lines)
            for part in source.parts
        )
        return file.absolute() if same else None

    def path_of(self, source: dict[str, Any]) -> str | None:
        """The file of the recording that an editor means; None for one that is not in it."""
        number = source.get("sourceReference")
        if isinstance(number, int) and number > 0:
            return next((path for path, known in self._numbers.items() if known == number), None)
        path = source.get("path") or source.get("name")
        if not isinstance(path, str) or not path:
            return None
        if path.startswith("file:"):
            path = unquote(urlsplit(path).path)
        path = path.replace("\\", "/")
        fits = [known for known in self._numbers if path == known or path.endswith("/" + known)]
        return max(fits, key=len, default=None)

    def text(self, source: SourceText) -> str:
        """A file's text with each line in its place; what the tour lacks is left blank, and said."""
        rows = [""] * source.length
        covered = 0
        for part in source.parts:
            if part.first_line - 1 > covered:
                rows[covered] = MISSING
            rows[part.first_line - 1 : part.first_line - 1 + len(part.lines)] = part.lines
            covered = part.first_line - 1 + len(part.lines)
        if covered < source.length:
            rows[covered] = MISSING
        return "\n".join(rows) + "\n"

    def numbered(self, number: int) -> SourceText | None:
        """A file by its number."""
        sources = self.recording.sources
        return sources[number - 1] if 0 < number <= len(sources) else None
