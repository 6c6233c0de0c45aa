"""What is going on, told on stderr while it happens. Host.

On a terminal a few lines that change in place; elsewhere one plain line per event. rich is loaded on first use.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from tracer.stages import CORE_STAGES, Stage

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

_REFRESH_PER_SECOND = 8


class Progress:
    """Tells the user how a tour comes about. As a context manager it cleans the terminal up, Ctrl-C included.

    `step` begins something, `detail` says more about it, `done` ends it with a result; what is over stays as one line.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        """`quiet`: say only warnings. `stream` is stderr by default; NO_COLOR is honoured."""
        self._quiet = quiet
        self._stream = stream if stream is not None else sys.stderr
        self._step = ""
        self._detail = ""
        self._began = time.monotonic()
        self._stages: dict[Stage, str] = {}
        self._console: Console | None = None
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def step(self, text: str) -> None:
        """A new piece of work begins; the one before it, if it has no result of its own, is over."""
        if self._step and self._is_live():
            self._settle(self._step)
        self._step, self._detail, self._began = text, "", time.monotonic()
        self._event(f"{text} …")

    def detail(self, text: str) -> None:
        """What exactly is being done now: replaces the detail before it, and is not told outside of a terminal."""
        self._detail = text
        self._show()

    def transfer(self, text: str, fraction: float | None) -> None:
        """The progress of a clone, 0 to 1: fits `open_checkout(progress=...)`."""
        if fraction is not None and fraction < 1.0:
            self.detail(f"{text} {fraction:.0%}")
        elif self._is_live():
            self.detail(text)
        else:
            self._event(text)

    def attempt(self, command: str) -> None:
        """The command that is run now, or run again after a remedy."""
        self._stages.clear()
        self._detail = ""
        self._event(f"$ {command}", keep=True)

    def outcome(self, text: str) -> None:
        """How an attempt ended: a line that stays."""
        self._event(f"  {text}", keep=True)

    def remedy(self, what: str, why: str) -> None:
        """What is changed for the next attempt, and why: a line that stays."""
        self._event(f"  > {what}" + (f" ({why})" if why else ""), keep=True)

    def stage_reached(self, stage: Stage, where: str) -> None:
        """The target reached a stage for the first time; `where` is `file:line`."""
        if stage in self._stages:
            return
        self._stages[stage] = where
        self._event(f"{stage.title}: {where}")

    def done(self, text: str) -> None:
        """The result of the step that was begun last."""
        if self._is_live():
            self._settle(text)
        else:
            self._event(text)
        self._step = self._detail = ""
        self._show()

    def warn(self, text: str) -> None:
        """Something that the user should know even with --quiet."""
        if self._is_terminal():
            self._print(f"! {text}", "yellow")
        else:
            self._write(f"warning: {text}")

    def fail(self, text: str) -> None:
        """A known failure after which something can still be told: as it is, even with --quiet."""
        if self._is_terminal():
            self._print(text, "red")
        else:
            self._write(text)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal alone for a while: a question is asked."""
        self._stop()
        yield
        self._show()

    def _is_terminal(self) -> bool:
        return self._stream.isatty()

    def _is_live(self) -> bool:
        return not self._quiet and self._is_terminal()

    def _event(self, text: str, *, keep: bool = False) -> None:
        """Something happened: a plain line; on a terminal new live lines, and a line of its own to `keep`."""
        if self._quiet:
            return
        if not self._is_terminal():
            self._write(text)
            return
        if keep:
            self._print(f"  {text}", "dim")
        self._show()

    def _settle(self, text: str) -> None:
        seconds = time.monotonic() - self._began
        took = f" ({seconds:.1f} s)" if seconds >= 1 else ""
        self._print(f"✓ {text}{took}", "green")

    def _write(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def _print(self, text: str, style: str) -> None:
        from rich.text import Text

        line = Text(text)
        line.stylize(style, 0, 1 if style != "dim" else len(text))
        self._terminal().print(line, highlight=False)

    def _terminal(self) -> Console:
        if self._console is None:
            from rich.console import Console

            self._console = Console(file=self._stream)
        return self._console

    def _show(self) -> None:
        if not self._is_live():
            return
        if not self._step:
            self._stop()
            return
        if self._live is None:
            from rich.live import Live

            self._live = Live(console=self._terminal(), transient=True, refresh_per_second=_REFRESH_PER_SECOND)
            self._live.start()
        self._live.update(self._lines())

    def _lines(self) -> RenderableType:
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.text import Text

        lines: list[RenderableType] = [Spinner("dots", Text(self._step, no_wrap=True, overflow="ellipsis"))]
        if self._detail:
            lines.append(Text(f"  {self._detail}", style="dim", no_wrap=True, overflow="ellipsis"))
        if self._stages:
            stage, where = list(self._stages.items())[-1]
            core = sum(seen in CORE_STAGES for seen in self._stages)
            seen = f"  stage {core} of {len(CORE_STAGES)}: {stage.title} at {where}"
            lines.append(Text(seen, no_wrap=True, overflow="ellipsis"))
        return Group(*lines)

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
