"""Mining the commands that a repository itself gives: who says `python train.py ...`, and where. Host side."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace

from tracer.survey.console import ConsoleScript
from tracer.survey.documents import candidate_lines, sort_of
from tracer.survey.imports import folder_of
from tracer.survey.names import role_of, words_of
from tracer.survey.shellwords import Command, commands_in
from tracer.survey.sightings import ReadmeCommand
from tracer.survey.walk import Tree

MAX_DOCUMENTS = 400
MAX_DOCUMENT_BYTES = 300_000
_ORDER = ("readme", "dvc", "makefile", "shell", "ci", "docs")
_PLACEHOLDER = re.compile(
    r"<[^>]*>|\.\.\.|…|\$|\{|\[[A-Za-z _|-]+\]|/path/|path/to|PATH_TO|YOUR_|^\[|xxx", re.IGNORECASE
)


def mine_commands(tree: Tree, scripts: Iterable[ConsoleScript] = (), folder: str = "") -> tuple[ReadmeCommand, ...]:
    """All commands found in documents that run a Python file of this repository, READMEs first, in reading order."""
    miner = _Miner(tree, {script.name: script for script in scripts})
    documents = sorted((path for path in tree.documents if sort_of(path)), key=lambda path: _rank(path, folder))
    found: list[ReadmeCommand] = []
    for path in documents[:MAX_DOCUMENTS]:
        found.extend(_with_preparation(miner.of_document(path)))
    return tuple(found)


def _rank(path: str, folder: str) -> tuple[int, int, int, str]:
    inside = 0 if not folder or path.startswith(folder + "/") else 1
    return inside, _ORDER.index(sort_of(path)), path.count("/"), path


def has_placeholder(words: Iterable[str]) -> bool:
    """Whether a command still has holes to fill in: `<path>`, `$DATA`, `...`."""
    return any(_PLACEHOLDER.search(word) for word in words)


class _Miner:
    """Turns shell lines into commands with a resolved target."""

    def __init__(self, tree: Tree, scripts: dict[str, ConsoleScript]) -> None:
        self._tree = tree
        self._scripts = scripts
        self._python = frozenset(tree.python)
        self._by_name: dict[str, list[str]] = {}
        for path in tree.python:
            self._by_name.setdefault(path.rsplit("/", 1)[-1], []).append(path)

    def of_document(self, path: str) -> list[ReadmeCommand]:
        """The commands of one document, in reading order."""
        text = self._tree.read(path, MAX_DOCUMENT_BYTES)
        sort = sort_of(path)
        variables = shell_variables(text) if sort == "shell" else {}
        found: list[ReadmeCommand] = []
        block, cwd = -1, ""
        for line in candidate_lines(path, text):
            if line.block != block:
                block, cwd = line.block, ""
            commands, cwd = commands_in(substitute(line.text, variables), cwd)
            for command in commands:
                made = self._resolve(command, path)
                if made is not None:
                    found.append(replace(made, file=path, line=line.number, kind=sort, section=line.section))
        return found

    def _resolve(self, command: Command, document: str) -> ReadmeCommand | None:
        folders = list(dict.fromkeys((_join(folder_of(document), command.cwd), command.cwd, folder_of(document), "")))
        if command.shell_file:
            return self._through_shell(command, folders)
        if command.launcher == "console":
            return self._through_console(command)
        for cwd in folders:
            target = self._target(command.words, cwd)
            if target:
                return _made(command, command.words, cwd, target)
        return self._by_suffix(command, folders[0]) if sort_of(document) in ("readme", "docs") else None

    def _target(self, words: tuple[str, ...], cwd: str) -> str:
        """The file that `python words` would start in a folder, or ""."""
        if words[0] == "-m":
            stem = _join(cwd, words[1].replace(".", "/"))
            candidates = [f"{stem}.py", f"{stem}/__main__.py"]
        else:
            name = _join(cwd, words[0])
            candidates = [name, f"{name}.py", f"{name}/__main__.py"]
        return next((path for path in candidates if path in self._python), "")

    def _by_suffix(self, command: Command, near: str) -> ReadmeCommand | None:
        """A script named without its folder: taken when one file only fits (near the document)."""
        words = command.words
        if words[0] == "-m":
            return None
        name = words[0].lstrip("./")
        matches = [path for path in self._by_name.get(name.rsplit("/", 1)[-1], ()) if path.endswith("/" + name)]
        close = [path for path in matches if path.startswith(near + "/")] if near else matches
        chosen = close or matches
        if len(chosen) != 1:
            return None
        cwd = chosen[0][: -len(name)].rstrip("/")
        return replace(_made(command, (name, *words[1:]), cwd, chosen[0]), guessed=True)

    def _through_shell(self, command: Command, folders: list[str]) -> ReadmeCommand | None:
        """`bash scripts/run.sh`: the first Python command that the script holds."""
        documents = frozenset(self._tree.documents)
        for cwd in folders:
            script = _join(cwd, command.shell_file)
            if script in documents:
                text = self._tree.read(script, MAX_DOCUMENT_BYTES)
                variables = shell_variables(text)
                here = ""
                for line in candidate_lines(script, text):
                    inner, here = commands_in(substitute(line.text, variables), here)
                    for part in inner:
                        if part.shell_file or part.launcher == "console":
                            continue
                        for start in dict.fromkeys(
                            (_join(cwd, part.cwd), _join(folder_of(script), part.cwd), part.cwd)
                        ):
                            target = self._target(part.words, start)
                            if target:
                                return _made(part, part.words, start, target)
        return None

    def _through_console(self, command: Command) -> ReadmeCommand | None:
        script = self._scripts.get(command.words[0])
        if script is None:
            return None
        stem = script.module.replace(".", "/")
        for path in (f"{stem}.py", f"src/{stem}.py", f"{stem}/__init__.py", f"src/{stem}/__init__.py"):
            if path in self._python:
                return _made(command, command.words, "", path)
        return None


def _made(command: Command, words: tuple[str, ...], cwd: str, target: str) -> ReadmeCommand:
    return ReadmeCommand(words, "", 0, cwd, (), target, "", command.launcher, "", command.environment)


def _with_preparation(commands: list[ReadmeCommand]) -> list[ReadmeCommand]:
    """Give each command the preparation commands that stand before it in the same section (or the same dvc.yaml)."""
    result: list[ReadmeCommand] = []
    before: list[str] = []
    section: str | None = None
    trained = False
    for command in commands:
        pipeline = command.kind == "dvc"
        if command.section != section and not pipeline:
            section, before, trained = command.section, [], False
        result.append(replace(command, before=tuple(before)))
        # Behind the training `generate.py` makes something with the model, before it something for the model.
        makes = words_of(command.target.rpartition("/")[2])[:1] in (["generate"], ["gen"], ["simulate"])
        prepares = role_of(command.target)[0] == "prepare" or (makes and not trained)
        trained = trained or role_of(command.target)[0] == "train"
        text = " ".join(("python", *command.words)) if command.launcher != "console" else " ".join(command.words)
        if command.cwd:
            text = f"cd {shlex.quote(command.cwd)} && {text}"
        if (prepares or (pipeline and role_of(command.target)[0] != "eval")) and text not in before:
            before.append(text)
    return result


def shell_variables(text: str) -> dict[str, str]:
    """Plain `NAME=value` lines and the first value of each `for NAME in a b c`."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        match = re.match(r"^\s*(?:export\s+)?([A-Za-z_]\w*)=(\"[^\"$`]*\"|'[^']*'|[^\s$`;]+)\s*(?:#.*)?$", line)
        if match:
            found.setdefault(match.group(1), match.group(2).strip("\"'"))
        loop = re.match(r"^\s*for\s+(\w+)\s+in\s+([^\s;$`]+)", line)
        if loop:
            found.setdefault(loop.group(1), loop.group(2))
    return found


def substitute(text: str, variables: dict[str, str]) -> str:
    """Replace `$NAME` and `${NAME}` where the value is known."""
    if not variables or "$" not in text:
        return text
    return re.sub(r"\$\{?(\w+)\}?", lambda match: variables.get(match.group(1), match.group(0)), text)


def _join(cwd: str, step: str) -> str:
    parts = [part for part in cwd.split("/") if part]
    for part in step.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
