"""Reading shell lines from documents: which of them run Python, and on what. Host side; nothing is ever executed."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from tracer.survey.wordlist import words

_PROMPT = re.compile(r"^\s*(?:\([\w./-]+\)\s*)?(?:[\w.@~:/-]*[$%#❯➜]|>(?!>))\s+|^\s*[!$](?=\w)")
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_PYTHON = re.compile(
    r"^(?:.*/)?(?:python|pypy)[\d.]*w?(?:\.exe)?$|^\$\{?PYTHON\w*\}?$|^\$\(PYTHON\w*\)$|^\{\{\s*python\s*\}\}$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"\.pyw?$")

_PREFIXES = words(
    """
    time nohup sudo exec command env xvfb-run stdbuf srun numactl taskset timeout nice caffeinate @
    """
)
_RUNNERS = {
    "uv": "run",
    "poetry": "run",
    "pipenv": "run",
    "pdm": "run",
    "hatch": "run",
    "rye": "run",
    "pixi": "run",
    "conda": "run",
}
_LAUNCHERS = words(
    """
    torchrun accelerate deepspeed horovodrun mpirun mpiexec composer colossalai ipython coverage kernprof
    viztracer pyinstrument
    """
)
_LAUNCH_MODULES = frozenset(
    (
        "torch.distributed.launch",
        "torch.distributed.run",
        "accelerate.commands.launch",
        "cProfile",
        "pdb",
        "ipdb",
        "coverage",
    )
)
_FLAGS_WITH_VALUE = frozenset(("-W", "-X", "--check-hash-based-pycs"))


@dataclass(frozen=True, slots=True)
class Command:
    """One command line that runs Python code: what stands behind `python`, and where."""

    words: tuple[str, ...]
    cwd: str = ""
    launcher: str = ""
    environment: tuple[str, ...] = ()
    shell_file: str = ""
    """The `.sh` file that is run instead, when it is one."""


def commands_in(line: str, cwd: str = "") -> tuple[tuple[Command, ...], str]:
    """The Python commands of one (joined) shell line, and the folder it leaves us in after its `cd`s."""
    text = strip_prompt(line)
    found: list[Command] = []
    for piece in re.split(r"\s*(?:&&|\|\||;|(?<![|>&\d])\|(?!\|)|&(?![&>\d]))\s*", text):
        part = piece.strip().strip("()").strip()
        words = split_words(part)
        if not words:
            continue
        if words[0] in ("cd", "pushd") and len(words) > 1:
            cwd = _join(cwd, words[1])
            continue
        command = _command(words, cwd)
        if command is not None:
            found.append(command)
    return tuple(found), cwd


def strip_prompt(line: str) -> str:
    """The line without `$ `, `(env) $ `, `% ` or a notebook's `!`; a comment line becomes empty."""
    if line.strip().startswith("# "):
        return ""
    return _PROMPT.sub("", line, count=1).strip()


def split_words(text: str) -> list[str]:
    """Words as a shell splits them; comments go; unbalanced quotes fall back to plain splitting."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    for index, word in enumerate(words):
        if re.match(r"^\d*>{1,2}|^&>|^<$|^<<", word):
            return words[:index]
    return words


def _join(cwd: str, step: str) -> str:
    """`cd` within the repository: `..` climbs, absolute and home paths lead to the root."""
    if step.startswith(("/", "~", "$", "<", "{")) or step == "-":
        return ""
    parts = [part for part in cwd.split("/") if part]
    for part in step.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _command(words: list[str], cwd: str) -> Command | None:
    environment: list[str] = []
    launcher = ""
    position = 0
    while position < len(words):
        word = words[position].lstrip("@-") if position == 0 else words[position]
        name = word.rsplit("/", 1)[-1]
        if _ASSIGNMENT.match(word):
            environment.append(word)
        elif name in _RUNNERS and position + 1 < len(words) and words[position + 1] == _RUNNERS[name]:
            position += 1 + _options(words[position + 2 :])
        elif name in _LAUNCHERS:
            launcher = name
            rest = words[position + 1 :]
            return _launched(rest, cwd, launcher, tuple(environment))
        elif name in _PREFIXES:
            position += _options(words[position + 1 :]) + (1 if name == "timeout" else 0)
        else:
            break
        position += 1
    return _python(words[position:], cwd, launcher, tuple(environment))


def _options(words: list[str]) -> int:
    """How many leading words are options (and the values of the usual ones)."""
    count = 0
    while count < len(words) and words[count].startswith("-"):
        takes_value = words[count] in (
            "-n",
            "-p",
            "-s",
            "--with",
            "--extra",
            "--group",
            "--python",
            "-u",
            "--signal",
            "-k",
            "--env",
        )
        count += 2 if takes_value and "=" not in words[count] else 1
    return count


def _launched(words: list[str], cwd: str, launcher: str, environment: tuple[str, ...]) -> Command | None:
    """A launcher's options end where the script, or `-m module`, begins."""
    for index, word in enumerate(words):
        if _SCRIPT.search(word) or (
            word in ("-m", "--module") and index + 1 < len(words) and launcher not in ("coverage",)
        ):
            behind = words[index:] if _SCRIPT.search(word) else ["-m", *words[index + 1 :]]
            return Command(tuple(behind), cwd, launcher, environment)
    return None


def _python(words: list[str], cwd: str, launcher: str, environment: tuple[str, ...]) -> Command | None:
    if not words:
        return None
    first = words[0].lstrip("@")
    name = first.rsplit("/", 1)[-1]
    if name in ("bash", "sh", "zsh", "source", ".") or first.endswith((".sh", ".bash")):
        script = next((word for word in words if word.endswith((".sh", ".bash"))), "")
        return Command(tuple(words), cwd, "", environment, shell_file=script) if script else None
    if _SCRIPT.search(first):
        return Command((first, *words[1:]), cwd, launcher, environment)
    if not _PYTHON.match(first):
        return Command(tuple(words), cwd, "console", environment) if re.match(r"^[a-z][\w-]*$", name) else None
    position = 1
    while position < len(words) and words[position].startswith("-") and words[position] not in ("-m", "-c", "-"):
        position += 2 if words[position] in _FLAGS_WITH_VALUE else 1
    rest = words[position:]
    if len(rest) > 1 and rest[0] == "-m" and rest[1] in _LAUNCH_MODULES:
        return _launched(rest[2:], cwd, rest[1], environment)
    if not rest or rest[0] in ("-c", "-") or (rest[0] == "-m" and len(rest) < 2):
        return None
    if rest[0] != "-m" and not _SCRIPT.search(rest[0]) and not re.match(r"^[\w./-]+$", rest[0]):
        return None
    return Command(tuple(rest), cwd, launcher, environment)
