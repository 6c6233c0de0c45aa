"""Programs that wait for somebody get answers, and the tour says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from tracer.inprocess.shims.prompts import choose

MakeRepo = Callable[..., Path]

ASKING = """
import getpass
import pdb

name = input("Overwrite the folder? [y/N] ")
epochs = int(input("Epochs: "))
while True:
    choice = input("model: ")
    if choice in ("1", "2"):
        break
pdb.set_trace()
breakpoint()
print(repr(name), epochs, choice, repr(getpass.getpass()))
"""


def test_questions_and_breakpoints(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": ASKING}), "train.py")
    assert done.slugs == ["prompts"]
    assert done.ending[0] == "finished"
    assert done.last.out.splitlines()[-1] == "'n' 1 1 ''"
    assert "'Overwrite the folder? [y/N]' was answered with 'n' (at train.py:5): nobody is there to answer" in done.told
    assert "a breakpoint was passed (at train.py:11, train.py:12)" in done.told


def test_a_breakpoint_that_was_left_in(make_repo: MakeRepo) -> None:
    source = "import pdb\n\nfor step in range(2):\n    pdb.set_trace()\n    print('step', step)\n"
    done = attempts_of(make_repo(files={"train.py": source}), "train.py")
    assert done.slugs == ["prompts"]
    assert done.last.out == "step 0\nstep 1\n"


@pytest.mark.parametrize(
    ("prompt", "line", "answers"),
    [
        ("Continue? (y/n) ", "", ["y", ""]),
        ("Learning rate [0.01]: ", "", ["0.01"]),
        ("optimizer (default: adam): ", "", ["adam"]),
        ("Press enter to go on", "", [""]),
        ("How many? ", "n = int(input('How many? '))", ["1", "0", "2"]),
        ("Type yes to delete: ", "", ["yes", "y"]),
        ("", "", ["", "y", "1"]),
    ],
)
def test_what_is_answered(prompt: str, line: str, answers: list[str]) -> None:
    assert [choose(prompt, line, turn) for turn in range(len(answers))] == answers
