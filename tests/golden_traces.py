"""The golden traces: what the recorder tells of a program, as text, the same with every Python and either engine.

    python tests/golden_traces.py --write [NAME ...]

writes them with one Python and then checks that all others of this machine agree. Times are left out; frames and
objects are numbered in the order in which they are first told. A row stands where its event was written; `+5` says that
five events began since its own beginning: what ran inside a line.
"""

from __future__ import annotations

import argparse
import bisect
import difflib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from interpreters import VERSIONS, interpreter
from recordings import TARGETS, record_target

PROGRAMS = TARGETS / "traces"
TRACES = TARGETS.parent / "golden"
WRITER = "3.11"
CONTAINERS = {"tuple", "list", "dict", "set", "frozenset", "str", "bytes"}
PLAIN = CONTAINERS | {"int", "float", "bool", "NoneType", "function", "type"}
# Parts of qualified names; comprehensions are such up to 3.11.
MANY = 10
INSIDE = re.compile(r"<(locals|listcomp|setcomp|dictcomp)>\.")


def programs() -> list[str]:
    """The names of the programs that have a golden trace."""
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


def golden(name: str) -> str:
    """The golden trace of a program, as it stands in the repository."""
    path = TRACES / f"{name}.txt"
    return path.read_text("utf-8") if path.exists() else ""


def telling(name: str, python: str, folder: Path, engine: str = "") -> str:
    """Record a program in `folder` with a Python, and put its trace into words."""
    root = folder / "repository"
    root.mkdir(parents=True)
    shutil.copy(PROGRAMS / f"{name}.py", root)
    seen = record_target(root, python, f"{name}.py", engine=engine)
    return "\n".join(Telling(seen.result.trace).rows()) + "\n"


