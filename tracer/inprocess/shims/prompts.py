"""Programs that wait for somebody: questions are answered, breakpoints passed. Runs in the target."""

from __future__ import annotations

import builtins
import sys

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from .harness import Harness

WHY = "nobody is there to answer"
MOST = 24  # times that one line is answered: a program that takes none of the answers would ask for ever
TURNS = ("y", "", "1", "yes", "0", "n", "2", "a")
DEBUGGERS = ("pdb", "ipdb", "pudb", "pdbpp", "ipdb.__main__", "web_pdb")


def arm(harness: Harness) -> None:
    """Answer `input`, pass breakpoints, and leave out consoles."""
    asked: dict[tuple[str, int], int] = {}

    def answer(prompt: object = "", /) -> str:
        frame = sys._getframe(1)
        place = (frame.f_code.co_filename, frame.f_lineno)
        turn = asked[place] = asked.get(place, 0) + 1
        if turn > MOST:
            raise EOFError("EOF when reading a line")
        text = str(prompt)
        found = choose(text, _source_line(harness, frame), turn - 1)
        sys.stdout.write(text + found + "\n")
        shown = repr(text.strip()[:60]) if text.strip() else "a question"
        harness.tell("%s was answered with %r" % (shown, found), WHY)
        return found

    def passed(*_: Any, **__: Any) -> None:
        harness.tell("a breakpoint was passed", "nobody is there to debug")

    def on_debugger(module: Any) -> None:
        module.set_trace = passed
        for name in ("post_mortem", "pm"):
            if hasattr(module, name):
                setattr(module, name, passed)

    def on_getpass(module: Any) -> None:
        def getpass(prompt: str = "Password: ", stream: Any = None) -> str:
            harness.tell("%r was answered with an empty text" % prompt.strip()[:60], WHY)
            return ""

        module.getpass = like(getpass, module.getpass)

    builtins.input = answer
    sys.breakpointhook = passed
    for name in DEBUGGERS:
        harness.after(name, on_debugger)
    harness.after("getpass", on_getpass)
    harness.after("IPython", lambda module: setattr(module, "embed", passed))
    harness.after("code", lambda module: setattr(module, "interact", passed))


def choose(prompt: str, line: str, turn: int) -> str:
    """What to answer: the default that a question names, a number where one is made of it, else yes.

    `line` is the source of the line that asks, `turn` how often it has asked before: what it took before it did not
    take.
    """
    first = "y"
    low = prompt.lower()
    number = any(made in line.replace(" ", "") for made in ("int(input", "float(input", "int(raw_input"))
    default = _default(prompt)
    if default:
        first = default
    elif number:
        first = "1"
    elif "enter" in low and ("press" in low or "hit" in low or "continue" in low):
        first = ""
    elif "yes" in low:
        first = "yes"
    elif not any(word in low for word in ("y/n", "[y", "(y", "ok", "sure", "continue", "overwrite", "?")):
        first = ""
    others = [one for one in (TURNS if not number else ("1", "0", "2", "10")) if one != first]
    return [first, *others][turn % (len(others) + 1)]


def _default(prompt: str) -> str:
    """The default that a question names: `[10]`, `(default: adam)`."""
    low = prompt.lower()
    place = low.find("default")
    if place >= 0:
        rest = prompt[place + len("default") :].lstrip(" :=is").strip()
        word = rest.split(")")[0].split("]")[0].split(",")[0].strip(" '\"`:>?")
        return word if word and " " not in word else ""
    if "[" in prompt and "]" in prompt:
        inner = prompt[prompt.index("[") + 1 : prompt.rindex("]")]
        if inner and "/" not in inner and " " not in inner and "," not in inner:
            return inner
        capital = [part for part in inner.split("/") if part[:1].isupper()]
        return capital[0].lower() if len(capital) == 1 else ""
    return ""


def _source_line(harness: Harness, frame: FrameType) -> str:
    """The source line that a frame stands on."""

    def read() -> str:
        with open(frame.f_code.co_filename, "rb") as handle:
            lines = handle.read().decode("utf-8", "replace").splitlines()
        return lines[frame.f_lineno - 1] if 0 < frame.f_lineno <= len(lines) else ""

    try:
        text: str = harness.unseen(read)
    except OSError:
        return ""
    return text
