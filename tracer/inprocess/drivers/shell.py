"""What `get_ipython()` gives in a toured notebook: commands of the system and the magics that change what happens.

Runs in the target.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

_BRACES = re.compile(r"\{([^{}]+)\}")
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)")
WRITTEN_FOR = "the notebook was written for a place that has it"
GOES_ON = "what a notebook shows in one cell need not matter to the next"
_OF_SYSTEM = ("ls", "ll", "cat", "mkdir", "rmdir", "rm", "cp", "mv")


class SList(list):  # type: ignore[type-arg]
    """The lines that a command printed, as IPython gives them: also as one text."""

    __module__ = "IPython.utils.text"

    @property
    def n(self) -> str:
        """The lines, one below the other."""
        return "\n".join(self)

    @property
    def s(self) -> str:
        """The lines, side by side."""
        return " ".join(self)

    @property
    def l(self) -> list[str]:  # noqa: E743 - the name that IPython has for it
        """The lines."""
        return list(self)


class Captured:
    """Stands for the output of a cell under `%%capture`; what the cell prints is printed."""

    stdout = ""
    stderr = ""
    outputs: tuple[Any, ...] = ()

    def show(self) -> None:
        """Nothing was kept."""


class _Events:
    def register(self, event: str, function: Any) -> None:
        """Cells are not run one by one, so nothing is called between them."""

    unregister = register


class _Within:
    """A context manager that waits for an asynchronous one."""

    def __init__(self, shell: Shell, manager: Any) -> None:
        self.shell = shell
        self.manager = manager

    def __enter__(self) -> Any:
        return self.shell.wait(type(self.manager).__aenter__(self.manager))

    def __exit__(self, *raised: Any) -> Any:
        return self.shell.wait(type(self.manager).__aexit__(self.manager, *raised))


class Shell:
    """The part of IPython's shell that programs use. `told` is a file to which adaptations are written."""

    def __init__(self, names: dict[str, Any], told: str) -> None:
        self.user_ns = names
        self.config: dict[str, Any] = {}
        self.events = _Events()
        self.notebooks: dict[str, Callable[[str], None]] = {}
        self._told = told
        self._loop: Any = None
        self._before = os.getcwd()

    def tell(self, text: str, why: str = WRITTEN_FOR) -> None:
        """Note, once, something that is not as it would be in Jupyter, for the tour to tell."""
        row = json.dumps({"kind": "adapted", "what": "notebook", "text": text, "why": why})
        with open(self._told, "a+", encoding="utf-8") as handle:
            handle.seek(0)
            if row + "\n" not in handle.readlines():
                handle.write(row + "\n")

    def left_out(self, number: int, said: str) -> None:
        """A cell is no Python, and the others are run."""
        self.tell("cell %d is no Python (%s) and was left out" % (number, said), GOES_ON)

    def failed(self, number: int) -> None:
        """A cell failed, and the program goes on behind it: show what Jupyter would show, and note it."""
        import traceback

        traceback.print_exc()
        kind, value, _ = sys.exc_info()
        said = str(value).partition("\n")[0][:200]
        name = kind.__name__ if kind is not None else "an exception"
        self.tell(
            "cell %d failed (%s), and the cells behind it were run" % (number, name + (": " + said if said else "")),
            GOES_ON,
        )

    # -- commands ----------------------------------------------------------------------------------------------------

    def system(self, command: str) -> None:
        """`!command`: its status is kept, and a command that fails ends nothing."""
        self._flush()
        done = subprocess.run(self._filled(command), shell=True, executable=_bash(), check=False)
        self.user_ns["_exit_code"] = done.returncode

    system_raw = system_piped = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !command`: the lines that it prints."""
        self._flush()
        done = subprocess.run(
            self._filled(command), shell=True, executable=_bash(), check=False, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        text = done.stdout.decode("utf-8", "replace")
        return SList(text.splitlines()) if split else text

    def _filled(self, command: str) -> str:
        """A command with `{expression}` and `$name` replaced by values, as far as they are known."""

        def value(match: re.Match[str]) -> str:
            try:
                return str(eval(match.group(1), self.user_ns))
            except Exception:  # noqa: BLE001 - braces of the shell's own, or a name that is not there
                return match.group()

        def known(match: re.Match[str]) -> str:
            return str(self.user_ns[match.group(1)]) if match.group(1) in self.user_ns else match.group()

        return _DOLLAR.sub(known, _BRACES.sub(value, command))

    @staticmethod
    def _flush() -> None:
        sys.stdout.flush()
        sys.stderr.flush()

    # -- magics ------------------------------------------------------------------------------------------------------

    def run_line_magic(self, name: str, line: str = "", _stack_depth: int = 1) -> Any:
        """`%name line`; of those that are not known nothing is done."""
        line = self._filled(line).strip()
        if name in _OF_SYSTEM:
            return self.system("ls -l " + line if name == "ll" else name + " " + line)
        if name == "pwd":
            return os.getcwd()
        known = {"cd": self._cd, "env": self._env, "set_env": self._env, "run": self._run}
        if name in known:
            return known[name](line)
        return Captured() if name == "capture" else None

    def magic(self, text: str) -> Any:
        """The older form: name and line in one text."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """`%%name line` above a text."""
        if name == "writefile":
            words = shlex.split(line)
            path = os.path.expanduser(self._filled(words[-1]))
            with open(path, "a" if "-a" in words[:-1] else "w", encoding="utf-8") as handle:
                handle.write(cell)
            say("Writing " + words[-1])
        elif name in ("bash", "python"):
            self._flush()
            start = [sys.executable, "-"] if name == "python" else [_bash() or "sh", "-s"]
            subprocess.run(start, input=cell.encode(), check=False)
        return None

    def _cd(self, line: str) -> None:
        """Change the folder; one that is not there is said and changes nothing, as in IPython."""
        words = [word for word in shlex.split(line) if word != "-q"] or ["~"]
        target = self._before if words[0] == "-" else os.path.expanduser(words[0])
        here = os.getcwd()
        try:
            os.chdir(target)
        except OSError as error:
            say(str(error))
            return
        self._before = here
        say(os.getcwd())

    @staticmethod
    def _env(line: str) -> Any:
        if not line:
            return dict(os.environ)
        name, mark, value = line.partition("=" if "=" in line else " ")
        if not mark:
            return os.environ.get(name.strip(), "")
        os.environ[name.strip()] = value.strip()
        return None

    def _run(self, line: str) -> None:
        """`%run script.py arguments`: as a program of its own, whose names the notebook has afterwards; with `-i` in
        the notebook's own names, as the cells of another notebook are."""
        import runpy

        words = shlex.split(line)
        inside = False
        while words and words[0] in ("-i", "-n", "-e", "-t"):
            inside = words.pop(0) == "-i" or inside
        if not words:
            return
        before = list(sys.argv)
        path = words[0] if os.path.exists(words[0]) else words[0] + ".py"
        whole = os.path.realpath(path)
        if whole in self.notebooks:
            self.notebooks[whole](whole)
            return
        sys.argv[:] = words
        try:
            if inside:
                with open(path, "rb") as handle:
                    exec(compile(handle.read(), whole, "exec", 0, True), self.user_ns)
                return
            names = runpy.run_path(path, run_name="__main__")
        finally:
            sys.argv[:] = before
        self.user_ns.update((name, value) for name, value in names.items() if not name.startswith("__"))

    # -- the rest ----------------------------------------------------------------------------------------------------

    def display(self, *values: Any, **options: Any) -> None:
        """Show values as text."""
        for value in values:
            say(value if isinstance(value, str) else repr(value))

    def wait(self, awaitable: Any) -> Any:
        """`await` outside of functions: all cells share one event loop."""
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)

        async def inside() -> Any:
            return await awaitable

        return self._loop.run_until_complete(inside())

    def each(self, items: Any) -> Any:
        """`async for` outside of functions."""
        rows = type(items).__aiter__(items)
        while True:
            try:
                item = self.wait(type(rows).__anext__(rows))
            except StopAsyncIteration:
                return
            yield item

    def within(self, manager: Any) -> _Within:
        """`async with` outside of functions."""
        return _Within(self, manager)

    def run_cell(self, text: str, *arguments: Any, **options: Any) -> None:
        """Run a text in the notebook's namespace."""
        exec(text, self.user_ns)

    def register_magic_function(self, *arguments: Any, **options: Any) -> None:
        """Magics of extensions are not carried out."""

    register_magics = set_next_input = enable_matplotlib = enable_gui = register_magic_function


def say(text: str) -> None:
    """Print a line as the program would."""
    sys.stdout.write(text + "\n")


def _bash() -> Optional[str]:
    """The shell that notebooks are written for, where it is installed."""
    return "/bin/bash" if os.path.exists("/bin/bash") else None
