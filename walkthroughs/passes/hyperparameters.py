"""Config provenance: the option or file a setting comes from, where it is read, and what it changed. On the host."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Code, Summary
from walkthroughs.findings import Hyperparameter
from walkthroughs.passes.effects import effect_of, same_value
from walkthroughs.passes.options import (
    Declared,
    Setting,
    added_arguments,
    assigned,
    dataclass_fields,
    file_settings,
    on_command_line,
)
from walkthroughs.sources import dotted, loaded_names, stored_names
from walkthroughs.story import Chapter, Finding, Story
from walkthroughs.telling.words import line_of
from walkthroughs.values import text_of

MOST = 60
MOST_READ = 4
NO_VALUES = ("function", "type", "module", "builtin_function_or_method")


def panel(story: Story, findings: Sequence[Finding]) -> tuple[Hyperparameter, ...]:
    """The settings of the program that trains, in the order in which they were declared."""
    chapter = story.main
    own = [item for item in findings if item.trace == chapter.number and item.stage is Stage.CONFIG]
    settings: dict[str, Setting] = {}
    for setting in (*_parsed(chapter), *_executed(chapter, own), *_literals(chapter, own), *_from_files(chapter, own)):
        settings.setdefault(setting.name, setting)
    reads = _reads(chapter)
    found = []
    for setting in list(settings.values())[:MOST]:
        places = [row for row in reads if _reads_setting(chapter, row, setting)]
        effect = _set_again(chapter, reads, setting)
        effect = effect or next((text for row in places if (text := effect_of(chapter, row[0], row[1], setting))), "")
        read_at = tuple(chapter.location(code, line) for code, line, _ in places[:MOST_READ])
        found.append(
            Hyperparameter(setting.name, text_of(setting.value), setting.source, setting.set_at, read_at, effect)
        )
    return tuple(found)


def _parsed(chapter: Chapter) -> Iterator[Setting]:
    """Fields of what option parsers of the repository gave back."""
    argv = [str(word) for word in chapter.trace.header.get("argv", ())]
    declared = added_arguments(chapter)
    for event in chapter.trace.landmarks("config"):
        value = event.data.get("value") or {}
        if value.get("type") == "tuple" and value.get("items"):
            value = value["items"][0][1]
        kind = str(value.get("type", ""))
        fields = declared if kind == "argparse.Namespace" else dataclass_fields(chapter, kind)
        if event.via.startswith(("hydra", "absl")):
            continue  # the library's own options, not the program's
        prefixes = _holders(chapter, value.get("id"))
        for name, item in value.get("items", ()):
            known = fields.get(str(name))
            if isinstance(item, dict) and known is not None:
                given = on_command_line(argv, known.flags) or _positional(argv, known, item)
                yield Setting(str(name), item, "option" if given else "default", known.location, prefixes)


def _positional(argv: list[str], known: Declared, value: Summary) -> bool:
    text = str(value.get("value", "")).strip("'\"")
    return bool(known.flags) and not known.flags[0].startswith("-") and text in argv[1:]


def _holders(chapter: Chapter, identity: object) -> frozenset[tuple[str, str]]:
    """(file, name) under which the settings object was known: bound, passed as an argument, kept as an attribute."""
    if not isinstance(identity, int):
        return frozenset()
    kinds = ("bound", "argument")
    rows = [row for row in chapter.occurrences.get(identity, ()) if row.kind in kinds and row.name]
    return frozenset((row.frame.code.file, row.name) for row in rows)


def _executed(chapter: Chapter, findings: Sequence[Finding]) -> Iterator[Setting]:
    """Globals that executed code set anew: from the command line, from a file named on it, else as they were."""
    argv = [str(word) for word in chapter.trace.header.get("argv", ())]
    for finding in findings:
        line = finding.facts.get("line")
        frame = chapter.trace.frames.get(finding.frame) if finding.frame is not None else None
        source = chapter.sources.get(finding.location.file)
        if line is None or frame is None or source is None or "exec" not in source.line(line.line):
            continue
        for bound in line.bound:
            if bound.value.get("type") in NO_VALUES or bound.name.startswith("_"):
                continue
            number = assigned(source, bound.name, line.line)
            if not number:
                continue
            place: Location | None = Location(frame.code.file, number, number, frame.code.qualname)
            origin = "literal"
            if on_command_line(argv, (f"--{bound.name}",)):
                origin = "option"
            elif (named := _in_named_file(chapter, argv, bound.name)) is not None:
                origin, place = "file", named
            yield Setting(bound.name, bound.value, origin, place, frozenset({(frame.code.file, "")}))


def _in_named_file(chapter: Chapter, argv: list[str], name: str) -> Location | None:
    """The line of a settings file, named on the command line, that assigns a name."""
    folder = str(chapter.trace.header.get("folder") or "")
    for word in argv[1:]:
        path = "/".join(part for part in (folder, word) if part)
        source = chapter.sources.get(path) if word.endswith(".py") else None
        number = assigned(source, name, 1 << 30) if source is not None else 0
        if number:
            return Location(path, number, number)
    return None


def _literals(chapter: Chapter, findings: Sequence[Finding]) -> Iterator[Setting]:
    """Names that blocks of plain assignments bound."""
    argv = [str(word) for word in chapter.trace.header.get("argv", ())]
    # A flag sets a global only in a program that reads the command line itself.
    reads_words = {item.location.file for item in findings if item.role == "line"}
    for finding in findings:
        frame = chapter.trace.frames.get(finding.frame) if finding.frame is not None else None
        if frame is None:
            continue
        module = frame.code.type == "module"
        prefix = (frame.code.file, "" if module else f"{frame.code.qualname}:")
        for line in finding.facts.get("lines", ()):
            for bound in line.bound:
                named = module and frame.code.file in reads_words and on_command_line(argv, (f"--{bound.name}",))
                place = chapter.location(frame.code, line.line)
                origin = "option" if named else "literal"
                yield Setting(bound.name, bound.value, origin, place, frozenset({prefix}))


def _from_files(chapter: Chapter, findings: Sequence[Finding]) -> Iterator[Setting]:
    """Scalar entries of settings files that were read."""
    for finding in findings:
        event = finding.facts.get("event")
        if event is None or event.kind != "file":
            continue
        path = str(event.data["path"])
        source = chapter.sources.get(path)
        if source is not None:
            for name, (text, number) in file_settings(path, source.lines).items():
                value: Summary = {"type": "", "value": text}
                yield Setting(name, value, "file", Location(path, number, number), frozenset({("", name)}))


def _reads(chapter: Chapter) -> list[tuple[Code, int, ast.stmt]]:
    """Every statement that ran, once."""
    lines: dict[int, set[int]] = {
        code: {int(row[0]) for row in counts.get("hits", ())} for code, counts in chapter.trace.counts.items()
    }
    for frame in chapter.trace.frames.values():
        lines.setdefault(frame.code.id, set()).update(line.line for line in frame.lines)
    found: dict[tuple[str, int], tuple[Code, int, ast.stmt]] = {}
    for identity, numbers in lines.items():
        code = chapter.trace.codes.get(identity)
        source = chapter.source(code) if code is not None else None
        for number in sorted(numbers) if code is not None and source is not None else ():
            assert code is not None and source is not None
            node = source.statement(number)
            if node is not None and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
                found.setdefault((code.file, node.lineno), (code, node.lineno, node))
    return list(found.values())


def _set_again(chapter: Chapter, statements: Sequence[tuple[Code, int, ast.stmt]], setting: Setting) -> str:
    """The later line that gave an option another value, when there is one: then the option itself had no effect."""
    for code, line, node in statements:
        names = {f"{holder}.{setting.name}" for file, holder in setting.prefixes if file == code.file and holder}
        if names & set(stored_names(node)):
            frames = chapter.by_code.get(code.id, ())
            bound = [item for frame in frames for row in frame.lines if row.line == line for item in row.bound]
            value = next((text_of(item.value) for item in bound if item.name in names), "")
            return f"set anew on {line_of(code, line)}" + (f": {value}" if value else "")
    return ""


def _reads_setting(chapter: Chapter, row: tuple[Code, int, ast.stmt], setting: Setting) -> bool:
    """Whether a statement reads a setting, by the names under which its holder was known in that file."""
    code, line, node = row
    place = setting.set_at
    if place is not None and code.file == place.file and place.line <= line <= max(place.line, place.end_line):
        return False
    names = loaded_names(node)
    for file, holder in setting.prefixes:
        if not file:
            if _reads_entry(chapter, code, node, setting):
                return True
        elif file != code.file:
            continue
        elif holder.endswith(":"):
            if code.qualname == holder[:-1] and setting.name in names:
                return True
        elif holder:
            if f"{holder}.{setting.name}" in names:
                return True
        elif setting.name in names:
            source = chapter.source(code)
            return source is not None and not _is_local(source.function(line), setting.name)
    return False


def _is_local(function: ast.AST | None, name: str) -> bool:
    """Whether a name inside a function is its own and not the global of the file."""
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    nodes = list(ast.walk(function))
    if any(isinstance(item, ast.Global) and name in item.names for item in nodes):
        return False
    stored = any(isinstance(item, ast.Name) and item.id == name and isinstance(item.ctx, ast.Store) for item in nodes)
    return stored or any(isinstance(item, ast.arg) and item.arg == name for item in nodes)


def _reads_entry(chapter: Chapter, code: Code, node: ast.stmt, setting: Setting) -> bool:
    """Whether a statement reads an entry by its key (`config["name"]`) from a dictionary seen to hold its value."""
    for item in ast.walk(node):
        if not (isinstance(item, ast.Subscript) and isinstance(item.slice, ast.Constant) and dotted(item.value)):
            continue
        if item.slice.value == setting.name:
            for frame in chapter.by_code.get(code.id, ()):
                bound = frame.binding(dotted(item.value))
                held = dict(bound.value.get("items", ())) if bound is not None else {}
                if same_value(held.get(setting.name, {}), setting.value):
                    return True
    return False
