"""What Jupyter understands beyond Python (`!ls`, `%cd`, `%%time`, `x?`) as Python on the same lines. Host side, pure.

Nothing is dropped in silence: a line that is not carried out stays as a comment, with the reason in `Translation.left`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tracer.notebooks.lexing import Lines

INSTALLS = re.compile(
    r"(sudo\s+)?(\S*python[\d.]*\s+-m\s+|\{\s*sys\.executable\s*\}\s+-m\s+)?"
    r"(pip[\d.]*|conda|mamba|apt|apt-get|brew|npm|yarn|uv|poetry|yum|dnf|jupyter|sudo)(\s|$)"
)
NO_INSTALLS = "nothing is installed by a tour"
NO_SUCH = "it means something only to Jupyter or to an extension of it"

CARRIED_OUT = frozenset(("cd", "pwd", "env", "set_env", "ls", "ll", "cat", "mkdir", "rmdir", "rm", "cp", "mv", "run"))
"""Line magics that the driver has an answer to."""
TIMES = frozenset(("time", "timeit", "prun", "memit", "lprun", "mprun", "snakeviz"))
"""Magics around a statement or a whole cell: the code is run as it stands, once."""
OF_THE_SCREEN = frozenset(
    (
        "matplotlib", "load_ext", "reload_ext", "unload_ext", "autoreload", "config", "precision", "xmode", "pdb",
        "who", "whos", "who_ls", "lsmagic", "magic", "history", "hist", "notebook", "gui", "colors", "automagic",
        "pprint", "psearch", "pinfo", "pinfo2", "pdoc", "quickref", "logstart", "logstop", "watermark", "aimport",
    )
)  # fmt: skip
"""Magics about how things are shown: without them the program does the same."""
SHELLS = frozenset(("bash", "sh", "shell", "system", "sx", "!"))
PAGES = frozenset(("html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"))
"""Cell magics that only show their text."""
PYTHONS = frozenset(("python", "python3"))

_NAMES = r"[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*"
_ASSIGNED = re.compile(rf"({_NAMES})\s*=\s*([!%])(?![=\s])(.*)", re.DOTALL)
_MAGIC = re.compile(r"%\s*([A-Za-z_]\w*)\s*(.*)", re.DOTALL)
_CELL_MAGIC = re.compile(r"%%\s*([A-Za-z_!][\w!]*)\s*(.*)")
_HELP = re.compile(r"\?{1,2}\s*[%\w.*\[\]'\"()]+$|[%\w.*\[\]'\"()]+\s*\?{1,2}\s*;?$")
_BARE = re.compile(r"(pip[\d.]*|conda)\s+(install|uninstall|list|show|freeze)\b|(cd|ls|mkdir|cat|rm|cp|mv)\s+[\w./~*-]")
_OPTIONS = re.compile(r"(-\w\s*\d*\s+|-\w\d+\s+)+")


@dataclass(slots=True)
class Translation:
    """The Python lines of a cell, as many as it has; `left` are (index of the line, what stood there, why not)."""

    lines: list[str]
    left: list[tuple[int, str, str]] = field(default_factory=list)


def translate(lines: tuple[str, ...]) -> Translation:
    """A cell as Python on the same lines."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    match = _CELL_MAGIC.match(lines[first].strip()) if lines else None
    if match is not None:
        return _cell(lines, first, match.group(1), match.group(2).strip())
    return _body(lines)


def _body(lines: tuple[str, ...]) -> Translation:
    """Lines of Python among which single ones are Jupyter's."""
    found = Translation([])
    state = Lines()
    index = 0
    while index < len(lines):
        line = lines[index]
        end = index + 1
        if state.begins and (written := _of_jupyter(line)):
            while end < len(lines) and lines[end - 1].rstrip().endswith("\\"):
                end += 1
            if end > index + 1:
                written = " ".join(part.rstrip().rstrip("\\").strip() for part in lines[index:end])
            indent = line[: len(line) - len(line.lstrip())]
            text, why = _line(written)
            found.lines.append(indent + text)
            found.lines += [f"{indent}# {part.strip()}" for part in lines[index + 1 : end]]
            if why:
                found.left.append((index, written, why))
        else:
            found.lines.append(line)
            state.take(line)
        index = end
    return found


