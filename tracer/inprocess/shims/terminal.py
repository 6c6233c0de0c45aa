"""Programs that ask how large their terminal is, when there is none. Runs in the target."""

from __future__ import annotations

import os

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

COLUMNS, LINES = 80, 24
WINDOW_SIZE = 0x5413  # TIOCGWINSZ on Linux
ANSWER = "echo %d %d" % (LINES, COLUMNS)
VARIABLES = {"COLUMNS": str(COLUMNS), "LINES": str(LINES)}


def arm(harness: Harness) -> None:
    """Answer in place of the terminal, wherever it is asked."""
    terminal = _Terminal(harness)
    os.get_terminal_size = terminal.size(os.get_terminal_size)
    os.popen = terminal.popen(os.popen)
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    if os.environ.get("TERM", "dumb") == "dumb":
        os.environ["TERM"] = "xterm"  # `clear` and `tput` ask what the terminal can do
    harness.after("subprocess", terminal.on_subprocess)
    harness.after("fcntl", terminal.on_fcntl)


class _Terminal:
    """The answers of a terminal that is not there."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness

    def told(self, question: str) -> None:
        """Tell that a question was answered."""
        text = "%s was answered with %d columns and %d lines" % (question, COLUMNS, LINES)
        self.harness.tell(text, "the program runs without a terminal")

    def size(self, real: Any) -> Any:
        """`os.get_terminal_size`."""

        def get_terminal_size(*given: Any) -> os.terminal_size:
            try:
                found: os.terminal_size = real(*given)
            except OSError:
                self.told("os.get_terminal_size()")
                found = os.terminal_size((COLUMNS, LINES))
            return found

        return like(get_terminal_size, real)

    def popen(self, real: Any) -> Any:
        """`os.popen`."""

        def popen(cmd: Any, *given: Any, **named: Any) -> Any:
            if _asks(cmd):
                self.told("stty size")
                cmd = ANSWER
            return real(cmd, *given, **named)

        return like(popen, real)

    def on_subprocess(self, module: Any) -> None:
        """Programs that are started with a list of words, or by a shell."""
        begin = module.Popen.__init__

        def __init__(popen: Any, args: Any, *given: Any, **named: Any) -> None:
            if _asks(args):
                self.told("stty size")
                args = ANSWER if isinstance(args, str) else ANSWER.split()
            begin(popen, args, *given, **named)

        module.Popen.__init__ = like(__init__, begin)

    def on_fcntl(self, module: Any) -> None:
        """The question in its oldest form."""
        control = module.ioctl

        def ioctl(fd: Any, request: Any, *given: Any) -> Any:
            try:
                return control(fd, request, *given)
            except OSError:
                if request != WINDOW_SIZE:
                    raise
            self.told("the size of the terminal")
            size = LINES.to_bytes(2, "little") + COLUMNS.to_bytes(2, "little") + bytes(4)
            if given and isinstance(given[0], bytearray):
                given[0][: len(size)] = size
                return 0
            return size[: len(given[0])] if given and isinstance(given[0], (bytes, str)) else size

        module.ioctl = like(ioctl, control)


def _asks(words: Any) -> bool:
    """Whether a command asks for the size of the terminal."""
    text = " ".join(map(str, words)) if isinstance(words, (list, tuple)) else words
    return isinstance(text, str) and "stty" in text and "size" in text
