"""Keys from a terminal, one at a time, without an extra dependency; and the terminal put back as it was, always."""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

RESIZED = "resized"
CLOSED = "closed"
ESCAPE_SECONDS = 0.05
"""How long the rest of an escape sequence may take; a bare Escape key is known after that."""

_SEQUENCES = {
    b"[A": "up", b"[B": "down", b"[C": "right", b"[D": "left",
    b"OA": "up", b"OB": "down", b"OC": "right", b"OD": "left",
    b"[H": "home", b"[F": "end", b"OH": "home", b"OF": "end", b"[1~": "home", b"[4~": "end", b"[7~": "home",
    b"[8~": "end", b"[5~": "page up", b"[6~": "page down",
}  # fmt: skip
_NAMED = {b"\r": "enter", b"\n": "enter", b"\x7f": "backspace", b"\x08": "backspace", b"\t": "tab", b" ": "space"}


class Keyboard:
    """The keys of one terminal. Use inside `keyboard_of`; works on the main thread, since it listens to signals."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        # A signal that arrives just before `select` starts would not wake it; the byte that Python itself writes to
        # this pipe does, whenever the signal comes.
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._previous = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self) -> str:
        """The next key by its name or character; `resized` for a changed window, `closed` for a lost terminal."""
        while True:
            ready, _, _ = select.select([self.descriptor, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                return RESIZED
            byte = self._byte()
            if not byte:
                return CLOSED
            if byte == b"\x1b":
                return self._sequence()
            key = _NAMED.get(byte) or self._decoder.decode(byte)
            if key:
                return key

    def close(self) -> None:
        """Give back the pipe."""
        signal.set_wakeup_fd(self._previous)
        os.close(self._woken)
        os.close(self._wake)

    def _byte(self) -> bytes:
        try:
            return os.read(self.descriptor, 1)
        except OSError:
            return b""

    def _sequence(self) -> str:
        """The key that an escape sequence stands for; one that is not known is read to its end and named `unknown`."""
        text = b""
        while select.select([self.descriptor], [], [], ESCAPE_SECONDS)[0]:
            byte = self._byte()
            if not byte:
                break
            text += byte
            if len(text) > 1 and 0x40 <= byte[0] <= 0x7E:
                break
            if len(text) == 1 and byte not in b"[O":
                break
        return _SEQUENCES.get(text, "unknown") if text else "escape"


@contextmanager
def keyboard_of(descriptor: int, enter: Callable[[], None], leave: Callable[[], None]) -> Iterator[Keyboard]:
    """Keys one by one from a terminal; `enter` and `leave` set up the screen, also around a Ctrl-Z.

    However this ends (a key, an error, a signal that ends the process) the terminal's settings are put back.
    """
    before = termios.tcgetattr(descriptor)
    keyboard = Keyboard(descriptor)

    def take() -> None:
        tty.setcbreak(descriptor)
        enter()

    def give_back() -> None:
        leave()
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def stopped(_number: int, _frame: FrameType | None) -> None:
        give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)

    def continued(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTSTP, stopped)
        take()

    handlers = {
        signal.SIGWINCH: _noted,
        signal.SIGTSTP: stopped,
        signal.SIGCONT: continued,
        signal.SIGTERM: _end,
        signal.SIGHUP: _end,
    }
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    take()
    try:
        yield keyboard
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        give_back()
        keyboard.close()


def terminal_of_keys() -> int | None:
    """A descriptor to read keys from: standard input, or the controlling terminal when that is a pipe, or None."""
    try:
        if os.isatty(sys.stdin.fileno()):
            return sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):
        pass
    try:
        return os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return None


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The byte in the pipe says all there is to say."""


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
