"""Which programs that a target starts are led to the recorder: Pythons, and what starts one. Runs in the target.

All others (git, compilers, nvidia-smi) are started exactly as they would be, environment included.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

# Programs that do nothing but start others: what they are given reaches a Python behind them.
SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "ash", "make"}
# The same of what stands in their own command.
STARTERS = {
    "env", "nice", "nohup", "time", "timeout", "stdbuf", "xargs", "mpirun", "mpiexec", "srun", "uv", "conda", "numactl",
    "taskset", "setsid",
}  # fmt: skip
WITH_VALUE = ("W", "X")


def words_of(arguments: Any) -> Optional[list[str]]:
    """The words of a command as texts; None when one of them is of a type that is not known."""
    if type(arguments) in (str, bytes):
        arguments = [arguments]
    if type(arguments) not in (list, tuple):
        return None
    found = []
    for word in list(arguments):
        if type(word) is bytes:
            found.append(os.fsdecode(word))
        elif type(word) is str:
            found.append(word)
        elif type(word).__module__ in ("pathlib", "pathlib._local"):
            found.append(os.fspath(word))
        else:
            return None
    return found


def follows(words: list[str], program: str = "", shell: bool = False) -> bool:
    """Whether a command is a Python that reads its environment, or a program that may start one.

    `program` is the file that is run when it is not the first word.
    """
    if shell:
        return True
    if not words:
        return False
    program = program or words[0]
    name = os.path.basename(program)
    if is_python(name):
        return not is_isolated(words[1:])
    if name in SHELLS:
        return True
    if name in STARTERS:
        return starts_python(words[1:])
    first = first_line(program)
    return bool(first) and (first[0] in SHELLS or starts_python(first))


def starts_python(words: list[str]) -> bool:
    """Whether one of the words of a command is a Python, or a shell, that it will start."""
    for place, word in enumerate(words):
        name = os.path.basename(word)
        if is_python(name):
            return not is_isolated(words[place + 1 :])
        if name in SHELLS or name.endswith((".py", ".sh")):
            return True
    return False


def is_python(name: str) -> bool:
    """Whether a program's name is that of a Python 3, of whatever version."""
    return name.startswith("python") and not name.startswith("python2") and name[6:].strip(".0123456789dt") == ""


def is_isolated(words: list[str]) -> bool:
    """Whether options of the interpreter keep its environment or `site` out (-I, -E, -S)."""
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--check-hash-based-pycs":
            del words[:1]
            continue
        if len(word) < 2 or word[0] != "-" or word[1] == "-":
            return False
        for place, letter in enumerate(word[1:], 2):
            if letter in "IES":
                return True
            if letter in "cm":
                return False
            if letter in WITH_VALUE:
                if place == len(word):
                    del words[:1]
                break
    return False


def first_line(program: str) -> list[str]:
    """The interpreter that a script names in its first line, without its folder, and its words; [] for no script."""
    folders = [""] if os.sep in program else (os.environ.get("PATH") or os.defpath).split(os.pathsep)
    for folder in folders:
        path = os.path.join(folder, program) if folder else program
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            start = os.read(descriptor, 256)
        except OSError:
            return []
        finally:
            os.close(descriptor)
        if not start.startswith(b"#!"):
            return []
        words = os.fsdecode(start[2:].partition(b"\n")[0]).split()
        return [os.path.basename(words[0]), *words[1:]] if words else []
    return []