def _of_jupyter(line: str) -> str:
    """The line without its indentation when it is not Python but Jupyter's; else ""."""
    text = line.strip()
    if text.startswith(("!", "%", "?")) or _ASSIGNED.match(text):
        return text
    if not text.startswith("#") and (_HELP.match(text) or _BARE.match(text)) and not _is_python(text):
        return text
    return ""


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _line(text: str) -> tuple[str, str]:
    """(Python for one line of Jupyter's, why it is not carried out or "")."""
    assigned = _ASSIGNED.match(text)
    if assigned is not None:
        names, mark, rest = assigned.groups()
        value, why = _line(mark + rest)
        if value.startswith("pass  #"):
            value = "[]" + value.removeprefix("pass") if mark == "!" else "None" + value.removeprefix("pass")
        return f"{names} = {value.replace('.system(', '.getoutput(', 1) if mark == '!' else value}", why
    if text.startswith("!"):
        return _command(text.lstrip("!").strip(), text)
    match = _MAGIC.match(text)
    if match is not None:
        return _magic(match.group(1), match.group(2).strip(), text)
    if _BARE.match(text) and not text.endswith("?"):
        return _magic(text.split(maxsplit=1)[0], text.partition(" ")[2].strip(), text)
    return _comment(text), ""


def _command(command: str, text: str) -> tuple[str, str]:
    if INSTALLS.match(command):
        return _comment(text), NO_INSTALLS
    return f"get_ipython().system({command!r})", ""


def _magic(name: str, rest: str, text: str) -> tuple[str, str]:
    if name in TIMES:
        statement = _OPTIONS.sub("", rest + " ", count=1).strip() if rest.startswith("-") else rest
        return (f"{statement}  # %{name}", "") if statement else (_comment(text), "")
    if re.fullmatch(r"pip[\d.]*|conda|mamba|uv", name):
        return _comment(text), NO_INSTALLS
    if name in ("sx", "system"):
        return _command(rest, text)
    if name == "pylab":
        return f"import numpy as np; import matplotlib.pyplot as plt; from pylab import *  # {text}", ""
    if name in CARRIED_OUT:
        return f"get_ipython().run_line_magic({name!r}, {rest!r})", ""
    return _comment(text), "" if name in OF_THE_SCREEN else NO_SUCH


def _comment(text: str) -> str:
    """A statement that does nothing and shows what stood there."""
    return f"pass  # {' '.join(text.split())}"


def _cell(lines: tuple[str, ...], first: int, name: str, rest: str) -> Translation:
    """A cell under a cell magic."""
    head = lines[first].strip()
    if name in TIMES or name == "capture":
        inner = _body(lines[first + 1 :])
        word = next((word for word in rest.split() if word.isidentifier()), "") if name == "capture" else ""
        opening = f"{word} = get_ipython().run_line_magic('capture', '')  # {head}" if word else f"# {head}"
        shifted = [(first + 1 + index, text, why) for index, text, why in inner.left]
        return Translation([*lines[:first], opening, *inner.lines], shifted)
    if name in ("writefile", "file") or name in SHELLS or name in PYTHONS:
        return _text_cell(lines, first, name, rest)
    hidden = [*lines[:first], _comment(head), *(f"# {line}" for line in lines[first + 1 :])]
    return Translation(hidden, [] if name in PAGES else [(first, head, NO_SUCH)])


def _text_cell(lines: tuple[str, ...], first: int, name: str, rest: str) -> Translation:
    """A cell whose text is given to something else: one call with a text that goes over the same lines."""
    kind = "writefile" if name in ("writefile", "file") else "bash" if name in SHELLS else "python"
    body, left = [], []
    for index, line in enumerate(lines[first + 1 :], first + 1):
        leaves = kind == "bash" and INSTALLS.match(line.strip())
        if leaves:
            left.append((index, line.strip(), NO_INSTALLS))
        shown = f"# {line}" if leaves else line
        body.append(shown.replace("\\", "\\\\").replace("'", "\\'"))
    opening = f"get_ipython().run_cell_magic({kind!r}, {rest!r}, '''\\"
    if not body:
        return Translation([*lines[:first], opening[:-1] + "''')"], left)
    return Translation([*lines[:first], opening, *body[:-1], body[-1] + "\\n''')"], left)
