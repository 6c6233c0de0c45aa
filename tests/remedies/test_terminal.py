"""Programs that assume a terminal run without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attempting import attempts_of

MakeRepo = Callable[..., Path]

SIZES = """
import fcntl
import os
import shutil
import struct
import subprocess
import termios

_, width = os.popen("stty size", "r").read().split()
rows, columns = subprocess.check_output(["stty", "size"]).decode().split()
packed = fcntl.ioctl(0, termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
asked = os.get_terminal_size(0)
print(int(width), columns, asked.lines, struct.unpack("HHHH", packed)[:2], shutil.get_terminal_size()[0])
os.system("clear > /dev/null")
"""


def test_the_size_of_the_terminal(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": SIZES}), "train.py")
    assert done.slugs == ["terminal"]
    assert done.ending[0] == "finished"
    assert done.last.out == "80 80 24 (24, 80) 80\n"
    assert "stty size was answered with 80 columns and 24 lines (at train.py:9, train.py:10)" in done.told
    assert "os.get_terminal_size() was answered" in done.told


def test_another_value_error_is_not_about_the_terminal(make_repo: MakeRepo) -> None:
    done = attempts_of(make_repo(files={"train.py": "a, b = 'one'.split()\n"}), "train.py")
    assert done.slugs == []