class Telling:
    """The events of a trace file, one row each, in the order of the file."""

    def __init__(self, trace: Path) -> None:
        self.events: list[dict[str, Any]] = [json.loads(line) for line in trace.read_text("utf-8").splitlines()]
        self.codes = {event["id"]: event for event in self.events if event["kind"] == "code"}
        self.depth: dict[int, int] = {}
        self.frames: dict[int, int] = {}
        self.names: dict[int, str] = {}
        self.parents: dict[int, int | None] = {}
        self.objects: dict[int, int] = {}
        self.begun: list[int] = []

    def rows(self) -> Iterator[str]:
        """One row for each event; the header, which differs by nature, is left out."""
        for event in self.events:
            told = getattr(self, "of_" + event["kind"], self.of_other)(event)
            if told:
                yield told.rstrip()

    def of_header(self, event: dict[str, Any]) -> str:
        return ""

    of_gap = of_header  # how long nobody looked: an engine's own affair

    def of_code(self, event: dict[str, Any]) -> str:
        lines = f"{event['line']}-{event['end_line']}"
        return f"code {event['type']} {event['qualname']} {event['file']}:{lines}"

    def of_call(self, event: dict[str, Any]) -> str:
        number = self.frames.setdefault(event["frame"], len(self.frames))
        self.parents[event["frame"]] = event.get("parent")
        self.names[event["frame"]] = self.codes[event["code"]]["qualname"]
        self.depth[event["frame"]] = self.depth.get(event.get("parent", -1), -1) + 1
        told = self.row(event, f"call {self.names[event['frame']]} frame {number} visit {event['visit']}")
        if "from" in event:
            told += f" from {self.place(event['from'])}"
        if "via" in event:
            told += " via " + ".".join(event["via"])
        if "stack" in event:
            told += f" stack {self.stack(event)}"
        return told + self.bound(event.get("args", ()))

    def of_line(self, event: dict[str, Any]) -> str:
        told = self.row(event, f"line {event['line']} {self.names[event['frame']]}")
        told += " raised" if event.get("raised") else ""
        told += " after a gap" if event.get("gap") else ""
        # On which line of the same frame is not compared: up to 3.9 a `with` is left on the last line of its body.
        if "parent" in event and self.parents.get(event["frame"]) != event["parent"]:
            told += f" for {self.place(event['from']) if event['from'] else '-'}"
        for code, number, count in event.get("calls", ()):
            # Behind the first few calls engines may have looked away from some.
            told += f" calls {self.codes[code]['qualname']} {number if 0 < number <= MANY else 'many'}*{count}"
        told += self.bound(event.get("set", ()))
        for stream in ("out", "err"):
            if stream in event:
                told += f"  {stream} {event[stream]!r}"
        return told

    def of_return(self, event: dict[str, Any]) -> str:
        told = self.row(event, f"{event['kind']} {event['line']} {self.names[event['frame']]}")
        told += " raised" if event.get("raised") else ""
        told += " after a gap" if event.get("gap") else ""
        return told + (f"  = {self.value(event['value'])}" if "value" in event else "")

    of_yield = of_return

    def of_exception(self, event: dict[str, Any]) -> str:
        frame = event["frame"]
        told = f"exception {event['line']} {self.names[frame]} {event['type']}: {event['message']}"
        return self.row(event, told)

    def of_counts(self, event: dict[str, Any]) -> str:
        told = f"counts {self.codes[event['code']]['qualname']} calls {event['calls']} recorded {event['recorded']}"
        edges = " ".join(f"{self.place(row)}*{row[2]}" for row in event["edges"])
        # Engines look away at different moments from what has shown itself: how often is then said to be open.
        hits = " ".join(f"{line}*{count if count <= MANY else 'many'}" for line, count in event["hits"])
        if event["calls"] > MANY:
            told, edges = f"counts {self.codes[event['code']]['qualname']} calls many", ""
            hits = " ".join(str(line) for line, _ in event["hits"])
        return told + (f"  from {edges}" if edges else "") + (f"  lines {hits}" if hits else "")

    def of_file(self, event: dict[str, Any]) -> str:
        return f"file {event['mode']} {event['path']} {self.stack(event)}"

    def of_end(self, event: dict[str, Any]) -> str:
        told = f"end {event['outcome']} {event['exit_code']} {event.get('type', '')} {event['detail']}"
        for row in event.get("stack", ()):
            told += f" < {row['qualname']}:{row['line']}" + self.bound(row.get("variables", ()))
        return told

    def of_other(self, event: dict[str, Any]) -> str:
        rest = (f"{key}={value}" for key, value in event.items() if key not in ("kind", "t"))
        return " ".join([event["kind"], *rest])

    def row(self, event: dict[str, Any], told: str) -> str:
        """A row, indented by the depth of calls, with the number of events that were told since its own began."""
        inside = len(self.begun) - bisect.bisect(self.begun, event["seq"])
        bisect.insort(self.begun, event["seq"])
        return f"{'  ' * self.depth[event['frame']]}{told}" + (f" +{inside}" if inside else "")

    def place(self, row: Any) -> str:
        return f"{self.codes[row[0]]['qualname']}:{row[1]}"

    def stack(self, event: dict[str, Any]) -> str:
        return " < ".join(map(self.place, event["stack"])) or "-"

    def bound(self, rows: Any) -> str:
        told = ""
        for name, value, *owner in rows:
            of = f" of #{self.number(owner[0])}" if owner and owner[0] is not None else ""
            told += f"  {'~' if value.get('touched') else ''}{name}{of} = {self.value(value)}"
        return told

    def value(self, value: dict[str, Any]) -> str:
        told = INSIDE.sub("", str(value.get("value", "")))
        kind = str(value.get("type"))
        if kind not in PLAIN:
            told += f" ({kind})"
        # What cannot be referred to weakly is told apart by its contents: its number is a guess, and is not compared.
        if "id" in value and kind not in CONTAINERS:
            told += f" #{self.number(value['id'])}"
        if "items" in value:
            told += " {" + ", ".join(f"{name}: {self.value(one)}" for name, one in value["items"]) + "}"
        return told

    def number(self, identity: int) -> int:
        return self.objects.setdefault(identity, len(self.objects) + 1)


def differences(expected: str, told: str) -> list[str]:
    """The rows that differ, as `diff` shows them."""
    rows = difflib.unified_diff(expected.splitlines(), told.splitlines(), "golden", "told", "", "", 0, "")
    return [row for row in rows if not row.startswith(("---", "+++", "@@"))]


def main() -> int:
    """Write golden traces with one Python, and compare all others with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="programs of targets/traces; all when none is given")
    parser.add_argument("--write", action="store_true", help="write them anew, with Python " + WRITER)
    given = parser.parse_args()
    differ = 0
    for name in given.names or programs():
        with tempfile.TemporaryDirectory() as folder:
            for version in (WRITER, *(one for one in VERSIONS if one != WRITER)):
                python = interpreter(version)
                if python is None:
                    continue
                told = telling(name, python, Path(folder) / version)
                if given.write and version == WRITER:
                    (TRACES / f"{name}.txt").write_text(told, "utf-8")
                found = differences(golden(name), told)
                differ += bool(found)
                print(f"{name} {version}: " + (f"{len(found)} rows differ" if found else "agrees"))
                print("".join(f"    {row}\n" for row in found), end="")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
