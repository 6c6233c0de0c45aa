"""The ground truth of the samples: `tests/golden/<sample>/stages.toml`, with texts turned into line numbers.

Keyed by text, so that a sample can be edited without touching its truth; a text that is missing or stands there twice
is an error of the truth, never skipped.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_repos"
GOLDEN = ROOT / "tests" / "golden"
SAMPLE_NAMES = tuple(sorted(path.parent.name for path in GOLDEN.glob("*/stages.toml")))


class TruthError(ValueError):
    """The truth does not fit the sample that it is about."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stage happens: a whole definition, the lines of a statement, or the header of a compound one."""

    stage: str
    file: str
    line: int
    end_line: int
    qualname: str
    text: str
    definition: bool
    core: bool

    def holds(self, stop: Mapping[str, Any]) -> bool:
        """Whether this stop of a tour (as in its JSON) tells this stage at this place."""
        at = stop["location"]
        return stop["stage"] == self.stage and at["file"] == self.file and self.line <= at["line"] <= self.end_line


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true about one sample. Commands are the words behind `python`."""

    sample: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]
    absent: Mapping[str, str]
    places: tuple[Place, ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that the program has, in the order in which the truth lists them."""
        return tuple(dict.fromkeys(place.stage for place in self.places))

    def missed(self, tour: Mapping[str, Any]) -> list[str]:
        """The stages of which no stop of the tour stands on a core place."""
        core = [place for place in self.places if place.core]
        found = {place.stage for place in core for stop in tour["stops"] if place.holds(stop)}
        return [stage for stage in self.stages if stage not in found]

    def misplaced(self, tour: Mapping[str, Any]) -> list[str]:
        """`id at file:line` of each stop on no place of its stage; stages that the truth leaves open do not count."""
        known = {*self.stages, *self.absent}
        return [
            f"{stop['id']} at {stop['location']['file']}:{stop['location']['line']}"
            for stop in tour["stops"]
            if stop["stage"] in known and not any(place.holds(stop) for place in self.places)
        ]


def load_truth(sample: str, samples: Path = SAMPLES, golden: Path = GOLDEN) -> Truth:
    """The truth about a sample, resolved against its source as it is now."""
    data = tomllib.loads((golden / sample / "stages.toml").read_text(encoding="utf-8"))
    return Truth(
        sample=sample,
        command=tuple(data["command"]),
        before=tuple(tuple(words) for words in data["before"]),
        after=tuple(tuple(words) for words in data["after"]),
        absent=data["absent"],
        places=tuple(_resolve(samples / sample, entry) for entry in data["place"]),
    )


def _resolve(folder: Path, entry: Mapping[str, Any]) -> Place:
    unknown = set(entry) - {"stage", "file", "text", "definition", "core", "within"}
    if unknown:
        raise TruthError(f"unknown keys {sorted(unknown)} in {entry}")
    source = (folder / entry["file"]).read_text(encoding="utf-8")
    tree = ast.parse(source)
    owners = _owners(tree)
    within = entry.get("within")
    lines = [
        number
        for number, line in enumerate(source.splitlines(), start=1)
        if line.strip() == entry["text"] and (within is None or _is_within(owners.get(number, "<module>"), within))
    ]
    if len(lines) != 1:
        raise TruthError(f"{folder.name}/{entry['file']}: found {len(lines)} times, wanted once: {entry['text']}")
    node = _statement_at(tree, lines[0])
    definition = entry.get("definition", False)
    if definition != isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        raise TruthError(f"{folder.name}/{entry['file']}:{lines[0]}: `definition` is {definition} for {entry['text']}")
    return Place(
        stage=entry["stage"],
        file=entry["file"],
        line=lines[0],
        end_line=_end_line(node, whole=definition),
        qualname=owners.get(lines[0], "<module>"),
        text=entry["text"],
        definition=definition,
        core=entry.get("core", True),
    )


def _is_within(qualname: str, within: str) -> bool:
    return qualname == within or qualname.startswith(within + ".")


def _owners(tree: ast.Module) -> dict[int, str]:
    """Line -> qualified name of the innermost function or class around it; the line of a `def` belongs to itself."""
    owners: dict[int, str] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}" if prefix else child.name
                owners.update(dict.fromkeys(range(child.lineno, (child.end_lineno or child.lineno) + 1), name))
                visit(child, name)
            else:
                visit(child, prefix)

    visit(tree, "")
    return owners


def _statement_at(tree: ast.Module, line: int) -> ast.stmt:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno == line:
            return node
    raise TruthError(f"no statement begins on line {line}")


def _end_line(node: ast.stmt, whole: bool) -> int:
    body = getattr(node, "body", None)
    if body and not whole:
        return max(node.lineno, body[0].lineno - 1)
    return node.end_lineno or node.lineno
