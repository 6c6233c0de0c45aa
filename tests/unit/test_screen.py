"""The replay screen: drawn at any size, driven with every key in a real terminal, and the terminal put back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest
from rich.cells import cell_len

from tests.build import a_realistic_tour, a_stop, a_tour
from walkthroughs.player import Player
from walkthroughs.screen import Screen
from walkthroughs.tour import Excerpt, Location, Tour, Variable

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "[red]x[/red] [/] \x1b[2J\x1b]0;owned\x07 \u202e 数数数 \r\b"
SIZES = ((80, 24), (200, 50), (110, 30), (109, 30), (40, 10), (30, 10), (30, 9), (29, 24), (12, 4), (1, 1))


def hostile_tour() -> Tour:
    stop = a_stop(
        title=HOSTILE,
        note=f"{HOSTILE} `{HOSTILE}`\n\n```\n{HOSTILE}\n```" + "\n\nA long paragraph." * 40,
        excerpt=Excerpt(1, (HOSTILE, "\tx = '''", HOSTILE * 20, "")),
        location=Location("a [b].py", 3, 3, HOSTILE),
        variables=tuple(Variable(f"{HOSTILE}{number}", HOSTILE, HOSTILE * 50) for number in range(30)),
        output=f"{HOSTILE}\n" * 30,
        call_stack=(Location("x.py", 1, 1, HOSTILE),) * 30,
    )
    return a_tour(stop, a_stop("b", location=Location("b.py", 900, 950), excerpt=Excerpt(1, ())), title=HOSTILE)


def screen_text(screen: Screen, width: int = 80, height: int = 24) -> str:
    return "\n".join(row.plain.rstrip() for row in screen.rows(width, height))


def pressed(*keys: str, tour: Tour | None = None) -> Screen:
    screen = Screen(Player(tour or a_realistic_tour()))
    for key in keys:
        screen.rows(80, 24)
        screen.press(key)
    return screen


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("key", ["", "v", "w", "h", "g", "/"])
def test_the_screen_is_exactly_as_large_as_the_window(width: int, height: int, key: str) -> None:
    for tour in (a_realistic_tour(), hostile_tour()):
        screen = Screen(Player(tour))
        while True:
            if key:
                screen.press(key)
            rows = screen.rows(width, height)
            assert len(rows) == height
            assert max(cell_len(row.plain) for row in rows) <= width
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", "".join(row.plain for row in rows))
            screen.press("escape")
            if not screen.player.next():
                break


def test_rich_markup_in_foreign_text_is_shown_as_text() -> None:
    text = screen_text(pressed(tour=hostile_tour()))
    assert "[red]x[/red]" in text.splitlines()[1]
    assert "\\x1b[2J" in text


def test_the_first_screen_has_code_note_values_and_keys() -> None:
    lines = screen_text(Screen(Player(a_realistic_tour()))).splitlines()
    assert lines[0].startswith(" spirals · Setup") and lines[0].endswith("1/17")
    assert lines[1] == "The options take their values"
    assert lines[2] == "train.py:37 in main · Configuration"
    assert " ▶ 37      args = parser.parse_args()" in lines
    assert ' │ 35      parser.add_argument("--lr", type=float, default=1e-2)' in lines
    assert "* args  argparse.Namespace of 2  = {lr = 0.01, epochs = 20}" in lines
    assert re.search(r" n next .* h help .* q quit", lines[-1])


def test_only_the_statement_is_lit() -> None:
    screen = pressed(tour=a_tour(a_stop(location=Location("train.py", 2, 3, "train"))))
    rows = [row for row in screen.rows(80, 24) if re.match(r" [▶│ ] +\d", row.plain)]
    lit = [row.plain.split()[1] for row in rows if "bold reverse" in {str(span.style) for span in row.spans}]
    assert lit == ["2", "3"]


def test_the_style_of_the_gutter_does_not_run_into_the_code() -> None:
    row = next(row for row in pressed().rows(80, 24) if "add_argument" in row.plain)
    assert str(row.style) == ""
    assert [str(span.style) for span in row.spans if span.start == 0 and span.end < 10] == ["green"]


def test_without_unicode_the_marks_are_ascii() -> None:
    screen = Screen(Player(a_realistic_tour()), unicode=False)
    body = screen_text(screen).splitlines()[3:]
    assert "\n".join(body).isascii()
    assert " > 37      args = parser.parse_args()" in body


def test_a_wide_window_shows_note_beside_code() -> None:
    rows = screen_text(pressed(), 140, 30).splitlines()
    assert re.search(r"loss\.backward\(\) +│ parse_args fills args", rows[3])


def test_long_content_scrolls_to_its_end_and_no_further() -> None:
    screen = pressed(tour=hostile_tour())
    assert re.search(r"↓ \d+ more lines", screen_text(screen))
    for _ in range(60):
        screen.press("page down")
        screen.rows(80, 24)
    bottom = screen_text(screen)
    assert "why here:" in bottom
    assert "more lines (j" not in bottom
    before = screen.scroll
    screen.press("page up")
    assert 0 < screen.scroll < before
    screen.press("k")
    screen.press("j")
    screen.press("n")
    assert screen.scroll == 0


def test_every_move_that_cannot_be_made_says_so() -> None:
    assert "This is the first stop" in screen_text(pressed("b"))
    assert "This is the last stop" in screen_text(pressed("end", "n"))
    assert "This is the last chapter" in screen_text(pressed("end", "c"))
    assert "No later stop lies inside" in screen_text(pressed("end", "s"))
    assert "No stop lies in the code" in screen_text(pressed("u"))
    assert "h shows the keys" in screen_text(pressed("x"))
    assert "h shows the keys" not in screen_text(pressed("x", "n"))


def test_searching_finds_lights_and_repeats() -> None:
    screen = pressed("/", *"cross", "space", "backspace", "enter")
    assert screen.player.stop.id == "loss-train-1"
    assert any("underline" in str(span.style) for row in screen.rows(80, 24) for span in row.spans)
    screen.press("n")
    assert not any("underline" in str(span.style) for row in screen.rows(80, 24) for span in row.spans)
    for key in ("/", "enter"):
        screen.press(key)
    assert screen.player.stop.id == "loss-train-1"
    for key in ("?", *"217", "enter"):
        screen.press(key)
    assert screen.player.stop.id == "data-item-1"
    for key in ("/", *"nowhere", "enter"):
        screen.press(key)
    assert "Nothing found for: nowhere" in screen_text(screen)
    for key in ("/", "q", "escape"):
        screen.press(key)
    assert (screen.mode, screen.done) == ("stop", False)


def test_the_menu_jumps_by_number_and_by_arrows() -> None:
    assert "10  Checkpoint       stop 17" in screen_text(pressed("g"))
    assert pressed("g", "6").player.stop.id == "loss-train-1"
    assert pressed("g", "up", "enter").player.stop.id == "checkpoint-main-1"
    assert pressed("g", "down", "j", "k", "enter").player.stop.id == "data-spirals-1"
    assert pressed("g", "escape").player.number == 1
    assert pressed("g", "q").done


def test_a_key_that_moves_closes_what_lies_over_the_stop() -> None:
    screen = pressed("v", "n")
    assert (screen.mode, screen.player.number) == ("stop", 2)
    assert pressed("v", "v").mode == "stop"
    assert pressed("v", "w").mode == "stack"
    assert pressed("h", "resized").mode == "help"
    assert pressed("h", "q").done


def test_all_values_are_shown_with_what_they_hold() -> None:
    text = screen_text(pressed("v"))
    assert "    epochs  int  = 20" in text


# --- in a real terminal -----------------------------------------------------------------------------------------------


@pytest.fixture
def tour_file(tmp_path: Path) -> Path:
    path = tmp_path / "spirals.tour.json"
    a_realistic_tour().save(path)
    return path


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    return {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **more}


class Terminal:
    """A replay in a pseudo-terminal: keys go in, the last whole screen comes out."""

    def __init__(self, path: Path, *options: str, size: tuple[int, int] = (24, 80), **more: str) -> None:
        arguments = ["-m", "repotour", "replay", str(path), *options]
        self.child: Any = pexpect.spawn(
            sys.executable, arguments, env=environment(**more), dimensions=size, encoding="utf-8", timeout=20
        )
        self.child.setecho(True)
        self.before = termios.tcgetattr(self.child.child_fd)
        self.raw = ""

    def see(self, pattern: str) -> str:
        """Wait until a whole screen matches; returns it without styles."""
        end = time.monotonic() + 20
        frame = ""
        while time.monotonic() < end:
            frame = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw.rpartition("\x1b[H")[2])
            if re.search(pattern, frame) and self.raw.endswith("\x1b[J"):
                return frame.replace("\r", "")
            try:
                self.raw += self.child.read_nonblocking(65536, timeout=1)
            except pexpect.TIMEOUT:
                continue
        raise AssertionError(f"{pattern!r} never came; the last screen was:\n{frame}")

    def press(self, keys: str, pattern: str) -> str:
        self.child.send(keys)
        return self.see(pattern)

    def end(self) -> int:
        """Wait for the end; returns the exit code, or minus the signal. The terminal must be as it was."""
        try:
            while True:
                self.raw += self.child.read_nonblocking(65536, timeout=20)
        except pexpect.EOF:
            pass
        self.child.wait()
        assert self.raw.rstrip().endswith("\x1b[?1049l") or "\x1b[?1049l" in self.raw
        assert self.raw.rfind("\x1b[?25h") > self.raw.rfind("\x1b[?25l")
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)


@pytest.fixture
def terminal(tour_file: Path) -> Iterator[Terminal]:
    opened = Terminal(tour_file)
    yield opened
    opened.child.close(force=True)


def test_a_session_with_every_key_from_the_first_stop_to_the_last(terminal: Terminal) -> None:
    terminal.see(r" 1/17")
    for number in range(2, 18):
        key = {0: "n", 1: " ", 2: "\x1b[C"}[number % 3]
        screen = terminal.press(key, rf" {number}/17")
        assert len(screen.split("\n")) == 24
    terminal.press("n", "This is the last stop")
    terminal.press("b", " 16/17")
    terminal.press("\x1b[D", " 15/17")
    terminal.press("s", "hits are counted")
    terminal.press("u", "model is evaluated")
    terminal.press("\x1b[H", " 1/17")
    terminal.press("c", " 2/17")
    terminal.press("g", "Jump to a stage")
    terminal.press("\x1b[B\r", " 5/17")
    terminal.press("/", r"\n/ ")
    terminal.press("h\u00e4\x7f\x7fcross_entropy\r", " 12/17")
    terminal.press("?", r"\n\? ")
    terminal.press("217\r", " 4/17")
    terminal.press("v", "index  int  = 217")
    terminal.press("w", "callers up to the entry point")
    terminal.press("h", "find backward")
    terminal.press("\x1b", "One data item[^?]*n next")
    terminal.press("\x1b[5~\x1b[6~\x1b[23~", "h shows the keys")
    terminal.press("\x1b[F", " 17/17")
    terminal.child.send("q")
    assert terminal.end() == 0


def test_the_terminal_is_put_back_after_quitting(tour_file: Path) -> None:
    shell = pexpect.spawn("/bin/sh", env=environment(PS1="$ "), dimensions=(24, 80), encoding="utf-8", timeout=20)
    command = f"{sys.executable} -m repotour replay {tour_file}; stty -a; echo d''one"
    for key, code in (("q", None), ("\x03", None)):
        shell.sendline("stty -a; echo first d''one")
        shell.expect("first done")
        settings = re.search(r"-?\bicanon\b.*-?\becho\b", shell.before, re.S)
        shell.sendline(command)
        shell.expect(r"1/17")
        shell.send(key)
        shell.expect("\r\ndone")
        after = shell.before.rpartition("\x1b[?1049l")[2]
        assert settings and settings.group() in after, (key, code)
        assert "-icanon" not in after and "-echo " not in after
    shell.close(force=True)


def test_a_smaller_and_a_larger_window_are_drawn_at_once(terminal: Terminal) -> None:
    terminal.see(r" 1/17")
    terminal.child.setwinsize(40, 140)
    screen = terminal.see(r"│ parse_args fills args")
    assert len(screen.split("\n")) == 40
    terminal.child.setwinsize(10, 40)
    terminal.see(r"^ spirals · Setup {19}1/17\s+The options")
    terminal.child.setwinsize(5, 20)
    terminal.see("too small; q quits")
    terminal.child.send("q")
    assert terminal.end() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_the_terminal_is_put_back(terminal: Terminal, number: int, code: int) -> None:
    terminal.see(r" 1/17")
    terminal.child.kill(number)
    assert terminal.end() == code


def test_it_can_be_suspended_and_continued(terminal: Terminal) -> None:
    terminal.see(r" 1/17")
    terminal.child.send("\x1a")
    terminal.child.expect(re.escape("\x1b[?1049l"))
    time.sleep(0.2)
    terminal.raw = ""
    terminal.child.kill(signal.SIGCONT)
    terminal.see(r" 1/17")
    terminal.press("n", r" 2/17")
    terminal.child.send("q")
    assert terminal.end() == 0


def test_without_colour_nothing_is_coloured(tour_file: Path) -> None:
    coloured, plain = Terminal(tour_file), Terminal(tour_file, NO_COLOR="1")
    for terminal in (coloured, plain):
        terminal.see(r" 1/17")
        terminal.child.send("q")
        assert terminal.end() == 0
    colour = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9;]*)?m")
    assert colour.search(coloured.raw)
    assert not colour.search(plain.raw)
    assert "\x1b[1;7m" in plain.raw, "the statement is lit without colour too"


def test_it_starts_where_it_is_told(tour_file: Path) -> None:
    terminal = Terminal(tour_file, "--stop", "loss-train-1")
    terminal.see(r" 12/17")
    terminal.child.send("q")
    assert terminal.end() == 0


# --- without a terminal -----------------------------------------------------------------------------------------------


def replay(path: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repotour", "replay", str(path), *options]
    return subprocess.run(
        command, check=False, env=environment(**more), capture_output=True, encoding="utf-8", timeout=60
    )


def test_without_a_terminal_every_stop_is_printed(tour_file: Path) -> None:
    done = replay(tour_file)
    assert (done.returncode, done.stderr) == (0, "")
    for number, stop in enumerate(a_realistic_tour().stops, 1):
        assert f"[{number}/17] {stop.title}" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) == 80
    assert "\x1b" not in done.stdout


def test_the_width_and_one_stop_can_be_chosen(tour_file: Path) -> None:
    assert max(len(line) for line in replay(tour_file, "--width", "60").stdout.splitlines()) == 60
    one = replay(tour_file, "--plain", "--stop", "12").stdout
    assert re.findall(r"^\[\d+/17\]", one, flags=re.M) == ["[12/17]"]


def test_plain_in_a_terminal_and_a_dumb_terminal_print(tour_file: Path) -> None:
    for options, more in ((["--plain"], {}), ([], {"TERM": "dumb"})):
        arguments = ["-m", "repotour", "replay", str(tour_file), *options]
        shown = pexpect.run(" ".join([sys.executable, *arguments]), env=environment(**more)).decode()
        assert "[17/17] The weights are saved" in shown
        assert "\x1b" not in shown


def test_an_output_that_knows_no_unicode_is_served(tour_file: Path) -> None:
    done = replay(tour_file, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "[17/17]" in done.stdout


def test_bad_input_is_one_line_and_an_exit_code(tour_file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tour.json"
    cut.write_bytes(tour_file.read_bytes()[:500])
    empty = tmp_path / "none.tour.json"
    replace(a_realistic_tour(), stops=()).save(empty)
    cases = (
        (cut, (), "error[tour-broken]", 1),
        (tmp_path / "missing.tour.json", (), "error[tour-missing]", 1),
        (empty, (), "error[tour-no-stops]", 3),
        (tour_file, ("--stop", "99"), "error[no-such-stop]", 1),
    )
    for path, options, words, code in cases:
        done = replay(path, *options)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.startswith(words)
        assert done.stderr.count("\n") == 1
