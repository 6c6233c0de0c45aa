"""The replay in a real pseudo-terminal: what stands on it, what is remembered, and the terminal put back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pyte
import pytest

from tests.build import a_realistic_tour
from tests.screens import ROOT, a_recorded_tour

COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@pytest.fixture
def tour_file(tmp_path: Path) -> Path:
    path = tmp_path / "doubling.tour.json"
    a_recorded_tour().save(path)
    return path


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES")
    }
    own = {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **own, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), **more}


class Terminal:
    """A replay in a pseudo-terminal: keys go in, what a terminal would show comes out."""

    def __init__(self, path: Path, *options: str, size: tuple[int, int] = (80, 24), **more: str) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.Stream(self.screen)
        self.raw = ""
        arguments = ["-m", "repotour", "replay", str(path), *options]
        known = environment(path.parent, **more)
        self.child: Any = pexpect.spawn(
            sys.executable, arguments, env=known, dimensions=size[::-1], encoding="utf-8", timeout=20
        )

    def see(self, pattern: str) -> str:
        """Wait until the screen matches; returns it."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            shown = "\n".join(line.rstrip() for line in self.screen.display)
            if re.search(pattern, shown):
                return shown
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=1))
            except pexpect.TIMEOUT:
                continue
        raise AssertionError(f"{pattern!r} never came; the screen is:\n{shown}")

    def press(self, keys: str, pattern: str) -> str:
        self.child.send(keys)
        return self.see(pattern)

    def end(self, keys: str = "") -> int:
        """Wait for the end; returns the exit code, or minus the signal. The terminal must be as it was."""
        self.child.send(keys)
        try:
            while True:
                self._feed(self.child.read_nonblocking(65536, timeout=20))
        except pexpect.EOF:
            pass
        self.child.wait()
        for on, off in (("?1049h", "?1049l"), ("?25l", "?25h"), ("?1000h", "?1000l"), ("?2004h", "?2004l")):
            assert self.raw.rfind(f"\x1b[{off}") > self.raw.rfind(f"\x1b[{on}") >= 0, on
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)

    def _feed(self, text: str) -> None:
        self.raw += text
        # What pyte does not know of: the kitty keyboard protocol and questions to the terminal.
        self.stream.feed(re.sub(r"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p", "", text))


