"""The map of a repository that was read and not run: what could be started, and where stages seem to happen.

It takes what `Survey.to_dict()` gives, so that nothing here depends on how the survey is made. All of it is inferred.
"""

from __future__ import annotations

from typing import Any

from tracer.location import Location
from walkthroughs.captions import command_text, count_text
from walkthroughs.markup import Links, code, fence, plain, sentence, table
from walkthroughs.tour import Provenance, stage_title

ENTRIES_SHOWN = 8
ARGUMENTS_SHOWN = 30
SIGHTINGS_PER_STAGE = 5
FILES_SHOWN = 40
INSTEAD = "`repotour run` runs the program and tells what really happens."
STAGE_ORDER = (
    "config", "data", "model", "train_loop", "forward", "loss", "backward", "optimizer_step", "rollout", "evaluation",
    "inference", "checkpoint", "logging",
)  # fmt: skip

Survey = dict[str, Any]


def render_static(survey: Survey, source: Provenance, name: str) -> str:
    """The page for a survey; `name` is what the repository is called, `source` what its links point to."""
    links = Links(source)
    commit = f" at commit {code(source.commit[:10])}" if source.commit else ""
    read = f"This page was made by reading {code(source.url or name)}{commit}; all of it is inferred."
    parts = [f"# {plain(name)}: static map", f"**Nothing was run.** {read} {INSTEAD}"]
    sections = (
        ("What could be run", _entries(survey, links)),
        ("How to run it", _commands(survey, links)),
        ("Settings", _arguments(survey, links)),
        ("Where each stage seems to happen", _sightings(survey, links)),
        ("The files", _files(survey, links)),
    )
    parts += [f"## {heading}\n\n{text}" for heading, text in sections if text]
    return "\n\n".join(parts) + "\n"


def _entries(survey: Survey, links: Links) -> str:
    entries = _records(survey, "entries")
    rows = [
        (
            links.place(Location(_text(entry, "file"), _number(entry, "line"))),
            plain(_text(entry, "role")),
            sentence("; ".join(_texts(entry, "reasons"))),
        )
        for entry in entries[:ENTRIES_SHOWN]
    ]
    if not rows:
        return "No program was found that trains or evaluates something."
    frameworks = ", ".join(plain(name) for name in _texts(survey, "frameworks"))
    used = f"Frameworks that the code imports: {frameworks}.\n\n" if frameworks else ""
    more = len(entries) - len(rows)
    rest = f"\n\n{count_text(more, 'further candidate')}: see `repotour find`." if more > 0 else ""
    return f"{used}Best candidate first.\n\n" + table(("Start", "Role", "Why"), rows) + rest


def _commands(survey: Survey, links: Links) -> str:
    """The repository's own commands for the candidates, or the plain one where it names none."""
    parts = []
    for entry in _records(survey, "entries")[:3]:
        written = _records(entry, "commands")
        if written:
            command = written[0]
            words = [*_texts(command, "before"), _environment(entry, command) + _python(_texts(command, "words"))]
            said = links.place(Location(_text(command, "file"), _number(command, "line")))
            where = f" in the folder {code(_text(command, 'cwd'))}" if _text(command, "cwd") else ""
            parts.append(f"As {said} says{where}:\n\n{fence(chr(10).join(words), 'sh')}")
        elif _texts(entry, "command"):
            where = f" in the folder {code(_text(entry, 'cwd'))}" if _text(entry, "cwd") else ""
            how = fence(_environment(entry, {}) + _python(_texts(entry, "command")), "sh")
            parts.append(
                f"The repository names no command for {code(_text(entry, 'file'))}; this{where} fits it:\n\n{how}"
            )
    return "\n\n".join(dict.fromkeys(parts))


def _arguments(survey: Survey, links: Links) -> str:
    """The settings of the best candidate."""
    entries = _records(survey, "entries")
    if not entries:
        return ""
    rows = []
    for argument in _records(entries[0], "arguments")[:ARGUMENTS_SHOWN]:
        place = argument.get("location")
        where = links.place(Location(_text(place, "file"), _number(place, "line"))) if isinstance(place, dict) else ""
        default = "required" if argument.get("required") else code(_text(argument, "default"))
        flags = ", ".join(code(flag) for flag in _texts(argument, "flags")) or code(_text(argument, "name"))
        rows.append((flags, default, plain(_text(argument, "help")), where))
    if not rows:
        return ""
    heading = f"Of {code(_text(entries[0], 'file'))}.\n\n"
    return heading + table(("Setting", "Default", "What it is said to do", "Set"), rows)


def _sightings(survey: Survey, links: Links) -> str:
    found: dict[str, list[dict[str, Any]]] = {}
    for sighting in _records(survey, "sightings"):
        found.setdefault(_text(sighting, "stage"), []).append(sighting)
    known = [stage for stage in STAGE_ORDER if stage in found]
    rows = []
    for stage in (*known, *sorted(set(found) - set(known))):
        best = sorted(found[stage], key=lambda sighting: -float(sighting.get("confidence") or 0))
        for index, sighting in enumerate(best[:SIGHTINGS_PER_STAGE]):
            place = sighting.get("location")
            if not isinstance(place, dict):
                continue
            where = Location(_text(place, "file"), _number(place, "line"))
            name = f"**{plain(stage_title(stage))}**" if index == 0 else ""
            rows.append((name, links.place(where), code(_text(place, "qualname")), code(_text(sighting, "evidence"))))
    return table(("Stage", "Place", "In", "Because of"), rows) if rows else ""


def _files(survey: Survey, links: Links) -> str:
    """The files by size of their role: those whose role is known first."""
    files = _records(survey, "files")
    ordered = sorted(files, key=lambda file: (_text(file, "role") in ("", "other"), _text(file, "path")))
    rows = [
        (
            links.file(_text(file, "path")),
            plain(_text(file, "role")),
            plain(_trouble(file) or _text(file, "reason")),
            str(_number(file, "lines") or ""),
        )
        for file in ordered[:FILES_SHOWN]
    ]
    if not rows:
        return ""
    more = len(files) - len(rows)
    rest = f"\n\n{count_text(more, 'further file')} are not listed." if more > 0 else ""
    return table(("File", "Role", "Why", "Lines"), rows) + rest


def _trouble(file: dict[str, Any]) -> str:
    if file.get("python2"):
        return "It is written for Python 2."
    return f"It cannot be parsed: {_text(file, 'syntax_error')}" if _text(file, "syntax_error") else ""


def _python(words: list[str]) -> str:
    return command_text(words if words[:1] and words[0].startswith("python") else ["python", *words])


def _environment(entry: dict[str, Any], command: dict[str, Any]) -> str:
    """The variables that stand before a command: those that it is given, and the folders that its imports need."""
    given = _texts(command, "environment")
    folders = _texts(entry, "needs_path")
    if folders and not any(word.startswith("PYTHONPATH=") for word in given):
        cwd = _text(command or entry, "cwd")
        up = "/".join(".." for part in cwd.split("/") if part)
        paths = ["/".join(part for part in (up, folder) if part not in ("", ".")) or "." for folder in folders]
        given.append(f"PYTHONPATH={':'.join(paths)}")
    return "".join(f"{word} " for word in given)


def _records(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [item for item in value.get(name) or () if isinstance(item, dict)]


def _texts(value: dict[str, Any], name: str) -> list[str]:
    return [str(item) for item in value.get(name) or ()]


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return "" if found is None else str(found)


def _number(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    return found if isinstance(found, int) else 0
