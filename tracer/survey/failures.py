"""When there is nothing to start: what was looked at, what came closest, what to try. Host side."""

from __future__ import annotations

import difflib

from tracer.errors import RepoTourError
from tracer.notebooks import is_notebook
from tracer.survey.entrypoints import strongest
from tracer.survey.sightings import EntryPoint, FileFacts, Survey

NOTHING_TO_TOUR = 3


def require_entry(found: Survey, name: str, entry: str = "") -> EntryPoint:
    """The entry point to tour: the best one, or `entry` (relative to the root or to the surveyed folder).

    `name` is what messages call the repository. Raises `RepoTourError` with one of the slugs no-python,
    no-entry-point, no-such-entry, not-startable.
    """
    if entry:
        return _asked_for(found, name, entry)
    if not found.files:
        raise RepoTourError(
            f"no Python in {name}: not one .py or .ipynb file.",
            slug="no-python",
            hint="Is it the right repository, branch and folder?",
            exit_code=NOTHING_TO_TOUR,
        )
    if not found.entries:
        raise _no_entry_point(found, name)
    return found.entries[0]


def resolve_entry(found: Survey, entry: str) -> str:
    """The path of an entry file relative to the root, as the user may mean it; "" when there is no such file."""
    plain = entry.replace("\\", "/").removeprefix("./").strip("/")
    paths = {facts.path for facts in found.files}
    for candidate in (f"{found.folder}/{plain}" if found.folder else plain, plain):
        if candidate in paths:
            return candidate
    endings = [path for path in paths if path.endswith("/" + plain)]
    return endings[0] if len(endings) == 1 else ""


def _asked_for(found: Survey, name: str, entry: str) -> EntryPoint:
    path = resolve_entry(found, entry)
    if not path:
        known = [item.file for item in found.entries] or [facts.path for facts in found.files]
        by_name = {item.rsplit("/", 1)[-1]: item for item in reversed(known)}
        close = difflib.get_close_matches(entry.rsplit("/", 1)[-1], by_name, n=1, cutoff=0.5)
        best = by_name[close[0]] if close else (known[0] if known else "")
        raise RepoTourError(
            f"there is no file {entry} in {name}.",
            slug="no-such-entry",
            hint=f"Closest: --entry {best}" if best else "",
        )
    chosen = found.entry(path)
    if chosen is None:
        facts = found.facts(path)
        raise RepoTourError(
            f"{path} cannot be started: {_why_not(facts)}.",
            slug="not-startable",
            hint=f"Try: --entry {found.entries[0].file}" if found.entries else "",
            exit_code=NOTHING_TO_TOUR,
        )
    return chosen


def _why_not(facts: FileFacts | None) -> str:
    if facts is None:
        return "it could not be read"
    if facts.syntax_error and is_notebook(facts.path):
        return f"nothing can be read from it: {facts.syntax_error}"
    if facts.python2:
        return f"it is written for Python 2 ({facts.syntax_error})"
    if facts.syntax_error:
        return f"it is not valid Python ({facts.syntax_error})"
    return "it only defines functions and classes, or is a test that a test runner collects"


def _no_entry_point(found: Survey, name: str) -> RepoTourError:
    """No file can be started: name the one that came closest, and why it did not count."""
    count = len(found.files)
    looked = f"Looked at {count} file{'s' if count != 1 else ''}"
    old = [facts for facts in found.files if facts.python2]
    broken = [facts for facts in found.files if facts.syntax_error]
    trains = sorted(
        (facts for facts in found.files if facts.training_calls),
        key=lambda facts: -max(call.strength for call in facts.training_calls),
    )
    closest = ""
    if trains:
        call = strongest(trains[0].training_calls)
        closest = f"{trains[0].path} (has {call.text} on line {call.line}, but nothing starts it)" if call else ""
    elif broken:
        closest = f"{broken[0].path} ({_why_not(broken[0])})"
    else:
        largest = max(found.files, key=lambda facts: facts.lines)
        closest = f"{largest.path} ({_why_not(largest)})"
    also = f"; {len(old)} of them are Python 2" if old else ""
    hint = (
        f"Try: repotour run {name} -- SCRIPT.py ARGS" if not broken else "Python 2 code must be converted first (2to3)."
    )
    return RepoTourError(
        f"no entry point in {name}. {looked}{also}; closest: {closest}.",
        slug="no-entry-point",
        hint=hint if old or not broken else "",
        exit_code=NOTHING_TO_TOUR,
    )
