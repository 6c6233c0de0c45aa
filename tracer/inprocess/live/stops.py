"""Which line is which stop, and which of them are still to come. Runs in the target."""

from __future__ import annotations

from ..instructions import line_starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Optional

    Stop = dict[str, Any]


class Stops:
    """The stops of a tour by their lines. Each is met once, unless it is asked for again.

    A stop is a dict: id, number (from 1), chapter, stage, title, note, because, file (relative), lines, qualname,
    variables (what the recording saw: name, type, value, shape, dtype), basis.
    """

    def __init__(self, stops: list[Stop], root: str, first: str = "", stage: str = "") -> None:
        """With `first`, a stop's id, or `stage` nothing before that one is met."""
        self.all = stops
        self.root = root.rstrip("/") + "/"
        self.pending: dict[str, dict[int, list[Stop]]] = {}
        self.met: list[str] = []
        self.current: list[Stop] = []
        self.first = first
        self.stage = stage
        self._known: dict[CodeType, bool] = {}
        for stop in stops:
            self._add(stop)

    def _add(self, stop: Stop) -> None:
        lines = self.pending.setdefault(self.root + stop["file"], {})
        for line in stop["lines"]:
            found = lines.setdefault(line, [])
            if stop not in found:
                found.append(stop)
        self._known.clear()

    def within(self, code: CodeType) -> bool:
        """Whether a code object has a line with a stop that is still to come."""
        found = self._known.get(code)
        if found is None:
            lines = self.pending.get(code.co_filename)
            found = self._known[code] = not lines_of(code).isdisjoint(lines or ())
        return found

    def at(self, code: CodeType, line: int) -> list[Stop]:
        """The stops that a line is, if it is to be stopped at now; they are not met again."""
        lines = self.pending.get(code.co_filename)
        if not lines or line not in lines:
            return []
        found = lines[line]
        if self.first and self.first not in [stop["id"] for stop in found]:
            return []
        if self.stage and self.stage not in [stop["stage"] for stop in found]:
            return []
        self.first = self.stage = ""
        for stop in found:
            self._remove(stop)
            self.met.append(stop["id"])
        self.current = found
        return found

    def _remove(self, stop: Stop) -> None:
        lines = self.pending[self.root + stop["file"]]
        for line in stop["lines"]:
            rest = [other for other in lines.get(line, ()) if other is not stop]
            if rest:
                lines[line] = rest
            else:
                lines.pop(line, None)
        self._known.clear()

    def only(self, stage: str) -> bool:
        """Go on to a stop of one stage, met or not; False when the tour has none."""
        wanted = [stop for stop in self.all if stop["stage"] == stage]
        for stop in wanted:
            self._add(stop)
        self.stage = stage if wanted else ""
        return bool(wanted)

    def left(self) -> int:
        """How many stops were not met yet."""
        return len(self.all) - len(set(self.met))

    def file_of(self, code: CodeType) -> Optional[str]:
        """The path of a code object's file from the repository's root; None outside of it."""
        name = code.co_filename
        return name[len(self.root) :] if name.startswith(self.root) else None


def lines_of(code: CodeType) -> set[int]:
    """The lines that a code object has instructions on."""
    return {line for _, line in line_starts(code) if line}
