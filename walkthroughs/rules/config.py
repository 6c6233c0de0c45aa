"""Configuration: where the arguments and settings of the run take their values."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tracer.location import Location
from tracer.stages import Stage
from tracer.trace import Code, Event, Frame, Line
from walkthroughs.sources import SourceFile, called_names, is_literal, loaded_names
from walkthroughs.story import Chapter, Finding, Story, definition_of

CONFIG_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf")
BLOCK = 3


def rule(story: Story) -> Iterator[Finding]:
    """Parsers first; then files, command-line words and exec'ed settings.

    Blocks of literals where nothing else was seen, and large ones anyway.
    """
    for chapter in story.chapters:
        if chapter.trace.chapter.startswith("before") and not chapter.trains:
            continue
        found = [*_parsers(chapter), *_files(chapter), *_command_line(chapter)]
        found = found or list(_settings_classes(chapter))
        yield from found
        yield from _literals(chapter, only_large=bool(found))


def _parsers(chapter: Chapter) -> Iterator[Finding]:
    for event in chapter.trace.landmarks("config"):
        if event.via.startswith("hydra") and not event.data["name"].startswith("hydra"):
            continue
        place = event.place
        yield _at(
            chapter,
            event,
            place.code,
            place.line,
            place.frame,
            3.0,
            "the options of the run take their values here",
            "parse",
        )
        identity = _identity(event)
        for row in chapter.bound(identity):
            kind = (event.data.get("value") or {}).get("type")
            if row.frame.id != place.frame and row.frame.code.name != "__init__" and row.value.get("type") == kind:
                because = f"the parsed options arrive here as `{row.name}`"
                yield _at(chapter, event, row.frame.code, row.number, row.frame.id, 2.8, because, "arrival", row.seq)
                break
        if (
            place.code.type == "function"
            and identity is not None
            and any(r.frame.id == place.frame for r in chapter.returned(identity))
        ):
            yield _definition(
                chapter, event, place.code, place.frame, 2.0, "this function defines and parses the options"
            )
        yield from _settings_class(chapter, event)


def _identity(event: Event) -> int | None:
    value = event.data.get("value") or {}
    if value.get("type") == "tuple" and value.get("items"):
        value = value["items"][0][1]
    found = value.get("id")
    return found if isinstance(found, int) else None


def _settings_class(chapter: Chapter, event: Event) -> Iterator[Finding]:
    """The repository's dataclass whose instance a parser filled in."""
    name = str((event.data.get("value") or {}).get("type", "")).rpartition(".")[2]
    for code in chapter.trace.codes.values():
        if code.type == "class" and code.qualname == name:
            yield _definition(
                chapter, event, code, None, 2.6, f"the fields of `{name}` are the options and their defaults"
            )


