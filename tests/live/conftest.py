"""A terminal in which a program is walked live, and tours to walk."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from conftest import ROOT

from repotour.commands.run import tour_repository

PROMPT = r"ipdb> ?|\(repotour\) "
SECONDS = 60


class Terminal:
    """A pseudo-terminal with `repotour debug` in it; what it wrote, without its control sequences."""

    def __init__(self, words: list[str], folder: Path, simple: bool = True) -> None:
        given = {
            **os.environ,
            "TERM": "xterm",
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "LINES": "40",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        if simple:
            given["IPY_TEST_SIMPLE_PROMPT"] = "1"  # a prompt that a program can read as well
        self.child = pexpect.spawn(
            sys.executable, ["-m", "repotour", "debug", *words], cwd=str(folder), env=given, encoding="utf-8",
            dimensions=(40, 100), timeout=SECONDS,
        )  # fmt: skip
        self.text = self.latest = ""

    def prompt(self) -> str:
        """Wait until it asks; what it wrote since the last command."""
        self.child.expect(PROMPT)
        return self._plain(self.child.before or "")

    def goes_on(self) -> bool:
        """Whether it asks again; False when the program has ended."""
        found = self.child.expect([PROMPT, pexpect.EOF])
        self.latest = self._plain(self.child.before or "")
        return found == 0

    def say(self, command: str) -> str:
        """Type a command; what it wrote until it asks again."""
        self.child.sendline(command)
        return self.prompt()

    def end(self, command: str = "") -> tuple[str, int | None]:
        """Type a last command; the rest of what it wrote, and the exit status."""
        if command:
            self.child.sendline(command)
        self.child.expect(pexpect.EOF)
        rest = self._plain(self.child.before or "")
        self.child.close()
        return rest, self.child.exitstatus

    def _plain(self, text: str) -> str:
        found = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")
        self.text += found
        return found


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start `repotour debug` with some words, in a terminal of its own."""
    opened: list[Terminal] = []

    def start(*words: str | Path, folder: Path = tmp_path, simple: bool = True) -> Terminal:
        python = ["--python", sys.executable, "--no-install"]
        opened.append(Terminal([*map(str, words), *python], folder, simple))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.child.close(force=True)


@pytest.fixture(scope="session")
def sample_tour(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The tour file of a sample, made once."""
    made: dict[str, Path] = {}

    def tour_of(name: str) -> Path:
        if name not in made:
            out = tmp_path_factory.mktemp(name)
            tour_repository(str(ROOT / "sample_repos" / name), out=out, python=sys.executable, install=False)
            made[name] = next(out.glob("*.tour.json"))
        return made[name]

    return tour_of
