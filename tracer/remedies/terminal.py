"""A program asks how large its terminal is, and there is none."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, raising_lines, with_shim
from tracer.remedies import Adaptation, Situation

ASKS = re.compile(r"stty|terminal_size|TIOCGWINSZ|\bcurses\b|\btput\b|termios")
COMPLAINTS = re.compile(r"Inappropriate ioctl|setupterm|terminfo|TERM environment variable|stdin.*not a terminal", re.I)


class Terminal:
    """Answers in place of the terminal."""

    order = 45

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failing line asks for the terminal, or the failure says that there is none."""
        text = complaint(situation)
        asking = situation.error and any(ASKS.search(line) for line in raising_lines(situation))
        if not asking and not COMPLAINTS.search(text):
            return None
        return Adaptation(
            with_shim(situation.plan, "terminal"),
            "questions about the terminal are answered with 80 columns and 24 lines",
            f"the program runs without a terminal, and asks for its size ({situation.message[:100] or text[:100]})",
            slug="terminal",
        )


REMEDY = Terminal()