@pytest.fixture
def terminal(tour_file: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_one(*options: str, path: Path = tour_file, **more: Any) -> Terminal:
        opened.append(Terminal(path, *options, **more))
        return opened[-1]

    yield open_one
    for item in opened:
        item.child.close(force=True)


def test_a_session_in_a_small_terminal(terminal: Callable[..., Terminal], tour_file: Path) -> None:
    replay = terminal()
    shown = replay.see(r"n next line .* q quit")
    assert len(shown.split("\n")) == 24
    assert re.search(r"^ doubling +step 2/13 · stop 1/5", shown)
    assert re.search(r"^    1 ┃▶ 6  total = 0$", shown, re.M)
    replay.press("\x1b[C", r"stop 2/5")
    replay.press("n", r"▶ 4      return y")
    replay.press("b", r"▶ 3      y = x \* 2")
    replay.press("u", r"▶ 8      total \+= double\(n\)")
    replay.press("?", r"next line, over calls(.|\n)*╰─+╯$")
    replay.press("\x1b", r"at a caller(.|\n)* q quit$")
    replay.press("/", r"find in titles(.|\n)*╰─+╯$")
    replay.press("printed", r"stop 5  The sum is printed")
    replay.press("\r", r"stop 5/5")
    replay.press("\x1b[<0;6;2M\x1b[<0;6;2m", r"stop 1/5")  # a click on the first chapter
    replay.press("n", r"step 3/13")
    assert replay.end("q") == 0
    before = tour_file.read_bytes()
    again = terminal()
    again.see(r"You stopped here last time")
    again.press("\x1b[C", r"step 5/13 · stop 2/5")
    assert again.end("\x03") == 0
    assert tour_file.read_bytes() == before
    kept = json.loads((tour_file.parent / "state" / "repotour" / "places.json").read_text())
    assert list(kept.values()) == [{"stop": "data-1"}]


def test_a_large_terminal_shows_everything_at_once(terminal: Callable[..., Terminal]) -> None:
    replay = terminal("--stop", "2", size=(200, 60))
    for part in ("p play", "stops", "main.py:3 in double", "note · stop 2", "values", "▶ 0 double", "▶  2 A number"):
        replay.see(re.escape(part))
    replay.child.setwinsize(24, 80)
    replay.screen.resize(24, 80)
    replay.see(r" n next line .* q quit")
    assert replay.end("q") == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_the_terminal_is_put_back(
    terminal: Callable[..., Terminal], number: int, code: int
) -> None:
    replay = terminal()
    replay.see(r"q quit")
    replay.child.kill(number)
    assert replay.end() == code


def test_it_can_be_suspended_and_continued(terminal: Callable[..., Terminal]) -> None:
    replay = terminal()
    replay.see(r"q quit")
    replay.child.send("\x1a")
    replay.child.expect(re.escape("\x1b[?1049l"))
    os.waitpid(replay.child.pid, os.WUNTRACED)
    replay.screen.reset()
    replay.child.kill(signal.SIGCONT)
    replay.see(r"stop 1/5")
    replay.press("\x1b[C", r"stop 2/5")
    assert replay.end("q") == 0


def test_without_colour_nothing_is_coloured_and_the_line_is_still_lit(terminal: Callable[..., Terminal]) -> None:
    for more in ({}, {"NO_COLOR": "1"}, {"TERM": "linux"}):
        replay = terminal("--stop", "1", **more)
        replay.see(r"▶ 6  total = 0(.|\n)*q quit")
        replay.press("n", r"▶ 7")
        row = next(row for row, line in enumerate(replay.screen.display) if "▶" in line)
        lit = [replay.screen.buffer[row][column] for column in range(12, 20)]
        assert all(cell.reverse for cell in lit) == bool(more)
        assert bool(COLOUR.search(replay.raw)) != ("NO_COLOR" in more)
        assert replay.end("q") == 0


def test_it_plays_by_itself(terminal: Callable[..., Terminal]) -> None:
    replay = terminal("--auto", "0.1")
    replay.see(r"stop 5/5(.|\n)*This is the last stop")
    assert replay.end("q") == 0


def test_keys_come_from_the_terminal_when_the_standard_streams_do_not(tour_file: Path) -> None:
    command = f"echo no keys | {sys.executable} -m repotour replay {tour_file} 2>errors; echo ended $?; cat errors"
    child = pexpect.spawn(
        "/bin/sh", ["-c", command], env=environment(tour_file.parent), cwd=str(tour_file.parent), encoding="utf-8",
        timeout=20, dimensions=(24, 80),
    )  # fmt: skip
    child.expect("doubling")
    child.send("q")
    child.expect("ended 0")
    child.expect(pexpect.EOF)
    assert child.before.strip() == ""


# --- without a terminal -----------------------------------------------------------------------------------------------


def replay_text(path: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repotour", "replay", str(path), *options]
    known = environment(path.parent, **more)
    return subprocess.run(command, check=False, env=known, capture_output=True, encoding="utf-8", timeout=60)


@pytest.fixture
def long_tour(tmp_path: Path) -> Path:
    path = tmp_path / "spirals.tour.json"
    a_realistic_tour().save(path)
    return path


def test_without_a_terminal_every_stop_is_printed(long_tour: Path) -> None:
    done = replay_text(long_tour, "--auto")
    assert (done.returncode, done.stderr) == (0, "")
    for number, stop in enumerate(a_realistic_tour().stops, 1):
        assert f"[{number}/17] {stop.title}" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) == 80
    assert "\x1b" not in done.stdout
    assert not (long_tour.parent / "state").exists()


def test_the_width_and_one_stop_can_be_chosen(long_tour: Path) -> None:
    assert max(len(line) for line in replay_text(long_tour, "--width", "60").stdout.splitlines()) == 60
    one = replay_text(long_tour, "--plain", "--stop", "12").stdout
    assert re.findall(r"^\[\d+/17\]", one, flags=re.M) == ["[12/17]"]


def test_plain_in_a_terminal_and_a_dumb_terminal_print(long_tour: Path) -> None:
    for options, more in ((["--plain"], {}), ([], {"TERM": "dumb"}), ([], {"PYTHONIOENCODING": "ascii"})):
        arguments = ["-m", "repotour", "replay", str(long_tour), *options]
        known = environment(long_tour.parent, **more)
        shown = pexpect.run(" ".join([sys.executable, *arguments]), env=known).decode()
        assert "[17/17] The weights are saved" in shown
        assert "\x1b" not in shown


def test_bad_input_is_one_line_and_an_exit_code(long_tour: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tour.json"
    cut.write_bytes(long_tour.read_bytes()[:500])
    empty = tmp_path / "none.tour.json"
    replace(a_realistic_tour(), stops=()).save(empty)
    cases = (
        (cut, (), "error[tour-broken]", 1),
        (tmp_path / "missing.tour.json", (), "error[tour-missing]", 1),
        (empty, (), "error[tour-no-stops]", 3),
        (long_tour, ("--stop", "99"), "error[no-such-stop]", 1),
    )
    for path, options, words, code in cases:
        done = replay_text(path, *options)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.startswith(words)
        assert done.stderr.count("\n") == 1
    assert replay_text(long_tour, "--auto", "soon").returncode == 2
    assert replay_text(long_tour, "--auto", "0").returncode == 2
