"""The target's own command, as the user types it behind `--`, as words a plan can run. Runs on the host."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import RepoTourError
from tracer.notebooks import is_notebook
from tracer.plan import START
from tracer.survey.console import console_scripts
from tracer.survey.shellwords import commands_in
from tracer.survey.walk import list_tree

PYTHONS = ("python", "python3", "python2", "py")
LAUNCHERS = {("torchrun",): "torch.distributed.run", ("accelerate", "launch"): "accelerate.commands.launch"}
"""Commands that start a program in several processes, and the modules that they run."""


@dataclass(frozen=True, slots=True)
class TargetCommand:
    """How the target is started: `launch` is script, module, console (a command that the repository declares) or
    notebook."""

    launch: str
    argv: tuple[str, ...]
    folder: str = ""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """As a person would type it."""
        return shlex.join([*START.get(self.launch, ()), *self.argv])


def parse_target(words: tuple[str, ...], root: Path, folder: str) -> list[TargetCommand]:
    """The commands that `words` stand for, to be run in `folder`; a shell script gives each Python command in it."""
    rest = list(words)
    variables = _variables(rest)
    if not rest:
        raise RepoTourError(
            "there is no command behind `--`.",
            slug="no-command",
            hint="Give the script: -- train.py --lr 1",
            exit_code=2,
        )
    if Path(rest[0]).name.split(".")[0] in PYTHONS and not (root / folder / rest[0]).is_file():
        rest.pop(0)
        while rest and rest[0] in ("-u", "-O", "-B"):
            rest.pop(0)
    if not rest:
        raise RepoTourError(
            "`python` alone is not a program.", slug="no-command", hint="Give the script: -- train.py", exit_code=2
        )
    rest = _of_launcher(rest)
    if rest[0] == "-m":
        if len(rest) < 2:
            raise RepoTourError("-m needs the name of a module.", slug="no-command", exit_code=2)
        return [TargetCommand("module", tuple(rest[1:]), folder, variables)]
    if rest[0] in ("bash", "sh") and len(rest) > 1:
        rest.pop(0)
    if is_notebook(rest[-1]) and (rest[0] == "jupyter" or len(rest) == 1):
        return [TargetCommand("notebook", (_existing(rest[-1], root, folder),), folder, variables)]
    path = root / folder / rest[0]
    if path.suffix in (".sh", ".bash") and path.is_file():
        return _of_shell_script(path, root, folder, variables)
    if path.suffix == ".py" or (path.is_file() and _is_python(path)):
        if not path.is_file():
            _existing(rest[0], root, folder)
        return [TargetCommand("script", tuple(rest), folder, variables)]
    return [_of_console_script(rest, root, folder, variables)]


def _variables(rest: list[str]) -> tuple[tuple[str, str], ...]:
    """Take the `NAME=value` words that stand before a command."""
    found = []
    while rest and "=" in rest[0] and rest[0].split("=", 1)[0].isidentifier():
        name, value = rest.pop(0).split("=", 1)
        found.append((name, value))
    return tuple(found)


def _existing(name: str, root: Path, folder: str) -> str:
    """The name of a file that has to be there."""
    if not (root / folder / name).is_file():
        raise RepoTourError(
            f"there is no {'notebook' if is_notebook(name) else 'script'} {name} in {folder or 'the repository'}.",
            slug="no-such-script",
            hint="`repotour find` lists the programs that are there.",
        )
    return name


def _of_launcher(rest: list[str]) -> list[str]:
    """A launcher's command as that of its module; other commands as they are."""
    for launcher, module in LAUNCHERS.items():
        if tuple(rest[: len(launcher)]) == launcher:
            return ["-m", module, *rest[len(launcher) :]]
    return rest


def _is_python(path: Path) -> bool:
    with open(path, "rb") as handle:
        first = handle.readline(200)
    return first.startswith(b"#!") and b"python" in first


def _of_shell_script(
    path: Path, root: Path, folder: str, variables: tuple[tuple[str, str], ...]
) -> list[TargetCommand]:
    found: list[TargetCommand] = []
    text = path.read_text("utf-8", "replace").replace("\\\n", " ")
    for line in text.splitlines():
        commands, _ = commands_in(line, folder)
        for command in commands:
            words = tuple(command.words)
            if not words or any("$" in word for word in words):
                continue
            found.extend(
                TargetCommand(item.launch, item.argv, item.folder, variables)
                for item in parse_target(("python", *words), root, command.cwd or folder)
            )
    if not found:
        raise RepoTourError(
            f"{path.name} starts no Python program that can be read from it.",
            slug="no-command",
            hint="Give its Python command itself: -- train.py …",
        )
    return found


def _of_console_script(
    rest: list[str], root: Path, folder: str, variables: tuple[tuple[str, str], ...]
) -> TargetCommand:
    for script in console_scripts(list_tree(root)):
        if script.name == rest[0]:
            return TargetCommand("console", (f"{script.module}:{script.function}", *rest[1:]), folder, variables)
    raise RepoTourError(
        f"{rest[0]} is neither a script of the repository nor a command that it declares.",
        slug="no-such-script",
        hint="`repotour find` lists the programs that are there.",
    )
