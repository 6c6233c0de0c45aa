"""Live progress: plain lines without a terminal, a few changing lines on one."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from repotour.progress import Progress
from tracer.stages import Stage

ROOT = Path(__file__).resolve().parents[2]


def tell(progress: Progress) -> None:
    """A short tour, as the command tells it."""
    with progress:
        progress.step("Opening the repository")
        progress.transfer("Cloning toy", 0.3)
        progress.transfer("Writing the files", None)
        progress.done("Cloned toy")
        progress.step("Running")
        progress.attempt("python train.py")
        progress.stage_reached(Stage.LOSS, "train.py:8")
        progress.stage_reached(Stage.LOSS, "train.py:9")
        progress.detail("epoch 1")
        with progress.paused():
            pass
        progress.warn("no GPU here")
        progress.done("Ran in 2 s")


def test_without_a_terminal_each_event_is_one_plain_line() -> None:
    stream = io.StringIO()
    tell(Progress(stream=stream))
    assert stream.getvalue().splitlines() == [
        "Opening the repository …",
        "Writing the files",
        "Cloned toy",
        "Running …",
        "$ python train.py",
        "Loss: train.py:8",
        "warning: no GPU here",
        "Ran in 2 s",
    ]


def test_quiet_says_only_warnings() -> None:
    stream = io.StringIO()
    tell(Progress(stream=stream, quiet=True))
    assert stream.getvalue() == "warning: no GPU here\n"


def on_a_terminal(script: str, **env: str) -> str:
    """What a script writes to a terminal of 100 columns."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(
        sys.executable,
        ["-c", textwrap.dedent(script)],
        cwd=str(ROOT),
        env=os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT / "tests" / "unit")} | env,
        dimensions=(24, 100),
        encoding="utf-8",
        timeout=20,
    )
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


_TELL = "from repotour.progress import Progress; from test_cli_progress import tell; tell(Progress())"


def settled(written: str) -> list[str]:
    """The lines that are left on the screen: those that were not taken back by the live display."""
    screen: list[str] = [""]
    row = 0
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", written):
        if token == "\n":
            row += 1
            if row == len(screen):
                screen.append("")
        elif token.endswith("A") and token.startswith("\x1b["):
            row -= int(token[2:-1] or 1)
        elif token == "\x1b[2K":
            screen[row] = ""
        elif not token.startswith(("\x1b", "\r")):
            screen[row] += token
    return [line.rstrip() for line in screen if line.strip()]


def test_on_a_terminal_only_results_stay() -> None:
    written = on_a_terminal(_TELL)
    assert "\x1b[" in written
    assert settled(written) == [
        "✓ Cloned toy",
        "  $ python train.py",
        "! no GPU here",
        "✓ Ran in 2 s",
    ]
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")  # the cursor is there again


def test_no_color_is_honoured() -> None:
    colour = re.compile(r"\x1b\[[0-9;]*(3|9)[0-9]m")
    assert not colour.search(on_a_terminal(_TELL, NO_COLOR="1"))
    assert colour.search(on_a_terminal(_TELL))


def test_the_terminal_is_left_clean_when_something_breaks() -> None:
    script = """
        from repotour.progress import Progress
        try:
            with Progress() as progress:
                progress.step("Running")
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            print("bye")
        """
    written = on_a_terminal(script)
    assert settled(written) == ["bye"]
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")


def test_rich_is_loaded_only_for_a_terminal() -> None:
    script = "import sys; from test_cli_progress import *; tell(Progress()); print('rich' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT / "tests" / "unit", capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
