"""`repotour replay --pdb` in a real pseudo-terminal, and on pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect  # type: ignore[import-untyped]

from walkthroughs.tour import Tour

PROMPT = "\\(Pdb\\) "


class Session:
    """A pdb prompt in a terminal of its own."""

    def __init__(self, path: Path, *options: str) -> None:
        words = ["-m", "repotour", "replay", "--pdb", str(path), *options]
        known = {**os.environ, "TERM": "dumb", "PYTHONUTF8": "1"}
        self.child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=20, env=known, dimensions=(50, 200))
        self.first = self.read(0)

    def read(self, echoed: int = 1) -> list[str]:
        """The lines up to the next prompt, without those that echo what was typed."""
        self.child.expect(PROMPT)
        rows = [row.rstrip("\r") for row in str(self.child.before).split("\n")]
        return [row.replace("\x1b[?2004l", "").replace("\r", "") for row in rows[echoed:] if row.strip()]

    def say(self, command: str) -> list[str]:
        """What a command answers."""
        self.child.sendline(command)
        return self.read()


def test_a_session_forward_and_backward(tour_file: Path, line: dict[str, int]) -> None:
    session = Session(tour_file)
    called = line['print("fact", fact(4))']
    header, below = line["for number in range(count):"], line["below = fact(n - 1)"]
    assert session.say("b items") == ["Breakpoint 1 at items"]
    assert session.say(f"tbreak {below}, n == 3") == [f"Breakpoint 2 at steps.py:{below}"]
    assert session.say("c")[:2] == [f"[breakpoint 2: steps.py:{below}]", f"> steps.py({below})fact()"]
    assert session.say("p n, n * 2 + 1") == ["(3, 7)"]
    assert session.say("s")[:2] == ["--Call--", f"> steps.py({line['def fact(n):'] + 1})fact()"]
    assert session.say("p n") == ["2"]
    where = session.say("w")
    assert [row for row in where if row.startswith(("> ", "  steps"))] == [
        f"  steps.py({line['main()']})<module>()",
        f"  steps.py({called})main()",
        f"  steps.py({below})fact()",
        f"  steps.py({below})fact()",
        f"> steps.py({line['def fact(n):'] + 1})fact()",
    ]
    assert session.say("u")[0] == f"> steps.py({below})fact()"
    assert session.say("p n") == ["3"]
    assert session.say("d")[0].startswith("> steps.py")
    assert session.say("d") == ["*** Newest frame"]
    assert session.say("rs")[0] == f"> steps.py({below})fact()"
    assert session.say("rn")[0] == f"> steps.py({line['if n < 2:']})fact()"
    assert session.say("r")[-2] == f"> steps.py({line['return n * below']})fact()"
    assert session.say("n")[0] == "--Return-- fact->6"
    assert session.say("c")[-1] == "-> me = next(IDS)"
    assert session.say(f"unt {header}")[-2] == f"> steps.py({header})items()"
    assert session.say("a") == ["count = 9"]
    assert session.say("rc")[0] == "[breakpoint 1: items]"
    assert session.say("rc")[0] == "--The recording begins here--"
    session.child.sendline("q")
    session.child.expect(pexpect.EOF)
    session.child.close()
    assert session.child.exitstatus == 0


def test_what_was_not_recorded_is_said(tour_file: Path, line: dict[str, int]) -> None:
    session = Session(tour_file)
    assert session.say("p nothing") == ["*** nothing was not recorded up to here."]
    assert session.say("p open('x')") == ["*** open('x') cannot be told: nothing runs here, this is a recording."]
    assert session.say("x = 1") == ["*** this is no expression: invalid syntax."]
    assert session.say("b 2")[0].startswith("*** line 2 of steps.py was not recorded running; the nearest that was is")
    assert session.say("b other.py:3") == ["*** no file of this recording is called other.py"]
    assert session.say("cl 7") == ["*** No breakpoint numbered 7"]
    assert session.say("l x") == ["*** Error in argument: 'x'"]
    assert session.say("stop 9") == ["*** there is no stop 9"]
    # The fourth number of `items` ran unrecorded: only the first three visits of each line are.
    late = line['late = "late"']
    session.say(f"b {late}")
    gap = "[lines of this function ran unrecorded before this one]"
    assert session.say("c")[-3:-1] == [gap, f"> steps.py({late})items()"]
    session.say("cl 1")
    loop = line["value = leaf(index)"]
    session.say(f"b {loop}, index == 1")
    session.say("c")
    assert any("call" in row and "leaf" in row and "only the first visits" in row for row in _steps(session, 60))
    session.child.close()


def _steps(session: Session, count: int) -> list[str]:
    return [row for _ in range(count) for row in session.say("s")]


def test_exceptions_source_and_completion(tour_file: Path, line: dict[str, int]) -> None:
    session = Session(tour_file, "--stop", "1")
    assert session.first[0] == "[stop 1 of 1: The loop]"
    number = line['raise ValueError("odd: %d" % number)']
    session.say(f"b {number}")
    session.say("rc")
    assert session.say("n")[0] == "ValueError: odd: 3"
    session.say("rc")
    session.say("ro")
    assert session.say("ro")[-1] == "-> found = fails(number)"
    session.say("cl")
    assert session.say("n")[0] == "ValueError: odd: 3"  # raised two calls below
    session.say(f"b {number}")
    session.say("rc")
    listed = session.say("ll")
    assert listed[0].endswith("\tdef fails(number):")
    assert any("->" in row for row in listed)
    assert any(f"{number} B" in row for row in session.say(f"l {number - 2}, {number}"))
    session.child.send("p numb\t")
    session.child.expect("er")
    session.child.sendline("")
    session.read()
    session.child.sendintr()
    assert any(row.endswith("--KeyboardInterrupt--") for row in session.read(0))
    assert session.say("p 1 + 1") == ["2"]
    session.child.close()


def test_on_pipes_it_answers_all_commands_and_ends(tour_file: Path) -> None:
    words = [sys.executable, "-m", "repotour", "replay", "--pdb", str(tour_file)]
    done = subprocess.run(words, input="w\nn\n", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(Pdb) ") == 3
    assert done.stderr == ""


def test_a_tour_without_a_recording(tour: Tour, tmp_path: Path) -> None:
    path = tmp_path / "bare.tour.json"
    Tour(title="bare", stops=tour.stops).save(path)
    words = [sys.executable, "-m", "repotour", "replay", "--pdb", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert "error[no-recording]" in done.stderr