def _settings_classes(chapter: Chapter) -> Iterator[Finding]:
    """Classes of which little more is written than fields with plain values (`class Config: lr = 0.1`)."""
    built = min((row.seq for root in chapter.models for row in chapter.bound(root)[:1]), default=1 << 60)
    for frame in chapter.trace.frames.values():
        source = chapter.source(frame.code)
        if frame.code.type != "class" or source is None or frame.seq > built:
            continue
        node = next((item for item in source.classes() if item.name == frame.code.name), None)
        if node is None or not _used(chapter, frame.code.name):
            continue
        fields = [
            item for item in node.body if isinstance(item, (ast.Assign, ast.AnnAssign)) and is_literal(item.value)
        ]
        methods = [item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
        if len(fields) >= BLOCK and len(methods) <= 2:
            yield Finding(
                Stage.CONFIG,
                chapter.definition(frame.code),
                f"the fields of `{frame.code.name}` are plain values, and an object of it is used",
                "definition",
                chapter.number,
                frame.seq,
                weight=2.7,
                frame=frame.id,
                seqs=(frame.seq,),
                facts={"code": frame.code},
            )


def _used(chapter: Chapter, name: str) -> bool:
    """Whether an instance of a class was seen."""
    return any(
        str(rows[0].value.get("type", "")).rpartition(".")[2] == name for rows in chapter.occurrences.values() if rows
    )


def _files(chapter: Chapter) -> Iterator[Finding]:
    """Settings files: the outermost line around the reading that binds what came of it."""
    models = min((row.seq for root in chapter.models for row in chapter.bound(root)[:1]), default=1 << 60)
    for event in chapter.trace.events:
        if (
            event.kind != "file"
            or event.name != "read"
            or not event.data["path"].endswith(CONFIG_SUFFIXES)
            or event.seq > models
        ):
            continue
        if event.via.split(".")[0] not in (
            "",
            "yaml",
            "json",
            "toml",
            "omegaconf",
            "pathlib",
            "configparser",
            "hydra",
            "io",
        ):
            continue
        place = event.place
        if event.data["path"].startswith("<outside>"):
            continue
        if event.data["path"].endswith(".json") and not _is_settings(chapter, event.data["path"]):
            continue
        because = f"the settings in `{event.data['path']}` were read here"
        outer = next(
            (level for level in reversed(event.stack) if _binds(chapter, level.frame, level.line, event.seq)), place
        )
        yield _at(chapter, event, outer.code, outer.line, outer.frame, 2.9, because, "file")
        if outer is not place:
            inner = event.stack[-2] if len(event.stack) > 1 else place
            level = next((item for item in reversed(event.stack[: event.stack.index(outer)])), inner)
            if level.code.type == "function":
                yield _definition(
                    chapter, event, level.code, level.frame, 1.8, f"this function reads `{event.data['path']}`"
                )


def _is_settings(chapter: Chapter, path: str) -> bool:
    """Whether a JSON file holds settings rather than data: it says so in its name, or was named on the command line."""
    words = ("config", "conf", "cfg", "param", "setting", "option", "args", "hyper")
    return any(word in path.lower() for word in words) or any(
        path.endswith(argument) for argument in chapter.trace.header.get("argv", ())
    )


def _binds(chapter: Chapter, frame: int | None, line: int, seq: int) -> bool:
    recorded = chapter.trace.frames.get(frame) if frame is not None else None
    if recorded is None:
        return False
    return any(row.line == line and row.seq < seq and row.bound for row in recorded.lines)


def _command_line(chapter: Chapter) -> Iterator[Finding]:
    """Own option parsers.

    Lines that read `sys.argv` or run settings through exec, and the functions that are handed the words.
    """
    for frame, line in chapter.trace.lines():
        source = chapter.source(frame.code)
        if source is None:
            continue
        node = source.statement(line.line)
        if node is None or isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            continue
        names = loaded_names(node)
        calls = called_names(node)
        if "sys.argv" in names and not isinstance(node, (ast.If, ast.While)):
            yield _line(chapter, frame, line, 2.7, "the words of the command line are read here")
            for child in chapter.called_on(frame, line):
                if any(argument.value.get("type") == "list" for argument in child.args):
                    yield definition_of(
                        chapter,
                        child,
                        Stage.CONFIG,
                        "this function turns the command line's words into settings",
                        2.0,
                    )
            yield from _creator(chapter, frame, line, node)
        elif any(call in ("exec", "execfile") for call in calls) and line.bound:
            yield _line(chapter, frame, line, 2.7, f"code that was executed here set {_listed(line)}")
        elif (
            "globals" in calls
            and line.bound
            and frame.code.type == "module"
            and any(b.value.get("type") == "dict" for b in line.bound)
        ):
            yield _line(chapter, frame, line, 2.2, f"the settings are collected in {_listed(line)}")


def _creator(chapter: Chapter, frame: Frame, line: Line, node: ast.AST) -> Iterator[Finding]:
    """The function that made the settings object into which the command line's words are merged."""
    for name in loaded_names(node):
        bound = frame.binding(name, line.seq)
        if bound is None or bound.id is None or bound.value.get("type") in ("module", "type", "function", "list"):
            continue
        for row in chapter.returned(bound.id, items=False)[:1]:
            if row.frame.code.type == "function" and row.frame.code.name != "__init__":
                yield definition_of(
                    chapter, row.frame, Stage.CONFIG, f"`{name}` with its defaults was made in this function", 2.4
                )


def _listed(line: Line) -> str:
    names = [f"`{bound.name}`" for bound in line.bound][:6]
    more = len(line.bound) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _literals(chapter: Chapter, *, only_large: bool) -> Iterator[Finding]:
    """Blocks of literal assignments, at module level or at the head of the function that builds everything."""
    best: tuple[int, Frame, list[Line]] | None = None
    built = min((row.seq for root in chapter.models for row in chapter.bound(root)[:1]), default=1 << 60)
    for frame in chapter.trace.frames.values():
        if frame.code.type not in ("module", "function") or frame.code.file != _entry_file(chapter):
            continue
        source = chapter.source(frame.code)
        if source is None:
            continue
        for block in _blocks(frame, source, built):
            if best is None or len(block) > best[0]:
                best = (len(block), frame, block)
    if best is None or (only_large and best[0] < 2 * BLOCK):
        return
    count, frame, block = best
    names = ", ".join(f"`{bound.name}`" for line in block[:6] for bound in line.bound[:1])
    yield Finding(
        Stage.CONFIG,
        Location(frame.code.file, block[0].line, block[-1].line, frame.code.qualname),
        f"settings are written as plain values here: {names}",
        "literals",
        chapter.number,
        block[0].seq,
        weight=2.6 if count >= BLOCK else 1.5,
        frame=frame.id,
        seqs=tuple(line.seq for line in block[:12]),
        facts={"lines": block},
    )


def _entry_file(chapter: Chapter) -> str:
    return next((frame.code.file for frame in chapter.trace.frames.values()), "")


def _blocks(frame: Frame, source: SourceFile, built: int) -> Iterator[list[Line]]:
    """Runs of lines of a frame that bind plain values to plain names, before the model was built."""
    current: list[Line] = []
    bound_on: dict[str, set[int]] = defaultdict(set)
    for line in frame.lines:
        for bound in line.bound:
            bound_on[bound.name].add(line.line)
    for line in frame.lines:
        plain = _binds_plainly(source.statement(line.line), line)
        if plain and any(len(bound_on[bound.name]) > 1 for bound in line.bound):
            continue  # a counter or a running value: it is bound again elsewhere
        if plain and line.seq < built and not source.loops(line.line):
            current.append(line)
        elif current:
            yield current
            current = []
    if current:
        yield current


def _binds_plainly(node: ast.stmt | None, line: Line) -> bool:
    """Whether a statement gives names a plain value that is not an empty list or dict to be filled later."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not line.bound:
        return False
    if any("." in bound.name or bound.name.startswith("__") for bound in line.bound):
        return False
    if isinstance(node.value, (ast.List, ast.Dict)) and not ast.unparse(node.value).strip("[]{}"):
        return False
    return is_literal(node.value) or _arithmetic(node.value)


def _arithmetic(node: ast.AST | None) -> bool:
    return isinstance(node, ast.BinOp) and all(
        isinstance(item, (ast.BinOp, ast.Constant, ast.operator, ast.UnaryOp)) for item in ast.walk(node)
    )


def _line(chapter: Chapter, frame: Frame, line: Line, weight: float, because: str) -> Finding:
    return Finding(
        Stage.CONFIG,
        chapter.location(frame.code, line.line),
        because,
        "line",
        chapter.number,
        line.seq,
        weight=weight,
        frame=frame.id,
        seqs=(line.seq,),
        facts={"line": line},
    )


def _at(
    chapter: Chapter,
    event: Event,
    code: Code,
    line: int,
    frame: int | None,
    weight: float,
    because: str,
    role: str,
    seq: int = 0,
) -> Finding:
    return Finding(
        Stage.CONFIG,
        chapter.location(code, line),
        because,
        role,
        chapter.number,
        seq or event.seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event},
    )


def _definition(chapter: Chapter, event: Event, code: Code, frame: int | None, weight: float, because: str) -> Finding:
    return Finding(
        Stage.CONFIG,
        chapter.definition(code),
        because,
        "definition",
        chapter.number,
        event.seq,
        weight=weight,
        frame=frame,
        seqs=(event.seq,),
        facts={"event": event, "code": code},
    )


RULE = rule
