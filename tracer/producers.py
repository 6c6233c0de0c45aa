"""Which program of a repository writes a file that another one reads. Runs on the host, reads, runs nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.command import TargetCommand, parse_target
from tracer.errors import RepoTourError
from tracer.survey.names import in_side_folder, role_of, words_of

if TYPE_CHECKING:
    from tracer.survey import Survey

WRITERS = frozenset(
    """
    dump to_csv to_pickle to_parquet to_json to_feather to_hdf to_excel save savez savez_compressed savetxt tofile
    write writelines save_npz save_to_disk imwrite extractall urlretrieve download download_file symlink copy copyfile
    move memmap create_dataset writerow writerows to_file mkdir makedirs commit copytree download_url
    download_and_extract_archive
    """.split()
)
SAID = re.compile(r"(?:python3?\s+|run\s+|execute\s+|using\s+|with\s+)[`'\"]?([\w./-]+\.(?:py|sh))", re.IGNORECASE)
SIZE = 400_000
"""Characters of a source file up to which it is searched."""


@dataclass(frozen=True, slots=True)
class Producer:
    """A program that seems to write what is missing, the command that starts it, and why it is thought to."""

    file: str
    command: TargetCommand
    why: str
    score: float


def producer_of(
    root: Path, survey: Survey, path: str, said: str = "", readers: tuple[str, ...] = ()
) -> Producer | None:
    """The program of the repository that most likely writes `path`; None when nothing in it speaks of that file.

    `said` is what the failing program said: a program that it names is taken first. `readers` are files that read
    `path`, and so are no candidates.
    """
    best: tuple[float, str, str] | None = None
    told = {name.lstrip("./") for name in SAID.findall(said)}
    for facts in survey.files:
        if facts.path in readers or not facts.path.endswith(".py") or facts.role == "notebook":
            continue
        if not facts.has_main_guard and not facts.top_work:
            continue
        score, why = _likelihood(root, facts.path, path, told)
        if facts.training_calls and not why.startswith("the program says"):
            score -= 2.0
        if score >= 3.0 and (best is None or score > best[0]):
            best = (score, facts.path, why)
    if best is None:
        return None
    command = _command(root, survey, best[1])
    return Producer(best[1], command, best[2], best[0]) if command is not None else None


def _likelihood(root: Path, script: str, path: str, told: set[str]) -> tuple[float, str]:
    """How likely a script writes a path, and what says so."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    folder = path.rpartition("/")[0]
    here = script.rpartition("/")[0]
    if any(script == one or script.endswith("/" + one) for one in told):
        return 10.0, f"the program says that {script} has to run first"
    try:
        text = (root / script).read_text("utf-8", "replace")[:SIZE]
    except OSError:
        return 0.0, ""
    writes = _writes(text, name)
    beside = bool(here) and here == folder and role_of(script)[0] == "prepare" and _writes(text, "") != ""
    parts = [part for part in folder.split("/") if part not in ("", ".", "..")]
    into = bool(parts) and _writes(text, parts[-1]) == "writes" and f".{name.rpartition('.')[2]}" in text
    if not (writes or beside or into):
        return 0.0, ""
    score = {"writes": 3.0, "names": 1.5}.get(writes, 1.0)
    score += 2.0 if role_of(script)[0] == "prepare" else 0.0
    score += 1.5 if here and here == folder else 0.0
    score += 1.0 if set(words_of(name.rpartition(".")[0])) & set(words_of(script.rpartition("/")[2])) else 0.0
    uses = (
        role_of(script)[0] == "eval" and writes != "writes"
    )  # `generate_waves.py` is called like one that uses a model
    score -= 2.0 if in_side_folder(script) or uses else 0.0
    return score, f"{script} writes {name}" if writes else f"{script} writes into {folder}"


def _writes(text: str, name: str) -> str:
    """`writes` when a source names a file where it writes, `names` when it names it and writes anything, else ""."""
    if name and name not in text:
        return ""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    any_writing = False
    for call in _writing(tree):
        any_writing = True
        for part in ast.walk(call):
            if name and isinstance(part, ast.Constant) and isinstance(part.value, str) and name in part.value:
                return "writes"
    return "names" if any_writing else ""


def _writing(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that write something to disk."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in WRITERS:
            yield node
        elif name == "open":
            modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
            if any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in "wax" for mode in modes):
                yield node


def _command(root: Path, survey: Survey, script: str) -> TargetCommand | None:
    """How a script is started: as the repository says, else plainly from the folder that it lies in."""
    said = next((one for one in survey.commands if one.target == script and not one.launcher), None)
    entry = survey.entry(script)
    if said is not None and not any("$" in word or "<" in word for word in said.words):
        words, folder = said.words, said.cwd
    elif entry is not None and entry.command:
        words, folder = entry.command, entry.cwd
    else:
        words, folder = (script,), ""
    try:
        return parse_target(tuple(words), root, folder)[-1]
    except RepoTourError:
        return None
