"""Watches a few numbers of a few parameters, to see across which line the weights change. Runs in the target."""

from __future__ import annotations

from _weakref import ref

from . import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    Numbers = Optional[list[float]]
    Change = tuple[str, list[float], list[float]]

PARAMETERS = 12
REPORTS = 24


class Watch:
    """Two elements of up to a dozen parameters, compared before and after each recorded line once gradients exist."""

    def __init__(self, summarizer: values.Summarizer) -> None:
        self.values = summarizer
        self.armed = False
        self.watched: dict[int, ref[Any]] = {}
        self.names: dict[int, str] = {}
        self.reports = 0

    def add(self, name: str, parameter: Any) -> None:
        """Watch one parameter; only a weak reference is kept."""
        serial = self.values.serial(parameter)
        if serial is None:
            return
        self.names[serial] = name
        if len(self.watched) < PARAMETERS and serial not in self.watched:
            self.watched[serial] = ref(parameter)

    def arm(self) -> None:
        """Gradients exist from now on: the weights may change."""
        if self.watched and self.reports < REPORTS:
            self.armed = True

    def sample(self) -> dict[int, Numbers]:
        """{serial: numbers} of what is watched and still alive."""
        found = {}
        for serial, reference in self.watched.items():
            parameter = reference()
            if parameter is not None:
                found[serial] = values.sample_values(parameter, 3)
        return found

    def begin(self) -> Optional[dict[int, Numbers]]:
        """Remember the numbers before a line runs."""
        return self.sample() if self.armed else None

    def changed(self, before: Optional[dict[int, Numbers]]) -> list[Change]:
        """(name, before, after) of the parameters that changed since `before`."""
        if before is None or not self.armed:
            return []
        after = self.sample()
        found = []
        for serial, numbers in before.items():
            now = after.get(serial)
            if now is not None and numbers is not None and now != numbers:
                found.append((self.names.get(serial, "?"), numbers, now))
        if found:
            self.reports += 1
            if self.reports >= REPORTS:
                self.armed = False
        return found
