"""How often and for how long a tour may try. Runs on the host."""

from __future__ import annotations

import time

LEAST = 3.0
"""Seconds below which it is not worth starting a program."""


class Bounds:
    """Counts attempts and wall time against what the user allows: `attempts` runs, `seconds` for all of them together.

    The clock starts with the first `take()`.
    """

    def __init__(self, attempts: int, seconds: float) -> None:
        self.attempts = attempts
        self.seconds = seconds
        self.taken = 0
        self._began: float | None = None

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds if self._began is None else self.seconds - (time.monotonic() - self._began)

    @property
    def over(self) -> bool:
        """Whether nothing more may be tried."""
        return self.taken >= self.attempts or (self.taken > 0 and self.left < LEAST)

    def take(self, seconds: float) -> float:
        """Begin a run that may last `seconds`; gives the seconds that it may last within what is left of the whole."""
        self._began = self._began if self._began is not None else time.monotonic()
        return max(LEAST, min(seconds, self.left))

    def why(self) -> str:
        """Why nothing more is tried, in words."""
        if self.taken >= self.attempts:
            return f"{self.attempts} attempts were made (--attempts allows more)"
        return f"the {self.seconds:g} s for all attempts were up (--total allows more)"
